"""« Passer la salle à un autre appareil »: a QR code on the admin's screen (A3)."""

from secrets import token_urlsafe
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from pixsurv.kernel import clock
from proctoring.dashboard import selectors
from proctoring.dashboard.views import on_session
from proctoring.models import HandOver
from proctoring.services import hand_over, once
from proctoring.services.room import refuse
from sessions_app.documents.qr import qr_inline
from sessions_app.models import Session
from sessions_app.refusals import refusals_as_pages, signed_out
from sessions_app.selectors import managed_session
from sessions_app.services.mails import link
from sessions_app.views import account_of, actor_of


class OfferForm(forms.Form):
    """Whose access ends when the room is taken: handing over instead of adding."""

    ends = forms.TypedMultipleChoiceField(
        label="Retirer l’accès de",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def offer(self, rows: list[selectors.AccessRow]) -> None:
        field = self.fields["ends"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(row.id, f"{row.name} — {row.device}, depuis {row.since}") for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def offer(request: HttpRequest, session: Session) -> HttpResponse:
    """Whom it replaces, then a code."""
    if session.is_over:
        raise refuse("session_closed")
    form = OfferForm(request.POST or None)
    watching = selectors.watching(session, clock.now())
    form.offer(watching)
    if request.method == "POST" and form.is_valid():
        made = _made(request, session, form.cleaned_data["ends"])
        address = reverse("dashboard:offered", args=[session.number, made])
        return HttpResponseRedirect(address, status=303)
    key = request.POST.get("once") or token_urlsafe(12)
    context = {"session": session, "form": form, "watching": watching, "once": key}
    return render(request, "establishment/offer.html", context, status=422 if form.errors else 200)


@require_GET
@on_session
def offered(request: HttpRequest, session: Session, hand_over_id: int) -> HttpResponse:
    """The code, until it is taken or too old."""
    return render(request, "establishment/offered.html", _context(session, hand_over_id))


@login_not_required
@require_GET
@refusals_as_pages
def state(request: HttpRequest, number: int, hand_over_id: int) -> HttpResponse:
    """What that page asks by itself: 204 while nobody has taken the room."""
    if not request.user.is_authenticated:
        return signed_out(request)
    context = _context(managed_session(account_of(request), number), hand_over_id)
    if context["open"]:
        return HttpResponse(status=204)
    return render(request, "establishment/offered.html#state", context)


def _made(request: HttpRequest, session: Session, ends: list[int]) -> int:
    """Sent twice it is one code: a second one would make the first worthless (mechanics §10)."""
    account, now = account_of(request), clock.now()

    def act() -> once.Answer:
        made = hand_over.offer(
            session_id=session.pk, account=account, ends=ends, actor=actor_of(request), now=now
        )
        return once.Answer(200, {"hand_over": made.pk})

    key = request.POST.get("once", "")[:200]
    scope = f"account:{account.pk}/hand-over:{session.pk}"
    answer = once.guard(scope=scope, key=key, body={"ends": sorted(ends)}, now=now, act=act)
    return int(answer.body["hand_over"])


def _context(session: Session, hand_over_id: int) -> dict[str, Any]:
    made = HandOver.objects.select_related("access").filter(session=session, pk=hand_over_id).first()
    if made is None:
        raise Http404("hand-over")
    is_open = made.is_open(clock.now()) and not session.is_over
    parts = ("", "", "")
    if is_open:
        parts = (link(""), reverse("room:take_over", args=["-"]).removesuffix("-/"), f"{made.spelled}/")
    return {
        "session": session,
        "made": made,
        "open": is_open,
        "address": parts,  # between them a narrow screen breaks the line
        "qr": qr_inline("".join(parts)) if is_open else "",
        "replaced": selectors.names_of(session, made.ends),
    }
