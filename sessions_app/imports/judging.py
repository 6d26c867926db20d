"""All that is wrong in a list, and all that is strange: never only the first thing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pixsurv.kernel.identity import fold, identity_key
from sessions_app.enums import SignInMode
from sessions_app.imports import values
from sessions_app.imports.headers import Columns, Field, letter
from sessions_app.imports.reading import Cell
from sessions_app.imports.values import Wrong

YOUNGEST, OLDEST = 8, 80
CANDIDATE = "Candidat"


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the report: where, what was read, what is wrong, what to do."""

    code: str
    blocks: bool
    line: int
    column: str
    field: str
    read: str
    fact: str
    todo: str


@dataclass(frozen=True, slots=True)
class Person:
    """A line that reads well. A field whose column the file does not have is None: it changes nothing."""

    line: int
    last_name: str
    first_name: str
    birth_date: date
    class_name: str | None
    local_id: str | None
    extra_time_percent: int | None
    sign_in_mode: SignInMode | None = None

    @property
    def identity_key(self) -> str:
        return identity_key(self.last_name, self.first_name, self.birth_date)

    @property
    def full_name(self) -> str:
        return f"{self.last_name.upper()} {self.first_name}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a list says by itself, before it is compared with what is known."""

    lines: int
    people: list[Person]
    problems: list[Problem]


class _Line:
    """Reads the cells of one line and gathers what is wrong with them."""

    def __init__(self, number: int, cells: Sequence[Cell], columns: Columns) -> None:
        self.number = number
        self.columns = columns
        self.cells = {field: cells[at] if at < len(cells) else None for field, at in columns.items()}
        self.problems: list[Problem] = []

    def place(self, field: Field) -> str:
        return f"{letter(self.columns[field])}{self.number}"

    def problem(self, field: Field, wrong: Wrong, *, blocks: bool) -> None:
        column, read = letter(self.columns[field]), values.shown(self.cells[field])
        self.problems.append(
            Problem(wrong.code, blocks, self.number, column, field.label, read, wrong.fact, wrong.todo)
        )

    def warn(self, field: Field, code: str, fact: str, todo: str) -> None:
        self.problem(field, Wrong(code, fact, todo), blocks=False)

    def name(self, field: Field, what: str) -> str:
        try:
            return values.name_of(self.cells[field], what, self.place(field))
        except Wrong as wrong:
            self.problem(field, wrong, blocks=True)
            return ""

    def birth_date(self, today: date) -> date | None:
        try:
            return values.date_of(self.cells[Field.BIRTH_DATE], today)
        except Wrong as wrong:
            self.problem(Field.BIRTH_DATE, wrong, blocks=True)
            return None

    def text(self, field: Field, longest: int) -> str | None:
        if field not in self.cells:
            return None
        try:
            return values.limited(values.text_of(self.cells[field]), longest)
        except Wrong as wrong:
            self.problem(field, wrong, blocks=True)
            return None

    def extra_time(self) -> int | None:
        if Field.EXTRA_TIME not in self.cells:
            return None
        try:
            return values.percent_of(self.cells[Field.EXTRA_TIME])
        except Wrong as wrong:
            self.problem(Field.EXTRA_TIME, wrong, blocks=True)
            return None

    def sign_in_mode(self) -> SignInMode | None:
        """An empty cell says nothing: it takes back nothing that is known."""
        if self.cells.get(Field.SIGN_IN_MODE) is None:
            return None
        try:
            return values.sign_in_mode_of(self.cells[Field.SIGN_IN_MODE])
        except Wrong as wrong:
            self.problem(Field.SIGN_IN_MODE, wrong, blocks=True)
            return None

    def person(self, today: date) -> Person | None:
        """None when something blocks this line; warnings are gathered all the same."""
        last = self.name(Field.LAST_NAME, "Le nom")
        first = self.name(Field.FIRST_NAME, "Le prénom")
        birth = self.birth_date(today)
        class_name = self.text(Field.CLASS_NAME, 50)
        local_id = self.text(Field.LOCAL_ID, 100)
        extra_time = self.extra_time()
        sign_in_mode = self.sign_in_mode()
        self._strange(last, first, birth, extra_time, today)
        if birth is None or any(problem.blocks for problem in self.problems):
            return None
        return Person(self.number, last, first, birth, class_name, local_id, extra_time, sign_in_mode)

    def _strange(
        self, last: str, first: str, birth: date | None, extra_time: int | None, today: date
    ) -> None:
        for field, text in ((Field.LAST_NAME, last), (Field.FIRST_NAME, first)):
            if not values.is_drawn(text):
                self.warn(
                    field,
                    "glyph",
                    "Un caractère manque dans la police des documents\u00a0: il sera imprimé «\u00a0□\u00a0».",
                    "écrivez ce nom en lettres latines, ou donnez un identifiant local.",
                )
            if any(char.isdigit() for char in text):
                self.warn(field, "digit", "Ce nom contient un chiffre.", "vérifiez cette cellule.")
        if birth is not None and not YOUNGEST <= (age := values.age_on(today, birth)) <= OLDEST:
            self.warn(
                Field.BIRTH_DATE,
                "age",
                f"Cela donne {age} ans\u00a0: c’est inhabituel.",
                "vérifiez l’année de naissance.",
            )
        if extra_time is not None and extra_time > values.USUAL_EXTRA_TIME:
            self.warn(
                Field.EXTRA_TIME,
                "extra_time_unusual",
                f"{extra_time}\u00a0%\u00a0: plus d’un tiers de temps en plus.",
                "vérifiez que l’établissement détient la décision écrite d’aménagement.",
            )


