"""Sessions followed by hand, and the paper list keyed after an outage (R22)."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse

from pixsurv.kernel.errors import DomainError
from proctoring.enums import AttemptState, Source
from proctoring.models import Attempt
from proctoring.room import answers
from proctoring.room.forms import ByHandForm
from proctoring.room.gate import in_room
from proctoring.room.people import candidate_of
from proctoring.room.visit import Visit
from proctoring.services import by_hand as hand

# Slug of the address → service, words of the button.
ACTS: dict[str, tuple[Callable[..., Attempt], str]] = {
    "commence": (hand.start_by_hand, "A commencé à"),
    "repris": (hand.resume_by_hand, "A repris à"),
    "termine": (hand.complete_by_hand, "A terminé à"),
}


@in_room("GET", "POST")
def by_hand(visit: Visit, candidate_id: int, act: str, **_: Any) -> HttpResponse:
    """« A commencé à … », « A repris à … », « A terminé à … »: now is proposed."""
    if act not in ACTS:
        raise Http404
    service, words = ACTS[act]
    candidate = candidate_of(visit, candidate_id)
    source = source_of(visit)
    form = _form(visit, source)
    context = {"candidate": candidate, "words": words, "act": act, "source": source, "form": form}
    if not form.is_bound:
        return answers.dialog(visit, "by_hand", context)
    if _write(visit, form, source, service, candidate_id=candidate.pk) is None:
        return answers.dialog(visit, "by_hand", context, status=422)
    return answers.done(visit, candidate.pk, back=_back(visit, source))


@in_room("GET", "POST")
def start_all(visit: Visit, **_: Any) -> HttpResponse:
    """« Toute la salle a commencé à 10h05 », for all ticked rows."""
    source = source_of(visit)
    form = _form(visit, source)
    waiting = Attempt.objects.filter(session_id=visit.session.pk, state=AttemptState.PRESENT).count()
    context = {"form": form, "source": source, "waiting": waiting}
    if not form.is_bound:
        return answers.dialog(visit, "start_all", context)
    started: list[Attempt] | None = _write(visit, form, source, hand.start_all_by_hand)
    if started is None:
        return answers.dialog(visit, "start_all", context, status=422)
    return answers.done(visit, *(one.candidate_id for one in started), back=_back(visit, source))


def source_of(visit: Visit) -> Source:
    """« saisi d’après la feuille de secours » when the page that keys it asks, « à la main » otherwise."""
    asked = visit.request.GET.get("source") or visit.post.get("source")
    return Source.PAPER if asked == Source.PAPER.value else Source.HAND


def _write(visit: Visit, form: ByHandForm, source: Source, service: Callable[..., Any], **whom: int) -> Any:
    """What the service gives, or None: a time that the rules refuse is said beside its field."""
    if not form.is_valid():
        return None
    try:
        return service(
            session_id=visit.session.pk,
            at=form.instant(),
            source=source,
            actor=visit.actor,
            now=visit.now,
            **whom,
        )
    except DomainError as error:
        if error.status != 422:
            raise
        form.add_error("at", error.sentence)
        return None


def _form(visit: Visit, source: Source) -> ByHandForm:
    data = visit.post if visit.request.method == "POST" else None
    local = visit.session.local(visit.now)
    return ByHandForm(data, session=visit.session, source=source, now=visit.now, initial={"at": local.time()})


def _back(visit: Visit, source: Source) -> str:
    return reverse("room:paper", args=[visit.session.number]) if source == Source.PAPER else ""
