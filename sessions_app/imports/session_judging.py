"""A file of several sessions, judged by itself: which sessions it speaks of, who is in them, and all that is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pixsurv.kernel import wall_clock
from pixsurv.kernel.clock import EPOCH
from sessions_app.imports import session_values, values
from sessions_app.imports.headers import Columns, letter
from sessions_app.imports.judging import Person, Problem, judge_among, judge_columns, judge_line
from sessions_app.imports.reading import Cell
from sessions_app.imports.session_columns import NEEDED_TO_CREATE, SessionColumns, SessionField
from sessions_app.imports.values import Wrong
from sessions_app.timetable.proctors import name_key, names_in, together

LONGEST = {SessionField.SITE: 200, SessionField.ROOM: 100}
LONGEST_PROCTORS, LONGEST_OBSERVATIONS = 300, 2000

type GroupKey = int | tuple[str, str, datetime]


@dataclass(slots=True)
class Group:
    """The lines of one session: one to change, which has a `number`, or one to make, which has all the rest."""

    line: int
    number: int | None = None
    site: str = ""
    room: str = ""
    starts_at: datetime = EPOCH
    proctor_texts: list[str] = field(default_factory=list)
    observation_texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    names_people: bool = False  # somebody stands on one of its lines, readable or not

    @property
    def key(self) -> GroupKey:
        if self.number is not None:
            return self.number
        return session_values.place_key(self.site), session_values.place_key(self.room), self.starts_at

    @property
    def proctor_names(self) -> str:
        """All that the lines name: whoever writes one proctor a line loses nobody."""
        return ", ".join(together(self.proctor_texts))

    @property
    def observations(self) -> str:
        return "\n".join(dict.fromkeys(text for text in self.observation_texts if text))


@dataclass(frozen=True, slots=True)
class JudgedSessions:
    """What a file says by itself, before it is compared with the school."""

    lines: int
    groups: list[Group]
    problems: list[Problem]

    @property
    def people(self) -> list[Person]:
        return [person for group in self.groups for person in group.people]


class _Row:
    """Reads the cells of the session on one line, and gathers what is wrong with them."""

    def __init__(self, number: int, cells: Sequence[Cell], columns: SessionColumns) -> None:
        self.number, self.columns = number, columns
        self.cells = {one: cells[at] if at < len(cells) else None for one, at in columns.items()}
        self.problems: list[Problem] = []

    def has(self, one: SessionField) -> bool:
        return not session_values.is_blank(self.cells.get(one))

    def place(self, one: SessionField) -> str:
        return f"{letter(self.columns[one])}{self.number}"

    def say(self, one: SessionField, wrong: Wrong, *, blocks: bool = True) -> None:
        read = values.shown(self.cells[one])
        column = letter(self.columns[one])
        self.problems.append(
            Problem(wrong.code, blocks, self.number, column, one.label, read, wrong.fact, wrong.todo)
        )

    def read[Value](self, one: SessionField, reader: Callable[[], Value]) -> Value | None:
        try:
            return reader()
        except Wrong as wrong:
            self.say(one, wrong)
            return None

    def text(self, one: SessionField, longest: int) -> str:
        """What can't be read blocks, and stands for itself meanwhile: it is not missing."""
        if one not in self.cells:
            return ""
        text = self.read(one, lambda: values.limited(values.text_of(self.cells[one]), longest))
        return values.shown(self.cells[one])[:longest] if text is None else text

    def group(self, zone: ZoneInfo) -> Group | None:
        """The session of this line; None when that can't be told."""
        if self.has(SessionField.NUMBER):
            return self._known()
        if not any(self.has(one) for one in NEEDED_TO_CREATE):
            self._of_no_session()
            return None
        return self._new(zone)

    def _known(self) -> Group | None:
        one = SessionField.NUMBER
        number = self.read(one, lambda: session_values.number_of(self.cells[one]))
        said = [other.label for other in SessionField if other != one and self.has(other)]
        if said:
            words = ", ".join(f"«\u00a0{label}\u00a0»" for label in said)
            self.say(
                one,
                Wrong(
                    "number_and_session",
                    f"Cette ligne porte un numéro de session, et aussi {words}.",
                    "videz le numéro pour créer une séance, ou le reste pour changer la liste de celle qui existe.",
                ),
            )
        return None if number is None or said else Group(self.number, number=number)

    def _of_no_session(self) -> None:
        one = next(one for one in (SessionField.SITE, SessionField.NUMBER) if one in self.columns)
        self.say(
            one,
            Wrong(
                "no_session",
                "Cette ligne ne dit pas de quelle séance il s’agit.",
                "complétez site, salle, date et heure, ou donnez le numéro d’une session qui existe.",
            ),
        )

    def _new(self, zone: ZoneInfo) -> Group | None:
        site, room = (self._place(one) for one in (SessionField.SITE, SessionField.ROOM))
        day = self.read(SessionField.DAY, lambda: session_values.session_day_of(self.cells[SessionField.DAY]))
        hour = self.read(SessionField.HOUR, lambda: session_values.hour_of(self.cells[SessionField.HOUR]))
        proctors = self.text(SessionField.PROCTORS, LONGEST_PROCTORS)
        observations = self.text(SessionField.OBSERVATIONS, LONGEST_OBSERVATIONS)
        start = None if day is None or hour is None else self._start(day, hour, zone)
        if site is None or room is None or start is None:
            return None
        return Group(
            self.number,
            site=site,
            room=room,
            starts_at=start,
            proctor_texts=[proctors],
            observation_texts=[observations],
        )

    def _place(self, one: SessionField) -> str | None:
        return self.read(
            one,
            lambda: session_values.place_of(self.cells[one], one.label, self.place(one), LONGEST[one]),
        )

    def _start(self, day: date, hour: time, zone: ZoneInfo) -> datetime | None:
        try:
            return wall_clock.instant_of(day, hour, zone)
        except wall_clock.NoSuchHour:
            fact = "Cette heure n’existe pas ce jour-là\u00a0: on passe à l’heure d’été."
            self.say(SessionField.HOUR, Wrong("hour_skipped", fact, "choisissez une autre heure."))
            return None


