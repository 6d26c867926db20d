"""Addresses printed on reports: they must answer in five years as they do now."""

from django.urls import path

from proctoring.verify import views

urlpatterns = [path("<int:number>/", views.verify, name="verify")]
