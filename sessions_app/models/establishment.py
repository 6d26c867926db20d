"""A school and what it decided for itself (P9)."""

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from pixsurv.kernel import crypto
from sessions_app.enums import LatePolicy


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("Ce fuseau horaire n’existe pas.")


class Establishment(models.Model):
    """A school. Everything of its own is seen by its own members only."""

    name = models.CharField("nom", max_length=200)
    time_zone = models.CharField(
        "fuseau horaire", max_length=64, default="Europe/Paris", validators=[validate_time_zone]
    )
    late_policy = models.CharField(
        "élève en retard après le lancement", max_length=20, choices=LatePolicy, default=LatePolicy.REFUSE
    )
    account_required = models.BooleanField("compte obligatoire pour surveiller", default=False)
    ends_by_itself = models.BooleanField("terminer automatiquement les tests à l’heure de fin", default=False)
    discreet_extra_time = models.BooleanField("affichage discret du temps majoré", default=True)
    is_demo = models.BooleanField("démonstration", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="establishment_late_policy_known",
                condition=Q(late_policy__in=LatePolicy.values),
                violation_error_message="Ce choix pour les élèves en retard n’existe pas.",
            ),
            models.CheckConstraint(
                name="establishment_name_given",
                condition=~Q(name=""),
                violation_error_message="Le nom de l’établissement est obligatoire.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class ApiKey(models.Model):
    """The key of a test platform (contract.md, Test-platform API): shown once, stored hashed, revocable."""

    PREFIX = "pxs_"

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField("nom", max_length=100)
    fingerprint = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def fingerprint_of(cls, secret: str) -> str:
        return crypto.fingerprint(secret)
