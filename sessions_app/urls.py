"""Addresses of the establishment area (contract.md). One session's page is `proctoring.dashboard`'s."""

from django.urls import path

from sessions_app import views
from sessions_app.candidates import importing
from sessions_app.candidates import views as candidates
from sessions_app.documents.urls import urlpatterns as documents
from sessions_app.pupils import importing as pupil_files
from sessions_app.pupils import views as pupils
from sessions_app.views import account, invitation, planning, school, team

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
    # People, settings, what is planned.
    path("mot-de-passe-oublie/", account.forgotten, name="forgotten"),
    path("nouveau-mot-de-passe/<str:uid>/<str:token>/", account.reset, name="reset"),
    path("compte/", account.account, name="account"),
    path("compte/mot-de-passe/", account.change_password, name="change_password"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("equipe/", team.team, name="team"),
    path("equipe/invitations/<int:invitation_id>/renvoyer/", team.resend, name="resend"),
    path("equipe/invitations/<int:invitation_id>/annuler/", team.revoke_invitation, name="revoke_invitation"),
    path("reglages/", school.settings, name="settings"),
    path("reglages/contacts/ajouter/", school.add_contact, name="add_contact"),
    path("reglages/contacts/<int:contact_id>/", school.change_contact, name="change_contact"),
    path("reglages/contacts/<int:contact_id>/retirer/", school.remove_contact, name="remove_contact"),
    path("reglages/cles/", school.create_key, name="create_key"),
    path("reglages/cles/<int:key_id>/revoquer/", school.revoke_key, name="revoke_key"),
    path("sessions/creer/", planning.create, name="create"),
    path("sessions/<int:number>/modifier/", planning.change, name="change"),
    path("sessions/<int:number>/annuler/", planning.cancel, name="cancel"),
    path("sessions/<int:number>/reporter/", planning.postpone, name="postpone"),
    path("sessions/<int:number>/supprimer/", planning.delete, name="delete"),
    path(_CANDIDATES, candidates.candidates, name="candidates"),
    path(f"{_CANDIDATES}modele.ods", candidates.template_file, name="candidates_file"),
    path(f"{_CANDIDATES}importer/", importing.upload, name="import"),
    path(f"{_CANDIDATES}importer/<int:draft_id>/", importing.draft, name="import_draft"),
    path(f"{_CANDIDATES}importer/<int:draft_id>/rapport.ods", importing.draft_report, name="import_report"),
    path(f"{_CANDIDATES}<int:candidate_id>/modifier/", candidates.correct, name="correct_candidate"),
    path(f"{_CANDIDATES}<int:candidate_id>/retirer/", candidates.remove, name="remove_candidate"),
    *documents,
    # The pupils of a school year.
    path("eleves/", pupils.pupils, name="pupils"),
    path("eleves/ajouter/", pupils.add, name="add_pupil"),
    path("eleves/<int:pupil_id>/modifier/", pupils.correct, name="correct_pupil"),
    path("eleves/<int:pupil_id>/retirer/", pupils.remove, name="remove_pupil"),
    path("eleves/importer/", pupil_files.upload, name="import_pupils"),
    path("eleves/importer/<int:draft_id>/", pupil_files.draft, name="pupil_draft"),
    path("eleves/importer/<int:draft_id>/rapprocher/", pupil_files.matching, name="match_pupils"),
    path("eleves/importer/<int:draft_id>/rapport.ods", pupil_files.draft_report, name="pupil_report"),
]
