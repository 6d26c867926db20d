"""Addresses of the secretariat's archive (contract.md, Pages)."""

from django.urls import path

from proctoring.archives.tray import chasing, label, papers, recap_files, receiving
from proctoring.archives.tray import views as tray

app_name = "archives"

_SESSION = "<int:number>/"

urlpatterns = [
    path("", tray.tray, name="tray"),
    path("accuser/", receiving.receive, name="receive"),
    path("etiquette.pdf", label.label, name="label"),
    path("recapitulatif/", recap_files.recap, name="recap"),
    path("recapitulatif.ods", recap_files.recap, {"ending": "ods"}, name="recap_ods"),
    path("recapitulatif.pdf", recap_files.recap, {"ending": "pdf"}, name="recap_pdf"),
    path(_SESSION, tray.session, name="session"),
    path(f"{_SESSION}relancer/", chasing.chase, name="chase"),
    path(f"{_SESSION}pv.pdf", papers.report, name="report"),
    path(f"{_SESSION}additif-<int:rank>.pdf", papers.addendum, name="addendum"),
    path(f"{_SESSION}emargement.pdf", papers.attendance, name="attendance"),
    path(f"{_SESSION}kit.pdf", papers.kit, name="kit"),
]
