"""The desk, under `/candidat/` (contract.md)."""

from django.urls import path

from proctoring.desk import joining, views

app_name = "desk"
urlpatterns = [
    path("", joining.join, name="join"),
    path("ticket/", joining.ticket, name="ticket"),
    path("oublier/", views.forget, name="forget"),
    path("test/", views.test, name="test"),
    path("test/etat/", views.state, name="state"),
    path("test/battement/", views.beat, name="beat"),
    path("test/demander/", views.ask, name="ask"),
    path("test/commencer/", views.start_question, name="start_question"),
    path("test/reponse/", views.answer, name="answer"),
    path("test/signaler/", views.report, name="report"),
    path("test/terminer/", views.finish, name="finish"),
    path("test/retour/", views.back, name="back"),
    path("test/temps/", views.hide_clock, name="clock"),
]
