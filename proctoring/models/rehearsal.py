"""Somebody training in a room of invented pupils (R19)."""

from django.db import models
from django.db.models import F, Q

from sessions_app.models import Session


class Rehearsal(models.Model):
    """What its session does not say: whose it is, until when it lives, how far its story is told.

    One a device, found by the hash of the device's mark. `done` is the script's steps that were played, each with
    the instant: a pupil's next one counts from it.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="rehearsal")
    device_fingerprint = models.CharField(max_length=64, unique=True)
    # Keyed: how many live behind one address is counted, the address itself is not kept.
    address_fingerprint = models.CharField(max_length=43)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    code_shown_at = models.DateTimeField(null=True, blank=True)
    done = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rehearsal_life_coherent",
                condition=Q(expires_at__gt=F("begun_at")),
                violation_error_message="Un entraînement finit après son début.",
            )
        ]

    def __str__(self) -> str:
        return f"rehearsal {self.pk}"
