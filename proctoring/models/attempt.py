"""The test of one candidate: its state, its clock, who holds it."""

from django.db import models
from django.db.models import F, Q

from proctoring.enums import BEFORE, OVER, RUNNING, Arrival, AttemptState, Source
from proctoring.models.case import Case
from proctoring.models.entry import Entry
from sessions_app.models import Candidate, Session


class Attempt(models.Model):
    """One a candidate, created by the first act about him; no row means « expected ».

    Written in two ways only: by a locked service (state, times) with `update_fields`, and by the holder's heartbeat
    in one conditional UPDATE (last seen, question), which moves neither journal nor version (mechanics §1).
    """

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="attempt")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attempts")
    state = models.CharField(max_length=20, choices=AttemptState, default=AttemptState.EXPECTED)
    # The sequence of the last event about this candidate: what a delta is made of.
    last_sequence = models.PositiveIntegerField(default=0)

    workstation = models.CharField("poste", max_length=20, blank=True)
    first_present_at = models.DateTimeField(null=True, blank=True)
    present_at_launch = models.BooleanField(default=False)
    arrival = models.CharField(max_length=10, blank=True)
    late_refused_at = models.DateTimeField(null=True, blank=True)
    late_reason = models.CharField(max_length=200, blank=True)
    # R21: he came in by a ticket, his identity was not typed; incident C1 is proposed.
    entered_by_ticket_at = models.DateTimeField(null=True, blank=True)

    # The last one sent to the direction: what the row says of it costs no query.
    last_case = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    started_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    given_minutes = models.PositiveSmallIntegerField(default=0)
    resume_authorised_at = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    resume_requested_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)
    over_final_at = models.DateTimeField(null=True, blank=True)
    state_before_end = models.CharField(max_length=20, blank=True)
    end_batch = models.CharField(max_length=36, blank=True)
    end_undone_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.PIXSURV, blank=True)
    source_at = models.DateTimeField(null=True, blank=True)

    holder = models.ForeignKey(Entry, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_visible = models.BooleanField(default=True)
    silent_at = models.DateTimeField(null=True, blank=True)
    reconnected_at = models.DateTimeField(null=True, blank=True)
    question = models.PositiveSmallIntegerField(null=True, blank=True)

    # « Sortie », until « Retour » or an act that only somebody in the room can make (R24).
    out_since = models.DateTimeField(null=True, blank=True)

    # Counted by the services, so that a row costs no query: incidents that the room shows, proposals that wait.
    incidents_noted = models.PositiveSmallIntegerField(default=0)
    proposals_open = models.PositiveSmallIntegerField(default=0)
    # The last proposal that came without an event: the room learns of it by this instant (mechanics §2).
    proposed_at = models.DateTimeField(null=True, blank=True)

    # The built-in desk: what was drawn, and when the question now on screen was shown.
    question_ids = models.JSONField(default=list, blank=True)
    question_shown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["session"],
                name="attempt_with_a_clock",
                condition=Q(state__in=["in_progress", "resume_authorised", "ended"]),
            ),
            models.Index(fields=["session", "last_sequence"], name="attempt_changed"),
        ]
        constraints = [
            models.CheckConstraint(
                name="attempt_state_known",
                condition=Q(state__in=AttemptState.values),
                violation_error_message="Cet état de test n’existe pas.",
            ),
            models.CheckConstraint(
                name="attempt_started_coherent",
                condition=Q(state__in=sorted(BEFORE), started_at__isnull=True, deadline_at__isnull=True)
                | Q(state__in=sorted(RUNNING | OVER), started_at__isnull=False, deadline_at__isnull=False),
                violation_error_message="Un test commencé a une heure de début et une heure de fin prévue.",
            ),
            models.CheckConstraint(
                name="attempt_over_coherent",
                condition=Q(state__in=sorted(OVER), over_at__isnull=False)
                | Q(state__in=sorted(BEFORE | RUNNING), over_at__isnull=True),
                violation_error_message="Un test terminé a une heure de fin, un autre n’en a pas.",
            ),
            models.CheckConstraint(
                name="attempt_end_undo_coherent",
                condition=Q(
                    state=AttemptState.ENDED,
                    over_final_at__isnull=False,
                    state_before_end__in=sorted(RUNNING),
                )
                | (~Q(state=AttemptState.ENDED) & Q(over_final_at__isnull=True, state_before_end="")),
                violation_error_message="Une fin par le surveillant garde l’état d’avant et l’heure où elle est sûre.",
            ),
            models.CheckConstraint(
                name="attempt_resume_authorised_coherent",
                condition=Q(state=AttemptState.RESUME_AUTHORISED, resume_authorised_at__isnull=False)
                | ~Q(state=AttemptState.RESUME_AUTHORISED),
                violation_error_message="Une reprise autorisée a une heure.",
            ),
            models.CheckConstraint(
                name="attempt_request_only_while_running",
                condition=Q(resume_requested_at__isnull=True) | Q(state__in=sorted(RUNNING)),
                violation_error_message="Seul un test en cours peut attendre une reprise.",
            ),
            models.CheckConstraint(
                name="attempt_left_only_while_running",
                condition=Q(left_at__isnull=True) | Q(state__in=sorted(RUNNING)),
                violation_error_message="Seul un test en cours peut avoir été quitté.",
            ),
            models.CheckConstraint(
                name="attempt_out_only_in_course",
                condition=Q(out_since__isnull=True) | Q(state__in=[AttemptState.PRESENT, *sorted(RUNNING)]),
                violation_error_message="Seul un élève présent, qui n’a pas fini, peut être sorti.",
            ),
            models.CheckConstraint(
                name="attempt_source_coherent",
                condition=Q(source=Source.PIXSURV, source_at__isnull=True)
                | Q(source__in=[Source.HAND, Source.PAPER], source_at__isnull=False),
                violation_error_message="Une heure saisie dit d’où elle vient et quand elle a été saisie.",
            ),
            models.CheckConstraint(
                name="attempt_arrival_known",
                condition=Q(arrival__in=["", *Arrival.values]),
                violation_error_message="Cette réponse à la question du retard n’existe pas.",
            ),
            models.CheckConstraint(
                name="attempt_seen_only_once_started",
                condition=Q(started_at__isnull=False)
                | Q(
                    last_seen_at__isnull=True,
                    silent_at__isnull=True,
                    reconnected_at__isnull=True,
                    resumed_at__isnull=True,
                    resume_authorised_at__isnull=True,
                    reopened_at__isnull=True,
                    end_undone_at__isnull=True,
                ),
                violation_error_message="Un test qui n’a pas commencé n’a ni nouvelles, ni reprise, ni fin.",
            ),
            models.CheckConstraint(
                name="attempt_deadline_after_start",
                condition=Q(deadline_at__isnull=True) | Q(deadline_at__gte=F("started_at")),
                violation_error_message="L’heure de fin ne peut pas être avant le début.",
            ),
            models.CheckConstraint(
                name="attempt_over_after_start",
                condition=Q(over_at__isnull=True) | Q(over_at__gte=F("started_at")),
                violation_error_message="Un test ne peut pas finir avant d’avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"