def judge_sessions(
    rows: Sequence[tuple[int, Sequence[Cell]]],
    session: SessionColumns,
    candidate: Columns,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> JudgedSessions:
    """The sessions of a file and every problem, errors before warnings, each in the order of the lines."""
    today = now.astimezone(zone).date()
    groups: dict[GroupKey, Group] = {}
    problems: list[Problem] = []
    everybody: list[Person] = []
    for number, cells in rows:
        row = _Row(number, cells, session)
        alone = all(at >= len(cells) or session_values.is_blank(cells[at]) for at in candidate.values())
        if alone and not any(row.has(one) for one in session):
            continue  # nothing of ours
        found = row.group(zone)
        person, wrong = (None, []) if alone else judge_line(number, cells, candidate, today)
        problems += row.problems + wrong
        if person is not None:
            everybody.append(person)
        if found is not None:
            group = _joined(groups, found)
            group.lines.append(number)
            group.people += [person] if person is not None else []
            group.names_people |= not alone
    for group in groups.values():
        problems += judge_among(group.people, candidate) + _of_group(group, session, now, zone)
    problems += judge_columns(everybody, candidate)
    problems.sort(key=lambda problem: (not problem.blocks, problem.line))
    return JudgedSessions(len(rows), list(groups.values()), problems)


def problem_at(
    group: Group, session: SessionColumns, one: SessionField, wrong: Wrong, *, blocks: bool, read: str = ""
) -> Problem:
    """A problem with a session as a whole: it stands at its first line."""
    column = letter(session[one]) if one in session else "—"
    return Problem(
        wrong.code, blocks, group.line, column, one.label, read or named(group), wrong.fact, wrong.todo
    )


def named(group: Group) -> str:
    """« B12 », or the number."""
    return str(group.number) if group.number is not None else group.room


def lines_words(group: Group) -> str:
    """« ligne 2 », « lignes 2 à 21 », « lignes 2 à 40 (20 en tout) »."""
    first, last, count = group.lines[0], group.lines[-1], len(group.lines)
    if count == 1:
        return f"ligne {first}"
    return f"lignes {first} à {last}" + (f" ({count} en tout)" if last - first + 1 != count else "")


def _joined(groups: dict[GroupKey, Group], found: Group) -> Group:
    group = groups.setdefault(found.key, found)
    if group is not found:
        group.proctor_texts += found.proctor_texts
        group.observation_texts += found.observation_texts
    return group


def _of_group(group: Group, session: SessionColumns, now: datetime, zone: ZoneInfo) -> list[Problem]:
    """What only the lines of a session together show."""
    found: list[Problem] = []

    def say(
        one: SessionField, code: str, fact: str, todo: str, *, blocks: bool = False, read: str = ""
    ) -> None:
        found.append(problem_at(group, session, one, Wrong(code, fact, todo), blocks=blocks, read=read))

    if group.number is not None:
        if not group.names_people:
            fact = "Aucun candidat pour cette session\u00a0: sa liste n’est pas changée."
            say(SessionField.NUMBER, "nobody", fact, "rien, si la liste doit rester comme elle est.")
        return found
    local = group.starts_at.astimezone(zone)
    if group.starts_at < now:
        say(
            SessionField.DAY, "past", "Cette séance a lieu dans le passé.", "vérifiez la date et l’heure.",
            read=f"{local:%d/%m/%Y} à {local.hour}h{local:%M}",
        )  # fmt: skip
    if wall_clock.shown_twice(group.starts_at, zone):
        fact = "Cette heure existe deux fois cette nuit-là\u00a0: c’est la première qui est retenue."
        say(SessionField.HOUR, "hour_twice", fact, "vérifiez l’heure.", read=f"{local.hour}h{local:%M}")
    if not group.names_people:
        fact = "Aucun candidat pour cette séance\u00a0: elle sera créée vide."
        say(SessionField.SITE, "empty_session", fact, "inscrivez des candidats avant le jour de la séance.")
    found += _proctors(group, session)
    if len(group.observations) > LONGEST_OBSERVATIONS:
        fact = f"Plus de {LONGEST_OBSERVATIONS} caractères d’observations pour cette séance."
        say(SessionField.OBSERVATIONS, "too_long", fact, "raccourcissez-les.", blocks=True)
    return found


def _proctors(group: Group, session: SessionColumns) -> list[Problem]:
    one = SessionField.PROCTORS
    names = group.proctor_names
    if not names:
        wrong = Wrong(
            "no_proctor", "Pas de surveillant pour cette séance.", "complétez-le avant le jour de la séance."
        )
        return [problem_at(group, session, one, wrong, blocks=False)]
    if len(names) > LONGEST_PROCTORS:
        wrong = Wrong(
            "too_long", f"Plus de {LONGEST_PROCTORS} caractères de surveillants.", "gardez ceux de la séance."
        )
        return [problem_at(group, session, one, wrong, blocks=True)]
    said = {frozenset(name_key(name) for name in names_in(text)) for text in group.proctor_texts if text}
    if len(said) > 1:
        wrong = Wrong(
            "proctors_differ",
            f"Les lignes de cette séance ({lines_words(group)}) ne nomment pas les mêmes surveillants\u00a0:"
            " tous sont gardés.",
            "rien, s’ils surveillent ensemble\u00a0; sinon, corrigez le fichier.",
        )
        return [problem_at(group, session, one, wrong, blocks=False, read=names)]
    return []
