"""« Minutes perdues » and « Temps majoré »: both show the new end before they are confirmed (R13)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from django.http import HttpResponse

from pixsurv.kernel.errors import DomainError
from proctoring import rules
from proctoring.room import answers
from proctoring.room.forms import ExtraTimeForm, MinutesForm
from proctoring.room.gate import in_room
from proctoring.room.people import attempt_of, candidate_of, chosen_ids, running_candidates
from proctoring.room.visit import Visit
from proctoring.selectors.wording import clock_time
from proctoring.services import minutes as given
from proctoring.services import once
from sessions_app.models import Candidate

USUAL_MINUTES = (5, 10)
ONE_THIRD = 33
NOBODY = "Choisissez au moins un élève dont le test est en cours."


@dataclass(frozen=True, slots=True)
class NewEnd:
    """« Paul DUPONT : 14h20 → 14h25 »."""

    candidate: Candidate
    before: str
    after: str


@in_room("GET", "POST")
def minutes(visit: Visit, **_: Any) -> HttpResponse:
    """Choose whom and how many, look at the new ends, confirm."""
    asked = visit.request.GET if visit.request.method == "GET" else visit.post
    chosen = chosen_ids(asked.getlist("candidat"))
    running = running_candidates(visit)
    usual = asked.get("usual")  # the quick buttons
    form = MinutesForm({"minutes": usual} if usual else asked if "minutes" in asked else None)
    context = {"form": form, "running": running, "chosen": chosen, "usual": USUAL_MINUTES, "error": ""}
    if not form.is_bound:
        return answers.dialog(visit, "minutes", context)
    concerned = [person for person in running if person.pk in chosen]
    # Looking needs somebody whose test runs; giving says of whom it no longer does.
    nobody = not (concerned if visit.request.method == "GET" else chosen)
    if not form.is_valid() or nobody:
        context["error"] = NOBODY if nobody else ""
        return answers.dialog(visit, "minutes", context, status=422)
    many = form.cleaned_data["minutes"]
    if visit.request.method == "GET":
        ends = [_later(visit, person, many) for person in concerned]
        context = {"ends": ends, "minutes": many, "once": token_urlsafe(12)}
        return answers.dialog(visit, "minutes_preview", context)
    _once(visit, given.give_minutes, chosen, many)
    return answers.done(visit, *chosen)


@in_room("GET", "POST")
def take_minutes_back(visit: Visit, **_: Any) -> HttpResponse:
    """Minutes that were given, one candidate's from his detail, or the undo of a gesture."""
    if visit.request.method == "GET":
        asked = chosen_ids(visit.request.GET.getlist("candidat"))
        given_to = [one for one in running_candidates(visit) if one.pk in asked and one.attempt.given_minutes]
        return answers.dialog(visit, "take_back", {"given_to": given_to, "once": token_urlsafe(12)})
    form = MinutesForm(visit.post)
    chosen = chosen_ids(visit.post.getlist("candidat"))
    if not form.is_valid() or not chosen:
        raise DomainError("bad_minutes", "Donnez les élèves et le nombre de minutes.", status=422)
    _once(visit, given.take_minutes_back, chosen, form.cleaned_data["minutes"])
    return answers.done(visit, *chosen)


@in_room("GET", "POST")
def extra_time(visit: Visit, candidate_id: int, **_: Any) -> HttpResponse:
    """One third, or another percentage; over one third only with an admin's word."""
    candidate = candidate_of(visit, candidate_id)
    asked = visit.request.GET if visit.request.method == "GET" else visit.post
    third = {"percent": ONE_THIRD} if asked.get("third") else None  # the quick button
    form = ExtraTimeForm(third or (asked if "percent" in asked else None))
    context = {"candidate": candidate, "form": form, "one_third": ONE_THIRD, "error": ""}
    if not form.is_bound:
        return answers.dialog(visit, "extra_time", context)
    if not form.is_valid():
        return answers.dialog(visit, "extra_time", context, status=422)
    percent = form.cleaned_data["percent"]
    preview = {
        "candidate": candidate,
        "percent": percent,
        "end": _with_extra(visit, candidate, percent),
        "minutes": rules.extra_minutes(visit.session.duration, percent),
        "needs_decision": percent > max(rules.EXTRA_TIME_WITHOUT_DECISION, candidate.extra_time_percent),
        "error": "",
    }
    if visit.request.method == "GET":
        return answers.dialog(visit, "extra_time_preview", preview)
    try:
        given.set_extra_time(
            session_id=visit.session.pk,
            candidate_id=candidate.pk,
            percent=percent,
            actor=visit.actor,
            now=visit.now,
            written_decision=visit.post.get("decision") == "1",
        )
    except DomainError as error:
        if error.code != "decision_missing":
            raise
        return answers.dialog(visit, "extra_time_preview", {**preview, "error": error.sentence}, status=422)
    return answers.done(visit, candidate.pk)


def _once(visit: Visit, service: Callable[..., object], chosen: list[int], many: int) -> None:
    """A repeat would add: the form's `once` makes a second click the first (mechanics §10)."""
    key = visit.post.get("once", "")
    if not key.isascii() or not key.isprintable() or len(key) > 100:
        raise DomainError(
            "once_missing",
            "Rouvrez «\u00a0Minutes perdues\u00a0»\u00a0: ce formulaire n’est plus valable.",
            status=422,
        )

    def act() -> once.Answer:
        service(
            session_id=visit.session.pk, candidate_ids=chosen, minutes=many, actor=visit.actor, now=visit.now
        )
        return once.Answer(200)

    once.guard(
        scope=f"access:{visit.access.pk}/{service.__name__}",
        key=key,
        body={"candidates": chosen, "minutes": many},
        now=visit.now,
        act=act,
    )


def _later(visit: Visit, candidate: Candidate, many: int) -> NewEnd:
    assert candidate.attempt.deadline_at is not None
    now_ends = visit.session.local(candidate.attempt.deadline_at)
    return NewEnd(candidate, clock_time(now_ends), clock_time(now_ends + timedelta(minutes=many)))


def _with_extra(visit: Visit, candidate: Candidate, percent: int) -> NewEnd | None:
    """None before the start: the end is then counted from it."""
    attempt = attempt_of(candidate)
    if attempt.started_at is None or attempt.deadline_at is None:
        return None
    after = rules.deadline(
        started_at=attempt.started_at,
        duration=visit.session.duration,
        extra_percent=percent,
        given_minutes=attempt.given_minutes,
    )
    local = visit.session.local
    return NewEnd(candidate, clock_time(local(attempt.deadline_at)), clock_time(local(after)))
