"""A file of several sessions that waits between its upload and its confirmation (P5)."""

from datetime import datetime
from typing import Self

from django.db import models

from sessions_app.enums import Followed, SessionKind
from sessions_app.models.account import Account
from sessions_app.models.establishment import Establishment
from sessions_app.models.import_draft import LIFE


class SessionsDraftQuerySet(models.QuerySet["SessionsDraft"]):
    def expired(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - LIFE)


class SessionsDraft(models.Model):
    """The cells of one file for one school, for 24 hours; of columns that we keep only (reference/files.md §5).

    `rows` is a list of [line of the file, cells]; `columns` says where each of our fields stands. `kind`, `followed`,
    `duration` and `workstations` are what the file does not say of the sessions that it makes. Once imported, the row
    stays, without cells, until it expires: a confirmation sent twice finds in `made` the numbers of what it made.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="sessions_drafts")
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    sheet_name = models.CharField(max_length=200, blank=True)
    labels = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    kind = models.CharField(max_length=20, choices=SessionKind, default=SessionKind.CERTIFICATION)
    followed = models.CharField(max_length=10, choices=Followed, default=Followed.PIXSURV)
    duration = models.PositiveSmallIntegerField(default=105)
    workstations = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(db_index=True)
    imported_at = models.DateTimeField(null=True)
    made = models.JSONField(default=list)
    changed = models.JSONField(default=list)

    objects = SessionsDraftQuerySet.as_manager()

    def __str__(self) -> str:
        return f"sessions draft {self.pk}"
