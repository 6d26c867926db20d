"""A pupil of the school, by school year (P2): known once, enrolled from there."""

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from pixsurv.kernel.identity import fold, identity_key
from sessions_app.enums import SignInMode
from sessions_app.models.candidate import COMPETENCES_IN_ALL, COMPETENCES_NEEDED
from sessions_app.models.establishment import Establishment

FIRST_MONTH = 8  # a school year begins on the first of August, when the lists of the next one arrive


def school_year_of(day: date) -> int:
    """The school year of a day, named by its first civil year: 2026 is « 2026-2027 »."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def school_year_words(year: int) -> str:
    """« 2026-2027 »."""
    return f"{year}-{year + 1}"


class Pupil(models.Model):
    """A pupil in one school year, as the school's list says, completed from Pix Orga.

    `certifiable_competences` None is « Non vérifié »: nobody said yet. `extra_time_percent` is the year's, a number and
    never a reason. `profile_sent_on` is when the pupil sent his profile on Pix, None when he did not.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="pupils")
    school_year = models.PositiveSmallIntegerField(
        "année scolaire", validators=[MinValueValidator(2000), MaxValueValidator(2200)]
    )
    last_name = models.CharField("nom de naissance", max_length=100)
    first_name = models.CharField("prénom", max_length=100)
    birth_date = models.DateField("date de naissance")
    class_name = models.CharField("classe", max_length=50, blank=True)
    local_id = models.CharField("identifiant local", max_length=100, blank=True)
    sign_in_mode = models.CharField(
        "mode de connexion", max_length=20, choices=SignInMode, default=SignInMode.UNKNOWN, blank=True
    )
    certifiable_competences = models.PositiveSmallIntegerField(
        "compétences certifiables", null=True, blank=True, validators=[MaxValueValidator(COMPETENCES_IN_ALL)]
    )
    profile_sent_on = models.DateField("profil envoyé le", null=True, blank=True)
    extra_time_percent = models.PositiveSmallIntegerField(
        "temps majoré de l’année (%)", default=0, validators=[MaxValueValidator(300)]
    )

    # Derived from the names at each save, as a candidate's.
    sort_key = models.CharField(max_length=600, editable=False)
    last_name_key = models.CharField(max_length=300, editable=False)
    identity_key = models.CharField(max_length=620, editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["establishment", "school_year", "class_name", "sort_key"], name="pupil_of_class"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="pupil_once_per_year",
                fields=["establishment", "school_year", "identity_key"],
                violation_error_message="Cet élève est déjà dans la liste de l’année.",
            ),
            models.CheckConstraint(
                name="pupil_extra_time_in_range",
                condition=Q(extra_time_percent__range=(0, 300)),
                violation_error_message="Le temps majoré va de 0 à 300 %%.",
            ),
            models.CheckConstraint(
                name="pupil_competences_in_range",
                condition=Q(certifiable_competences__isnull=True)
                | Q(certifiable_competences__range=(0, COMPETENCES_IN_ALL)),
                violation_error_message="Il y a 16 compétences.",
            ),
            models.CheckConstraint(
                name="pupil_named",
                condition=~Q(last_name="") & ~Q(first_name=""),
                violation_error_message="Le nom et le prénom sont obligatoires.",
            ),
        ]

    def __str__(self) -> str:
        return f"pupil {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive_keys()
        super().save(*args, **kwargs)

    def derive_keys(self) -> None:
        """Call before a bulk_create; `save` does it."""
        self.last_name_key = fold(self.last_name)
        self.sort_key = f"{self.last_name_key} {fold(self.first_name)}"
        self.identity_key = identity_key(self.last_name, self.first_name, self.birth_date)

    @property
    def full_name(self) -> str:
        """« Paul DUPONT »."""
        return f"{self.first_name} {self.last_name.upper()}"

    @property
    def certifiable(self) -> bool | None:
        """True « Certifiable », False « Pas encore certifiable », None « Non vérifié » (P2)."""
        if self.certifiable_competences is None:
            return None
        return self.certifiable_competences >= COMPETENCES_NEEDED
