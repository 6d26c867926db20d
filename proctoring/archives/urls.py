"""Addresses of the secretariat's archive (contract.md, Pages)."""

from django.urls import path

from proctoring.archives.exports import views as exports
from proctoring.archives.retention import views as retention
from proctoring.archives.tray import views as tray

app_name = "archives"

urlpatterns = [
    path("", tray.tray, name="tray"),
    path("<int:number>/", tray.session, name="session"),
]

urlpatterns += [
    path("durees/", retention.retention, name="retention"),
    path("bordereaux/", retention.draft, name="draft_slip"),
    path("bordereaux/<int:slip_id>/", retention.slip, name="slip"),
    path("bordereaux/<int:slip_id>/visa/", retention.visa, name="slip_visa"),
    path("bordereaux/<int:slip_id>/annuler/", retention.cancel, name="cancel_slip"),
    path("bordereaux/<int:slip_id>/eliminer/", retention.eliminate, name="eliminate"),
    path("bordereaux/<int:slip_id>/bordereau.pdf", retention.slip_pdf, name="slip_pdf"),
    path("bordereaux/<int:slip_id>/bordereau.ods", retention.slip_ods, name="slip_ods"),
    path("bordereaux/<int:slip_id>/certificat.pdf", retention.certificate, name="certificate"),
    path("exports/", exports.exports, name="exports"),
    path("exports/choix/", exports.confirm, name="export_confirm"),
    path("exports/fichier/", exports.download, name="export_download"),
]
