"""The journal: one append-only row for every act that a report could cite (mechanics §1)."""

from django.db import models
from django.db.models import Q

from sessions_app.enums import EventKind
from sessions_app.models.session import Session


class Event(models.Model):
    """An act. Columns hold opaque ids and times only; all personal data lives in `facts`.

    Never updated, never deleted: triggers on both databases see to it (`sessions_app.triggers`). Written only by
    `sessions_app.services.journal`.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, choices=EventKind)
    candidate_id = models.BigIntegerField(null=True)
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    facts = models.JSONField(null=True)
    salt = models.CharField(max_length=32, null=True)
    facts_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["session_id", "sequence"]
        constraints = [
            models.UniqueConstraint(name="event_sequence_once", fields=["session", "sequence"]),
            models.CheckConstraint(name="event_kind_known", condition=Q(kind__in=EventKind.values)),
            models.CheckConstraint(
                name="event_facts_and_salt_together",
                condition=Q(facts__isnull=True, salt__isnull=True)
                | Q(facts__isnull=False, salt__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.session_id}/{self.sequence}"
