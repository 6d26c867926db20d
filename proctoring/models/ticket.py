"""Six digits that let a pupil in whose identity does not match as he types it (R21, decision 0015)."""

from django.db import models
from django.db.models import Q

from pixsurv.kernel import crypto
from proctoring.models.entry import Entry
from sessions_app.models import Candidate, Session

DIGITS = 6


class Ticket(models.Model):
    """Bound to one candidate of one session; opens one entry, once.

    The digits are not stored: they are derived from the server's key and `nonce`, which is drawn, so that the proctor
    can be shown them again, and a copy of the database alone tells none. They are found by a keyed digest.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="tickets")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="tickets")
    nonce = models.CharField(max_length=43)
    fingerprint = models.CharField(max_length=43)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(
        Entry, on_delete=models.SET_NULL, null=True, blank=True, related_name="ticket"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="ticket_open_once_per_candidate",
                fields=["candidate"],
                condition=Q(used_at__isnull=True),
                violation_error_message="Cet élève a déjà un ticket.",
            ),
            models.UniqueConstraint(
                name="ticket_digits_once_per_session",
                fields=["session", "fingerprint"],
                violation_error_message="Ce ticket existe déjà dans cette session.",
            ),
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}"

    @property
    def digits(self) -> str:
        return crypto.derive_digits(f"ticket:{self.nonce}", DIGITS)

    @staticmethod
    def fingerprint_of(session_id: int, digits: str) -> str:
        """Keyed: a plain digest of six digits is guessed back in a second."""
        return crypto.derive(f"ticket:{session_id}:{digits}")


class TicketDoor(models.Model):
    """What holds back guessing in one session: wrong tickets counted, the door shut for a while."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="ticket_door")
    wrong = models.PositiveSmallIntegerField(default=0)
    counted_since = models.DateTimeField()
    shut_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"ticket door {self.session_id}"
