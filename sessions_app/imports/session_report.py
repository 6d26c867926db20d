"""A file of several sessions compared with the school: what would be made and changed, and what is in the way."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from sessions_app.enums import SessionState
from sessions_app.imports.changes import facts_of
from sessions_app.imports.headers import Columns
from sessions_app.imports.judging import Person, Problem, problem_of
from sessions_app.imports.report import Changes, compare, not_stored
from sessions_app.imports.session_columns import SessionColumns, SessionField, columns_from_json
from sessions_app.imports.session_judging import (
    Group,
    JudgedSessions,
    judge_sessions,
    lines_words,
    problem_at,
)
from sessions_app.imports.session_values import place_key
from sessions_app.imports.values import Wrong
from sessions_app.models import Candidate, Session, SessionsDraft
from sessions_app.rules import LONGEST_OCCUPATION
from sessions_app.timetable.board import AHEAD, slot_of, with_occupation
from sessions_app.timetable.clashes import Slot, by_place, by_proctor, end_of, overlapping
from sessions_app.wording import in_room

OTHERS = 3  # named in one warning


@dataclass(frozen=True, slots=True)
class Edited:
    """A session of the school whose list the file changes."""

    session: Session
    group: Group
    changes: Changes

    @property
    def words(self) -> str:
        """« 2 inscrits, 1 retiré »."""
        counts = (
            (len(self.changes.new), "inscrit"),
            (len(self.changes.changed), "corrigé"),
            (len(self.changes.removed), "retiré"),
        )
        told = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count]
        return ", ".join(told) or "rien ne change"


@dataclass(frozen=True, slots=True)
class SessionsReport:
    """`seen` is the fingerprint of the lists that this report was made against."""

    judged: JudgedSessions
    problems: list[Problem]
    made: list[Group]
    edited: list[Edited]
    not_stored: list[str]
    seen: str

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.blocks]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.blocks]

    @property
    def is_empty(self) -> bool:
        """Nothing to make and nothing to change: there is nothing to confirm."""
        return not self.made and not self.edited

    @property
    def enrolled(self) -> int:
        """How many would come on a list, new or not."""
        return sum(len(group.people) for group in self.made) + sum(
            len(one.changes.new) for one in self.edited
        )

    @property
    def removed(self) -> int:
        return sum(len(one.changes.removed) for one in self.edited)


def judge_sessions_draft(draft: SessionsDraft, now: datetime) -> JudgedSessions:
    """What the file says by itself. Asks nothing of the database."""
    session, candidate = columns_from_json(draft.columns)
    rows = [(number, cells) for number, cells in draft.rows]
    return judge_sessions(rows, session, candidate, zone=draft.establishment.zone, now=now)


def edited_numbers(judged: JudgedSessions) -> list[int]:
    return [group.number for group in judged.groups if group.number is not None]


def sessions_report(draft: SessionsDraft, judged: JudgedSessions) -> SessionsReport:
    """Four queries, whatever the number of lines, sessions and candidates."""
    session, candidate = columns_from_json(draft.columns)
    known = _known(draft, judged)
    lists = _lists(known.values())
    found: list[Problem] = []
    edited: list[Edited] = []
    made = [group for group in judged.groups if group.number is None]
    for group in judged.groups:
        if group.number is None:
            continue
        one = known.get(group.number)
        wrong = _refused(group.number, one)
        if wrong is not None:
            found.append(problem_at(group, session, SessionField.NUMBER, wrong, blocks=True))
        elif one is not None and group.people:
            edited.append(Edited(one, group, compare(lists[one.pk], group.people)))
    near = _near(draft, made, edited)
    existing = _existing(made, near)
    found += _made_already(made, existing, session)
    found += _crossings(draft, made, edited, near, existing).problems(session, candidate)
    problems = sorted(judged.problems + found, key=lambda one: (not one.blocks, one.line))
    return SessionsReport(
        judged=judged,
        problems=problems,
        made=made,
        edited=edited,
        not_stored=not_stored(draft.labels, draft.columns.values()),
        seen=_fingerprint(edited, lists),
    )


def _known(draft: SessionsDraft, judged: JudgedSessions) -> dict[int, Session]:
    """Those of this school: a number of another school is as unknown as one that nobody has."""
    numbers = edited_numbers(judged)
    if not numbers:
        return {}
    sessions = Session.objects.filter(establishment=draft.establishment, number__in=numbers).order_by("pk")
    return {one.number: one for one in sessions}


def _lists(sessions: Iterable[Session]) -> defaultdict[int, list[Candidate]]:
    found: defaultdict[int, list[Candidate]] = defaultdict(list)
    ids = [one.pk for one in sessions]
    if ids:
        for one in Candidate.objects.filter(session__in=ids).order_by("sort_key", "pk"):
            found[one.session_id].append(one)
    return found


def _refused(number: int, session: Session | None) -> Wrong | None:
    """Why the list of that session can't be replaced, as for a list of its own (P5)."""
    if session is None:
        return Wrong(
            "session_unknown",
            f"La session {number} n’existe pas dans cet établissement.",
            "recopiez le numéro de la page «\u00a0Sessions\u00a0», ou videz la cellule pour créer une séance.",
        )
    if session.is_over:
        word = session.get_state_display().lower()
        return Wrong(
            "session_closed",
            f"Cette session est {word}\u00a0: sa liste ne change plus.",
            "retirez ces lignes.",
        )
    if session.first_entry_at is not None:
        return Wrong(
            "list_frozen",
            "Un candidat y est déjà entré\u00a0: sa liste ne peut plus être remplacée.",
            "retirez ces lignes, et inscrivez les retardataires un par un.",
        )
    return None


