"""A list compared with the session that it is for: what would come, change and go, and what is in the way (P5, P6)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta

from sessions_app.enums import SessionState
from sessions_app.imports.headers import CANDIDATE_FIELDS, REQUIRED, Columns, Field
from sessions_app.imports.judging import Judged, Person, Problem, judge, problem_of
from sessions_app.imports.reading import Cell
from sessions_app.models import Candidate, ImportDraft, Session, UploadedList

OPTIONAL = [field for field in CANDIDATE_FIELDS if field not in REQUIRED]
LONGEST_SESSION = timedelta(hours=8)  # 240 min of test and as much again: how far a session may reach


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody on the list who stays, with what the file says otherwise."""

    candidate: Candidate
    person: Person
    before: dict[str, str | int]
    after: dict[str, str | int]

    @property
    def words(self) -> list[str]:
        found = []
        for name, was in self.before.items():
            told = self.after[name]
            if name == Field.EXTRA_TIME:
                found.append(f"{Field(name).label} : {was}\u00a0% → {told}\u00a0%")
            else:
                found.append(f"{Field(name).label} : {was or '(vide)'} → {told or '(vide)'}")
        return found


@dataclass(frozen=True, slots=True)
class Report:
    """`seen` is the fingerprint of the session's list that this report was made against."""

    judged: Judged
    problems: list[Problem]
    new: list[Person]
    changed: list[Change]
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
    enrolled = {one.identity_key: one for one in enrolled_in(session)}
    listed = {person.identity_key: person for person in reversed(judged.people)}
    changes = [
        change
        for key, person in listed.items()
        if key in enrolled and (change := change_of(enrolled[key], person))
    ]
    return Report(
        judged=judged,
        problems=judged.problems + _overlaps(session, judged.people, columns),
        new=[person for key, person in reversed(listed.items()) if key not in enrolled],
        changed=changes,
        kept=sum(key in enrolled for key in listed) - len(changes),
        removed=[one for key, one in enrolled.items() if key not in listed],
        not_stored=not_stored(draft, columns),
        seen=fingerprint(list(enrolled.values())),
    )


def enrolled_in(session: Session) -> list[Candidate]:
    return list(Candidate.objects.filter(session=session).order_by("sort_key", "pk"))


def fingerprint(candidates: list[Candidate]) -> str:
    """Changes with anything that an import would read or overwrite."""
    seen = [[one.pk, *facts_of(one).values()] for one in sorted(candidates, key=lambda one: one.pk)]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]


def facts_of(candidate: Candidate) -> dict[str, str | int]:
    """The fields of a list, as the journal writes them."""
    return {
        "last_name": candidate.last_name,
        "first_name": candidate.first_name,
        "birth_date": candidate.birth_date.isoformat(),
        "class_name": candidate.class_name,
        "local_id": candidate.local_id,
        "extra_time_percent": candidate.extra_time_percent,
    }


def change_of(candidate: Candidate, person: Person) -> Change | None:
    """What the line changes of a candidate who stays; a column that the file does not have changes nothing."""
    was = facts_of(candidate)
    told: dict[str, str | int] = {"last_name": person.last_name, "first_name": person.first_name}
    for field in OPTIONAL:
        value = getattr(person, field.value)
        if value is not None:
            told[field.value] = value
    after = {name: value for name, value in told.items() if value != was[name]}
    return Change(candidate, person, {name: was[name] for name in after}, after) if after else None


def overlapping(session: Session, keys: list[str]) -> dict[str, Session]:
    """Which of these identities are enrolled in another session of the school at the same time (P6)."""
    end = session.starts_at + timedelta(minutes=session.duration)
    others = (
        Candidate.objects.filter(
            session__establishment=session.establishment_id,
            session__starts_at__gt=session.starts_at - LONGEST_SESSION,
            session__starts_at__lt=end,
        )
        .exclude(session=session.pk)
        .exclude(session__state=SessionState.CANCELLED)
        .select_related("session")
        .order_by("session__starts_at", "pk")
    )
    wanted = set(keys)
    return {
        one.identity_key: one.session
        for one in others
        if one.identity_key in wanted
        and one.session.starts_at + timedelta(minutes=one.session.duration) > session.starts_at
    }


def _overlaps(session: Session, people: list[Person], columns: Columns) -> list[Problem]:
    elsewhere = overlapping(session, [person.identity_key for person in people])
    found = []
    for person in people:
        if other := elsewhere.get(person.identity_key):
            start = session.local(other.starts_at)
            fact = (
                f"Déjà inscrit au même moment : session {other.number}, salle {other.room}, à {start:%-Hh%M}."
            )
            todo = "gardez-le dans une seule des deux sessions."
            found.append(problem_of(person, columns, "overlap", "Candidat", fact, todo))
    return found


def not_stored(draft: UploadedList, columns: Columns) -> list[str]:
    """The titles of the columns that were recognised as not ours: read by nobody, stored nowhere."""
    kept = set(columns.values())
    return [label for at, label in enumerate(draft.labels) if label and at not in kept]
