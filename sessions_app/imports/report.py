"""A list compared with the session that it is for: what would come, change and go, and what is in the way (P5, P6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from sessions_app.enums import SessionState
from sessions_app.imports.changes import Change, change_of, facts_of, fingerprint
from sessions_app.imports.headers import Columns, Field
from sessions_app.imports.judging import Judged, Person, Problem, judge, problem_of
from sessions_app.imports.reading import Cell
from sessions_app.models import Candidate, ImportDraft, Session, UploadedList
from sessions_app.rules import LONGEST_OCCUPATION, occupied_until
from sessions_app.wording import in_room


@dataclass(frozen=True, slots=True)
class Changes:
    """What a list would do to a session: who comes, who is corrected, how many stay as they are, who goes."""

    new: list[Person]
    changed: list[Change[Candidate]]
    kept: int
    removed: list[Candidate]


@dataclass(frozen=True, slots=True)
class Report:
    """`seen` is the fingerprint of the session's list that this report was made against."""

    judged: Judged
    problems: list[Problem]
    new: list[Person]
    changed: list[Change[Candidate]]
    kept: int
    removed: list[Candidate]
    not_stored: list[str]
    seen: str

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.blocks]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.blocks]


def draft_columns(draft: UploadedList) -> Columns:
    return {Field(name): at for name, at in (draft.columns or {}).items()}


def judge_draft(draft: ImportDraft, today: date) -> Judged:
    """What the list says by itself. Asks nothing of the database."""
    rows: list[tuple[int, list[Cell]]] = [(number, cells) for number, cells in draft.rows]
    return judge(rows, draft_columns(draft), today=today)


def report_of(draft: ImportDraft, session: Session, judged: Judged) -> Report:
    """Two queries, whatever the number of candidates."""
    columns = draft_columns(draft)
    enrolled = enrolled_in(session)
    changes = compare(enrolled, judged.people)
    return Report(
        judged=judged,
        problems=judged.problems + _overlaps(session, judged.people, columns),
        new=changes.new,
        changed=changes.changed,
        kept=changes.kept,
        removed=changes.removed,
        not_stored=not_stored(draft.labels, columns.values()),
        seen=fingerprint(enrolled),
    )


def compare(enrolled: Sequence[Candidate], people: Sequence[Person]) -> Changes:
    """What a list would do to the candidates of a session, by identity."""
    known = {one.identity_key: one for one in enrolled}
    listed = {person.identity_key: person for person in reversed(people)}
    changed = [
        change
        for key, person in listed.items()
        if key in known and (change := change_of(known[key], person, facts_of(known[key])))
    ]
    return Changes(
        new=[person for key, person in reversed(listed.items()) if key not in known],
        changed=changed,
        kept=sum(key in known for key in listed) - len(changed),
        removed=[one for key, one in known.items() if key not in listed],
    )


def enrolled_in(session: Session) -> list[Candidate]:
    return list(Candidate.objects.filter(session=session).order_by("sort_key", "pk"))


def overlapping(session: Session, keys: list[str]) -> dict[str, Session]:
    """Which of these identities are enrolled in another session of the school at the same time (P6, P11)."""
    mine = Candidate.objects.filter(session=session).aggregate(most=Max("extra_time_percent"))["most"]
    end = _end(session, mine)
    others = (
        Candidate.objects.filter(
            session__establishment=session.establishment_id,
            session__starts_at__gt=session.starts_at - LONGEST_OCCUPATION,
            session__starts_at__lt=end,
        )
        .exclude(session=session.pk)
        .exclude(session__state=SessionState.CANCELLED)
        .select_related("session")
        .order_by("session__starts_at", "pk")
    )
    near = list(others)
    most: dict[int, int] = {}
    for one in near:
        most[one.session_id] = max(one.extra_time_percent, most.get(one.session_id, 0))
    wanted = set(keys)
    return {
        one.identity_key: one.session
        for one in near
        if one.identity_key in wanted and _end(one.session, most[one.session_id]) > session.starts_at
    }


def _end(session: Session, most_extra_time: int | None) -> datetime:
    return occupied_until(
        starts_at=session.starts_at, duration=session.duration, extra_percent=most_extra_time or 0
    )


def _overlaps(session: Session, people: list[Person], columns: Columns) -> list[Problem]:
    elsewhere = overlapping(session, [person.identity_key for person in people])
    found = []
    for person in people:
        if other := elsewhere.get(person.identity_key):
            start = session.local(other.starts_at)
            there = f"session {other.number}, {in_room(other.room)}, à {start:%-Hh%M}"
            fact = f"Déjà inscrit au même moment\u00a0: {there}."
            todo = "gardez-le dans une seule des deux sessions."
            found.append(problem_of(person, columns, "overlap", "Candidat", fact, todo))
    return found


def not_stored(labels: Sequence[str], kept: Iterable[int]) -> list[str]:
    """The titles of the columns that were recognised as not ours: read by nobody, stored nowhere."""
    ours = set(kept)
    return [label for at, label in enumerate(labels) if label and at not in ours]
