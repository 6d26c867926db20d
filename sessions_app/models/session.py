"""One certification session: one room, one start, one list of candidates (P3, P4)."""

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from pixsurv.kernel import crypto
from pixsurv.kernel.journal import GENESIS
from sessions_app.enums import Followed, RoomIncidentKind, SessionKind, SessionState
from sessions_app.models.account import Account
from sessions_app.models.establishment import Establishment

LETTERS = "BCDFGHJKMPQRTVWXY"
DIGITS = "2346789"
PASSWORD_PREFIX = "C-"
PASSWORD_LENGTH = 6


def draw_password() -> str:
    """`C-` and 6 symbols of P4."""
    return PASSWORD_PREFIX + crypto.draw(DIGITS + LETTERS, PASSWORD_LENGTH)


def draw_access_code() -> str:
    """4 letters and 2 digits of P4."""
    return crypto.draw(LETTERS, 4) + crypto.draw(DIGITS, 2)


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, account: Account) -> Self:
        """The sessions of the establishments where this account is an admin."""
        return self.filter(
            establishment__memberships__account=account, establishment__memberships__role="admin"
        ).distinct()


_FromQuerySet = models.Manager.from_queryset(SessionQuerySet)


class SessionManager(_FromQuerySet["Session"]):
    """The sessions of schools. A rehearsal (R19) is none of them: whoever means it asks for it by name."""

    def get_queryset(self) -> SessionQuerySet:
        return SessionQuerySet(self.model, using=self._db).exclude(kind=SessionKind.REHEARSAL)


