"""One session for its admins: what it is, who is in it, and the few acts that only an admin may do."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from pixsurv.kernel import clock, crypto
from pixsurv.kernel.errors import DomainError
from proctoring.dashboard import selectors
from proctoring.dashboard.forms import ReopenForm
from proctoring.models import ProctorAccess
from proctoring.room_cookie import room_token, set_room_cookie
from proctoring.services import access as accesses
from proctoring.services import closing, ending
from proctoring.services.room import refuse
from sessions_app.models import Account, Session
from sessions_app.refusals import View, refusals_as_pages, signed_out, with_retry
from sessions_app.selectors import managed_session
from sessions_app.views import account_of, actor_of


def on_session(view: View) -> View:
    """Load the session for this admin; a refused act is answered by its page: the sentence, fresh data."""

    @wraps(view)
    @refusals_as_pages
    def answered(request: HttpRequest, number: int, *args: Any, **kwargs: Any) -> HttpResponse:
        session = managed_session(account_of(request), number)
        try:
            return view(request, session, *args, **kwargs)
        except DomainError as error:
            if error.status == 404:
                raise
            return _page(request, managed_session(account_of(request), number), error)

    return answered


@require_GET
@on_session
def session(request: HttpRequest, session: Session) -> HttpResponse:
    """The whole page."""
    return _page(request, session)


@login_not_required
@require_GET
@refusals_as_pages
def live(request: HttpRequest, number: int) -> HttpResponse:
    """What the page asks for again by itself; a lost login is answered in its place (mechanics §12)."""
    if not request.user.is_authenticated:
        return signed_out(request)
    session = managed_session(account_of(request), number)
    return render(request, "establishment/session_changes.html", _context(session))


@require_http_methods(["GET", "POST"])
@on_session
def open_room(request: HttpRequest, session: Session) -> HttpResponse:
    """« Ouvrir la salle »: an access in this account's name; pressed again in this browser, the same one."""
    if request.method != "POST":
        return _to_page(session)
    account = account_of(request)
    response = HttpResponseRedirect(reverse("room:room", args=[session.number]), status=303)
    if not _watches_already(request, session, account):
        device = request.headers.get("User-Agent", "")
        _, token = accesses.enter(
            session=session, name=account.name, account=account, device=device, now=clock.now()
        )
        set_room_cookie(response, session.number, token)
    return response


@require_http_methods(["GET", "POST"])
@on_session
def take_launch_back(request: HttpRequest, session: Session) -> HttpResponse:
    """« Annuler le lancement » (mechanics §7): asked, then done."""
    now = clock.now()
    if request.method == "POST":
        closing.take_launch_back(session_id=session.pk, actor=actor_of(request), now=now)
        messages.success(request, "Le lancement est annulé. Le prochain début de test lancera la session.")
        return _to_page(session)
    if not selectors.live(session, now).may_take_launch_back:
        raise refuse("never_launched" if session.launched_at is None else "launch_stands")
    return render(request, "establishment/take_launch_back.html", {"session": session})


@require_http_methods(["GET", "POST"])
@on_session
def revoke_access(request: HttpRequest, session: Session, access_id: int) -> HttpResponse:
    """« Retirer l’accès » of one proctor (R2): asked, then done. The candidates go on."""
    access = selectors.access_of(session, access_id)
    if access is None:
        raise Http404("access")
    if request.method == "POST":
        accesses.revoke(access=access, actor=actor_of(request), now=clock.now())
        messages.success(request, "L’accès est retiré. La session reste ouverte et les élèves continuent.")
        return _to_page(session)
    if access.ended_at is not None:
        raise DomainError("access_over", "Cet accès est déjà terminé.")
    row = selectors.access_row(session, access, clock.now())
    return render(request, "establishment/revoke_access.html", {"session": session, "access": row})


@require_http_methods(["GET", "POST"])
@on_session
def reopen(request: HttpRequest, session: Session, candidate_id: int) -> HttpResponse:
    """« Rouvrir le test » with a reason (R12): the identity is repeated, then it is done."""
    now = clock.now()
    row = selectors.candidate_row(session, candidate_id, now)
    if row is None:
        raise Http404("candidate")
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        ending.reopen(
            session_id=session.pk, candidate_id=candidate_id, reason=reason, actor=actor_of(request), now=now
        )
        messages.success(
            request, "Le test est rouvert\u00a0: l’élève peut le reprendre avec le code d’accès."
        )
        return _to_page(session)
    if request.method == "GET" and not row.may_reopen:
        raise refuse("session_closed" if session.is_over else "not_over")
    context = {"session": session, "row": row, "form": form}
    return render(request, "establishment/reopen.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, session: Session, error: DomainError | None = None) -> HttpResponse:
    context = _context(session)
    found = context["live"]
    assert isinstance(found, selectors.Live)
    context |= {
        "refusal": error,
        "may": selectors.plans(session, found),
        "followers": selectors.followers(session),
    }
    response = render(request, "establishment/session.html", context, status=error.status if error else 200)
    return with_retry(response, error) if error else response


def _to_page(session: Session) -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:session", args=[session.number]), status=303)


def _context(session: Session) -> dict[str, object]:
    now = clock.now()
    return {"session": session, "live": selectors.live(session, now), "now": now}


def _watches_already(request: HttpRequest, session: Session, account: Account) -> bool:
    """This browser holds an access of this admin to this room."""
    token = room_token(request, session.number)
    return (
        bool(token)
        and ProctorAccess.objects.filter(
            session=session,
            account=account,
            is_admin=True,
            ended_at=None,
            token_fingerprint=crypto.fingerprint(token),
        ).exists()
    )
