"""Every page (contract.md)."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

from pixsurv import health
from proctoring.metrics.views import metrics
from sessions_app.notices import views as notices

handler500 = "pixsurv.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", login_not_required(TemplateView.as_view(template_name="accueil.html")), name="home"),
    path("surveillance/", include("proctoring.room.urls")),
    path("candidat/", include("proctoring.desk.urls")),
    path("etablissement/", include("sessions_app.urls")),
    path("etablissement/", include("proctoring.dashboard.urls")),
    path("archives/", include("proctoring.archives.urls")),
    path("aide/", notices.help_page, name="help"),
    path("accessibilite/", notices.accessibility, name="accessibility"),
    path("donnees-personnelles/", notices.personal_data, name="personal_data"),
    path("mentions-legales/", notices.legal, name="legal"),
    path("verifier/", include("proctoring.verify.urls")),
    path("api/v1/", include("proctoring.api.urls")),
    path("sante/vivant", health.alive, name="alive"),
    path("sante/pret", health.ready, name="ready"),
    path("metrics", metrics, name="metrics"),
]
