"""The OpenAPI document, and a page made from it: no script, nothing from elsewhere (quality §3)."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from proctoring.api.app import api

type Schema = dict[str, Any]


@login_not_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    return redirect("api-docs")


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The document, as made from the code that answers."""
    return JsonResponse(_document())


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same for people, with a worked example."""
    document = _document()
    context = {"document": document, "calls": calls(document), "attempt": _fields(document, "AttemptAnswer")}
    return render(request, "api/docs.html", {**context, "base": f"{settings.PUBLIC_URL}/api/v1"})


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation, as the page shows it. `bodies`: its alternatives, one table each."""

    method: str
    path: str
    anchor: str
    summary: str
    paragraphs: list[list[tuple[str, bool]]]
    bearer: str
    bodies: list[tuple[str, list[Field]]] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)


def calls(document: Schema) -> list[Call]:
    """Every operation of the document, in its order."""
    return [
        Call(
            method=method.upper(),
            path=path,
            anchor=operation["operationId"],
            summary=operation["summary"],
            paragraphs=_paragraphs(operation.get("description", "")),
            bearer="establishment key" if "EstablishmentKey" in operation["security"][0] else "entry token",
            bodies=[(name, _fields(document, name)) for name in _body_names(operation)],
            answers=[
                Answered(int(status), answer.get("x-codes", []))
                for status, answer in operation["responses"].items()
            ],
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


@cache
def _document() -> Schema:
    return dict(api.get_openapi_schema(), servers=[{"url": settings.PUBLIC_URL}])


def _paragraphs(description: str) -> list[list[tuple[str, bool]]]:
    """Docstrings: what stands between backticks is code (True)."""
    return [
        [(part, place % 2 == 1) for place, part in enumerate(" ".join(paragraph.split()).split("`"))]
        for paragraph in description.split("\n\n")
    ]


def _body_names(operation: Schema) -> list[str]:
    if "requestBody" not in operation:
        return []
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return [one["$ref"].rsplit("/", 1)[-1] for one in schema.get("oneOf", [schema])]


def _fields(document: Schema, name: str) -> list[Field]:
    schema = document["components"]["schemas"][name]
    required = schema.get("required", [])
    return [
        Field(name, _kind(details), name in required, details.get("description", _inner(details)))
        for name, details in schema["properties"].items()
    ]


def _inner(details: Schema) -> str:
    """The description of « this or null »."""
    return next((one["description"] for one in details.get("anyOf", []) if "description" in one), "")


def _kind(details: Schema) -> str:
    """« integer 1–500 », « text, at most 20 », « one of … », « … or null »."""
    if "anyOf" in details:
        return " or ".join(_kind(one) for one in details["anyOf"])
    if "$ref" in details:
        return "object"
    if "enum" in details:
        return " · ".join(details["enum"])
    kind = str(details.get("type", "any"))
    if kind == "array":
        return f"list of {_kind(details['items'])}"
    if "minimum" in details:
        return f"{kind} {details['minimum']}–{details['maximum']}"
    return f"{kind}, at most {details['maxLength']}" if "maxLength" in details else kind
