"""Addresses of the secretariat's archive (contract.md, Pages)."""

from django.urls import path

from proctoring.archives.tray import views as tray

app_name = "archives"

urlpatterns = [
    path("", tray.tray, name="tray"),
    path("<int:number>/", tray.session, name="session"),
]
