"""How a call answers, and what the OpenAPI document declares of it: every status, and the codes behind it."""

from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse

from proctoring.api.schemas import InvalidProblem, Problem

ANYWHERE: Mapping[int, tuple[str, ...]] = {
    401: ("unauthorized",),
    429: ("too_many_requests",),
    503: ("busy",),
}
WITH_BODY: Mapping[int, tuple[str, ...]] = {413: ("too_large",)}
POSTED: Mapping[int, tuple[str, ...]] = {422: ("invalid", "idempotency_mismatch")}
RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


def answered(body: Mapping[str, Any], *, status: int = 200) -> JsonResponse:
    """Keys in order: a kept answer must come back byte for byte, and a database may have shuffled it."""
    return JsonResponse(body, status=status, json_dumps_params={"sort_keys": True})


def declared(
    ok: Mapping[int, Any],
    refusals: Mapping[int, tuple[str, ...]],
    *,
    posted: bool = True,
    body: bool = True,
) -> dict[str, Any]:
    """Keyword arguments for a ninja operation: its answers, with the codes of each refusal."""
    codes = {**refusals, **ANYWHERE, **(POSTED if posted else {}), **(WITH_BODY if body else {})}
    models = {status: InvalidProblem if status == 422 else Problem for status in codes}
    extra: dict[int, dict[str, Any]] = {
        status: {"description": " · ".join(f"`{code}`" for code in names), "x-codes": list(names)}
        for status, names in sorted(codes.items())
    }
    for status in {429, 503} & extra.keys():
        extra[status]["headers"] = RETRY_AFTER
    return {
        "response": {**ok, **dict(sorted(models.items()))},
        "openapi_extra": {"responses": extra},
    }
