"""Addresses of one session's page (contract.md, Pages)."""

from django.urls import path

from proctoring.dashboard import catch_up, password, report, team, views

app_name = "dashboard"

_SESSION = "sessions/<int:number>/"

urlpatterns = [
    path(_SESSION, views.session, name="session"),
    path(f"{_SESSION}direct/", views.live, name="live"),
    path(f"{_SESSION}salle/", views.open_room, name="open_room"),
    path(f"{_SESSION}lancement/annuler/", views.take_launch_back, name="take_launch_back"),
    path(f"{_SESSION}acces/<int:access_id>/retirer/", views.revoke_access, name="revoke_access"),
    path(f"{_SESSION}candidats/<int:candidate_id>/rouvrir/", views.reopen, name="reopen"),
    path(f"{_SESSION}mot-de-passe/changer/", password.change, name="change_password"),
    path(f"{_SESSION}rattrapage/", catch_up.catch_up, name="catch_up"),
    path(f"{_SESSION}pv/", report.report, name="report"),
    path(f"{_SESSION}pv/feuille/", report.report_sheet, name="report_sheet"),
    path(f"{_SESSION}pv/commentaire/", report.report_comment, name="report_comment"),
    path(f"{_SESSION}pv.pdf", report.report_pdf, name="report_pdf"),
    path(f"{_SESSION}cloturer/", report.close, name="close"),
    path(f"{_SESSION}cloturer/manques/", report.closing_gate, name="closing_gate"),
    path(f"{_SESSION}additif/", report.addendum, name="addendum"),
    path(f"{_SESSION}additif-<int:rank>.pdf", report.addendum_pdf, name="addendum_pdf"),
    path("equipe/<int:membership_id>/retirer/", team.remove_member, name="remove_member"),
]
