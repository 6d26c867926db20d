"""The CSV of a « collecte de profils » campaign of Pix Orga: who sent his profile, who is certifiable (files.md §1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pixsurv.kernel.identity import fold
from sessions_app.imports import values
from sessions_app.imports.headers import folded, label_of, letter
from sessions_app.imports.judging import Problem
from sessions_app.imports.reading import Cell, Sheet
from sessions_app.imports.refusals import refused_file
from sessions_app.imports.values import Wrong
from sessions_app.models.candidate import COMPETENCES_IN_ALL, COMPETENCES_NEEDED

HEADER_WITHIN = 20  # lines in which the titles are looked for
NAMES = {"last_name": "NOMDUPARTICIPANT", "first_name": "PRENOMDUPARTICIPANT"}
SENT = {"sent": "ENVOI"}
OTHERS = {
    "class_name": "CLASSE",
    "local_id": "NUMEROETUDIANT",
    "sent_on": "DATEDELENVOI",
    "certifiable": "CERTIFIABLE",
    "stated": "NOMBREDECOMPETENCESCERTIFIABLES",
}
LEVEL = "NIVEAUPOURLACOMPETENCE"
LABELS = {
    "last_name": "Nom du Participant",
    "first_name": "Prénom du Participant",
    "sent": "Envoi (O/N)",
    "sent_on": "Date de l’envoi",
    "certifiable": "Certifiable (O/N)",
    "stated": "Nombre de compétences certifiables",
    "class_name": "Classe",
    "local_id": "Numéro Étudiant",
}
YES, NO, NOTHING = {"OUI", "O"}, {"NON", "N"}, {"", "NA"}


@dataclass(frozen=True, slots=True)
class ProfileColumns:
    """Where the titles stand, and which column is what; `levels` are those of the competences."""

    sheet: Sheet
    line: int
    labels: list[str]
    at: dict[str, int]
    levels: list[int]


@dataclass(frozen=True, slots=True)
class Profile:
    """A participant. `competences` None: his profile was not sent, or says nothing."""

    line: int
    last_name: str
    first_name: str
    class_name: str
    local_id: str
    sent_on: date | None
    competences: int | None

    @property
    def full_name(self) -> str:
        return f"{self.last_name.upper()} {self.first_name}"

    @property
    def names_key(self) -> str:
        """As `Pupil.sort_key`."""
        return f"{fold(self.last_name)} {fold(self.first_name)}"


@dataclass(frozen=True, slots=True)
class Profiles:
    """What an export says by itself, before it is compared with the pupils."""

    lines: int
    people: list[Profile]
    problems: list[Problem]


def find_profiles(sheets: Sequence[Sheet]) -> ProfileColumns | None:
    """The titles of a « collecte de profils », in any sheet; None when this is something else.

    Refused with `file_other_campaign` when it is the export of a campaign of another kind.
    """
    for sheet in sheets:
        for line, row in enumerate(sheet.rows[:HEADER_WITHIN], start=1):
            labels = [label_of(cell) for cell in row]
            texts = [folded(label) for label in labels]
            if all(texts.count(text) == 1 for text in NAMES.values()):
                return _columns(sheet, line, labels, texts)
    return None


def _columns(sheet: Sheet, line: int, labels: list[str], texts: list[str]) -> ProfileColumns:
    known = {**NAMES, **SENT, **OTHERS}
    at = {name: texts.index(text) for name, text in known.items() if texts.count(text) == 1}
    levels = [place for place, text in enumerate(texts) if text.startswith(LEVEL)]
    missing = [LABELS["sent"]] if "sent" not in at else []
    if len(levels) != COMPETENCES_IN_ALL and "stated" not in at:
        missing.append(f"les {COMPETENCES_IN_ALL} colonnes «\u00a0Niveau pour la compétence …\u00a0»")
    if missing:
        raise refused_file("file_other_campaign", " et ".join(missing))
    if len(levels) != COMPETENCES_IN_ALL:
        levels = []  # another year's framework: only what Pix counted is left
    return ProfileColumns(sheet, line, labels, at, levels)


class _Row:
    """Reads the cells of one participant and gathers what is wrong with them."""

    def __init__(
        self, number: int, cells: Sequence[Cell], columns: dict[str, int], levels: list[int]
    ) -> None:
        self.number = number
        self.cells = cells
        self.columns = columns
        self.levels = levels
        self.problems: list[Problem] = []

    def cell(self, at: int) -> Cell:
        return self.cells[at] if at < len(self.cells) else None

    def problem(self, at: int, label: str, wrong: Wrong, *, blocks: bool) -> None:
        read = values.shown(self.cell(at))
        column = letter(at)
        self.problems.append(
            Problem(wrong.code, blocks, self.number, column, label, read, wrong.fact, wrong.todo)
        )

    def text(self, name: str) -> str:
        at = self.columns.get(name)
        if at is None:
            return ""
        try:
            text = values.text_of(self.cell(at))
        except Wrong as wrong:
            self.problem(at, LABELS[name], wrong, blocks=name not in OTHERS)
            return ""
        return "" if text.upper() == "NA" and name in OTHERS else text

    def name(self, name: str, what: str) -> str:
        at = self.columns[name]
        try:
            return values.name_of(self.cell(at), what, f"{letter(at)}{self.number}")
        except Wrong as wrong:
            self.problem(at, LABELS[name], wrong, blocks=True)
            return ""

    def sent(self) -> bool:
        word = self.text("sent").upper()
        if word not in YES | NO | NOTHING:
            wrong = Wrong(
                "sent",
                "Ceci n’est ni «\u00a0Oui\u00a0» ni «\u00a0Non\u00a0».",
                "exportez à nouveau depuis Pix Orga.",
            )
            self.problem(self.columns["sent"], LABELS["sent"], wrong, blocks=True)
        return word in YES

    def sent_on(self, today: date) -> date | None:
        at = self.columns.get("sent_on")
        if at is None or not self.text("sent_on"):
            return None
        try:
            day = values.day_of(self.cell(at) or "", newest_year=today.year)
            if day > today:
                raise Wrong("date_in_future", "Cette date est dans le futur.", "vérifiez-la dans Pix Orga.")
        except Wrong as wrong:
            self.problem(at, LABELS["sent_on"], wrong, blocks=False)
            return None
        return day

    def number_at(self, at: int, label: str) -> int | None:
        """A level or a count; nothing for « NA »."""
        try:
            text = values.text_of(self.cell(at)).upper()
            if text in NOTHING:
                return None
            if not re.fullmatch(r"\d{1,2}", text):
                raise Wrong(
                    "level",
                    "Ceci n’est ni un nombre, ni «\u00a0NA\u00a0».",
                    "exportez à nouveau depuis Pix Orga.",
                )
        except Wrong as wrong:
            self.problem(at, label, wrong, blocks=True)
            return None
        return int(text)

    def competences(self) -> int | None:
        """Those at level ≥ 1 (P2). What Pix counted is compared with it; what is counted here is kept."""
        levels = [self.number_at(at, "Niveau pour une compétence") for at in self.levels]
        told = [level for level in levels if level is not None]
        at = self.columns.get("stated")
        stated = self.number_at(at, LABELS["stated"]) if at is not None else None
        if not told:
            return self._within(stated)
        counted = sum(level >= 1 for level in told)
        if stated is not None and at is not None and stated != counted:
            fact = f"Le fichier annonce {stated} compétences certifiables\u00a0; ses niveaux en donnent {counted}."
            wrong = Wrong(
                "count", fact, f"rien, c’est {counted} qui est retenu. Vérifiez ce profil dans Pix Orga."
            )
            self.problem(at, LABELS["stated"], wrong, blocks=False)
        else:
            self._compare_with_verdict(counted)
        return counted

    def _within(self, stated: int | None) -> int | None:
        if stated is not None and stated > COMPETENCES_IN_ALL:
            wrong = Wrong(
                "level", f"Il y a {COMPETENCES_IN_ALL} compétences.", "vérifiez ce profil dans Pix Orga."
            )
            self.problem(self.columns["stated"], LABELS["stated"], wrong, blocks=True)
            return None
        return stated

    def _compare_with_verdict(self, counted: int) -> None:
        verdict = self.text("certifiable").upper()
        if verdict in (NO if counted >= COMPETENCES_NEEDED else YES):
            fact = (
                f"Le fichier dit «\u00a0{verdict.capitalize()}\u00a0», pour {counted} compétences acquises."
            )
            todo = f"rien, c’est {counted} qui est retenu. Vérifiez ce profil dans Pix Orga."
            wrong = Wrong("verdict", fact, todo)
            self.problem(self.columns["certifiable"], LABELS["certifiable"], wrong, blocks=False)

    def profile(self, today: date) -> Profile | None:
        """None when something blocks this line."""
        last = self.name("last_name", "Le nom")
        first = self.name("first_name", "Le prénom")
        sent = self.sent()
        sent_on = self.sent_on(today) if sent else None
        competences = self.competences() if sent else None
        class_name, local_id = self.text("class_name"), self.text("local_id")
        if any(problem.blocks for problem in self.problems):
            return None
        if sent and competences is None:
            wrong = Wrong(
                "no_levels",
                "Profil envoyé, mais sans niveau\u00a0: «\u00a0Non vérifié\u00a0».",
                "vérifiez dans Pix Orga.",
            )
            self.problem(self.columns["sent"], LABELS["sent"], wrong, blocks=False)
        return Profile(self.number, last, first, class_name, local_id, sent_on, competences)


def judge_profiles(
    rows: Sequence[tuple[int, Sequence[Cell]]], columns: dict[str, int], levels: list[int], *, today: date
) -> Profiles:
    """The participants and every problem, errors before warnings, each in the order of the lines."""
    people: list[Profile] = []
    problems: list[Problem] = []
    for number, cells in rows:
        row = _Row(number, cells, columns, levels)
        profile = row.profile(today)
        problems += row.problems
        if profile is not None:
            people.append(profile)
    problems.sort(key=lambda problem: (not problem.blocks, problem.line))
    return Profiles(len(rows), people, problems)
