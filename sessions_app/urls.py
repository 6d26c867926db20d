"""Addresses of the establishment area (contract.md). One session's page is `proctoring.dashboard`'s."""

from django.urls import path

from sessions_app import views
from sessions_app.candidates import importing
from sessions_app.candidates import views as candidates

app_name = "establishment"

_CANDIDATES = "sessions/<int:number>/candidats/"

urlpatterns = [
    path("", views.sign_in, name="login"),
    path(
        "", views.sign_in, name="home"
    ),  # the third door: the same page, which lets a signed-in member through
    path("deconnexion/", views.sign_out, name="logout"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<int:number>/mot-de-passe/", views.session_password, name="session_password"),
    path(_CANDIDATES, candidates.candidates, name="candidates"),
    path(f"{_CANDIDATES}modele.ods", candidates.template_file, name="candidates_file"),
    path(f"{_CANDIDATES}importer/", importing.upload, name="import"),
    path(f"{_CANDIDATES}importer/<int:draft_id>/", importing.draft, name="import_draft"),
    path(f"{_CANDIDATES}importer/<int:draft_id>/rapport.ods", importing.draft_report, name="import_report"),
    path(f"{_CANDIDATES}<int:candidate_id>/modifier/", candidates.correct, name="correct_candidate"),
    path(f"{_CANDIDATES}<int:candidate_id>/retirer/", candidates.remove, name="remove_candidate"),
]
