"""A page of a signed paper, photographed, that waits to be bound with others into one PDF (I3)."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models

from sessions_app.models import Session

LIFE = timedelta(hours=24)  # as every draft (mechanics §9)


class PaperPageQuerySet(models.QuerySet["PaperPage"]):
    def waiting(self, session_id: int, holder: str, now: datetime) -> Self:
        """In their order, without their bytes."""
        found = self.filter(session_id=session_id, holder=holder, created_at__gt=now - LIFE)
        return found.defer("content", "small").order_by("position", "pk")

    def expired(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - LIFE)


class PaperPage(models.Model):
    """Ours, drawn anew: never the bytes that were sent. `holder`: who collects it, an opaque id of access or account.

    `source` is the digest of what was sent and the rank of the page in it: sent twice, it is one page.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="paper_pages")
    holder = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=70)
    content = models.BinaryField()
    small = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(db_index=True)

    objects = PaperPageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="paper_page_once",
                fields=["session", "holder", "source"],
                violation_error_message="Cette page attend déjà.",
            ),
        ]

    def __str__(self) -> str:
        return f"paper page {self.pk}"
