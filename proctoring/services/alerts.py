"""Alerts of candidates (R15): raised, answered, or without object once the test is over."""

from collections.abc import Sequence
from datetime import datetime

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring import rules
from proctoring.categories import CATEGORIES, offered_for
from proctoring.enums import OVER, RUNNING, AlertStatus, IncidentSource, ProposalKind
from proctoring.models import Alert, Answer, Attempt, Entry
from proctoring.services import incidents, proposals
from proctoring.services.due import locked_room
from proctoring.services.room import Room, refuse
from sessions_app.actors import Actor
from sessions_app.enums import EventKind
from sessions_app.models import Event
from sessions_app.wording import NBSP


def raise_alert(
    *, entry: Entry, question: int, kinds: Sequence[str], actor: Actor, now: datetime
) -> tuple[Alert, bool]:
    """The open alert of this candidate on this question, and whether it is new. From the holder only.

    It is raised on the current question (R15): a platform that reported no progress yet has thereby said where it is.
    """
    with locked_room(entry.session_id, now=now) as room:
        attempt = room.attempt(entry.candidate_id)
        require_holder(room, attempt, entry)
        latest = Alert.objects.filter(attempt_id=attempt.pk, question=question).order_by("pk").last()
        # Answered but not told yet: for the candidate it is still open.
        if latest is not None and not rules.alert_is_final(latest, now):
            return latest, False
        alert = Alert.objects.create(
            attempt=attempt, question=question, kinds=sorted(set(kinds)), raised_at=now
        )
        room.write(
            attempt,
            EventKind.ALERT_RAISED,
            actor=actor,
            facts={"alert": alert.pk, "question": question, "kinds": sorted(set(kinds))},
            question=question,
        )
        return alert, True


def answer_alert(
    *,
    session_id: int,
    candidate_id: int,
    alert_id: int,
    confirmed: bool,
    actor: Actor,
    now: datetime,
    category: str = "",
) -> Alert:
    """« Pas de problème », or « Problème confirmé » with the category of its incident, written at once.

    The candidate is told 10 s later; until then `undo_answer` takes it back. Answering again the same way changes
    nothing. Refused, first of all, with `category_missing`, `category_unknown` (422) for a problem without a category
    that is offered for its kinds of question; with `alert_gone`, `alert_confirmed` when it was confirmed with another
    category, and `alert_answered` when the candidate went on meanwhile: the alert then lapses, and no incident is
    written.
    """
    wanted = AlertStatus.VALIDATED if confirmed else AlertStatus.REFUSED
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        alert = _alert_of(attempt, alert_id)
        if confirmed:
            _require_offered(room, alert, category)
        if alert.status == wanted:
            if confirmed:
                _require_same(room, alert, category)
            return alert
        room.require_open()
        if alert.status != AlertStatus.OPEN:
            raise refuse("alert_gone")
        answered = _went_on(attempt, alert)
        if answered:
            _lapse(room, attempt, alert, actor=actor)
        else:
            _answer(room, attempt, alert, wanted, category, actor=actor)
    if answered:  # raised only after the block, so that the lapse is kept
        raise refuse("alert_answered")
    return alert


def undo_answer(*, session_id: int, candidate_id: int, alert_id: int, actor: Actor, now: datetime) -> Alert:
    """Back to the open alert, before the candidate is told (R15); its incident is taken back with it.

    Refused with `alert_final` once he is told, `alert_answered` when he went on by himself, `alert_gone`.
    """
    with locked_room(session_id, now=now) as room:
        attempt = room.attempt(candidate_id)
        alert = _alert_of(attempt, alert_id)
        room.require_open()
        if alert.status == AlertStatus.OPEN:
            return alert
        if alert.status == AlertStatus.LAPSED or rules.state_at(attempt, now) not in RUNNING:
            raise refuse("alert_gone")
        if rules.alert_is_final(alert, now):
            raise refuse("alert_final")
        if _went_on(attempt, alert):
            raise refuse("alert_answered")
        _reopen(room, attempt, alert, actor=actor)
        for incident in alert.incidents.filter(deleted_at=None).order_by("pk"):
            incidents.delete(room, attempt, incident, actor=actor)
        proposals.lapse(room, attempt, ProposalKind.ALERT_WAITED, alert=alert)
        return alert


def lapse_answered(*, entry: Entry, question: int, actor: Actor, now: datetime) -> None:
    """The candidate answered the question that he had signalled: nobody need come any more."""
    with locked_room(entry.session_id, now=now) as room:
        attempt = room.attempt(entry.candidate_id)
        waiting = Alert.objects.filter(attempt_id=attempt.pk, question=question, status=AlertStatus.OPEN)
        for alert in waiting.order_by("pk"):
            if not room.session.is_over:
                _lapse(room, attempt, alert, actor=actor)


def _alert_of(attempt: Attempt, alert_id: int) -> Alert:
    alert = Alert.objects.filter(pk=alert_id, attempt_id=attempt.pk).first()
    if alert is None:
        raise refuse("alert_gone", status=404)
    return alert


