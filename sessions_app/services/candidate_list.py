"""Changing the list of a session: correcting, removing, replacing it whole (P5)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import clean_name
from sessions_app.actors import Actor
from sessions_app.candidates.listing import has_entered, is_present
from sessions_app.enums import EventKind
from sessions_app.imports.changes import Change, facts_of, fingerprint
from sessions_app.imports.judging import Person
from sessions_app.imports.report import Changes, judge_draft, report_of
from sessions_app.models import Candidate, ImportDraft
from sessions_app.services.drafts import require_replaceable
from sessions_app.services.follow_pupils import adopt
from sessions_app.services.journal import LockedSession, locked_session

CORRECTABLE = ("last_name", "first_name", "birth_date", "class_name", "local_id", "extra_time_percent")
KEYS = ("sort_key", "last_name_key", "identity_key", "last_first_key", "first_last_key")


def correct_candidate(
    *,
    session_id: int,
    candidate_id: int,
    values: Mapping[str, object],
    seen: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Change these fields of a candidate who has not entered; whether anything changed.

    `seen` is the `fingerprint` of the candidate that the form showed. Refused with `not_found`, `session_closed`,
    `entered` (afterwards it is incident C1 or C2), `candidate_changed`, `duplicate`, `invalid`.
    """
    with locked_session(session_id, now=now) as lock:
        candidate = _candidate(lock, candidate_id)
        if has_entered(candidate):
            raise DomainError(
                "entered",
                "Ce candidat est déjà entré\u00a0: notez un incident C1 (identité) ou C2 (temps majoré).",
            )
        before = facts_of(candidate)
        stale = fingerprint([candidate]) != seen
        for name in CORRECTABLE:
            setattr(candidate, name, values[name])
        _clean(candidate)
        after = facts_of(candidate)
        changed = [name for name in CORRECTABLE if before[name] != after[name]]
        if not changed:
            return False  # sent twice, or somebody else wrote the same
        if stale:
            raise DomainError("candidate_changed", "Quelqu’un d’autre vient de corriger ce candidat.")
        _save(candidate)
        facts = {
            "before": {name: before[name] for name in changed},
            "after": {name: after[name] for name in changed},
        }
        lock.record(
            EventKind.CANDIDATE_CORRECTED,
            actor=actor,
            candidate_id=candidate_id,
            facts=facts,
            changes_list=True,
        )
        return True


def remove_candidate(*, session_id: int, candidate_id: int, actor: Actor, now: datetime) -> None:
    """Take a candidate who has not entered off the list.

    Refused with `not_found`, `session_closed`, `entered`, `present` (ticked in the room: he is there), `busy`.
    """
    with nobody_entering(), locked_session(session_id, now=now) as lock:
        candidate = _candidate(lock, candidate_id)
        if has_entered(candidate):
            raise DomainError(
                "entered", "Ce candidat est déjà entré\u00a0: il ne peut plus être retiré de la liste."
            )
        if is_present(candidate):
            raise DomainError(
                "present", "Ce candidat est coché présent dans la salle. Décochez-le d’abord dans la salle."
            )
        _remove([(lock, candidate)], actor=actor)


@dataclass(frozen=True, slots=True)
class Replaced:
    """What an import did; `again` when this draft had been imported before: nothing was done now."""

    enrolled: int = 0
    changed: int = 0
    removed: int = 0
    again: bool = False


def replace_list(*, draft: ImportDraft, seen: str, actor: Actor, now: datetime) -> Replaced:
    """Put the list of this draft in the place of the session's, whole or not at all; one event a change.

    A candidate of the same identity stays, with what the room and the pupils' file know of him. Refused with
    `import_errors` (422), `session_closed`, `list_frozen`, `list_changed` (`seen` is not the list any more), `busy`.
    """
    session = draft.session
    judged = judge_draft(draft, session.local(now).date())  # before the lock: it asks for nothing
    with nobody_entering(), locked_session(draft.session_id, now=now) as lock:
        fresh = ImportDraft.objects.defer("rows").filter(pk=draft.pk).first()
        if fresh is None or fresh.imported_at is not None:
            return Replaced(again=True)
        require_replaceable(lock.session)
        report = report_of(draft, lock.session, judged)
        if report.seen != seen:
            raise DomainError(
                "list_changed",
                "La liste de la session a changé depuis ce rapport. Relisez-le, puis confirmez à nouveau.",
            )
        if report.errors:
            raise DomainError("import_errors", "Ce fichier contient encore des erreurs.", status=422)
        changes = Changes(report.new, report.changed, report.kept, report.removed)
        apply_changes([(lock, changes)], actor=actor)
        ImportDraft.objects.filter(pk=draft.pk).update(rows=[], imported_at=now)
        return Replaced(len(report.new), len(report.changed), len(report.removed))


