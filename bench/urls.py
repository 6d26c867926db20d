"""Every page, and what only a measure asks: an empty page that the others are measured by, and the pool."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from pixsurv.urls import urlpatterns as pages


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """Behind the same middleware as every page; neither database nor template."""
    return HttpResponse(status=204)


@login_not_required
def pool(request: HttpRequest) -> JsonResponse:
    """Counts of this process's pool of connections since it started; nothing on SQLite."""
    kept = getattr(connection, "pool", None)
    return JsonResponse(kept.get_stats() if kept is not None else {})


urlpatterns = [*pages, path("bench/vide/", empty), path("bench/bassin/", pool)]
