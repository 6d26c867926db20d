"""A browser or a test platform that came in for a candidate (mechanics §4)."""

import uuid

from django.db import models
from django.db.models import Q

from sessions_app.models import ApiKey, Candidate, Session


class Entry(models.Model):
    """One way in. It holds an attempt only once it has started or resumed it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="entries")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="entries")
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.SET_NULL, null=True, blank=True, related_name="entries"
    )
    # Seconds announced; null: this platform sends no heartbeat, its silence means nothing (D6).
    heartbeat = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="entry_heartbeat_in_range",
                condition=Q(heartbeat__isnull=True) | Q(heartbeat__range=(5, 60)),
                violation_error_message="Le battement va de 5 à 60 secondes.",
            )
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"