def _near(draft: SessionsDraft, made: Sequence[Group], edited: Sequence[Edited]) -> list[Session]:
    """The sessions of the school around those of the file, in one query."""
    starts = [group.starts_at for group in made] + [one.session.starts_at for one in edited]
    if not starts:
        return []
    around = Q(starts_at__gt=min(starts) - LONGEST_OCCUPATION, starts_at__lt=max(starts) + LONGEST_OCCUPATION)
    sessions = Session.objects.filter(around, establishment=draft.establishment)
    return list(
        with_occupation(sessions.exclude(state=SessionState.CANCELLED)).order_by("starts_at", "number")
    )


def _existing(made: Sequence[Group], near: Sequence[Session]) -> dict[int, Session]:
    """By the first line of a group: the session that stands at the same site, room, day and hour."""
    stands = {(place_key(one.site), place_key(one.room), one.starts_at): one for one in near}
    return {group.line: stands[group.key] for group in made if group.key in stands}


def _made_already(
    made: Sequence[Group], existing: dict[int, Session], columns: SessionColumns
) -> list[Problem]:
    """Importing a file twice doubles nothing."""
    found = []
    for group in made:
        if group.line in existing:
            number = existing[group.line].number
            wrong = Wrong(
                "session_exists",
                f"La session {number} existe déjà\u00a0: même site, même salle, même jour, même heure.",
                f"retirez ces lignes ({lines_words(group)}), ou donnez-leur seulement le numéro {number} pour"
                " changer sa liste.",
            )
            found.append(problem_at(group, columns, SessionField.SITE, wrong, blocks=True))
    return found


