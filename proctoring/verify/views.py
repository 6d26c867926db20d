"""« Vérifier un sceau »."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from proctoring.report.seal import seal_words, typed_seal
from proctoring.verify.selectors import answer_to


@login_not_required
@require_safe
def verify(request: HttpRequest, number: int) -> HttpResponse:
    """The form, or the answer. An unknown session and a wrong seal are answered alike."""
    typed = request.GET.get("sceau", "")
    seal = typed_seal(typed)
    context = {
        "number": number,
        "typed": typed[:200],
        "seal": seal_words(seal),
        "answer": answer_to(number, seal) if seal and number < 2**31 else None,
        "asked": bool(typed.strip()),
        "readable": bool(seal),
        "back": _back(request),
    }
    return render(request, "report/verify.html", context)


def _back(request: HttpRequest) -> str:
    """The page of ours from which one came; nothing for who came from the paper, or has just pressed « Vérifier »."""
    came = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    return came if safe and urlsplit(came).path != request.path else ""
