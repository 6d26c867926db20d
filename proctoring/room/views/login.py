"""« Surveiller une session » (R1)."""

import json
import re
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.errors import FRESH_TOKEN
from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError, Later
from proctoring.room.forms import LoginForm
from proctoring.room.rehearsal_cookie import rehearsal_of
from proctoring.room_cookie import set_room_cookie
from proctoring.services import access as accesses
from proctoring.services.doors import WATCHED_BEFORE, Knocking
from sessions_app.services.planning import REHEARSAL_NUMBERS
from sessions_app.services.sign_ins import account_that_counts

KIT_MARK = re.compile(r"[A-Za-z0-9_-]{43}")


@login_not_required
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Number and password open the room; one message for a wrong one of either."""
    if request.method == "GET":
        # The kit's QR says `session`; `numero` is what our own links say.
        number = (request.GET.get("session") or request.GET.get("numero", ""))[:9]
        if was_rehearsal := number.isdecimal() and int(number) in REHEARSAL_NUMBERS:
            number = ""
        account = account_that_counts(request, now=clock.now())
        name = account.name if account is not None else ""
        ended = request.GET.get("acces") == "termine"
        form = LoginForm(initial={"number": number, "name": name})
        return login_page(request, form, ended=ended and not was_rehearsal, rehearsal_over=was_rehearsal)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return login_page(request, form, status=422)
    try:
        return _enter(request, form)
    except DomainError as error:
        form.add_error("number" if error.code == "wrong_number" else None, error.sentence)
        sign_in = _sign_in(form.cleaned_data["number"]) if error.code == "account_required" else ""
        response = login_page(request, form, status=error.status, sign_in=sign_in)
        if isinstance(error, Later):
            response.headers["Retry-After"] = str(error.retry_after)
        return response


def _enter(request: HttpRequest, form: LoginForm) -> HttpResponse:
    now = clock.now()
    account = account_that_counts(request, now=now)
    who = Knocking(form.cleaned_data["number"], account, WATCHED_BEFORE.read(request), _kit(request))
    session = accesses.find_session(who=who, password=form.cleaned_data["password"], now=now)
    access, token = accesses.enter(
        session=session,
        name=form.cleaned_data["name"],
        account=account,
        device=request.headers.get("User-Agent", ""),
        now=now,
        once=request.POST.get("once", ""),
    )
    if request.headers.get("HX-Request") == "true":
        # From the dialog of a lost login: the page stays, with what was typed in it.
        response = render(request, "room/back.html", {"own_id": access.pk})
        response.headers[FRESH_TOKEN] = get_token(request)
        before = accesses.same_person(access, request.POST.get("access", ""))
        told = {"access": access.pk, "before": before.pk if before is not None else None}
        response.headers["HX-Trigger-After-Settle"] = json.dumps({"pixsurv:acces": told})
    else:
        response = HttpResponseRedirect(reverse("room:room", args=[session.number]), status=303)
    set_room_cookie(response, session.number, token)
    WATCHED_BEFORE.remember(request, response, session.establishment_id)
    return response


def login_page(
    request: HttpRequest, form: LoginForm, *, status: int = 200, sign_in: str = "", **more: Any
) -> HttpResponse:
    """`more`: what else it says (an access that ended, a rehearsal that can't begin)."""
    context = {
        "form": form,
        "once": request.POST.get("once") or token_urlsafe(12),
        "kit": _kit(request),
        "sign_in": sign_in,
        "rehearsal": rehearsal_of(request),
        "ended": False,
        "rehearsal_over": False,
        "rehearsal_refusal": "",
        **more,
    }
    if request.headers.get("HX-Request") == "true":
        typed = {"number": form["number"].value(), "name": form["name"].value() or ""}
        return render(request, "room/lost.html", {**context, **typed}, status=422)
    return render(request, "room/login.html", context, status=status)


def _kit(request: HttpRequest) -> str:
    """The mark of the kit that was scanned, kept from try to try; it opens nothing (mechanics §8)."""
    mark = request.POST.get("kit") or request.GET.get("kit", "")
    return mark if KIT_MARK.fullmatch(mark) else ""


def _sign_in(number: str) -> str:
    """Signing in to one's account, then back here with the number filled in."""
    here = f"{reverse('room:login')}?{urlencode({'numero': number})}"
    return f"{reverse('establishment:login')}?{urlencode({'next': here})}"
