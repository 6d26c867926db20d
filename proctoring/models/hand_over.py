"""Passing a room to another device: an address that works once, for five minutes (A3, decision 0015)."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from pixsurv.kernel import crypto
from proctoring.models.access import ProctorAccess
from sessions_app.models import Account, Session
from sessions_app.models.session import DIGITS, LETTERS

LENGTH = 16  # of 24 symbols: 73 bits
GROUP = 4


class HandOver(models.Model):
    """Made by an admin, taken by who opens its address and says his name.

    The token is not stored: it is derived from the server's key and `nonce`, so that the admin's page can be shown
    again, and a copy of the database alone opens nothing. It is found by its fingerprint.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="hand_overs")
    made_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    nonce = models.CharField(max_length=43)
    fingerprint = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Ids of the accesses that end when it is taken: handing over instead of adding.
    ends = models.JSONField(default=list, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    access = models.OneToOneField(
        ProctorAccess, on_delete=models.SET_NULL, null=True, blank=True, related_name="hand_over"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hand_over_taken_coherent",
                condition=Q(access__isnull=True) | Q(taken_at__isnull=False),
                violation_error_message="Un passage pris dit quand.",
            )
        ]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"

    def token(self) -> str:
        """« K7MPQR… »: typed as well as scanned."""
        return crypto.derive_symbols(f"hand-over:{self.nonce}", DIGITS + LETTERS, LENGTH)

    @property
    def spelled(self) -> str:
        """« K7MP-QRTB-… », as the address has it."""
        token = self.token()
        return "-".join(token[at : at + GROUP] for at in range(0, LENGTH, GROUP))

    @staticmethod
    def fingerprint_of(typed: str) -> str:
        """Of the token however it is typed: any case, with or without its hyphens."""
        return crypto.fingerprint("".join(char for char in typed.upper() if char.isalnum()))

    def is_open(self, now: datetime) -> bool:
        return self.taken_at is None and now < self.expires_at
