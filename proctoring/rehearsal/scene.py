"""The room as the script looks at it, and the conditions that it may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from proctoring import rules
from proctoring.enums import OVER, AttemptState, CaseState
from proctoring.models import Alert, Attempt, Case, Entry, Rehearsal, Ticket
from proctoring.rehearsal.cast import CAST, NOT_LISTED, Pupil
from proctoring.rehearsal.script import LAUNCH, OPENING, Act, When, silence_of
from sessions_app.models import Candidate, Session

PATIENCE = timedelta(seconds=45)  # after the first tick somebody reads the code aloud, shown or not


@dataclass(frozen=True, slots=True)
class Standing:
    """One pupil now: what the database knows of him. `entry` is the last one that was opened for him."""

    pupil: Pupil
    candidate: Candidate | None = None
    attempt: Attempt | None = None
    entry: Entry | None = None
    alert: Alert | None = None
    ticket: Ticket | None = None

    @property
    def state(self) -> str:
        return self.attempt.state if self.attempt is not None else AttemptState.EXPECTED

    @property
    def workstation(self) -> str:
        """Where he sits: where the proctor put him, else where he goes by himself."""
        return (self.attempt.workstation if self.attempt is not None else "") or self.pupil.workstation


@dataclass(frozen=True, slots=True)
class Scene:
    session: Session
    rehearsal: Rehearsal
    now: datetime
    standings: Mapping[str, Standing]
    cases: tuple[Case, ...]

    @classmethod
    def read(cls, session: Session, rehearsal: Rehearsal, now: datetime) -> "Scene":
        """Five queries."""
        entries = {
            one.candidate_id: one
            for one in Entry.objects.filter(session_id=session.pk).order_by("created_at", "held_at")
        }
        alerts = {
            one.attempt_id: one for one in Alert.objects.filter(attempt__session_id=session.pk).order_by("pk")
        }
        tickets = {
            one.candidate_id: one
            for one in Ticket.objects.filter(session_id=session.pk, used_at=None, expires_at__gt=now)
        }
        standings = {key: Standing(pupil) for key, pupil in CAST.items()}
        known = {pupil.identity: key for key, pupil in CAST.items()}
        for candidate in Candidate.objects.filter(session_id=session.pk).select_related("attempt"):
            candidate.session = session
            # Whoever the direction enrolled is she who waited at the door, however her name was typed.
            key = known.get(candidate.identity_key, NOT_LISTED.key)
            attempt = getattr(candidate, "attempt", None)
            entry = entries.get(candidate.pk)
            if entry is not None:
                entry.session, entry.candidate = session, candidate
            standings[key] = Standing(
                CAST[key],
                candidate,
                attempt,
                entry,
                alerts.get(attempt.pk) if attempt is not None else None,
                tickets.get(candidate.pk),
            )
        cases = Case.objects.filter(session_id=session.pk, state=CaseState.OPEN).order_by("pk")
        return cls(session, rehearsal, now, MappingProxyType(standings), tuple(cases))

    def played_at(self, key: str) -> datetime | None:
        """When that step was played; the opening was when the room was made."""
        if key == OPENING:
            return self.rehearsal.begun_at
        told = self.rehearsal.done.get(key)
        return datetime.fromisoformat(told) if told else None

    def since(self, when: When, pupil: str) -> datetime | None:
        """Since when that condition holds; None while it does not."""
        return CONDITIONS[when](self, self.standings.get(pupil, NOBODY))

    def is_silent(self, one: Standing) -> bool:
        """His computer says nothing any more, until he came back."""
        fell = self.played_at(silence_of(one.pupil.key))
        if fell is None or one.attempt is None:
            return False
        back = (one.attempt.resumed_at, self.played_at(f"{one.pupil.key}.{Act.RETURN}"))
        return not any(at is not None and at > fell for at in back)


def _code_given(scene: Scene, one: Standing) -> datetime | None:
    ticked = [
        other.attempt.first_present_at + PATIENCE
        for other in scene.standings.values()
        if other.attempt is not None
        and other.attempt.first_present_at is not None
        and other.attempt.first_present_at >= scene.rehearsal.begun_at
    ]
    shown = [scene.rehearsal.code_shown_at] if scene.rehearsal.code_shown_at is not None else []
    given = min(ticked + shown, default=None)
    return given if given is not None and given <= scene.now else None


def _ready(scene: Scene, one: Standing) -> datetime | None:
    launched = scene.played_at(LAUNCH)
    if launched is None or one.state != AttemptState.PRESENT or one.entry is None or one.attempt is None:
        return None
    return max(launched, one.entry.created_at, one.attempt.first_present_at or launched)


def _runs(scene: Scene, one: Standing) -> datetime | None:
    """In his test, at his computer; neither an alert nor a request waits."""
    attempt = one.attempt
    if (
        attempt is None
        or attempt.state != AttemptState.IN_PROGRESS
        or attempt.resume_requested_at is not None
    ):
        return None
    if scene.is_silent(one) or (one.alert is not None and not rules.alert_is_final(one.alert, scene.now)):
        return None
    return attempt.resumed_at or attempt.started_at


def _authorised(scene: Scene, one: Standing) -> datetime | None:
    if one.attempt is None or one.state != AttemptState.RESUME_AUTHORISED:
        return None
    return one.attempt.resume_authorised_at


def _ticketed(scene: Scene, one: Standing) -> datetime | None:
    """Who is in already needs none."""
    return one.ticket.issued_at if one.ticket is not None and one.entry is None else None


def _answered(scene: Scene, one: Standing) -> datetime | None:
    """He was told, or it has no object any more."""
    alert = one.alert
    if alert is None or not rules.alert_is_final(alert, scene.now):
        return None
    return alert.final_at or alert.handled_at


def _to_go_on(scene: Scene, one: Standing) -> datetime | None:
    """Answered, and he is still on that question."""
    on_it = one.attempt is not None and one.alert is not None and one.attempt.question == one.alert.question
    return _answered(scene, one) if on_it and _runs(scene, one) is not None else None


def _certifiable(scene: Scene, one: Standing) -> datetime | None:
    if one.candidate is None or one.candidate.certifiable is False:
        return None
    return one.candidate.became_certifiable_at or scene.rehearsal.begun_at


def _listed(scene: Scene, one: Standing) -> datetime | None:
    return scene.rehearsal.begun_at if one.candidate is not None else None


def _here(scene: Scene, one: Standing) -> datetime | None:
    return one.entry.created_at if one.entry is not None else None


def _settled(scene: Scene, one: Standing) -> datetime | None:
    return (one.attempt.late_refused_at or one.attempt.first_present_at) if one.attempt is not None else None


def _moved(scene: Scene, one: Standing) -> datetime | None:
    moved = one.workstation != one.pupil.workstation or one.state in OVER
    return scene.rehearsal.begun_at if moved else None


def _went_out(scene: Scene, one: Standing) -> datetime | None:
    """Noted by the proctor, whether he is back or not."""
    out = one.attempt.out_since if one.attempt is not None else None
    return out or scene.played_at(f"{one.pupil.key}.{Act.GO_OUT}")


def _came_back(scene: Scene, one: Standing) -> datetime | None:
    out = one.attempt is not None and one.attempt.out_since is not None
    return scene.rehearsal.begun_at if not out else None


def _incident_over(scene: Scene, one: Standing) -> datetime | None:
    return scene.session.incident_over_at if not scene.session.incident_runs else None


def _closed(scene: Scene, one: Standing) -> datetime | None:
    return scene.session.closed_at


type Condition = Callable[[Scene, Standing], datetime | None]

NOBODY = Standing(NOT_LISTED)
CONDITIONS: Mapping[When, Condition] = MappingProxyType(
    {
        When.ALWAYS: lambda scene, one: scene.rehearsal.begun_at,
        When.CODE_GIVEN: _code_given,
        When.READY: _ready,
        When.RUNS: _runs,
        When.AUTHORISED: _authorised,
        When.TICKETED: _ticketed,
        When.ANSWERED: _answered,
        When.TO_GO_ON: _to_go_on,
        When.CERTIFIABLE: _certifiable,
        When.LISTED: _listed,
        When.HERE: _here,
        When.SETTLED: _settled,
        When.MOVED: _moved,
        When.WENT_OUT: _went_out,
        When.CAME_BACK: _came_back,
        When.INCIDENT_BEGUN: lambda scene, one: scene.session.incident_since,
        When.INCIDENT_OVER: _incident_over,
        When.CLOSED: _closed,
    }
)
