"""One page for every question that needs a « Confirmer »."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, what it does, and where « Retour » leads."""

    title: str
    consequence: str
    back: str
    danger: bool = True


def ask(request: HttpRequest, question: Question) -> HttpResponse:
    return render(request, "establishment/confirm.html", {"question": question})
