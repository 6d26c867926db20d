"""One session before it lives: made, changed, cancelled, postponed, removed (P3, P10)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.enums import SessionState
from sessions_app.forms.planning import CancelForm, SessionForm
from sessions_app.models import Candidate, Session
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors import managed_session
from sessions_app.selectors.planning import same_room
from sessions_app.services import planning
from sessions_app.views import account_of, actor_of, at, see, where
from sessions_app.views.confirm import Question, ask
from sessions_app.wording import in_room


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def create(request: HttpRequest) -> HttpResponse:
    """« Créer une session »."""
    here = where(request)
    form = SessionForm(request.POST or None, zone=here.establishment.zone)
    if request.method == "POST" and form.is_valid():
        session, new = planning.plan_session(
            establishment=here.establishment,
            plan=form.plan(),
            once=form.once_value(),
            actor=actor_of(request),
            now=clock.now(),
        )
        return made(request, session, form, new)
    return page(
        request, form, title="Créer une session", back=at("establishment:sessions", here.establishment)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def change(request: HttpRequest, number: int) -> HttpResponse:
    """« Modifier la session »: everything until the launch, then proctors and observations (P10)."""
    session = managed_session(account_of(request), number)
    if session.is_over:
        raise DomainError(
            "session_closed",
            f"Cette session est {session.get_state_display().lower()}\u00a0: elle ne change plus.",
        )
    begun = planning.has_begun(session)
    form = SessionForm(request.POST or None, zone=session.zone, session=session, begun=begun)
    if request.method == "POST" and form.is_valid():
        changed = planning.change_session(session_id=session.pk, plan=form.plan(), now=clock.now())
        messages.success(request, "La session est enregistrée.")
        return _warn(request, changed, form)
    return page(request, form, title="Modifier la session", back=_home(session), session=session, begun=begun)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """« Annuler la séance », with a reason."""
    session = managed_session(account_of(request), number)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        planning.cancel_session(session_id=session.pk, reason=form.cleaned_data["reason"], now=clock.now())
        messages.success(request, "La séance est annulée. Elle peut être reportée avec ses candidats.")
        return see(_home(session))
    if planning.has_begun(session) or session.is_over:
        raise DomainError("already_launched", "Cette séance a déjà eu lieu, ou elle est déjà annulée.")
    context = {"form": form, "session": session}
    return render(request, "establishment/cancel.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def postpone(request: HttpRequest, number: int) -> HttpResponse:
    """« Reporter à une autre date »: a new session with the candidates of a cancelled one."""
    old = managed_session(account_of(request), number)
    if old.state != SessionState.CANCELLED:
        raise DomainError("not_cancelled", "Annulez d’abord cette séance, ou changez sa date.")
    form = SessionForm(request.POST or None, zone=old.zone, initial=copied(old))
    if request.method == "POST" and form.is_valid():
        candidates = Candidate.objects.filter(session=old).order_by("sort_key", "pk")
        session, new = planning.plan_session(
            establishment=old.establishment,
            plan=form.plan(),
            once=form.once_value(),
            actor=actor_of(request),
            now=clock.now(),
            follows=old,
            candidates=list(candidates),
        )
        return made(request, session, form, new)
    return page(request, form, title="Reporter à une autre date", back=_home(old), postponed=old)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """« Supprimer la session »: asked, then done."""
    session = managed_session(account_of(request), number)
    if request.method == "POST":
        planning.delete_session(session_id=session.pk, now=clock.now())
        messages.success(request, f"La session {number} est supprimée.")
        return see(at("establishment:sessions", session.establishment))
    if planning.has_begun(session) or session.closed_at is not None:
        raise DomainError(
            "already_launched", "Un test a commencé dans cette session\u00a0: elle ne se supprime plus."
        )
    title = f"Supprimer la session {number}, {in_room(session.room)}\u00a0?"
    consequence = (
        "Ses candidats, son mot de passe et son journal disparaissent. Pour en garder la trace, annulez-la."
    )
    return ask(request, Question(title, consequence, _home(session)))


def copied(session: Session) -> dict[str, object]:
    """What a session that makes up for another takes from it: all but the date."""
    names = ("duration", "site", "room", "workstations", "spare_workstations", "kind", "followed")
    return {name: getattr(session, name) for name in (*names, "proctor_names")}


def made(request: HttpRequest, session: Session, form: SessionForm, new: bool) -> HttpResponse:
    if new:
        messages.success(request, f"La session {session.number} est créée, avec son mot de passe.")
    return _warn(request, session, form)


def page(request: HttpRequest, form: SessionForm, *, title: str, back: str, **more: object) -> HttpResponse:
    known = {"begun": False, "session": None, "postponed": None, "choices": None}
    context = {**known, "form": form, "title": title, "back": back, **more}
    chosen = context["choices"]
    wrong = bool(form.errors) or (isinstance(chosen, forms.Form) and bool(chosen.errors))
    return render(request, "establishment/session_form.html", context, status=422 if wrong else 200)


def _warn(request: HttpRequest, session: Session, form: SessionForm) -> HttpResponse:
    """To the session's page, with what is worth a second look."""
    for other in same_room(session):
        local = session.local(other.starts_at)
        messages.warning(
            request,
            f"La {in_room(other.room)} est déjà prise par la session {other.number}, qui commence à"
            f" {local.hour}h{local.minute:02}.",
        )
    if form.shown_twice:
        messages.warning(
            request,
            "Cette heure existe deux fois cette nuit-là, à cause du changement d’heure\u00a0: c’est la première qui"
            " est retenue.",
        )
    return see(_home(session))


def _home(session: Session) -> str:
    return reverse("dashboard:session", args=[session.number])
