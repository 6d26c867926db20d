"""Somebody watching a room (R2)."""

from django.db import models
from django.db.models import Q

from sessions_app.models import Account, Session


class ProctorAccess(models.Model):
    """One login to one room, on one device. Found by the hash of its token."""

    class End(models.TextChoices):
        LEFT = "left", "A quitté"
        REVOKED = "revoked", "Retiré par un administrateur"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="accesses")
    account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="accesses"
    )
    name = models.CharField("nom et prénom", max_length=200)
    # An admin of the establishment at login: reopens, and vouches for a written decision.
    is_admin = models.BooleanField(default=False)
    device = models.CharField("appareil", max_length=200, blank=True)
    token_fingerprint = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    # R1: on another date than the session's, « Je suis dans la bonne salle » once.
    room_confirmed_at = models.DateTimeField(null=True, blank=True)
    # R3: « Masquer l’écran ».
    masked_at = models.DateTimeField(null=True, blank=True)
    # R10: « à la suite de l’appel ».
    roll_call_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, choices=End, blank=True)

    class Meta:
        indexes = [models.Index(fields=["session", "last_seen_at"], name="access_of_session")]
        constraints = [
            models.CheckConstraint(
                name="access_end_coherent",
                condition=Q(ended_at__isnull=True, ended_how="")
                | Q(ended_at__isnull=False, ended_how__in=["left", "revoked"]),
                violation_error_message="Un accès terminé dit quand et comment.",
            )
        ]

    def __str__(self) -> str:
        return f"access {self.pk}"
