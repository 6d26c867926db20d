"""A list compared with the session that it is for: what would come, change and go, and what is in the way (P5, P6)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sessions_app.enums import SessionState
from sessions_app.imports.changes import Change, change_of, facts_of, fingerprint
from sessions_app.imports.headers import Columns, Field
from sessions_app.imports.judging import Judged, Person, Problem, judge, problem_of
from sessions_app.imports.reading import Cell
from sessions_app.models import Candidate, ImportDraft, Session, UploadedList

LONGEST_SESSION = timedelta(hours=8)  # 240 min of test and as much again: how far a session may reach


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
    enrolled = {one.identity_key: one for one in enrolled_in(session)}
    listed = {person.identity_key: person for person in reversed(judged.people)}
    changes = [
        change
        for key, person in listed.items()
        if key in enrolled and (change := change_of(enrolled[key], person, facts_of(enrolled[key])))
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
