"""What a room can't settle alone and sends up to an admin (R10, R12, R21)."""

from django.db import models
from django.db.models import Q

from proctoring.enums import CaseKind, CaseState
from proctoring.models.access import ProctorAccess
from sessions_app.models import Account, Candidate, Session


class Case(models.Model):
    """Asked in one room, answered on the day board; at most one open a kind and candidate.

    Columns hold ids and times. Who is meant, why, and who answered stand in the facts of the two events that
    `raised_sequence` and `answered_sequence` name in the session's journal, so that they are eliminated with it.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="cases")
    kind = models.CharField(max_length=12, choices=CaseKind)
    # None while a pupil who is on no list waits for an answer. A transfer is about a candidate of another session.
    candidate = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, null=True, blank=True, related_name="cases"
    )
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        ProctorAccess, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )
    raised_sequence = models.PositiveIntegerField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="answered_cases"
    )
    answered_sequence = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["session", "state"], name="case_of_session")]
        constraints = [
            models.UniqueConstraint(
                name="case_one_open_per_kind",
                fields=["kind", "candidate"],
                condition=Q(state=CaseState.OPEN),
                violation_error_message="Une demande de cette nature attend déjà une réponse pour cet élève.",
            ),
            models.CheckConstraint(
                name="case_kind_known",
                condition=Q(kind__in=CaseKind.values),
                violation_error_message="Cette nature de demande n’existe pas.",
            ),
            models.CheckConstraint(
                name="case_state_known",
                condition=Q(state__in=CaseState.values),
                violation_error_message="Cet état de demande n’existe pas.",
            ),
            models.CheckConstraint(
                name="case_answered_coherent",
                condition=Q(state=CaseState.OPEN, answered_at__isnull=True, answered_sequence__isnull=True)
                | (~Q(state=CaseState.OPEN) & Q(answered_at__isnull=False, answered_sequence__isnull=False)),
                violation_error_message="Une demande qui a reçu sa réponse dit quand.",
            ),
            models.CheckConstraint(
                name="case_about_a_candidate",
                condition=Q(kind=CaseKind.NOT_LISTED) | Q(candidate__isnull=False),
                violation_error_message="Cette demande concerne un élève inscrit.",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"
