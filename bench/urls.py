"""Every page, and the empty one that the others are measured by."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from pixsurv.urls import urlpatterns as pages


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """Behind the same middleware as every page; neither database nor template."""
    return HttpResponse(status=204)


urlpatterns = [*pages, path("bench/vide/", empty)]
