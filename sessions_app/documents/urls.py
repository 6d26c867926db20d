"""Addresses of the papers (contract.md); part of the `establishment` namespace."""

from django.urls import path

from sessions_app.documents import views
from sessions_app.documents.papers import Paper

urlpatterns = [
    path("documents/", views.papers, name="papers"),
    *(
        path(f"sessions/<int:number>/{paper.value}.pdf", views.paper, {"paper": paper}, name=paper.value)
        for paper in Paper
    ),
]
