"""What left the archive: who took which sessions, when, and the digest that the file can be compared with (I5)."""

import uuid

from django.db import models
from django.db.models import Q

from sessions_app.models import Account, Establishment


class ExportShape(models.TextChoices):
    ZIP = "zip", "Archive complète (ZIP)"
    SESSIONS_ODS = "sessions_ods", "Liste des sessions (tableur ODS)"
    SESSIONS_CSV = "sessions_csv", "Liste des sessions (CSV)"
    CANDIDATES_ODS = "candidates_ods", "Liste des candidats (tableur ODS)"
    CANDIDATES_CSV = "candidates_csv", "Liste des candidats (CSV)"


class Export(models.Model):
    """One file that somebody asked for. `finished_at` is None while it is made, and for ever when it was cut off.

    `digest` is the SHA-256 of the manifest of a ZIP, of the file itself for a list. Who owns the file can write another
    manifest into it; he cannot write another digest here. `key` stands in the manifest, so that both are found again.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="exports")
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.CharField("exporté par", max_length=200)
    shape = models.CharField("forme", max_length=16, choices=ExportShape)
    choice = models.CharField("choix", max_length=200)
    sessions = models.PositiveIntegerField("sessions")
    candidates = models.PositiveIntegerField("candidats", default=0)
    size = models.PositiveBigIntegerField("taille en octets", default=0)
    digest = models.CharField("empreinte", max_length=64, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["establishment", "-started_at"], name="export_of_establishment")]
        constraints = [
            models.CheckConstraint(
                name="export_shape_known",
                condition=Q(shape__in=ExportShape.values),
                violation_error_message="Cette forme d’export n’existe pas.",
            ),
            models.CheckConstraint(
                name="export_digest_when_finished",
                condition=Q(finished_at__isnull=True, digest="")
                | (Q(finished_at__isnull=False) & ~Q(digest="")),
                violation_error_message="Un export terminé a une empreinte, un autre n’en a pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"
