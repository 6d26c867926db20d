"""An invitation to join a school (P1)."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from pixsurv.kernel import crypto
from sessions_app.enums import Role
from sessions_app.models.account import Account
from sessions_app.models.establishment import Establishment


class Invitation(models.Model):
    """A role offered to an e-mail address, by a link that works once and for fourteen days.

    The token is not stored: it is derived from the server's key and `nonce`, so that an admin can be shown the
    link again, and a copy of the database alone opens nothing. It is found by its fingerprint.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("adresse e-mail")
    role = models.CharField("rôle", max_length=20, choices=Role)
    nonce = models.CharField(max_length=43)
    fingerprint = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="invitation_open_once",
                fields=["establishment", "email", "role"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                violation_error_message="Cette personne est déjà invitée avec ce rôle.",
            ),
            models.CheckConstraint(
                name="invitation_role_known",
                condition=Q(role__in=Role.values),
                violation_error_message="Ce rôle n’existe pas.",
            ),
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                violation_error_message="Une invitation est acceptée ou annulée, pas les deux.",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def token(self) -> str:
        return crypto.derive(f"invitation:{self.nonce}")

    def is_expired(self, now: datetime) -> bool:
        return now >= self.expires_at