def _require_offered(room: Room, alert: Alert, category: str) -> None:
    if not category:
        raise refuse("category_missing", status=422)
    today = room.session.local(room.now).date()
    if category not in {one.code for one in offered_for(alert.kinds, today)}:
        raise refuse("category_unknown", status=422)


def _require_same(room: Room, alert: Alert, category: str) -> None:
    """A repeat is the category that was answered, or that its incident was corrected to; any other is told so."""
    answers = Event.objects.filter(session_id=room.session.pk, kind=EventKind.ALERT_VALIDATED)
    told = [one.facts or {} for one in answers.order_by("-sequence")]
    answered = next((str(one["category"]) for one in told if one.get("alert") == alert.pk), "")
    incident = alert.incidents.filter(deleted_at=None).order_by("pk").last()
    stands = incident.category if incident is not None else answered
    if category in {answered, stands}:
        return
    label = f"{stands} — {CATEGORIES[stands].label}" if stands in CATEGORIES else stands
    sentence = f"Ce signalement est déjà confirmé{NBSP}: {label}. La catégorie se corrige dans l’incident."
    raise DomainError("alert_confirmed", sentence)


def _answer(
    room: Room, attempt: Attempt, alert: Alert, status: AlertStatus, category: str, *, actor: Actor
) -> None:
    confirmed = status == AlertStatus.VALIDATED
    room.settle_alert(alert, status, final_at=room.now + rules.UNDO)
    kind = EventKind.ALERT_VALIDATED if confirmed else EventKind.ALERT_REFUSED
    facts: dict[str, Json] = {
        "alert": alert.pk,
        "question": alert.question,
        "category": category if confirmed else None,
        "raised_at": alert.raised_at.isoformat(),
    }
    room.write(attempt, kind, actor=actor, facts=facts)
    if confirmed:
        observed = incidents.Observed(category, question=alert.question, at=alert.raised_at)
        incidents.report(room, attempt, observed, actor=actor, source=IncidentSource.ALERT, alert=alert)
    proposals.propose_waiting(room, attempt, alert)


def _lapse(room: Room, attempt: Attempt, alert: Alert, *, actor: Actor) -> None:
    room.settle_alert(alert, AlertStatus.LAPSED)
    facts: dict[str, Json] = {"alert": alert.pk, "question": alert.question, "reason": "answered"}
    room.write(attempt, EventKind.ALERT_LAPSED, actor=actor, facts=facts)


def reopen_lapsed(room: Room, attempt: Attempt, *, actor: Actor) -> None:
    """The end of this test is undone: what that very end left without an answer waits again, the rest stays as it is.

    The journal tells which: what lapsed since the last end.
    """
    lapsed = Alert.objects.filter(attempt_id=attempt.pk, status=AlertStatus.LAPSED)
    waiting = list(lapsed.order_by("pk"))
    if not waiting:
        return
    told = Event.objects.filter(session_id=room.session.pk, candidate_id=attempt.candidate_id)
    end = told.filter(kind=EventKind.ENDED).order_by("-sequence").values_list("sequence", flat=True)[:1]
    since = told.filter(kind=EventKind.ALERT_LAPSED, sequence__gt=end[0])
    with_it = {(event.facts or {}).get("alert") for event in since}
    for alert in waiting:
        if alert.pk in with_it:
            _reopen(room, attempt, alert, actor=actor)


def _reopen(room: Room, attempt: Attempt, alert: Alert, *, actor: Actor) -> None:
    facts: dict[str, Json] = {"alert": alert.pk, "question": alert.question, "answer": str(alert.status)}
    alert.status, alert.handled_at, alert.final_at = AlertStatus.OPEN, None, None
    alert.save(update_fields=["status", "handled_at", "final_at"])
    room.write(attempt, EventKind.ALERT_UNDONE, actor=actor, facts=facts)


def _went_on(attempt: Attempt, alert: Alert) -> bool:
    """He answered that question, or his platform reported a later one."""
    if attempt.question is not None and attempt.question > alert.question:
        return True
    return Answer.objects.filter(attempt_id=attempt.pk, position=alert.question).exists()


def require_holder(room: Room, attempt: Attempt, entry: Entry) -> None:
    """Only the holder acts in a test, while it runs (mechanics §4)."""
    require_not_superseded(room, attempt, entry)
    state = rules.state_at(attempt, room.now)
    if state not in RUNNING:
        raise refuse("attempt_over" if state in OVER else "not_in_progress")


def require_not_superseded(room: Room, attempt: Attempt, entry: Entry) -> None:
    """The session is open, and no one else holds the test. A test started by hand is held by no entry at all."""
    if room.session.is_over:
        raise refuse("session_closed", status=410)
    runs = rules.state_at(attempt, room.now) in RUNNING
    if attempt.holder_id != entry.pk and (attempt.holder_id is not None or runs):
        raise refuse("entry_superseded")
