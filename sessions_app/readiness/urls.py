"""Addresses of the D-7 check; part of the `establishment` namespace."""

from django.urls import path

from sessions_app.readiness import views

_CHECK = "sessions/<int:number>/verification/"

urlpatterns = [
    path("verification/", views.school, name="check"),
    path(_CHECK, views.session, name="session_check"),
    path(f"{_CHECK}temps-majore/", views.extra_time, name="take_extra_time"),
    path(f"{_CHECK}temps-majore/<int:candidate_id>/", views.extra_time, name="take_extra_time_of"),
    path(f"{_CHECK}profils/", views.profiles, name="take_profiles"),
]
