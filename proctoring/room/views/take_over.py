"""Behind the QR code of an admin: who takes the room over says his name (A3)."""

from secrets import token_urlsafe

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy, DomainError
from proctoring.room.forms import NamedForm
from proctoring.room_cookie import set_room_cookie
from proctoring.services import hand_over
from sessions_app.models import Account
from sessions_app.services.sign_ins import account_that_counts


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, token: str) -> HttpResponse:
    """Looking uses nothing up: link previews look too. Posting the name does, once."""
    account = account_that_counts(request, now=clock.now())
    form = NamedForm(request.POST or None, initial={"name": account.name if account else ""})
    try:
        if request.method == "POST" and form.is_valid():
            return _take(request, token, form.cleaned_data["name"], account)
        made = hand_over.find(token, now=clock.now())
    except DomainError as error:
        return _refused(request, error)
    session = made.session
    context = {
        "session": session,
        "starts": session.local(session.starts_at).replace(tzinfo=None),
        "made_by": made.made_by,
        "form": form,
        "once": request.POST.get("once") or token_urlsafe(16),
    }
    return render(request, "room/take_over.html", context, status=422 if form.errors else 200)


def _take(request: HttpRequest, token: str, name: str, account: Account | None) -> HttpResponse:
    access, secret = hand_over.take(
        token=token,
        name=name,
        account=account,
        device=request.headers.get("User-Agent", ""),
        once=request.POST.get("once", ""),
        now=clock.now(),
    )
    number = access.session.number
    response = HttpResponseRedirect(reverse("room:room", args=[number]), status=303)
    set_room_cookie(response, number, secret)
    return response


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    response = render(request, "room/take_over_refused.html", {"error": error}, status=error.status)
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
