"""« Surveiller une session » (R1)."""

from secrets import token_urlsafe

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy, DomainError
from proctoring.room.forms import LoginForm
from proctoring.room_cookie import set_room_cookie
from proctoring.services import access as accesses
from sessions_app.models import Account


@login_not_required
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Number and password open the room; one message for a wrong one of either."""
    if request.method == "GET":
        number = request.GET.get("numero", "")[:9]
        account = request.user
        name = account.name if isinstance(account, Account) else ""
        ended = request.GET.get("acces") == "termine"
        return _page(request, LoginForm(initial={"number": number, "name": name}), ended=ended)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        return _enter(request, form)
    except DomainError as error:
        form.add_error("number" if error.code == "wrong_number" else None, error.sentence)
        response = _page(request, form, status=error.status)
        if isinstance(error, Busy):
            response.headers["Retry-After"] = str(error.retry_after)
        return response


def _enter(request: HttpRequest, form: LoginForm) -> HttpResponse:
    session = accesses.find_session(
        number=form.cleaned_data["number"], password=form.cleaned_data["password"]
    )
    _access, token = accesses.enter(
        session=session,
        name=form.cleaned_data["name"],
        account=request.user if isinstance(request.user, Account) else None,
        device=request.headers.get("User-Agent", ""),
        now=clock.now(),
        once=request.POST.get("once", ""),
    )
    if request.headers.get("HX-Request") == "true":
        # From the dialog of a lost login: the page stays, with what was typed in it.
        response = render(request, "room/back.html")
    else:
        response = HttpResponseRedirect(reverse("room:room", args=[session.number]), status=303)
    set_room_cookie(response, session.number, token)
    return response


def _page(request: HttpRequest, form: LoginForm, *, status: int = 200, ended: bool = False) -> HttpResponse:
    context = {"form": form, "ended": ended, "once": request.POST.get("once") or token_urlsafe(12)}
    if request.headers.get("HX-Request") == "true":
        typed = {"number": form["number"].value(), "name": form["name"].value() or ""}
        return render(request, "room/lost.html", {**context, **typed}, status=422)
    return render(request, "room/login.html", context, status=status)