@dataclass(frozen=True, slots=True)
class _Crossings:
    """Rooms, proctors and pupils taken twice at the same time: allowed, and worth a look (P6, P11).

    `ours` are the sessions of the file, by the key of their slot; `slots` are those and what stands around them.
    """

    ours: dict[int, Group]
    slots: dict[int, Slot]
    zone: ZoneInfo

    def problems(self, session: SessionColumns, candidate: Columns) -> list[Problem]:
        every = self.slots.values()
        rooms = [run for _, run in overlapping(by_place(every))]
        proctors = [run for _, run in overlapping(by_proctor(every))]
        return [
            *self._of_runs(rooms, "la même salle", SessionField.ROOM, session),
            *self._of_runs(proctors, "un même surveillant", SessionField.PROCTORS, session),
            *self._of_pupils(candidate),
        ]

    def _of_runs(
        self, runs: Iterable[list[Slot]], what: str, one: SessionField, columns: SessionColumns
    ) -> list[Problem]:
        """Each once, at the last session of the file that is in it."""
        found: dict[tuple[int, ...], Problem] = {}
        for run in runs:
            mine = [slot for slot in run if slot.number is None]
            if mine:
                own = max(mine, key=lambda slot: self.ours[slot.key].line)
                fact = f"En même temps, avec {what}\u00a0: {self._others(run, own)}."
                wrong = Wrong("crossing", fact, "vérifiez la salle, l’heure et les surveillants.")
                problem = problem_at(self.ours[own.key], columns, one, wrong, blocks=False)
                found.setdefault(tuple(slot.key for slot in run), problem)
        return list(found.values())

    def _of_pupils(self, columns: Columns) -> list[Problem]:
        """Lists that the file replaces count as it writes them."""
        lines: dict[tuple[int, str], Person] = {}
        taken: defaultdict[str, list[Slot]] = defaultdict(list)
        for key, group in self.ours.items():
            for person in group.people:
                identity = person.identity_key
                if (key, identity) not in lines:
                    taken[identity].append(self.slots[key])
                lines[key, identity] = person
        others = [key for key in self.slots if key not in self.ours]
        enrolled = Candidate.objects.filter(session__in=others).order_by("pk")
        for identity, key in enrolled.values_list("identity_key", "session_id") if taken and others else ():
            if identity in taken:
                taken[identity].append(self.slots[key])
        found = []
        for identity, run in overlapping(taken):
            listed = [slot for slot in run if (slot.key, identity) in lines]
            own = max(listed, key=lambda slot: lines[slot.key, identity].line)
            fact = f"Inscrit au même moment\u00a0: {self._others(run, own)}."
            todo = "gardez-le dans une seule de ces sessions."
            person = lines[own.key, identity]
            found.append(problem_of(person, columns, "overlap", "Candidat", fact, todo))
        return found

    def _others(self, run: Sequence[Slot], own: Slot) -> str:
        rest = [self._words(slot) for slot in run if slot.key != own.key]
        more = f" et {len(rest) - OTHERS} autres" if len(rest) > OTHERS else ""
        return "\u00a0; ".join(rest[:OTHERS]) + more

    def _words(self, slot: Slot) -> str:
        local = slot.starts_at.astimezone(self.zone)
        which = f"session {slot.number}" if slot.number is not None else lines_words(self.ours[slot.key])
        return f"{which}, {in_room(slot.room)}, le {local:%d/%m} à {local.hour}h{local:%M}"


def _crossings(
    draft: SessionsDraft,
    made: Sequence[Group],
    edited: Sequence[Edited],
    near: Sequence[Session],
    existing: dict[int, Session],
) -> _Crossings:
    """Against what stands too, but not against the session that a group would double: that is said already."""
    doubled = {one.pk for one in existing.values()}
    standing = [slot_of(one) for one in near if one.state in AHEAD and one.pk not in doubled]
    new = [_slot(group, draft.duration) for group in made]
    ours = {-group.line: group for group in made} | {one.session.pk: one.group for one in edited}
    return _Crossings(ours, {slot.key: slot for slot in [*new, *standing]}, draft.establishment.zone)


def _slot(group: Group, duration: int) -> Slot:
    extra = max((person.extra_time_percent or 0 for person in group.people), default=0)
    return Slot(
        key=-group.line,
        number=None,
        site=group.site,
        room=group.room,
        starts_at=group.starts_at,
        ends_at=end_of(group.starts_at, duration, extra),
        proctor_names=group.proctor_names,
    )


def _fingerprint(edited: Sequence[Edited], lists: dict[int, list[Candidate]]) -> str:
    """Changes with anything that the import would overwrite."""
    seen = [
        [one.session.number, [[person.pk, *facts_of(person).values()] for person in lists[one.session.pk]]]
        for one in sorted(edited, key=lambda one: one.session.pk)
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]
