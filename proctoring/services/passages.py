"""« Occulter » a passage in copies, and give it back (I5). The report and its bytes never change (decision 0021)."""

from datetime import datetime

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring.report.content import Report, SessionFacts
from proctoring.report.fold import fold
from proctoring.report.reading import hidden_in
from proctoring.report.redaction import Hidden, Passage, everywhere, found_in, passages_of
from proctoring.services.room import one_line, refuse
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Event
from sessions_app.services.journal import LockedSession, locked_session

KEEPERS = frozenset({ActorKind.ADMIN, ActorKind.SECRETARIAT})
LONGEST_REASON = 200
SHORTEST = 3  # letters or digits


def hide_passage(
    *, session_id: int, section: str, key: int, typed: str, reason: str, actor: Actor, now: datetime
) -> int:
    """Hide that text of the report or, where words of it were `typed`, those wherever the report holds them.

    One event a text; hidden there already, none. Returns how many texts they are hidden in, that one included.

    Refused with `not_allowed` (403), `not_closed`, `not_found` (404) for a text that is not there, and with 422
    `passage_not_found`, `passage_too_short` (under three letters), `reason_missing`, `too_long`, `invalid`.
    """
    _require_keeper(actor)
    why = one_line(reason)
    if not why:
        raise DomainError("reason_missing", "Donnez le motif.", status=422)
    if len(why) > LONGEST_REASON:
        raise DomainError("too_long", f"Le motif tient en {LONGEST_REASON} caractères.", status=422)
    with locked_session(session_id, now=now) as lock:
        _require_closed(lock)
        report = _report(lock)
        text = _text(report, section, key)
        passage = found_in(text.words, typed) if typed.strip() else ""
        if typed.strip() and not passage:
            raise DomainError(
                "passage_not_found", "Ces mots ne sont pas dans ce texte. Copiez-les tels quels.", status=422
            )
        if passage and sum(map(str.isalnum, passage)) < SHORTEST:
            raise DomainError(
                "passage_too_short",
                f"Occultez {SHORTEST} lettres au moins\u00a0: plus court, le texte serait haché.",
                status=422,
            )
        wanted = everywhere(report, passage) if passage else [(text.place, "")]
        already = {(one.place, one.passage) for one in hidden_in(lock.session)}
        for place, words in wanted:
            if (place, words) not in already:
                facts: dict[str, Json] = {
                    "section": place[0], "key": place[1], "passage": words, "reason": why,
                }  # fmt: skip
                lock.record(EventKind.PASSAGE_HIDDEN, actor=actor, facts=facts)
        return len({place for place, _ in wanted})


def show_passage(*, session_id: int, sequence: int, actor: Actor, now: datetime) -> None:
    """Give a passage back to copies; given back already, nothing is recorded.

    `not_allowed` (403), `not_closed`, `not_found` (404) for what never was hidden.
    """
    _require_keeper(actor)
    with locked_session(session_id, now=now) as lock:
        _require_closed(lock)
        if standing(hidden_in(lock.session), sequence) is not None:
            lock.record(EventKind.PASSAGE_SHOWN, actor=actor, facts={"hidden": sequence})
        elif not Event.objects.filter(
            session_id=session_id, sequence=sequence, kind=EventKind.PASSAGE_HIDDEN
        ).exists():
            raise DomainError("not_found", "Ce passage n’a jamais été occulté.", status=404)


def standing(hidden: list[Hidden], sequence: int) -> Hidden | None:
    return next((one for one in hidden if one.sequence == sequence), None)


def _report(lock: LockedSession) -> Report:
    """As it is now, addenda included."""
    events = Event.objects.filter(session_id=lock.session.pk).order_by("sequence")
    return fold(SessionFacts.of(lock.session), events)


def _text(report: Report, section: str, key: int) -> Passage:
    found = next((one for one in passages_of(report) if one.place == (section, key)), None)
    if found is None:
        raise DomainError("not_found", "Ce texte n’est pas dans le PV.", status=404)
    return found


def _require_keeper(actor: Actor) -> None:
    if actor.kind not in KEEPERS:
        raise refuse("not_allowed", status=403)


def _require_closed(lock: LockedSession) -> None:
    if lock.session.state != SessionState.CLOSED:
        raise DomainError("not_closed", "Un passage s’occulte dans les copies d’une session clôturée.")
