"""Proof that a journal is what was written: the chain computed again (mechanics §1, decision 0005)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from pixsurv.kernel import journal
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session, StoredFile
from sessions_app.models.stored_file import FilePurpose

# Columns that a closing chains, in words; older closings do not.
SEALED_COLUMNS = {
    "number": "le numéro",
    "kind": "la nature",
    "site": "le site",
    "room": "la salle",
    "starts_at": "la date ou l’heure",
    "duration": "la durée du test",
}
SEALED_PURPOSES = frozenset({FilePurpose.REPORT, FilePurpose.ADDENDUM})


@dataclass(frozen=True, slots=True)
class Break:
    """The first event that is not as it was written; `sequence` is where it should stand."""

    sequence: int
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What recomputing one session's chain found. `by_digest` of the `events` have no facts any more."""

    number: int
    events: int
    by_digest: int
    eliminated_at: datetime | None
    broken: Break | None


def verify_session(session: Session) -> Verification:
    """Recompute the chain of `session`, from the first event to the head that its row holds.

    Reads only, without a lock: `session` is read before its events, which never change once written, so that
    acts going on meanwhile are not taken for a fault.
    """
    previous, sequence, by_digest = journal.GENESIS, 0, 0
    events = Event.objects.filter(session_id=session.pk, sequence__lte=session.sequence).order_by("sequence")
    for event in events.iterator():
        sequence += 1
        fault = _fault_of(event, sequence, previous, session)
        if fault:
            return _found(session, sequence - 1, by_digest, Break(sequence, event.kind, fault))
        by_digest += event.facts is None
        previous = event.hash
    fault_of_the_end = (
        _fault_of_the_head(session, sequence, previous)
        or _fault_of_the_seal(session)
        or _fault_of_the_papers(session)
        or _fault_of_the_scans(session)
    )
    return _found(session, sequence, by_digest, fault_of_the_end)


def _found(session: Session, events: int, by_digest: int, broken: Break | None) -> Verification:
    return Verification(session.number, events, by_digest, session.eliminating_at, broken)


def _fault_of(event: Event, sequence: int, previous: str, session: Session) -> str:
    """Why this event is not the one that was written there; empty when it is."""
    if event.sequence != sequence:
        return "un événement manque avant celui-ci"
    if event.previous_hash != previous:
        return "il ne suit pas l’événement précédent"
    if event.facts is None or event.salt is None:
        if session.eliminating_at is None:
            return "ses faits manquent, et la session n’a pas été éliminée"
    elif _digest(event.salt, event.facts) != event.facts_digest:
        return "ses faits ont été modifiés"
    expected = journal.event_hash(
        previous=previous,
        session_number=session.number,
        sequence=event.sequence,
        kind=event.kind,
        candidate_id=event.candidate_id,
        observed_at=event.observed_at,
        received_at=event.received_at,
        digest=event.facts_digest,
    )
    return "" if expected == event.hash else "il a été modifié"


def _digest(salt: str, facts: dict[str, journal.Json]) -> str:
    try:
        return journal.facts_digest(salt, facts)
    except ValueError:  # what was put there was never a journal's facts, or never a salt
        return ""


def _fault_of_the_head(session: Session, sequence: int, head: str) -> Break | None:
    """Events cut off at the end, or added behind the session's back."""
    if sequence != session.sequence:
        return Break(sequence + 1, "", "il manque")
    if head != session.head_hash:
        return Break(sequence, "", "la session ne s’arrête pas à cet événement")
    # One statement, so that an act going on is seen with the head that it moved.
    unknown = Event.objects.filter(session_id=session.pk, sequence__gt=F("session__sequence"))
    added = unknown.order_by("sequence").first()
    return Break(added.sequence, added.kind, "la session ne le connaît pas") if added else None


def _fault_of_the_seal(session: Session) -> Break | None:
    """The closing whose seal was printed is another one, or the row is not the session that it sealed (I4).

    A whole new chain would verify by itself; it does not end in the seal that stands on paper.
    """
    closed = Event.objects.filter(session_id=session.pk, kind=EventKind.CLOSED).order_by("sequence").first()
    if session.seal and (closed is None or closed.hash != session.seal):
        at = closed.sequence if closed is not None else session.sequence + 1
        return Break(at, EventKind.CLOSED, "la clôture n’est pas celle dont le sceau a été imprimé")
    if closed is None or session.eliminating_at is not None:
        return None
    told = (closed.facts or {}).get("session", {})
    for name, what in SEALED_COLUMNS.items():
        value = getattr(session, name)
        if name in told and told[name] != (journal.instant(value) if isinstance(value, datetime) else value):
            return Break(closed.sequence, closed.kind, f"{what} de la session a changé depuis la clôture")
    return None


def _fault_of_the_papers(session: Session) -> Break | None:
    """A stored paper is not the one that was stored, or a sealed one not the one whose digest was chained (I4).

    Files first, then what tells them, so that an addendum written meanwhile is no fault. A sealed paper that no event
    tells is one too many where the report is told; what was sealed before this was chained has no such event.
    """
    found: list[tuple[str, str, str]] = []
    for paper in StoredFile.objects.filter(session_id=session.pk).order_by("pk").iterator(chunk_size=1):
        digest = hashlib.sha256(bytes(paper.content)).hexdigest()
        if digest != paper.sha256:
            sentence = f"le document conservé {paper.name} n’est plus celui qui a été enregistré"
            return Break(session.sequence, "", sentence)
        if paper.purpose in SEALED_PURPOSES:
            found.append((paper.purpose, paper.name, digest))
    if session.eliminating_at is not None:
        return None
    events = Event.objects.filter(session_id=session.pk, kind=EventKind.PAPER_SEALED).order_by("sequence")
    told = {_told_paper(event): event for event in events}
    for paper_told, event in told.items():
        if event.sequence <= session.sequence and paper_told not in found:
            sentence = f"le papier scellé {paper_told[1]} manque, ou n’est plus celui qui a été scellé"
            return Break(event.sequence, event.kind, sentence)
    if any(purpose == FilePurpose.REPORT for purpose, _, _ in told):
        for one in found:
            if one not in told or found.count(one) > 1:
                return Break(
                    session.sequence, "", f"le papier {one[1]} n’est pas de ceux qui ont été scellés"
                )
    return None


def _told_paper(event: Event) -> tuple[str, str, str]:
    facts = event.facts or {}
    return str(facts.get("purpose")), str(facts.get("name")), str(facts.get("sha256"))


def _fault_of_the_scans(session: Session) -> Break | None:
    """A photograph of a signed sheet was swapped or deleted with its row: the chain holds the digest of each (I3).

    Files first, and every withdrawal whenever it came: an act going on is no fault.
    """
    kept = dict(StoredFile.objects.filter(session_id=session.pk).values_list("pk", "sha256"))
    told = Event.objects.filter(session_id=session.pk, facts__isnull=False).order_by("sequence")
    removed = {(one.facts or {})["file"] for one in told.filter(kind=EventKind.PAPER_REMOVED)}
    for event in told.filter(kind=EventKind.PAPER_SCANNED, sequence__lte=session.sequence):
        facts = event.facts or {}
        if facts["file"] not in removed and kept.get(facts["file"]) != facts["sha256"]:
            return Break(
                event.sequence, event.kind, "la feuille numérisée n’est plus celle qui a été enregistrée"
            )
    return None
