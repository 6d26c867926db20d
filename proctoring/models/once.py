"""What was answered to a request that must not count twice (mechanics §10)."""

from django.db import models


class Once(models.Model):
    """A key within its scope; the same key with another body is refused. Kept 48 hours."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    body_fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="once_created_at")]
        constraints = [models.UniqueConstraint(name="once_per_scope", fields=["scope", "key"])]

    def __str__(self) -> str:
        return f"once {self.pk}"
