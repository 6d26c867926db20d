"""Addresses of the room (contract.md, Pages)."""

from django.urls import path

from proctoring.room import views

app_name = "room"

_CANDIDATE = "<int:number>/candidats/<int:candidate_id>/"
_INCIDENT = "<int:number>/incidents/<int:incident_id>/"
_PROPOSAL = f"{_CANDIDATE}propositions/<int:proposal_id>/"

urlpatterns = [
    path("", views.login, name="login"),
    path("entrainement/", views.rehearse, name="rehearse"),
    path("passage/<str:token>/", views.take_over, name="take_over"),
    path("<int:number>/", views.room, name="room"),
    path("<int:number>/etat/", views.state, name="state"),
    path("<int:number>/bonne-salle/", views.right_room, name="right_room"),
    path("<int:number>/entrainement/", views.practice, name="practice"),
    path("<int:number>/entrainement/autour/", views.around, name="around"),
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
    path("<int:number>/absent-de-la-liste/", views.not_listed, name="not_listed"),
    path("<int:number>/demandes/<int:sequence>/retirer/", views.withdraw, name="withdraw"),
    path("<int:number>/incidents/", views.incident_list, name="incidents"),
    path("<int:number>/incidents/noter/", views.incident, name="report_incident"),
    path(f"{_INCIDENT}modifier/", views.change_incident, name="change_incident"),
    path(f"{_INCIDENT}retirer/", views.delete_incident, name="delete_incident"),
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
    path(f"{_CANDIDATE}carte/", views.card, name="card"),
    path(f"{_CANDIDATE}ticket/", views.ticket, name="ticket"),
    path(f"{_CANDIDATE}poste/", views.workstation, name="workstation"),
    path(f"{_CANDIDATE}poste-defaillant/", views.swap, name="swap"),
    path(f"{_CANDIDATE}poste-defaillant/annuler/", views.undo, name="undo_swap"),
    path(f"{_CANDIDATE}signalement/", views.alert, name="alert"),
    path(f"{_CANDIDATE}direction/<slug:kind>/", views.ask_direction, name="ask_direction"),
    path(f"{_CANDIDATE}signalement/probleme/", views.alert_category, name="alert_category"),
    path(f"{_CANDIDATE}signalement/annuler/", views.undo_alert, name="undo_alert"),
    path(f"{_CANDIDATE}incident/", views.incident, name="candidate_incident"),
    path(f"{_PROPOSAL}noter/", views.keep, name="keep_proposal"),
    path(f"{_PROPOSAL}ignorer/", views.dismiss, name="dismiss_proposal"),
    path(f"{_CANDIDATE}a-la-main/<slug:act>/", views.by_hand, name="by_hand"),
]
