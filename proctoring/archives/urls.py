"""Addresses of the secretariat's archive (contract.md, Pages)."""

from django.urls import path

from proctoring.archives.copies import extracts, passages, scans
from proctoring.archives.exports import views as exports
from proctoring.archives.retention import views as retention
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

# Copies: signed papers, hidden passages, extracts.
urlpatterns += [
    path("<int:number>/feuilles/", scans.scans, name="scans"),
    path("<int:number>/feuilles/pages/<int:page_id>/", scans.scan_page, name="scan_page"),
    path("<int:number>/feuilles/reunir/", scans.bind_scan, name="bind_scan"),
    path("<int:number>/feuilles/<int:file_id>.pdf", scans.scan, name="scan"),
    path("<int:number>/feuilles/<int:file_id>/retirer/", scans.remove_scan, name="remove_scan"),
    path("<int:number>/occulter/", passages.passages, name="passages"),
    path("<int:number>/occulter/<slug:section>-<int:key>/", passages.hide, name="hide_passage"),
    path("<int:number>/occulter/<int:sequence>/rendre/", passages.show, name="show_passage"),
    path("<int:number>/copie.pdf", passages.copy, name="redacted_copy"),
    path("<int:number>/extraits/", extracts.candidates, name="extracts"),
    path("<int:number>/extraits/<int:candidate_id>/", extracts.preview, name="extract"),
    path("<int:number>/extraits/<int:candidate_id>.pdf", extracts.pdf, name="extract_pdf"),
]
