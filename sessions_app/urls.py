"""Addresses of the establishment area (contract.md). One session's page is `proctoring.dashboard`'s."""

from django.urls import path

from sessions_app import views
from sessions_app.batches import views as batches
from sessions_app.candidates import from_pupils, importing
from sessions_app.candidates import views as candidates
from sessions_app.documents.urls import urlpatterns as documents
from sessions_app.notices import views as notices
from sessions_app.pupils import importing as pupil_files
from sessions_app.pupils import views as pupils
from sessions_app.readiness.urls import urlpatterns as readiness
from sessions_app.splitting import views as splitting
from sessions_app.views import (
    account,
    feeds,
    help_texts,
    invitation,
    logo,
    oidc,
    planning,
    school,
    second_factor,
    team,
    timetable,
)

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
    path("code/", second_factor.ask, name="second_factor"),
    path("compte/double-authentification/", second_factor.set_up, name="set_up_second_factor"),
    path("compte/double-authentification/retirer/", second_factor.remove, name="remove_second_factor"),
    path("compte/connexions/fermer/", account.end_other_sign_ins, name="end_other_sign_ins"),
    path("compte/connexions/<int:sign_in_id>/fermer/", account.end_sign_in, name="end_sign_in"),
    # The OpenID Connect provider, where one is configured.
    path("fournisseur/", oidc.begin, name="oidc"),
    path("fournisseur/retour/", oidc.come_back, name="oidc_return"),
    path("fournisseur/quitte/", oidc.left, name="oidc_left"),
    path("fournisseur/quitter/", oidc.leave, name="oidc_leave"),
    path("compte/fournisseur/retirer/", oidc.unlink, name="oidc_unlink"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("equipe/", team.team, name="team"),
    path("equipe/invitations/<int:invitation_id>/renvoyer/", team.resend, name="resend"),
    path("equipe/invitations/<int:invitation_id>/annuler/", team.revoke_invitation, name="revoke_invitation"),
    path("reglages/", school.settings, name="settings"),
    path("reglages/fiche-de-registre.pdf", notices.register_sheet, name="register_sheet"),
    path("reglages/analyse-d-impact.pdf", notices.impact_sheet, name="impact_sheet"),
    path("reglages/contacts/ajouter/", school.add_contact, name="add_contact"),
    path("reglages/contacts/<int:contact_id>/", school.change_contact, name="change_contact"),
    path("reglages/contacts/<int:contact_id>/retirer/", school.remove_contact, name="remove_contact"),
    path("reglages/aide/<str:topic>/", help_texts.change_help, name="change_help"),
    path("reglages/logo", logo.picture, name="logo"),
    path("reglages/logo/changer/", logo.change, name="change_logo"),
    path("reglages/logo/retirer/", logo.remove, name="remove_logo"),
    path("reglages/cles/", school.create_key, name="create_key"),
    path("reglages/cles/<int:key_id>/revoquer/", school.revoke_key, name="revoke_key"),
    path("sessions/creer/", planning.create, name="create"),
    path("sessions/importer/", batches.upload, name="import_sessions"),
    path("sessions/importer/modele.csv", batches.model_file, {"filled": False}, name="sessions_model"),
    path("sessions/importer/a-completer.csv", batches.model_file, {"filled": True}, name="sessions_filled"),
    path("sessions/importer/<int:draft_id>/", batches.draft, name="sessions_draft"),
    path("sessions/importer/<int:draft_id>/rapport.ods", batches.draft_report, name="sessions_report"),
    path("sessions/creer/classes/", splitting.create, name="create_for_classes"),
    path("sessions/<int:number>/modifier/", planning.change, name="change"),
    path("sessions/<int:number>/annuler/", planning.cancel, name="cancel"),
    path("sessions/<int:number>/reporter/", planning.postpone, name="postpone"),
    path("sessions/<int:number>/supprimer/", planning.delete, name="delete"),
    # « Planning », and the calendars that programs read.
    path("planning/", timetable.planning, name="planning"),
    path("planning/agendas/creer/", feeds.create, name="create_feed"),
    path("planning/agendas/<int:feed_id>/", feeds.link, name="feed_link"),
    path("planning/agendas/<int:feed_id>/revoquer/", feeds.revoke, name="revoke_feed"),
    path("compte/agenda/", feeds.own, name="own_feed"),
    path("compte/agenda/revoquer/", feeds.revoke_own, name="revoke_own_feed"),
    path("agendas/<str:token>.ics", feeds.feed, name="feed"),
    path(_CANDIDATES, candidates.candidates, name="candidates"),
    path(f"{_CANDIDATES}modele.ods", candidates.template_file, name="candidates_file"),
    path(f"{_CANDIDATES}importer/", importing.upload, name="import"),
    path(f"{_CANDIDATES}importer/<int:draft_id>/", importing.draft, name="import_draft"),
    path(f"{_CANDIDATES}importer/<int:draft_id>/rapport.ods", importing.draft_report, name="import_report"),
    path(f"{_CANDIDATES}eleves/", from_pupils.choose, name="enrol_pupils"),
    path(f"{_CANDIDATES}eleves/inscrire/", from_pupils.confirm, name="confirm_pupils"),
    path(f"{_CANDIDATES}<int:candidate_id>/modifier/", candidates.correct, name="correct_candidate"),
    path(f"{_CANDIDATES}<int:candidate_id>/retirer/", candidates.remove, name="remove_candidate"),
    *documents,
    *readiness,
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
