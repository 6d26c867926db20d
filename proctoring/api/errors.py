"""Refusals and failures, all as `application/problem+json` with a stable `code` (contract.md)."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from pixsurv.kernel.errors import DomainError, Later
from pixsurv.kernel.trouble import trouble_of

logger = logging.getLogger("pixsurv.api")

MEDIA_TYPE = "application/problem+json"

# pydantic's kinds of error, said in French; anything else keeps pydantic's own words.
MESSAGES: Mapping[str, str] = {
    "missing": "Ce champ est obligatoire.",
    "extra_forbidden": "Ce champ n’existe pas.",
    "int_type": "Un nombre entier est attendu.",
    "bool_type": "true ou false est attendu.",
    "string_type": "Un texte est attendu.",
    "string_unicode": "Ce texte contient un caractère interdit.",
    "string_pattern_mismatch": "Ce texte n’a pas la forme attendue, ou contient un caractère interdit.",
    "string_too_short": "Ce texte est vide.",
    "string_too_long": "Au plus {max_length} caractères.",
    "greater_than_equal": "Au moins {ge}.",
    "less_than_equal": "Au plus {le}.",
    "list_type": "Une liste est attendue.",
    "too_long": "Au plus {max_length} éléments.",
    "literal_error": "Valeurs possibles\u00a0: {expected}.",
    "value_error": "Cette date n’existe pas.",
    "model_type": "Un objet JSON est attendu.",
    "model_attributes_type": "Un objet JSON est attendu.",
}
TAGS = {"identity", "ticket"}


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> JsonResponse:
    """RFC 9457."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def refusal(error: DomainError) -> JsonResponse:
    """A rule said no; `busy` says when to ask again."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, Later) else None
    return problem(error.status, error.code, error.sentence, headers=headers)


def unauthorized() -> JsonResponse:
    return problem(
        401,
        "unauthorized",
        "Il faut une clé ou un jeton valide.",
        headers={"WWW-Authenticate": 'Bearer realm="pixsurv"'},
    )


def not_found() -> JsonResponse:
    return problem(404, "not_found", "Cette adresse n’existe pas.")


def method_not_allowed(allow: str) -> JsonResponse:
    return problem(405, "method_not_allowed", f"Ici\u00a0: {allow}.", headers={"Allow": allow})


def invalid(fields: list[dict[str, str]]) -> JsonResponse:
    return problem(422, "invalid", "La demande n’est pas valide.", fields=fields)


def install(api: NinjaAPI) -> None:
    """Tell `api` what each exception becomes."""
    handlers: dict[type[Exception], Any] = {
        DomainError: lambda request, error: refusal(error),
        ValidationError: lambda request, error: invalid([_field(found) for found in error.errors]),
        AuthenticationError: lambda request, error: unauthorized(),
        # The one HttpError that is left is ninja's own: a body that is no JSON.
        HttpError: lambda request, error: invalid([{"field": "body", "message": "Ce n’est pas du JSON."}]),
        Http404: lambda request, error: not_found(),
        RequestDataTooBig: lambda request, error: problem(413, "too_large", "La demande est trop longue."),
        Error: _database_failure,
        Exception: _failure,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _field(error: dict[str, Any]) -> dict[str, str]:
    """`loc` is (where, parameter, path …); the tag of a union is ours, not the caller's."""
    source, parameter, *path = error["loc"]
    names = [str(part) for part in path if part not in TAGS]
    field = ".".join(names) or ("body" if source == "body" else str(parameter))
    message = MESSAGES.get(error["type"], error["msg"]).format_map(error.get("ctx", {}))
    return {"field": field, "message": message}


def _database_failure(request: HttpRequest, error: Error) -> HttpResponse:
    """A lock not had in time, a database that restarts: not the caller's fault, and asking again is right."""
    found = trouble_of(error)
    if found is None:
        return _failure(request, error)
    logger.error("database: %s", error, extra={"path": request.path})
    return refusal(found)


def _failure(request: HttpRequest, error: Exception) -> HttpResponse:
    """A defect of ours. Still JSON; the trace goes to the log, and to whoever listens, as for any view."""
    logger.error("API failure on %s", request.path, exc_info=error)
    got_request_exception.send(sender=NinjaAPI, request=request)
    return problem(500, "server_error", "Le serveur a rencontré une erreur. Réessayez.")
