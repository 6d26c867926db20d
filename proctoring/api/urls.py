"""`/api/v1/`: every answer under it is JSON, but for the page of the documentation."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from proctoring.api import documents, errors
from proctoring.api.app import api

View = Callable[..., HttpResponse]


def _public(view: View) -> View:
    """No account and no CSRF token, for the bearer says who calls; ninja's « 405 » as JSON."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            return errors.method_not_allowed(", ".join(sorted(response.headers["Allow"].split(", "))))
        return response

    return inner


@_public
def _unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    return errors.not_found()


def _calls() -> tuple[list[URLPattern | URLResolver], str, str]:
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        pattern.callback = _public(pattern.callback)
    return patterns, app_name, namespace


urlpatterns: list[URLPattern | URLResolver] = [
    path("", documents.root),
    path("docs", documents.docs, name="api-docs"),
    path("openapi.json", documents.openapi, name="api-openapi"),
    path("", _calls()),
    re_path(r"^.*$", _unknown),
]
