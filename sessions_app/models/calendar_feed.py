"""A calendar that programs read by a secret link (P11)."""

from django.db import models
from django.db.models import Q

from pixsurv.kernel import crypto
from sessions_app.models.account import Account
from sessions_app.models.establishment import Establishment


class CalendarFeed(models.Model):
    """The sessions of a school, or those that one person watches, by a link that needs no sign-in.

    It belongs to a school or to an account, never to both. As with an invitation, the token is not stored: it is
    derived from the server's key and `nonce`, so that the link can be shown again, and a copy of the database alone
    opens nothing. It is found by its fingerprint.
    """

    establishment = models.ForeignKey(
        Establishment, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_feeds"
    )
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_feeds"
    )
    name = models.CharField("pour qui", max_length=100, blank=True)
    nonce = models.CharField(max_length=43)
    fingerprint = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendar_feed_one_owner",
                condition=Q(establishment__isnull=False, account__isnull=True)
                | Q(establishment__isnull=True, account__isnull=False),
                violation_error_message="Un lien d’agenda est celui d’un établissement ou celui d’un compte.",
            ),
            models.UniqueConstraint(
                name="calendar_feed_name_once",
                fields=["establishment", "name"],
                condition=Q(establishment__isnull=False, revoked_at__isnull=True),
                violation_error_message="Un lien d’agenda porte déjà ce nom.",
            ),
            models.UniqueConstraint(
                name="calendar_feed_once_per_account",
                fields=["account"],
                condition=Q(account__isnull=False, revoked_at__isnull=True),
                violation_error_message="Ce compte a déjà un lien d’agenda.",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"

    def token(self) -> str:
        return crypto.derive(f"calendar:{self.nonce}")
