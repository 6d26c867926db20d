"""A candidate says that his question is broken (R15)."""

from django.db import models
from django.db.models import Q

from proctoring.enums import AlertStatus
from proctoring.models.attempt import Attempt


class Alert(models.Model):
    """At most one open a candidate and question."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="alerts")
    question = models.PositiveSmallIntegerField()
    kinds = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=AlertStatus, default=AlertStatus.OPEN)
    raised_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    # Until then the answer can be undone, and the candidate is told nothing (R15); null: final since it was given.
    final_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="alert_one_open_per_question",
                fields=["attempt", "question"],
                condition=Q(status=AlertStatus.OPEN),
                violation_error_message="Un signalement est déjà en attente sur cette question.",
            ),
            models.CheckConstraint(
                name="alert_handled_coherent",
                condition=Q(status=AlertStatus.OPEN, handled_at__isnull=True)
                | (~Q(status=AlertStatus.OPEN) & Q(handled_at__isnull=False)),
                violation_error_message="Un signalement traité a une heure.",
            ),
            models.CheckConstraint(
                name="alert_final_only_once_answered",
                condition=Q(final_at__isnull=True)
                | Q(status__in=[AlertStatus.REFUSED, AlertStatus.VALIDATED]),
                violation_error_message="Seul un signalement traité a une réponse définitive.",
            ),
            models.CheckConstraint(
                name="alert_status_known",
                condition=Q(status__in=AlertStatus.values),
                violation_error_message="Cet état de signalement n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"
