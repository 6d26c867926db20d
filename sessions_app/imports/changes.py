"""What a line of a file says otherwise than we know it, of a candidate or of a pupil."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sessions_app.enums import SignInMode
from sessions_app.imports.headers import REQUIRED, Field
from sessions_app.imports.judging import Person
from sessions_app.models import Candidate, Pupil

OPTIONAL = [field for field in Field if field not in REQUIRED]

type Facts = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Change[Known: (Candidate, Pupil)]:
    """Somebody on the list who stays, with what the file says otherwise."""

    known: Known
    person: Person
    before: Facts
    after: Facts

    @property
    def words(self) -> list[str]:
        return [
            f"{Field(name).label}\u00a0: {_shown(name, was)} → {_shown(name, self.after[name])}"
            for name, was in self.before.items()
        ]


def _shown(name: str, value: str | int) -> str:
    if name == Field.EXTRA_TIME:
        return f"{value}\u00a0%"
    if name == Field.SIGN_IN_MODE:
        return f"«\u00a0{SignInMode(str(value)).label}\u00a0»"
    return str(value or "(vide)")


def facts_of(known: Candidate | Pupil) -> Facts:
    """The fields of a list, as the journal writes them."""
    return {
        "last_name": known.last_name,
        "first_name": known.first_name,
        "birth_date": known.birth_date.isoformat(),
        "class_name": known.class_name,
        "local_id": known.local_id,
        "extra_time_percent": known.extra_time_percent,
    }


def change_of[Known: (Candidate, Pupil)](
    known: Known, person: Person, was: Mapping[str, str | int]
) -> Change[Known] | None:
    """What the line changes of `was`, the fields that an import may write of somebody who stays.

    A column that the file does not have changes nothing.
    """
    told: Facts = {"last_name": person.last_name, "first_name": person.first_name}
    for field in OPTIONAL:
        value = getattr(person, field.value)
        if value is not None:
            told[field.value] = value
    after = {name: value for name, value in told.items() if name in was and value != was[name]}
    return Change(known, person, {name: was[name] for name in after}, after) if after else None


def fingerprint(candidates: Iterable[Candidate]) -> str:
    """Changes with anything that an import would read or overwrite."""
    return digest([one.pk, *facts_of(one).values()] for one in sorted(candidates, key=lambda one: one.pk))


def digest(seen: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(seen)).encode()).hexdigest()[:32]
