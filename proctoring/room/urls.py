"""Addresses of the room (contract.md, Pages)."""

from django.urls import path

from proctoring.room import views

app_name = "room"

_CANDIDATE = "<int:number>/candidats/<int:candidate_id>/"

urlpatterns = [
    path("", views.login, name="login"),
    path("<int:number>/", views.room, name="room"),
    path("<int:number>/etat/", views.state, name="state"),
    path("<int:number>/bonne-salle/", views.right_room, name="right_room"),
    path("<int:number>/code/", views.code, name="code"),
    path("<int:number>/qui-appeler/", views.contacts, name="contacts"),
    path("<int:number>/consignes/", views.instructions, name="instructions"),
    path("<int:number>/masquer/", views.mask, name="mask"),
    path("<int:number>/demasquer/", views.unmask, name="unmask"),
    path("<int:number>/quitter/", views.leave, name="leave"),
    path("<int:number>/cloturer/", views.close, name="close"),
    path("<int:number>/cloturer/manques/", views.closing_gate, name="closing_gate"),
    path("<int:number>/pv/", views.report, name="report"),
    path("<int:number>/pv/feuille/", views.report_sheet, name="report_sheet"),
    path("<int:number>/pv/commentaire/", views.report_comment, name="report_comment"),
    path("<int:number>/pv.pdf", views.report_pdf, name="report_pdf"),
    path("<int:number>/feuille-de-secours/", views.paper, name="paper"),
    path("<int:number>/fins/", views.end_overdue, name="end_overdue"),
    path("<int:number>/fins/annuler/", views.undo_batch, name="undo_batch"),
    path("<int:number>/minutes/", views.minutes, name="minutes"),
    path("<int:number>/minutes/reprendre/", views.take_minutes_back, name="take_minutes_back"),
    path("<int:number>/toute-la-salle/", views.start_all, name="start_all"),
    path(_CANDIDATE, views.candidate, name="candidate"),
    path(f"{_CANDIDATE}presence/", views.presence, name="presence"),
    path(f"{_CANDIDATE}retard/", views.late, name="late"),
    path(f"{_CANDIDATE}certifiable/", views.certifiable, name="certifiable"),
    path(f"{_CANDIDATE}reprise/", views.resume, name="resume"),
    path(f"{_CANDIDATE}reprise/retirer/", views.cancel_resume, name="cancel_resume"),
    path(f"{_CANDIDATE}demande/ignorer/", views.dismiss_request, name="dismiss_request"),
    path(f"{_CANDIDATE}fin/", views.end, name="end"),
    path(f"{_CANDIDATE}fin/annuler/", views.undo_end, name="undo_end"),
    path(f"{_CANDIDATE}temps-majore/", views.extra_time, name="extra_time"),
    path(f"{_CANDIDATE}poste/", views.workstation, name="workstation"),
    path(f"{_CANDIDATE}signalement/", views.alert, name="alert"),
    path(f"{_CANDIDATE}a-la-main/<slug:act>/", views.by_hand, name="by_hand"),
]
