"""« S’entraîner » (R19): into a rehearsal without any account, what is heard there, what one practised."""

from secrets import token_urlsafe
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock, crypto
from pixsurv.kernel.errors import Busy, DomainError
from proctoring.rehearsal import life
from proctoring.rehearsal.checklist import practice_of
from proctoring.rehearsal.voices import heard_now
from proctoring.room.forms import LoginForm
from proctoring.room.gate import in_room
from proctoring.room.rehearsal_cookie import device_mark, set_device_mark
from proctoring.room.views.login import login_page
from proctoring.room.visit import Visit
from proctoring.room_cookie import set_room_cookie
from proctoring.services.room import not_found


@login_not_required
@require_http_methods(["GET", "POST"])
def rehearse(request: HttpRequest) -> HttpResponse:
    """POST: this device's rehearsal, made when it has none; `again=1` makes another one in its place."""
    if request.method == "GET":
        return HttpResponseRedirect(f"{reverse('room:login')}#entrainement")
    mark = device_mark(request) or _new_mark(request)
    device = life.Device(mark, request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", ""))
    try:
        session, token = life.enter(device=device, again=request.POST.get("again") == "1", now=clock.now())
    except DomainError as refusal:
        response = login_page(request, LoginForm(), status=refusal.status, rehearsal_refusal=refusal.sentence)
        if isinstance(refusal, life.Full | Busy):
            response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    response = HttpResponseRedirect(reverse("room:room", args=[session.number]), status=303)
    set_room_cookie(response, session.number, token)
    set_device_mark(response, mark)
    return response


@in_room("GET", everywhere=True)
def practice(visit: Visit, **_: Any) -> HttpResponse:
    """« Ce que vous avez fait », at any moment and after the closing."""
    _require_rehearsal(visit)
    context = {"visit": visit, "session": visit.session, "practice": practice_of(visit.session)}
    return render(visit.request, "room/practice.html", context)


@in_room("GET")
def around(visit: Visit, **_: Any) -> HttpResponse:
    """What the room is asked for again by itself: 204 while nothing else is heard."""
    _require_rehearsal(visit)
    heard = heard_now(visit.session, now=visit.now)
    if visit.request.GET.get("entendu") == ".".join(one.key for one in heard):
        return HttpResponse(status=204)
    return render(visit.request, "room/heard.html", {"heard": heard, "room_url": visit.room_url})


def _require_rehearsal(visit: Visit) -> None:
    if not visit.is_rehearsal:
        raise not_found()


def _new_mark(request: HttpRequest) -> str:
    """Derived from the form, so that a double click is one device."""
    form = request.POST.get("form", "")[:64]
    return crypto.derive(f"rehearsal:{form}") if form else token_urlsafe(32)
