"""A list compared with the pupils of its year: who is new, who changes, who left (P2)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pixsurv.kernel.identity import begins_alike, fold, identity_key
from sessions_app.imports.changes import Change, Facts, change_of, digest, facts_of
from sessions_app.imports.headers import Columns, Field
from sessions_app.imports.judging import Judged, Person, Problem, judge, problem_of, same_names
from sessions_app.imports.reading import Cell
from sessions_app.imports.report import draft_columns, not_stored
from sessions_app.models import Establishment, Pupil, PupilDraft
from sessions_app.pupils.wording import count

PUPIL = "Élève"


@dataclass(frozen=True, slots=True)
class PupilReport:
    """`gone` are in a class that the file has, `elsewhere` in one that it has not: neither is removed untold.

    `seen` is the fingerprint of the year's list that this report was made against.
    """

    judged: Judged
    problems: list[Problem]
    new: list[Person]
    moved: list[Change[Pupil]]
    corrected: list[Change[Pupil]]
    kept: int
    gone: list[Pupil]
    elsewhere: list[Pupil]
    not_stored: list[str]
    seen: str

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.blocks]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.blocks]

    @property
    def summary(self) -> str:
        """« 12 nouveaux, 3 changements de classe, 2 partis »."""
        words = [
            count(len(self.new), "nouveau", "nouveaux"),
            count(len(self.moved), "changement de classe", "changements de classe"),
            count(len(self.gone), "parti"),
        ]
        if self.corrected:
            words.append(count(len(self.corrected), "autre correction", "autres corrections"))
        return ", ".join(words)

    @property
    def changed(self) -> list[Change[Pupil]]:
        return [*self.moved, *self.corrected]


def pupils_of(establishment: Establishment, school_year: int) -> list[Pupil]:
    found = Pupil.objects.filter(establishment=establishment, school_year=school_year)
    return list(found.order_by("class_name", "sort_key", "pk"))


def written_facts(pupil: Pupil) -> Facts:
    """What a list may write of a pupil."""
    return {**facts_of(pupil), "sign_in_mode": pupil.sign_in_mode}


def fingerprint(pupils: Iterable[Pupil]) -> str:
    """Changes with anything that a page of pupils shows or writes."""
    return digest(
        [
            one.pk,
            *written_facts(one).values(),
            one.certifiable_competences,
            one.profile_sent_on.isoformat() if one.profile_sent_on else None,
        ]
        for one in sorted(pupils, key=lambda one: one.pk)
    )


def judge_pupils(draft: PupilDraft, today: date) -> Judged:
    """What the list says by itself. Asks nothing of the database."""
    rows: list[tuple[int, list[Cell]]] = [(number, cells) for number, cells in draft.rows]
    return judge(rows, draft_columns(draft), today=today, who=PUPIL, namesakes=same_names)


def report_of_pupils(draft: PupilDraft, judged: Judged) -> PupilReport:
    """One query, whatever the number of pupils."""
    columns = draft_columns(draft)
    known = {one.identity_key: one for one in pupils_of(draft.establishment, draft.school_year)}
    listed = {person.identity_key: person for person in reversed(judged.people)}
    changes = [
        change
        for key, person in reversed(listed.items())
        if key in known and (change := change_of(known[key], person, written_facts(known[key])))
    ]
    new = [person for key, person in reversed(listed.items()) if key not in known]
    absent = [one for key, one in known.items() if key not in listed]
    # A file of one class says nothing of the others.
    classes = {fold(person.class_name or "") for person in judged.people}
    whole = Field.CLASS_NAME not in columns
    gone: list[Pupil] = []
    elsewhere: list[Pupil] = []
    for one in absent:
        told = whole or not one.class_name or fold(one.class_name) in classes
        (gone if told else elsewhere).append(one)
    return PupilReport(
        judged=judged,
        problems=judged.problems + _swapped(new, known, columns) + _nearly_known(new, absent, columns),
        new=new,
        moved=[change for change in changes if Field.CLASS_NAME in change.after],
        corrected=[change for change in changes if Field.CLASS_NAME not in change.after],
        kept=len(listed) - len(new) - len(changes),
        gone=gone,
        elsewhere=elsewhere,
        not_stored=not_stored(draft.labels, columns.values()),
        seen=fingerprint(known.values()),
    )


def _swapped(new: list[Person], known: dict[str, Pupil], columns: Columns) -> list[Problem]:
    """Known pupils, last name and first name in each other's place: one line says it for all."""
    odd = [one for one in new if identity_key(one.first_name, one.last_name, one.birth_date) in known]
    if not odd:
        return []
    fact = (
        "Cet élève est déjà dans la liste, nom et prénom échangés."
        if len(odd) == 1
        else f"{len(odd)} élèves du fichier sont déjà dans la liste, nom et prénom échangés."
    )
    todo = (
        "échangez les titres «\u00a0Nom\u00a0» et «\u00a0Prénom\u00a0» ou choisissez vous-même les colonnes."
    )
    return [problem_of(odd[0], columns, "swapped_known", "Colonnes", fact, todo)]


def _nearly_known(new: list[Person], absent: list[Pupil], columns: Columns) -> list[Problem]:
    """Somebody new who is very much like somebody who left: a name or a date that was corrected, perhaps."""
    by_names: dict[str, Pupil] = {}
    by_birth: dict[tuple[str, date], list[Pupil]] = defaultdict(list)
    for pupil in absent:
        by_names.setdefault(pupil.sort_key, pupil)
        by_birth[pupil.last_name_key, pupil.birth_date].append(pupil)
    found = []
    for person in new:
        twin = by_names.get(f"{fold(person.last_name)} {fold(person.first_name)}")
        near = by_birth[fold(person.last_name), person.birth_date]
        twin = twin or next((one for one in near if begins_alike(one.first_name, person.first_name)), None)
        if twin is None:
            continue
        where = f", {twin.class_name}" if twin.class_name else ""
        fact = (
            f"Ressemble à {twin.full_name}, {twin.birth_date:%d/%m/%Y}{where}, qui n’est pas dans le fichier."
        )
        todo = "si c’est le même élève, corrigez d’abord sa fiche dans la liste\u00a0; sinon, rien."
        found.append(problem_of(person, columns, "nearly_known", PUPIL, fact, todo))
    return found