def apply_changes(lists: Sequence[tuple[LockedSession, Changes]], *, actor: Actor) -> None:
    """Change the lists of these locked sessions: one event a change, a few statements for all of them together."""
    _remove([(lock, candidate) for lock, changes in lists for candidate in changes.removed], actor=actor)
    for lock, changes in lists:
        _record_changed(lock, changes.changed, actor=actor)
    changed = [change for _, changes in lists for change in changes.changed]
    if changed:
        fields = sorted({name for change in changed for name in change.after} | set(KEYS))
        Candidate.objects.bulk_update([change.known for change in changed], fields, batch_size=200)
    new = [(lock, _new(person, lock)) for lock, changes in lists for person in changes.new]
    adopt([candidate for _, candidate in new])
    Candidate.objects.bulk_create([candidate for _, candidate in new], batch_size=500)
    for lock, candidate in new:
        lock.record(
            EventKind.CANDIDATE_ENROLLED,
            actor=actor,
            candidate_id=candidate.pk,
            facts=facts_of(candidate),
            changes_list=True,
        )


def _record_changed(lock: LockedSession, changed: Sequence[Change[Candidate]], *, actor: Actor) -> None:
    """Sets the fields too: the caller writes them."""
    for change in changed:
        for name, value in change.after.items():
            setattr(change.known, name, value)
        change.known.derive_keys()
        lock.record(
            EventKind.CANDIDATE_CORRECTED,
            actor=actor,
            candidate_id=change.known.pk,
            facts={"before": change.before, "after": change.after},
            changes_list=True,
        )


def _new(person: Person, lock: LockedSession) -> Candidate:
    candidate = Candidate(
        session=lock.session,
        last_name=person.last_name,
        first_name=person.first_name,
        birth_date=person.birth_date,
        class_name=person.class_name or "",
        local_id=person.local_id or "",
        extra_time_percent=person.extra_time_percent or 0,
    )
    candidate.derive_keys()
    return candidate


def _remove(removed: Sequence[tuple[LockedSession, Candidate]], *, actor: Actor) -> None:
    """The closed list of kinds has none for a removal: it is a correction of the list, and says so."""
    if not removed:
        return
    for lock, candidate in removed:
        lock.record(
            EventKind.CANDIDATE_CORRECTED,
            actor=actor,
            candidate_id=candidate.pk,
            facts={"removed": True, "before": facts_of(candidate)},
            changes_list=True,
        )
    ids = [candidate.pk for _, candidate in removed]
    # Whoever is coming in at this instant holds his row: he wins, we ask again (and see that he entered).
    list(Candidate.objects.select_for_update(nowait=True, of=("self",)).filter(pk__in=ids).values_list("pk"))
    Candidate.objects.filter(pk__in=ids).delete()


@contextmanager
def nobody_entering() -> Iterator[None]:
    """An entry that slipped in before the deletion was committed makes it fail: refused, not broken."""
    try:
        yield
    except IntegrityError as error:
        raise DomainError("entered", "Un candidat vient d’entrer. Rien n’a été changé.") from error


def _candidate(lock: LockedSession, candidate_id: int) -> Candidate:
    if lock.session.is_over:
        raise DomainError(
            "session_closed", "Cette session est clôturée\u00a0: plus rien ne peut y être changé."
        )
    candidate = Candidate.objects.filter(pk=candidate_id, session_id=lock.session.pk).first()
    if candidate is None:
        raise DomainError("not_found", "Cet élève n’est pas sur la liste de cette session.", status=404)
    return candidate


def _clean(candidate: Candidate) -> None:
    try:
        candidate.last_name = clean_name(candidate.last_name)
        candidate.first_name = clean_name(candidate.first_name)
        candidate.clean_fields(exclude=["session", "pupil", *KEYS])
    except (ValueError, ValidationError) as error:
        raise DomainError(
            "invalid", "Le nom, le prénom ou la date de naissance n’est pas valide.", status=422
        ) from error


def _save(candidate: Candidate) -> None:
    candidate.derive_keys()
    try:
        with transaction.atomic():
            candidate.save(update_fields=[*CORRECTABLE, *KEYS])
    except IntegrityError as error:
        raise DomainError("duplicate", "Ce candidat est déjà inscrit à cette session.") from error
