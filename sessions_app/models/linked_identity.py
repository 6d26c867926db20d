"""Who somebody is at the OpenID Connect provider (decision 0034)."""

from django.db import models

from sessions_app.models.account import Account


class LinkedIdentity(models.Model):
    """One account, one subject of an issuer, for ever the same: an address may pass to somebody else, a subject not."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="linked_identity_subject_once", fields=["issuer", "subject"]),
            models.UniqueConstraint(name="linked_identity_once_an_account", fields=["account", "issuer"]),
        ]

    def __str__(self) -> str:
        return f"identity {self.pk}"
