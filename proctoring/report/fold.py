"""report = fold(journal): a pure function, no query, no clock (I2).

The two tables below name every kind of event: what the report does with it, or why it says nothing of it. They
are keyed by text, so that a kind which an older or newer journal holds is no error here.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from proctoring.report import adjustments, attempts, session_acts, troubles
from proctoring.report.assembly import assembled
from proctoring.report.content import Report, SessionFacts
from proctoring.report.story import Act, Recorded, Story, as_sealed

type Fold = Callable[[Story, Act], None]

FOLDED: Mapping[str, Fold] = MappingProxyType(
    {
        "presence_confirmed": attempts.presence_confirmed,
        "presence_cancelled": attempts.presence_cancelled,
        "late_refused": attempts.late_refused,
        "started": attempts.started,
        "launch_taken_back": attempts.launch_taken_back,
        "resume_authorised": attempts.resume_authorised,
        "resume_cancelled": attempts.resume_cancelled,
        "resumed": attempts.resumed,
        "completed": attempts.completed,
        "ended": attempts.ended,
        "end_undone": attempts.end_undone,
        "reopened": attempts.reopened,
        "expired": attempts.expired,
        "resume_requested": attempts.resume_requested,
        "resume_dismissed": attempts.resume_dismissed,
        "left": attempts.left,
        "alert_raised": troubles.alert_raised,
        "alert_refused": troubles.alert_refused,
        "alert_validated": troubles.alert_validated,
        "alert_lapsed": troubles.alert_lapsed,
        "alert_undone": troubles.alert_undone,
        "incident_reported": troubles.incident_reported,
        "incident_changed": troubles.incident_changed,
        "incident_deleted": troubles.incident_deleted,
        "room_incident_started": troubles.room_incident_started,
        "room_incident_ended": troubles.room_incident_ended,
        "case_raised": troubles.case_raised,
        "case_answered": troubles.case_answered,
        "case_withdrawn": troubles.case_withdrawn,
        "minutes_given": adjustments.minutes_given,
        "minutes_taken_back": adjustments.minutes_taken_back,
        "extra_time_set": adjustments.extra_time_set,
        "workstation_changed": adjustments.workstation_changed,
        "went_out": adjustments.went_out,
        "came_back": adjustments.came_back,
        "became_certifiable": adjustments.became_certifiable,
        "ticket_issued": adjustments.ticket_issued,
        "ticket_used": adjustments.ticket_used,
        "candidate_enrolled": adjustments.candidate_enrolled,
        "candidate_corrected": adjustments.candidate_corrected,
        "candidate_transferred": adjustments.candidate_transferred,
        "instructions_read": session_acts.instructions_read,
        "proctor_entered": session_acts.proctor_entered,
        "proctor_left": session_acts.proctor_left,
        "access_ended": session_acts.proctor_left,
        "comment_changed": session_acts.comment_changed,
        "closed": session_acts.closed,
        "addendum": session_acts.addendum,
        "paper_scanned": session_acts.paper_scanned,
        "paper_removed": session_acts.paper_removed,
    }
)
NOT_REPORTED: Mapping[str, str] = MappingProxyType(
    {
        "password_changed": "security of the session, not a fact of the exam; the journal's page shows it",
        "proposal_dismissed": "a suggestion of ours that nobody kept: what was kept is an incident or minutes",
        "passage_hidden": "what copies leave out; the report itself stays whole",
        "passage_shown": "the same, taken back: the report stays whole",
        "paper_sealed": "the digest of the paper that this very report is printed on: it comes after it",
        "receipt": "the hand-over of the papers comes after the report, and is the archive's",
    }
)


def fold(session: SessionFacts, events: Iterable[Recorded]) -> Report:
    """The report that these events tell, in their order; of a sealed session, its place and hour too (I4)."""
    told = list(events)
    story = Story(as_sealed(session, told))
    for event in told:
        act = Act.of(event)
        story.sequence, story.last_at = act.sequence, act.received_at
        if act.kind in FOLDED:
            FOLDED[act.kind](story, act)
    return assembled(story)
