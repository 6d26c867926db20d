"""Thirteen pupils who bear names of plants: twelve are on the list, the last one is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from pixsurv.kernel.identity import identity_key
from sessions_app.enums import SignInMode
from sessions_app.models import Candidate
from sessions_app.services.enrolment import new_candidate


@dataclass(frozen=True, slots=True)
class Pupil:
    """`key` is what the script calls him."""

    key: str
    last_name: str
    first_name: str
    birth_date: date
    workstation: str
    extra_time_percent: int = 0
    competences: int = 16
    sign_in_mode: SignInMode = SignInMode.MEDIACENTRE

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def identity(self) -> str:
        return identity_key(self.last_name, self.first_name, self.birth_date)

    def candidate(self) -> Candidate:
        """Unsaved, for `enrol`."""
        return new_candidate(
            last_name=self.last_name,
            first_name=self.first_name,
            birth_date=self.birth_date,
            class_name="3e A",
            extra_time_percent=self.extra_time_percent,
            certifiable_competences=self.competences,
            sign_in_mode=self.sign_in_mode,
        )


ENROLLED = (
    Pupil("alix", "AUBÉPINE", "Alix", date(2011, 2, 3), "1"),
    Pupil("basile", "BOULEAU", "Basile", date(2011, 5, 21), "2"),
    Pupil("camille", "CÈDRE", "Camille", date(2011, 7, 14), "3", sign_in_mode=SignInMode.USERNAME),
    Pupil("capucine", "CÈDRE", "Capucine", date(2011, 7, 4), "4"),
    Pupil("dina", "DIGITALE", "Dina", date(2011, 9, 9), "5"),
    Pupil("elie", "ÉGLANTINE", "Élie", date(2011, 1, 30), "6"),
    Pupil("fanny", "FOUGÈRE", "Fanny", date(2011, 12, 1), "10"),
    Pupil("gaspard", "GENÊT", "Gaspard", date(2011, 3, 8), "7", competences=3, sign_in_mode=SignInMode.NEVER),
    Pupil("hugo", "HOUX", "Hugo", date(2011, 6, 17), "8"),
    Pupil("ines", "IRIS", "Inès", date(2011, 8, 25), "9", extra_time_percent=33),
    Pupil("jules", "JASMIN", "Jules", date(2011, 10, 10), "11"),
    Pupil("katia", "KUMQUAT", "Katia", date(2011, 4, 2), "12"),
)
NOT_LISTED = Pupil("lou", "LILAS", "Lou", date(2011, 9, 4), "14")
CAST: Mapping[str, Pupil] = MappingProxyType({pupil.key: pupil for pupil in (*ENROLLED, NOT_LISTED)})
