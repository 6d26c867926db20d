"""What was eliminated, under which visa, by whom: the proof that stays when the data is gone (I6, decision 0023)."""

from django.db import models
from django.db.models import Q

from proctoring.enums import SlipKind, SlipState
from sessions_app.models import Account, Establishment, Session

LONGEST_REFERENCE = 100  # characters of a visa's reference

# States in which nothing was destroyed and nothing is being destroyed.
_BEFORE = [SlipState.DRAFTED, SlipState.APPROVED, SlipState.CANCELLED]


class EliminationSlip(models.Model):
    """« Bordereau d’élimination »: what a school wants to eliminate, then what it did.

    Drafted, then approved by the archives' visa (slips of archives only), then started, then done; cancelled at any
    time before it starts. `rank` numbers the slips of a school. Names are those of members of the school who acted.
    """

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="slips")
    rank = models.PositiveIntegerField("numéro")
    kind = models.CharField("nature", max_length=10, choices=SlipKind)
    state = models.CharField("état", max_length=10, choices=SlipState, default=SlipState.DRAFTED)
    # As it was called that day: the certificate must not change when the school's name does.
    school = models.CharField("établissement", max_length=200)
    # A slip of pupils: the list of that school year, whole.
    school_year = models.PositiveSmallIntegerField("année scolaire", null=True, blank=True)
    pupils = models.PositiveIntegerField("élèves éliminés", null=True, blank=True)

    drafted_at = models.DateTimeField()
    drafted_by = models.CharField("préparé par", max_length=200)
    visa_reference = models.CharField("référence du visa", max_length=LONGEST_REFERENCE, blank=True)
    visa_on = models.DateField("date du visa", null=True, blank=True)
    visa_noted_at = models.DateTimeField(null=True, blank=True)
    visa_noted_by = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.CharField("éliminé par", max_length=200, blank=True)
    started_account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField("annulé par", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="slip_rank_once",
                fields=["establishment", "rank"],
                violation_error_message="Un bordereau porte déjà ce numéro.",
            ),
            models.UniqueConstraint(
                name="slip_pupils_open_once",
                fields=["establishment", "school_year"],
                condition=Q(kind=SlipKind.PUPILS)
                & Q(state__in=[SlipState.DRAFTED, SlipState.APPROVED, SlipState.STARTED]),
                violation_error_message="Cette liste d’élèves est déjà sur un bordereau.",
            ),
            models.CheckConstraint(
                name="slip_kind_known",
                condition=Q(kind__in=SlipKind.values),
                violation_error_message="Cette nature de bordereau n’existe pas.",
            ),
            models.CheckConstraint(
                name="slip_state_known",
                condition=Q(state__in=SlipState.values),
                violation_error_message="Cet état de bordereau n’existe pas.",
            ),
            models.CheckConstraint(
                name="slip_visa_coherent",
                condition=Q(visa_reference="", visa_on__isnull=True, visa_noted_at__isnull=True)
                | (~Q(visa_reference="") & Q(visa_on__isnull=False, visa_noted_at__isnull=False)),
                violation_error_message="Un visa a une référence et une date.",
            ),
            models.CheckConstraint(
                name="slip_archives_need_a_visa",
                condition=~Q(kind=SlipKind.ARCHIVES)
                | Q(state__in=[SlipState.DRAFTED, SlipState.CANCELLED])
                | ~Q(visa_reference=""),
                violation_error_message="Des archives ne s’éliminent pas sans le visa des Archives.",
            ),
            models.CheckConstraint(
                name="slip_started_coherent",
                condition=Q(state__in=_BEFORE, started_at__isnull=True)
                | Q(state__in=[SlipState.STARTED, SlipState.DONE], started_at__isnull=False),
                violation_error_message="Une élimination commencée a une heure.",
            ),
            models.CheckConstraint(
                name="slip_done_coherent",
                condition=Q(state=SlipState.DONE, done_at__isnull=False)
                | (~Q(state=SlipState.DONE) & Q(done_at__isnull=True)),
                violation_error_message="Une élimination faite a une heure.",
            ),
            models.CheckConstraint(
                name="slip_cancelled_coherent",
                condition=Q(state=SlipState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=SlipState.CANCELLED) & Q(cancelled_at__isnull=True)),
                violation_error_message="Un bordereau annulé a une heure d’annulation.",
            ),
            models.CheckConstraint(
                name="slip_year_coherent",
                condition=Q(kind=SlipKind.PUPILS, school_year__isnull=False)
                | (~Q(kind=SlipKind.PUPILS) & Q(school_year__isnull=True)),
                violation_error_message="Seul un bordereau d’élèves porte une année scolaire.",
            ),
        ]

    def __str__(self) -> str:
        return f"slip {self.pk}"

    @property
    def name(self) -> str:
        """« n° 3 »."""
        return f"n°\u00a0{self.rank}"

    @property
    def needs_visa(self) -> bool:
        return self.kind == SlipKind.ARCHIVES

    @property
    def is_open(self) -> bool:
        """It can still be cancelled: nothing was destroyed."""
        return self.state in {SlipState.DRAFTED, SlipState.APPROVED}

    @property
    def may_eliminate(self) -> bool:
        """All that must come before was done; started already, it goes on."""
        ready = SlipState.APPROVED if self.needs_visa else SlipState.DRAFTED
        return self.state in {ready, SlipState.STARTED}


class Elimination(models.Model):
    """One session of a slip; once `eliminated_at` is set, the line of the ledger that says what it held.

    `counts` and `files` are anonymous: numbers, and of each file its purpose, size and digest. `seal`, `head` and
    `events` are those of its journal, `origin` the hash of its first event: they tell it from any other of that number.
    """

    slip = models.ForeignKey(EliminationSlip, on_delete=models.PROTECT, related_name="lines")
    # Null: deleted before it was eliminated, with nothing left to eliminate.
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="eliminations"
    )
    number = models.PositiveIntegerField("numéro de la session")
    # The slip was cancelled: the session may stand on another one.
    withdrawn = models.BooleanField(default=False)
    eliminated_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    files = models.JSONField(default=list, blank=True)
    seal = models.CharField(max_length=64, blank=True)
    head = models.CharField(max_length=64, blank=True)
    origin = models.CharField(max_length=64, blank=True)
    events = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="elimination_session_once",
                fields=["session"],
                condition=Q(withdrawn=False),
                violation_error_message="Cette session est déjà sur un bordereau.",
            ),
            models.UniqueConstraint(
                name="elimination_number_once_per_slip",
                fields=["slip", "number"],
                violation_error_message="Cette session est déjà sur ce bordereau.",
            ),
            models.CheckConstraint(
                name="elimination_not_withdrawn",
                condition=Q(withdrawn=False) | Q(eliminated_at__isnull=True),
                violation_error_message="Une session éliminée ne quitte plus son bordereau.",
            ),
        ]

    def __str__(self) -> str:
        return f"elimination {self.pk}"
