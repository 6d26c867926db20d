"""Addresses of the day board and of one session's page (contract.md, Pages)."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from proctoring.dashboard import (
    board,
    catch_up,
    certifiable,
    fraud,
    hand_over,
    password,
    report,
    results,
    scans,
    team,
    views,
)
from proctoring.dashboard.journal import views as journal

app_name = "dashboard"

_SESSION = "sessions/<int:number>/"


def _journal(address: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """A page, and the same as a file."""
    found = [path(f"{address}/", view, name=name)]
    file = require_safe(view)
    found += [path(f"{address}.{end}", file, {"ending": end}, name=f"{name}_{end}") for end in ("csv", "ods")]
    return found


urlpatterns = [
    path("tableau-de-bord/", board.board, name="board"),
    path("tableau-de-bord/etat/", board.state, name="board_state"),
    path("tableau-de-bord/absents/", board.missing, name="absences"),
    path("tableau-de-bord/demandes/<int:case_id>/", board.answer, name="answer_case"),
    path(_SESSION, views.session, name="session"),
    path(f"{_SESSION}direct/", views.live, name="live"),
    path(f"{_SESSION}salle/", views.open_room, name="open_room"),
    path(f"{_SESSION}lancement/annuler/", views.take_launch_back, name="take_launch_back"),
    path(f"{_SESSION}acces/<int:access_id>/retirer/", views.revoke_access, name="revoke_access"),
    path(f"{_SESSION}passage/", hand_over.offer, name="offer"),
    path(f"{_SESSION}passage/<int:hand_over_id>/", hand_over.offered, name="offered"),
    path(f"{_SESSION}passage/<int:hand_over_id>/etat/", hand_over.state, name="offered_state"),
    path(f"{_SESSION}candidats/<int:candidate_id>/rouvrir/", views.reopen, name="reopen"),
    path(f"{_SESSION}candidats/<int:candidate_id>/certifiable/", certifiable.certifiable, name="certifiable"),
    path(f"{_SESSION}mot-de-passe/changer/", password.change, name="change_password"),
    path(f"{_SESSION}rattrapage/", catch_up.catch_up, name="catch_up"),
    *_journal(f"{_SESSION}journal", journal.of_session, "journal"),
    *_journal("compte/journal", journal.of_oneself, "own_journal"),
    *_journal("equipe/<int:membership_id>/journal", journal.of_member, "member_journal"),
    path(f"{_SESSION}resultats/", results.table, name="results"),
    path(f"{_SESSION}resultats.ods", results.as_file, name="results_file"),
    path(f"{_SESSION}fraudes/", fraud.suspicions, name="suspicions"),
    path(f"{_SESSION}fraudes/<int:incident_id>/", fraud.sheet, name="fraud_sheet"),
    path(f"{_SESSION}pv/", report.report, name="report"),
    path(f"{_SESSION}pv/feuille/", report.report_sheet, name="report_sheet"),
    path(f"{_SESSION}pv/commentaire/", report.report_comment, name="report_comment"),
    path(f"{_SESSION}pv.pdf", report.report_pdf, name="report_pdf"),
    path(f"{_SESSION}cloturer/", report.close, name="close"),
    path(f"{_SESSION}cloturer/manques/", report.closing_gate, name="closing_gate"),
    path(f"{_SESSION}additif/", report.addendum, name="addendum"),
    path(f"{_SESSION}additif-<int:rank>.pdf", report.addendum_pdf, name="addendum_pdf"),
    path(f"{_SESSION}feuilles/", scans.scans, name="scans"),
    path(f"{_SESSION}feuilles/pages/<int:page_id>/", scans.scan_page, name="scan_page"),
    path(f"{_SESSION}feuilles/reunir/", scans.bind_scan, name="bind_scan"),
    path(f"{_SESSION}feuilles/<int:file_id>.pdf", scans.scan, name="scan"),
    path(f"{_SESSION}feuilles/<int:file_id>/retirer/", scans.remove_scan, name="remove_scan"),
    path("equipe/<int:membership_id>/retirer/", team.remove_member, name="remove_member"),
]
