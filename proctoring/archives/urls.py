"""Addresses of the secretariat's archive (contract.md, Pages)."""

from django.urls import path

from proctoring.archives.copies import extracts, passages, scans
from proctoring.archives.tray import views as tray

app_name = "archives"

urlpatterns = [
    path("", tray.tray, name="tray"),
    path("<int:number>/", tray.session, name="session"),
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
