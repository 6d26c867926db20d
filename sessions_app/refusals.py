"""A refusal as a page of the establishment area."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from pixsurv.kernel.errors import DomainError, Later

type View = Callable[..., HttpResponse]


def refusals_as_pages[Answer: HttpResponseBase](
    view: Callable[..., Answer],
) -> Callable[..., Answer | HttpResponse]:
    """A view whose DomainError becomes a page with its sentence and its status; 404 is Django's own."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer | HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DomainError as error:
            if error.status == 404:
                raise Http404(error.code) from error
            return refused(request, error)

    return answered


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The sentence, and the way out."""
    return with_retry(
        render(request, "establishment/refused.html", {"error": error}, status=error.status), error
    )


def signed_out(request: HttpRequest) -> HttpResponse:
    """What a page asks or sends under a lost login: a dialog above it, so that it stays with what was typed in it."""
    response = render(request, "establishment/signed_out.html", status=401)
    response.headers["HX-Reswap"] = "none"
    return response


def with_retry(response: HttpResponse, error: DomainError) -> HttpResponse:
    """A busy session says when to ask again (mechanics §9)."""
    if isinstance(error, Later):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
