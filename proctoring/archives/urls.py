"""Addresses of the secretariat's archive (contract.md, Pages)."""

from django.urls import path

from proctoring.archives.exports import views as exports
from proctoring.archives.tray import views as tray

app_name = "archives"

urlpatterns = [
    path("", tray.tray, name="tray"),
    path("<int:number>/", tray.session, name="session"),
]

urlpatterns += [
    path("exports/", exports.exports, name="exports"),
    path("exports/choix/", exports.confirm, name="export_confirm"),
    path("exports/fichier/", exports.download, name="export_download"),
]