def same_last_name(person: Person) -> str:
    """In a room, a shared last name is enough to take one for the other (R9)."""
    return fold(person.last_name)


def same_names(person: Person) -> str:
    """In a whole school, only those whose first names are the same too."""
    return f"{fold(person.last_name)} {fold(person.first_name)}"


def judge(
    rows: Sequence[tuple[int, Sequence[Cell]]],
    columns: Columns,
    *,
    today: date,
    who: str = CANDIDATE,
    namesakes: Callable[[Person], str] = same_last_name,
) -> Judged:
    """The people of a list and every problem, errors before warnings, each in the order of the lines.

    `who` is what one of them is called; people for whom `namesakes` says the same are homonyms.
    """
    people: list[Person] = []
    problems: list[Problem] = []
    for number, cells in rows:
        line = _Line(number, cells, columns)
        if all(cell is None for cell in line.cells.values()):
            problems.append(_ignored(number, columns, who))
            continue
        person = line.person(today)
        problems += line.problems
        if person is not None:
            people.append(person)
    problems += judge_among(people, columns, who, namesakes) + judge_columns(people, columns)
    problems.sort(key=lambda problem: (not problem.blocks, problem.line))
    return Judged(len(rows), people, problems)


def judge_line(
    number: int, cells: Sequence[Cell], columns: Columns, today: date
) -> tuple[Person | None, list[Problem]]:
    """Who stands on one line of a file that is not only a list of people; None when something blocks it."""
    line = _Line(number, cells, columns)
    person = line.person(today)
    return person, line.problems


def judge_among(
    people: Sequence[Person],
    columns: Columns,
    who: str = CANDIDATE,
    namesakes: Callable[[Person], str] = same_last_name,
) -> list[Problem]:
    """What is wrong or strange among the people of one session, or of one school; words as in `judge`."""
    return _duplicates(people, columns, who) + _homonyms(people, columns, namesakes)


def problem_of(
    person: Person, columns: Mapping[Field, int], code: str, what: str, fact: str, todo: str
) -> Problem:
    """A problem with somebody as a whole: it stands at his last name."""
    read = f"{person.full_name}, {person.birth_date:%d/%m/%Y}"
    blocks = code == "duplicate"
    return Problem(code, blocks, person.line, letter(columns[Field.LAST_NAME]), what, read, fact, todo)


def _ignored(number: int, columns: Columns, who: str) -> Problem:
    return Problem(
        "ignored", False, number, letter(columns[Field.LAST_NAME]), who, "(vide)",
        "Cette ligne n’a ni nom, ni prénom, ni date de naissance\u00a0: elle est laissée de côté.",
        "rien, si personne ne devait y être.",
    )  # fmt: skip


def _duplicates(people: Sequence[Person], columns: Columns, who: str) -> list[Problem]:
    """The same normalised identity twice (P6, R14): both lines are named."""
    first: dict[str, int] = {}
    found = []
    for person in people:
        line = first.setdefault(person.identity_key, person.line)
        if line != person.line:
            fact = f"Déjà à la ligne {line}\u00a0: même nom, même prénom, même date."
            todo = f"gardez une seule des deux lignes, {line} ou {person.line}."
            found.append(problem_of(person, columns, "duplicate", who, fact, todo))
    return found


def _homonyms(
    people: Sequence[Person], columns: Columns, namesakes: Callable[[Person], str]
) -> list[Problem]:
    """Different people who share a name: allowed, and the proctor will be told (R9)."""
    same: dict[str, dict[str, Person]] = {}
    for person in people:
        same.setdefault(namesakes(person), {}).setdefault(person.identity_key, person)
    found = []
    for group in (list(alike.values()) for alike in same.values() if len(alike) > 1):
        others = " et ".join(f"{one.full_name} (ligne {one.line})" for one in group[1:4])
        more = f" et {len(group) - 4} autres" if len(group) > 4 else ""
        fact = f"Porte le même nom que {others}{more}."
        todo = "rien, ils seront signalés au surveillant."
        found.append(problem_of(group[0], columns, "homonyms", "Homonymes", fact, todo))
    return found


def judge_columns(people: Sequence[Person], columns: Columns) -> list[Problem]:
    """First names in capitals and last names not: the two columns have probably changed places."""
    odd = [one for one in people if one.first_name.isupper() and not one.last_name.isupper()]
    if len(people) < 3 or len(odd) * 10 < len(people) * 8:
        return []
    fact = "Les prénoms sont en capitales et les noms ne le sont pas\u00a0: les deux colonnes semblent inversées."
    todo = "vérifiez, puis échangez les titres «\u00a0Nom\u00a0» et «\u00a0Prénom\u00a0» s’il le faut."
    return [problem_of(odd[0], columns, "swapped", "Colonnes", fact, todo)]