class Session(models.Model):
    """A session and the head of its journal.

    `launched_at`, `first_entry_at`, `instructions_read_at`, `closed_at` and `next_due_at` are written by the room's
    services, so that what guards preparation needs no look upward (architecture §1). `sequence` is the number of the
    last event: the version that the room polls. `list_sequence` is that of the last event that changed more than
    single rows.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveIntegerField("numéro de la session", unique=True)
    kind = models.CharField("nature", max_length=20, choices=SessionKind, default=SessionKind.CERTIFICATION)
    followed = models.CharField("suivi des tests", max_length=10, choices=Followed, default=Followed.PIXSURV)
    site = models.CharField("site", max_length=200)
    room = models.CharField("salle", max_length=100)
    starts_at = models.DateTimeField("début")
    duration = models.PositiveSmallIntegerField(
        "durée en minutes", default=105, validators=[MinValueValidator(15), MaxValueValidator(240)]
    )
    proctor_names = models.CharField("surveillants", max_length=300, blank=True)
    observations = models.TextField("observations", blank=True)
    workstations = models.PositiveSmallIntegerField("postes", null=True, blank=True)
    spare_workstations = models.PositiveSmallIntegerField("postes de secours", default=1)

    sealed_password = models.TextField("mot de passe, chiffré")
    access_code = models.CharField("code d’accès", max_length=6)

    state = models.CharField("état", max_length=12, choices=SessionState, default=SessionState.PLANNED)
    first_entry_at = models.DateTimeField(null=True, blank=True)
    launched_at = models.DateTimeField(null=True, blank=True)
    # « Consignes lues » (R4): here, so that the room's step bar knows of it without a query.
    instructions_read_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Hash of the event `closed`, as it was printed on the report (I4); addenda move the head beyond it.
    seal = models.CharField("sceau", max_length=64, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField("raison de l’annulation", max_length=200, blank=True)
    # When its elimination began; it is over when the state says so. The journal's guard is open in between only.
    eliminating_at = models.DateTimeField(null=True, blank=True)

    sequence = models.PositiveIntegerField(default=0)
    list_sequence = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default=GENESIS)
    next_due_at = models.DateTimeField(null=True, blank=True)
    # The last « Incident dans toute la salle » (R23): here, so that a row, a refresh and the clock know of it without
    # a query. It runs while nobody ended it; `incident_key` is the sequence of the event that began it.
    incident_kind = models.CharField(max_length=10, choices=RoomIncidentKind, blank=True)
    incident_since = models.DateTimeField(null=True, blank=True)
    incident_key = models.PositiveIntegerField(null=True, blank=True)
    incident_over_at = models.DateTimeField(null=True, blank=True)  # when its end was decided
    created_at = models.DateTimeField(auto_now_add=True)
    # When what a calendar says of it last changed (P11); None since it was made.
    revised_at = models.DateTimeField(null=True, blank=True)
    # The session that this one makes up for: postponed, or its absentees called again (P10).
    follows = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followers"
    )
    # Made when the form was shown, so that a form sent twice makes one session (mechanics §10).
    once = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = SessionManager()
    # For what is done in a room, whichever it is; never for a list that somebody reads (mechanics §13).
    with_rehearsals = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["establishment", "starts_at"], name="session_of_establishment")]
        constraints = [
            models.CheckConstraint(
                name="session_state_known",
                condition=Q(state__in=SessionState.values),
                violation_error_message="Cet état de session n’existe pas.",
            ),
            models.CheckConstraint(
                name="session_kind_known",
                condition=Q(kind__in=SessionKind.values),
                violation_error_message="Cette nature de session n’existe pas.",
            ),
            models.CheckConstraint(
                name="session_followed_known",
                condition=Q(followed__in=Followed.values),
                violation_error_message="Ce suivi des tests n’existe pas.",
            ),
            models.CheckConstraint(
                name="session_duration_in_range",
                condition=Q(duration__range=(15, 240)),
                violation_error_message="La durée va de 15 à 240 minutes.",
            ),
            models.CheckConstraint(
                name="session_launched_coherent",
                condition=(
                    Q(state=SessionState.LAUNCHED, launched_at__isnull=False)
                    | Q(state__in=[SessionState.PLANNED, SessionState.CANCELLED], launched_at__isnull=True)
                    | Q(state__in=[SessionState.CLOSED, SessionState.ELIMINATED])
                ),
                violation_error_message="Une session lancée a une heure de lancement, une session prévue n’en a pas.",
            ),
            models.CheckConstraint(
                name="session_closed_coherent",
                condition=(
                    Q(state=SessionState.CLOSED, closed_at__isnull=False)
                    # What it was before: a session that never took place is eliminated without a closing.
                    | Q(state=SessionState.ELIMINATED)
                    | Q(
                        state__in=[SessionState.PLANNED, SessionState.LAUNCHED, SessionState.CANCELLED],
                        closed_at__isnull=True,
                    )
                ),
                violation_error_message="Une session clôturée a une heure de clôture, une autre n’en a pas.",
            ),
            models.CheckConstraint(
                name="session_cancelled_coherent",
                condition=(
                    Q(state=SessionState.CANCELLED, cancelled_at__isnull=False)
                    | Q(state=SessionState.ELIMINATED)
                    | (~Q(state=SessionState.CANCELLED) & Q(cancelled_at__isnull=True))
                ),
                violation_error_message="Une session annulée a une heure d’annulation, une autre n’en a pas.",
            ),
            models.CheckConstraint(
                name="session_eliminated_coherent",
                condition=~Q(state=SessionState.ELIMINATED) | Q(eliminating_at__isnull=False),
                violation_error_message="Une session éliminée a une heure d’élimination.",
            ),
            models.CheckConstraint(
                name="session_seal_only_when_closed",
                condition=Q(seal="") | Q(state__in=[SessionState.CLOSED, SessionState.ELIMINATED]),
                violation_error_message="Seule une session clôturée porte un sceau.",
            ),
            models.CheckConstraint(
                name="session_incident_coherent",
                condition=Q(
                    incident_kind="",
                    incident_since__isnull=True,
                    incident_key__isnull=True,
                    incident_over_at__isnull=True,
                )
                | Q(
                    incident_kind__in=RoomIncidentKind.values,
                    incident_since__isnull=False,
                    incident_key__isnull=False,
                ),
                violation_error_message="Un incident dans toute la salle a une nature et une heure de début.",
            ),
            models.CheckConstraint(
                name="session_incident_runs_in_open_room",
                condition=Q(incident_since__isnull=True)
                | Q(incident_over_at__isnull=False)
                | Q(state__in=[SessionState.PLANNED, SessionState.LAUNCHED]),
                violation_error_message="Aucun incident ne dure dans une salle où tout est fini.",
            ),
            models.CheckConstraint(
                name="session_site_and_room_given",
                condition=~Q(site="") & ~Q(room=""),
                violation_error_message="Le site et la salle sont obligatoires.",
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.number}"

    @property
    def zone(self) -> ZoneInfo:
        return self.establishment.zone

    def local(self, instant: datetime) -> datetime:
        """An instant at the clock of the establishment."""
        return instant.astimezone(self.zone)

    @property
    def is_over(self) -> bool:
        """Closed, cancelled or eliminated: nothing can be done in the room any more."""
        return self.state in {SessionState.CLOSED, SessionState.CANCELLED, SessionState.ELIMINATED}

    @property
    def by_hand(self) -> bool:
        return self.followed == Followed.BY_HAND

    @property
    def incident_runs(self) -> bool:
        """« Incident dans toute la salle », which nobody ended yet (R23)."""
        return self.incident_since is not None and self.incident_over_at is None

    def password(self) -> str:
        """The session password in the clear; raises crypto.Unreadable."""
        return crypto.unseal(self.sealed_password)
