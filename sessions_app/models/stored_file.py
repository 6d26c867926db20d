"""Files of a school are rows: one backup, one transaction and one elimination hold them (mechanics §9)."""

import hashlib
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from sessions_app.models.establishment import Establishment
from sessions_app.models.session import Session

MAX_BYTES = 5 * 1024 * 1024


class FilePurpose(models.TextChoices):
    LOGO = "logo", "Logo de l’établissement"
    REPORT = "report", "PV d’incident scellé"
    ADDENDUM = "addendum", "Additif au PV d’incident"
    ATTENDANCE = "attendance", "Feuille d’émargement"
    SCAN = "scan", "Feuille signée numérisée"


class StoredFile(models.Model):
    """Bytes with what they are. `content` is never loaded with a list: name the columns, or `defer("content")`."""

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="files")
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="files"
    )
    purpose = models.CharField("usage", max_length=12, choices=FilePurpose)
    name = models.CharField("nom du fichier", max_length=200)
    content_type = models.CharField("type", max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField(validators=[MaxValueValidator(MAX_BYTES)])
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["session", "purpose"], name="file_of_session")]
        constraints = [
            models.CheckConstraint(
                name="stored_file_size_in_range",
                condition=Q(size__range=(0, MAX_BYTES)),
                violation_error_message="Un fichier pèse 5 Mo au plus.",
            ),
            models.CheckConstraint(
                name="stored_file_purpose_known",
                condition=Q(purpose__in=FilePurpose.values),
                violation_error_message="Cet usage de fichier n’existe pas.",
            ),
            models.UniqueConstraint(
                name="stored_file_one_logo",
                fields=["establishment"],
                condition=Q(purpose="logo"),
                violation_error_message="Un établissement a un seul logo.",
            ),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"

    def holding(self, content: bytes) -> Self:
        """Take these bytes, with their size and digest."""
        self.content = content
        self.size = len(content)
        self.sha256 = hashlib.sha256(content).hexdigest()
        return self
