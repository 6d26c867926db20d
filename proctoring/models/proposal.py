"""What Pixsurv proposes to the proctor: a report line, or minutes (R15, R16, R21)."""

from django.db import models
from django.db.models import Q

from proctoring.enums import ProposalKind, ProposalOutcome
from proctoring.models.alert import Alert
from proctoring.models.attempt import Attempt


class Proposal(models.Model):
    """Waits in the lane until somebody keeps or ignores it; never acts by itself.

    `description` is what a kept incident would say; blank where the proctor must write it. Elimination blanks it.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=12, choices=ProposalKind)
    question = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    description = models.TextField(blank=True)
    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, null=True, blank=True, related_name="proposals"
    )
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=10, choices=ProposalOutcome, blank=True, default=ProposalOutcome.OPEN
    )

    class Meta:
        constraints = [
            # Kept or ignored, it does not come back for the same question (R16).
            models.UniqueConstraint(
                name="proposal_timed_out_once",
                fields=["attempt", "question"],
                condition=Q(kind=ProposalKind.TIMED_OUT),
                violation_error_message="Cette question a déjà sa proposition.",
            ),
            models.CheckConstraint(
                name="proposal_kind_known",
                condition=Q(kind__in=ProposalKind.values),
                violation_error_message="Cette proposition n’existe pas.",
            ),
            models.CheckConstraint(
                name="proposal_settled_coherent",
                condition=Q(outcome=ProposalOutcome.OPEN, settled_at__isnull=True)
                | Q(
                    outcome__in=[ProposalOutcome.KEPT, ProposalOutcome.DISMISSED, ProposalOutcome.LAPSED],
                    settled_at__isnull=False,
                ),
                violation_error_message="Une proposition réglée dit comment et à quelle heure.",
            ),
            models.CheckConstraint(
                name="proposal_minutes_coherent",
                condition=Q(kind=ProposalKind.ALERT_WAITED, minutes__range=(1, 120))
                | (~Q(kind=ProposalKind.ALERT_WAITED) & Q(minutes__isnull=True)),
                violation_error_message="Seule une attente propose de 1 à 120 minutes.",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"
