"""A pupil on the list of one session."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from pixsurv.kernel.identity import fold, identity_key
from sessions_app.enums import SignInMode
from sessions_app.models.session import Session

# P2: certifiable = at least 5 competences at level ≥ 1, of the 16 of the framework.
COMPETENCES_NEEDED = 5
COMPETENCES_IN_ALL = 16


class Candidate(models.Model):
    """A candidate as enrolled. What happens to him is an attempt; what is known of him stays here."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="candidates")
    # Whom of the school's list he was enrolled from; what is known of him is copied, for it is that day's.
    pupil = models.ForeignKey(
        "sessions_app.Pupil", on_delete=models.SET_NULL, null=True, blank=True, related_name="candidates"
    )
    last_name = models.CharField("nom de naissance", max_length=100)
    first_name = models.CharField("prénom", max_length=100)
    birth_date = models.DateField("date de naissance")
    class_name = models.CharField("classe", max_length=50, blank=True)
    local_id = models.CharField("identifiant local", max_length=100, blank=True)
    extra_time_percent = models.PositiveSmallIntegerField(
        "temps majoré (%)", default=0, validators=[MaxValueValidator(300)]
    )
    certifiable_competences = models.PositiveSmallIntegerField(
        "compétences certifiables", null=True, blank=True, validators=[MaxValueValidator(COMPETENCES_IN_ALL)]
    )
    became_certifiable_at = models.DateTimeField(null=True, blank=True)
    sign_in_mode = models.CharField(
        "mode de connexion", max_length=20, choices=SignInMode, default=SignInMode.UNKNOWN, blank=True
    )

    # Derived from the names at each save: sorting (R5), homonyms (R9) and identity (R14) in one query.
    sort_key = models.CharField(max_length=600, editable=False)
    last_name_key = models.CharField(max_length=300, editable=False)
    identity_key = models.CharField(max_length=620, editable=False)
    # Both orders without a space: a prefix of either finds him among all years (R7, I5). Empty once eliminated.
    last_first_key = models.CharField(max_length=600, editable=False, default="", blank=True)
    first_last_key = models.CharField(max_length=600, editable=False, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["session", "last_name_key"], name="candidate_last_name"),
            # For LIKE 'PREFIX%' on PostgreSQL; SQLite, which knows no such class, is asked for a range. With the
            # session: which ones somebody was in is read from the index alone.
            models.Index(
                fields=["last_first_key", "session"],
                name="candidate_last_first",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(
                fields=["first_last_key", "session"],
                name="candidate_first_last",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="candidate_once_per_session",
                fields=["session", "identity_key"],
                violation_error_message="Ce candidat est déjà inscrit à cette session.",
            ),
            models.CheckConstraint(
                name="candidate_extra_time_in_range",
                condition=Q(extra_time_percent__range=(0, 300)),
                violation_error_message="Le temps majoré va de 0 à 300 %%.",
            ),
            models.CheckConstraint(
                name="candidate_competences_in_range",
                condition=Q(certifiable_competences__isnull=True)
                | Q(certifiable_competences__range=(0, COMPETENCES_IN_ALL)),
                violation_error_message="Il y a 16 compétences.",
            ),
            models.CheckConstraint(
                name="candidate_named",
                condition=~Q(last_name="") & ~Q(first_name=""),
                violation_error_message="Le nom et le prénom sont obligatoires.",
            ),
        ]

    def __str__(self) -> str:
        return f"candidate {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive_keys()
        super().save(*args, **kwargs)

    def derive_keys(self) -> None:
        """Call before a bulk_create; `save` does it."""
        self.last_name_key = fold(self.last_name)
        first = fold(self.first_name)
        self.sort_key = f"{self.last_name_key} {first}"
        self.last_first_key, self.first_last_key = self.last_name_key + first, first + self.last_name_key
        self.identity_key = identity_key(self.last_name, self.first_name, self.birth_date)

    @property
    def full_name(self) -> str:
        """« Paul DUPONT »."""
        return f"{self.first_name} {self.last_name.upper()}"

    @property
    def certifiable(self) -> bool | None:
        """True « Certifiable », False « Pas encore certifiable », None « Non vérifié »; only False is refused (P2)."""
        if self.became_certifiable_at is not None:
            return True
        if self.certifiable_competences is None:
            return None
        return self.certifiable_competences >= COMPETENCES_NEEDED
