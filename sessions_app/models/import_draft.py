"""A list that waits between its upload and its confirmation, and what a school taught us of its columns."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from sessions_app.models.account import Account
from sessions_app.models.establishment import Establishment
from sessions_app.models.session import Session

LIFE = timedelta(hours=24)  # mechanics §9


class DraftQuerySet[Draft: UploadedList](models.QuerySet[Draft]):
    def alive(self, now: datetime) -> Self:
        return self.filter(created_at__gt=now - LIFE)

    def expired(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - LIFE)


class UploadedList(models.Model):
    """The cells of one list, for 24 hours; what it is for, each kind of draft says.

    `rows` is a list of [line of the file, cells]. As soon as `columns` says which column is what, the cells of
    every other column are gone: what is not kept is not stored either (reference/files.md §5). Once imported,
    the row stays, empty, until it expires: a confirmation sent twice finds what it did.
    """

    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    sheet_name = models.CharField(max_length=200, blank=True)
    header_line = models.PositiveIntegerField()
    labels = models.JSONField(default=list)
    columns = models.JSONField(null=True)
    rows = models.JSONField(default=list)
    created_at = models.DateTimeField(db_index=True)
    imported_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class ImportDraft(UploadedList):
    """A list of candidates for one session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="import_drafts")

    objects = DraftQuerySet["ImportDraft"].as_manager()

    def __str__(self) -> str:
        return f"import draft {self.pk}"


class PupilDraft(UploadedList):
    """A list of pupils of one school year, or the profiles that Pix Orga exported for them.

    `settled` says of a line of profiles that names alone do not settle whose it is: {line: pupil's id, 0 for nobody}.
    """

    class Kind(models.TextChoices):
        PUPILS = "pupils", "Liste d’élèves"
        PROFILES = "profiles", "Profils de Pix Orga"

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="pupil_drafts")
    school_year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    settled = models.JSONField(default=dict)

    objects = DraftQuerySet["PupilDraft"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pupil_draft_kind_known",
                condition=Q(kind__in=["pupils", "profiles"]),
                violation_error_message="Ce fichier n’est ni une liste d’élèves, ni un export de profils.",
            )
        ]

    def __str__(self) -> str:
        return f"pupil draft {self.pk}"

    @property
    def holds_profiles(self) -> bool:
        return self.kind == self.Kind.PROFILES


class ImportMapping(models.Model):
    """« Quelle colonne est quoi », remembered for lists with the same titles."""

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="import_mappings")
    signature = models.CharField(max_length=64)
    columns = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="import_mapping_once_per_titles",
                fields=["establishment", "signature"],
                violation_error_message="Ces colonnes sont déjà connues.",
            )
        ]

    def __str__(self) -> str:
        return f"import mapping {self.pk}"
