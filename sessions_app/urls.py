"""Addresses of the establishment area (contract.md). One session's page is `proctoring.dashboard`'s."""

from django.urls import path

from sessions_app import views
from sessions_app.documents.urls import urlpatterns as documents

app_name = "establishment"

urlpatterns = [
    path("", views.sign_in, name="login"),
    path(
        "", views.sign_in, name="home"
    ),  # the third door: the same page, which lets a signed-in member through
    path("deconnexion/", views.sign_out, name="logout"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<int:number>/mot-de-passe/", views.session_password, name="session_password"),
    *documents,
]
