"""Every page (contract.md)."""

from django.urls import URLPattern, URLResolver, path

from pixsurv import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("sante/vivant", health.alive, name="alive"),
    path("sante/pret", health.ready, name="ready"),
]
