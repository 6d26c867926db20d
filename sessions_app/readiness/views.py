"""« Vérifier »: the D-7 check of one session or of those that come, and taking over the year's list (P7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.candidates.views import on_session
from sessions_app.models import Candidate, Establishment, Session
from sessions_app.readiness.checks import extra_time_differs, profile_differs
from sessions_app.readiness.facts import CandidateFacts, upcoming
from sessions_app.readiness.report import check
from sessions_app.refusals import refusals_as_pages, with_retry
from sessions_app.selectors import managed_session
from sessions_app.services import yearly_list
from sessions_app.views import account_of, actor_of, at, see, where

PERIODS = {"7": "7 jours", "14": "14 jours", "30": "30 jours", "90": "3 mois", "tout": "Toutes"}
USUAL = "7"


@require_safe
@refusals_as_pages
def school(request: HttpRequest) -> HttpResponse:
    """What is missing in the sessions that come, the next seven days unless asked for more."""
    here = where(request)
    wanted = request.GET.get("jours", USUAL)
    period = wanted if wanted in PERIODS else USUAL
    now = clock.now()
    sessions = upcoming(here.establishment, *_bounds(here.establishment, now, period))
    context = {"here": here, "periods": PERIODS.items(), "period": period, "session": None}
    return _page(request, here.establishment, sessions, context)


@require_safe
@refusals_as_pages
def session(request: HttpRequest, number: int) -> HttpResponse:
    """The same of one session."""
    found = managed_session(account_of(request), number)
    return _page(request, found.establishment, [found], {"session": found})


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def extra_time(request: HttpRequest, session: Session, candidate_id: int | None = None) -> HttpResponse:
    """« Reprendre le temps majoré de l’année »: asked with every name, then done."""
    if candidate_id is not None and not _is_listed(session, candidate_id):
        raise Http404("candidate")
    return _take(
        request,
        session,
        Taking(
            title="Reprendre le temps majoré de l’année\u00a0?",
            done="temps majoré repris de la liste de l’année.",
            tells=extra_time_differs,
            found=lambda: yearly_list.extra_time_to_take(session, candidate_id),
            act=lambda seen: yearly_list.take_extra_time(
                session_id=session.pk,
                candidate_id=candidate_id,
                seen=seen,
                actor=actor_of(request),
                now=clock.now(),
            ),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def profiles(request: HttpRequest, session: Session) -> HttpResponse:
    """« Reprendre les profils de l’année »: the same for profile and sign-in mode."""
    return _take(
        request,
        session,
        Taking(
            title="Reprendre les profils de l’année\u00a0?",
            done="profil repris de la liste de l’année.",
            tells=profile_differs,
            found=lambda: yearly_list.profiles_to_take(session),
            act=lambda seen: yearly_list.take_profiles(
                session_id=session.pk, seen=seen, actor=actor_of(request), now=clock.now()
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Taking:
    """What is taken over from the year's list: asked, then done."""

    title: str
    done: str
    tells: Callable[[CandidateFacts], str | None]
    found: Callable[[], list[CandidateFacts]]
    act: Callable[[str], int]


def _take(request: HttpRequest, session: Session, taking: Taking) -> HttpResponse:
    if session.is_over:
        raise DomainError(
            "session_closed", "Cette session est clôturée\u00a0: plus rien ne peut y être changé."
        )
    back = _back(request, session)
    refusal = None
    if request.method == "POST":
        try:
            count = taking.act(request.POST.get("seen", ""))
        except DomainError as error:
            if error.code != "list_changed":
                raise
            refusal = error
        else:
            if count:
                messages.success(request, f"{count} candidat{'s' if count > 1 else ''}\u00a0: {taking.done}")
            else:
                messages.info(request, "C’est déjà celui de l’année\u00a0: rien n’a changé.")
            return see(back)
    found = taking.found()
    context = {
        "session": session,
        "taking": taking,
        "rows": [(one, taking.tells(one)) for one in found],
        "seen": yearly_list.seal_of(found),
        "back": back,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    response = render(request, "establishment/readiness/take.html", context, status=status)
    return with_retry(response, refusal) if refusal else response


def _page(
    request: HttpRequest, establishment: Establishment, sessions: list[Session], context: dict[str, object]
) -> HttpResponse:
    report = check(establishment, sessions, clock.now())
    wanted = request.GET.get("voir", "")
    codes = {count.check.code for count in report.counts}
    shown = wanted if wanted in codes else ""
    context |= {
        "establishment": establishment,
        "report": report.only(shown) if shown else report,
        "shown": shown,
        "now": clock.now(),
        "from_period": context.get("period", ""),
    }
    return render(request, "establishment/readiness/check.html", context)


def _bounds(establishment: Establishment, now: datetime, period: str) -> tuple[datetime, datetime | None]:
    """From this morning to the end of the last day, at the clock of the school."""
    today = now.astimezone(establishment.zone).date()
    first = datetime.combine(today, time.min, tzinfo=establishment.zone)
    if not period.isdecimal():
        return first, None
    last = today + timedelta(days=int(period) + 1)
    return first, datetime.combine(last, time.min, tzinfo=establishment.zone)


def _back(request: HttpRequest, session: Session) -> str:
    """To the list one came from: the session's, or the school's with its period."""
    period = request.GET.get("depuis", "")
    if period in PERIODS:
        return f"{at('establishment:check', session.establishment)}&jours={period}"
    return reverse("establishment:session_check", args=[session.number])


def _is_listed(session: Session, candidate_id: int) -> bool:
    return Candidate.objects.filter(session=session, pk=candidate_id).exists()
