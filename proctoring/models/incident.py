"""What went wrong, for one candidate or for the room (I1)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from proctoring.enums import IncidentSource
from proctoring.models.alert import Alert
from sessions_app.models import Candidate, Session

MOST_CHARACTERS = 500
LAST_QUESTION = 500


class Incident(models.Model):
    """One line of the report. Written and changed by a locked service, each time with an event.

    Elimination deletes it: its count by category stays in the ledger (I6). The category is a code of
    `proctoring.categories`; no constraint lists them, for Pix adds some.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="incidents")
    # Null: the whole room.
    candidate = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, null=True, blank=True, related_name="incidents"
    )
    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, null=True, blank=True, related_name="incidents"
    )
    category = models.CharField("catégorie", max_length=4)
    question = models.PositiveSmallIntegerField("numéro de la question", null=True, blank=True)
    workstation = models.CharField("poste", max_length=20, blank=True)
    description = models.TextField("description", blank=True)
    reported_by = models.CharField("noté par", max_length=200, blank=True)
    source = models.CharField(max_length=12, choices=IncidentSource, default=IncidentSource.HAND)
    observed_at = models.DateTimeField("heure")
    reported_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["session", "observed_at"], name="incident_of_session")]
        constraints = [
            models.CheckConstraint(
                name="incident_category_given",
                condition=~Q(category=""),
                violation_error_message="Un incident a une catégorie.",
            ),
            models.CheckConstraint(
                name="incident_question_in_range",
                condition=Q(question__isnull=True) | Q(question__range=(1, LAST_QUESTION)),
                violation_error_message="Le numéro de la question va de 1 à 500.",
            ),
            models.CheckConstraint(
                name="incident_description_short",
                condition=LessThanOrEqual(Length("description"), MOST_CHARACTERS),
                violation_error_message="La description tient en 500 caractères.",
            ),
            models.CheckConstraint(
                name="incident_source_coherent",
                condition=Q(source=IncidentSource.ALERT, alert__isnull=False)
                | Q(
                    source__in=[IncidentSource.HAND, IncidentSource.WORKSTATION, IncidentSource.PROPOSAL],
                    alert__isnull=True,
                ),
                violation_error_message="Seul un incident né d’un signalement y est lié.",
            ),
            models.UniqueConstraint(
                name="incident_once_per_alert",
                fields=["alert"],
                condition=Q(deleted_at__isnull=True),
                violation_error_message="Ce signalement a déjà son incident.",
            ),
        ]

    def __str__(self) -> str:
        return f"incident {self.pk}"


class FraudSheet(models.Model):
    """The facts of a suspected fraud, for admins alone: one row a version, the last one counts.

    The journal holds their digest, not their words: whoever reads the room's journal learns that a sheet was written,
    and the sheet can be proved to be the one of that day. Elimination blanks `facts` and `salt` together.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="sheets")
    facts = models.TextField("faits observés", blank=True)
    salt = models.CharField(max_length=32, blank=True)
    # The event that holds the digest, and who wrote it.
    sequence = models.PositiveIntegerField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="fraud_sheet_once_per_event",
                fields=["incident", "sequence"],
                violation_error_message="Cette version de la fiche existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return f"fraud sheet {self.pk}"
