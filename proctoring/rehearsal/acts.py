"""What the script's words do: each calls what the desk or a test platform would call."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pixsurv.kernel.errors import Busy, DomainError
from proctoring.enums import BEFORE
from proctoring.models import Case, Entry
from proctoring.rehearsal.scene import Scene, Standing
from proctoring.rehearsal.script import Act
from proctoring.services import alerts, progress, running, tickets
from proctoring.services.cases.answering import answer_case
from proctoring.services.entries import candidate_actor, open_entry
from sessions_app.actors import Actor, ActorKind

DIRECTION = Actor(kind=ActorKind.ADMIN, name="Direction (entraînement)")
HEARTBEAT = 15  # seconds, as announced by every computer of the room
BROKEN_QUESTION = 3
TIMED_QUESTION = 4


def answer_for_the_direction(scene: Scene, case: Case) -> None:
    """Yes, always; no where the rules say so."""
    try:
        answer_case(case_id=case.pk, accepted=True, actor=DIRECTION, now=scene.now)
    except Busy:
        raise
    except DomainError:
        answer_case(case_id=case.pk, accepted=False, actor=DIRECTION, now=scene.now)


def _enter(scene: Scene, one: Standing) -> None:
    _new_entry(scene, one)


def _new_entry(scene: Scene, one: Standing) -> Entry:
    assert one.candidate is not None
    entry = open_entry(
        session=scene.session,
        last_name=one.candidate.last_name,
        first_name=one.candidate.first_name,
        birth_date=one.candidate.birth_date,
        heartbeat=HEARTBEAT,
        workstation=one.workstation,
        now=scene.now,
    )
    entry.session, entry.candidate = scene.session, one.candidate
    return entry


def _use_ticket(scene: Scene, one: Standing) -> None:
    if one.ticket is None or one.state not in BEFORE:
        return
    arrival = tickets.Arrival(
        ticket=one.ticket.digits, heartbeat=HEARTBEAT, workstation=one.pupil.workstation
    )
    tickets.enter_by_ticket(session=scene.session, arrival=arrival, now=scene.now)


def _start(scene: Scene, one: Standing) -> None:
    _give_code(scene, _entry(one))


def _resume(scene: Scene, one: Standing) -> None:
    """From wherever he sits now: another way in, which then holds his test."""
    _give_code(scene, _new_entry(scene, one))


def _give_code(scene: Scene, entry: Entry) -> None:
    running.start_or_resume(
        entry=entry,
        access_code=scene.session.access_code,
        actor=candidate_actor(entry),
        now=scene.now,
    )


def _ask_back(scene: Scene, one: Standing) -> None:
    entry = _new_entry(scene, one)
    running.request_resume(entry=entry, actor=candidate_actor(entry), now=scene.now)


def _alert(scene: Scene, one: Standing) -> None:
    entry = _entry(one)
    alerts.raise_alert(
        entry=entry, question=BROKEN_QUESTION, kinds=["image"], actor=candidate_actor(entry), now=scene.now
    )


def _go_on(scene: Scene, one: Standing) -> None:
    assert one.alert is not None
    _beat(scene, one, question=one.alert.question + 1)


def _time_out(scene: Scene, one: Standing) -> None:
    _beat(scene, one, question=TIMED_QUESTION, timed_out=True)


def _leave(scene: Scene, one: Standing) -> None:
    entry = _entry(one)
    running.leave(entry=entry, actor=candidate_actor(entry), now=scene.now)


def _return(scene: Scene, one: Standing) -> None:
    _beat(scene, one, question=None)


def _complete(scene: Scene, one: Standing) -> None:
    entry = _entry(one)
    running.complete(entry=entry, actor=candidate_actor(entry), now=scene.now)


def _beat(scene: Scene, one: Standing, *, question: int | None, timed_out: bool = False) -> None:
    entry = _entry(one)
    progress.beat(
        entry=entry,
        visible=True,
        actor=candidate_actor(entry),
        now=scene.now,
        question=question,
        timed_out=timed_out,
    )


def _entry(one: Standing) -> Entry:
    if one.entry is None:
        raise DomainError("no_match", "Cet élève n’est pas encore entré.", status=404)
    return one.entry


def _nothing(scene: Scene, one: Standing) -> None:
    """Only the instant counts: silence is what a computer does not do, and who went out was noted by the proctor."""


type Deed = Callable[[Scene, Standing], None]

DEEDS: Mapping[Act, Deed] = MappingProxyType(
    {
        Act.ENTER: _enter,
        Act.ALERT: _alert,
        Act.LEAVE: _leave,
        Act.RETURN: _return,
        Act.FALL_SILENT: _nothing,
        Act.ASK_BACK: _ask_back,
        Act.TIME_OUT: _time_out,
        Act.COMPLETE: _complete,
        Act.GIVE_CODE: _nothing,
        Act.GO_OUT: _nothing,
        Act.NETWORK_BACK: _nothing,
        Act.START: _start,
        Act.RESUME: _resume,
        Act.USE_TICKET: _use_ticket,
        Act.GO_ON: _go_on,
    }
)
