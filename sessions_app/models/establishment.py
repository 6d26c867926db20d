"""A school and what it decided for itself (P9)."""

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from pixsurv.kernel import crypto
from sessions_app.enums import LatePolicy


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("Ce fuseau horaire n’existe pas.")


class EstablishmentManager(models.Manager["Establishment"]):
    """The schools: the one to which rehearsals belong has no member, and is in no list (mechanics §13)."""

    def get_queryset(self) -> models.QuerySet["Establishment"]:
        return super().get_queryset().filter(is_hidden=False)


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
    retention_years = models.PositiveSmallIntegerField(
        "durée de conservation, en années",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    # Who answers for personal data, as the notice names them (needs §3.1); empty: the notice says the function alone.
    controller = models.CharField("responsable du traitement", max_length=200, blank=True)
    data_officer = models.CharField("délégué à la protection des données", max_length=200, blank=True)
    is_demo = models.BooleanField("démonstration", default=False)
    # « Entraînement »: made by the first rehearsal, one for all of them.
    is_hidden = models.BooleanField("technique", default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EstablishmentManager()
    with_hidden = models.Manager["Establishment"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="establishment_one_hidden",
                fields=["is_hidden"],
                condition=Q(is_hidden=True),
                violation_error_message="L’établissement des entraînements existe déjà.",
            ),
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
            models.CheckConstraint(
                name="establishment_retention_in_range",
                condition=Q(retention_years__range=(1, 50)),
                violation_error_message="La durée de conservation va de 1 à 50 ans.",
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
    ending = models.CharField("derniers caractères", max_length=4, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="api_key_name_once",
                fields=["establishment", "name"],
                condition=Q(revoked_at__isnull=True),
                violation_error_message="Une clé porte déjà ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def fingerprint_of(cls, secret: str) -> str:
        return crypto.fingerprint(secret)


class Contact(models.Model):
    """« Qui appeler »: somebody of the school, by kind of problem (P9)."""

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField("nom", max_length=100)
    purpose = models.CharField("pour quoi", max_length=200)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    place = models.CharField("où", max_length=100, blank=True)
    hours = models.CharField("quand", max_length=100, blank=True)
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        ordering = ["position", "purpose", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it: digits, and a plus sign in front."""
        digits = "".join(char for char in self.phone if char.isascii() and char.isdigit())
        return f"+{digits}" if self.phone.startswith("+") else digits
