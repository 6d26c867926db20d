"""Addresses of one session's page (contract.md, Pages)."""

from django.urls import path

from proctoring.dashboard import views

app_name = "dashboard"

_SESSION = "sessions/<int:number>/"

urlpatterns = [
    path(_SESSION, views.session, name="session"),
    path(f"{_SESSION}direct/", views.live, name="live"),
    path(f"{_SESSION}salle/", views.open_room, name="open_room"),
    path(f"{_SESSION}lancement/annuler/", views.take_launch_back, name="take_launch_back"),
    path(f"{_SESSION}acces/<int:access_id>/retirer/", views.revoke_access, name="revoke_access"),
    path(f"{_SESSION}candidats/<int:candidate_id>/rouvrir/", views.reopen, name="reopen"),
]
