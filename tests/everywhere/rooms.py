"""The rooms of our school today: everything that can be seen in one, and the few that show something else."""

from collections.abc import Mapping
from typing import Any

from proctoring.enums import Arrival, CaseKind
from proctoring.models import Entry, Proposal
from proctoring.rehearsal import life
from proctoring.services import access as accesses
from proctoring.services import (
    alerts,
    fraud,
    hand_over,
    incidents,
    minutes,
    presence,
    room_incident,
    running,
    tickets,
    workstations,
)
from proctoring.services.cases.asking import Identity, ask_about_candidate, ask_to_enrol
from proctoring.services.entries import candidate_actor, open_entry, token_of
from proctoring.services.progress import beat
from sessions_app.enums import RoomIncidentKind, SessionKind
from sessions_app.models import Candidate, Session
from tests import factories
from tests.everywhere.world import HOUR, MINUTE, Objects, World, papers, waiting_page
from tests.factories import PROCTOR, CandidateFactory, SessionFactory, put


def add(world: World) -> None:
    _live(world)
    _platform(world)
    _by_hand(world)
    _others(world)


def _live(world: World) -> None:
    """Launched forty minutes ago; candidates in every state, one of each need."""
    begun = world.now - 40 * MINUTE
    session = world.place("live", SessionFactory(establishment=world.school, starts_at=begun))
    people = {name: CandidateFactory(session=session) for name in ("expected", "present", "late")}
    people["not_certifiable"] = CandidateFactory(session=session, certifiable_competences=3)
    held: dict[str, Entry] = {}
    for name, state in (
        ("running", "in_progress"), ("alerted", "in_progress"), ("moved", "in_progress"),
        ("authorised", "resume_authorised"), ("completed", "completed"), ("ended", "ended"),
    ):  # fmt: skip
        people[name] = CandidateFactory(session=session, extra_time_percent=33)
        entry = put(people[name], state, now=begun + 2 * MINUTE)
        assert entry is not None
        held[name] = entry
    put(people["present"], "present", now=begun + 3 * MINUTE)
    world.desk = token_of(held["running"])
    watching = world.enter("proctor", "live")
    gone = world.enter("ended_proctor", "live", "Karim Essai")
    accesses.revoke(access=gone, actor=world.admin(), now=world.now)
    made = hand_over.offer(
        session_id=session.pk, account=world.accounts["admin"], ends=[], actor=world.admin(), now=world.now
    )
    world.of["live"] |= {
        **{name: one.pk for name, one in people.items()},
        "candidate_id": people["running"].pk,
        "access_id": watching.pk,
        "hand_over_id": made.pk,
        "token": made.token(),
        "kind": "retard",
        # Whoever photographs collects his own: an admin's pages wait apart.
        "admin_page_id": waiting_page(session, world.admin(), world.now),
        **_troubles(world, session, people, held),
        **papers(session, accesses.actor_of(watching), world.now),
    }


def _troubles(
    world: World, session: Session, people: Mapping[str, Candidate], held: Mapping[str, Entry]
) -> Objects:
    """Alerts, an incident and a suspicion, a proposal, cases, minutes, another workstation, a ticket."""
    now = world.now - 5 * MINUTE

    def about(name: str, **more: Any) -> dict[str, Any]:
        return {
            "session_id": session.pk,
            "candidate_id": people[name].pk,
            "actor": PROCTOR,
            "now": now,
        } | more

    speaks = {name: {"entry": one, "actor": candidate_actor(one), "now": now} for name, one in held.items()}
    for question in (3, 4):
        alert, _ = alerts.raise_alert(**speaks["alerted"], question=question, kinds=["image"])
    beat(**speaks["running"], visible=True, question=12, timed_out=True)
    told = incidents.Observed("C7", description="Écran noir deux minutes.")
    incident = incidents.report_incident(**about("running"), observed=told)
    suspicion = fraud.report_fraud(
        **about("running", actor=world.admin()), facts="Un téléphone sur les genoux."
    )
    minutes.give_minutes(
        session_id=session.pk, candidate_ids=[people["running"].pk], minutes=5, actor=PROCTOR, now=now
    )
    swapped = workstations.swap_workstation(**about("moved"), workstation="P14", lost=2)
    presence.confirm_presence(**about("late"), arrival=Arrival.LATE)
    late = ask_about_candidate(**about("late"), kind=CaseKind.LATE, reason="bus en panne")
    ask_about_candidate(**about("completed"), kind=CaseKind.REOPENING, reason="fin par erreur")
    who = Identity("Nouvelle", "Nina", people["late"].birth_date)
    ask_to_enrol(session_id=session.pk, who=who, reason="", actor=PROCTOR, now=now)
    tickets.issue_ticket(**about("present"))
    return {
        "incident_id": incident.pk,
        "suspicion": suspicion.pk,
        "swap": swapped.pk,
        "alert": alert.pk,
        "proposal_id": Proposal.objects.get(attempt__candidate=people["running"]).pk,
        "case_id": late.pk,
        "sequence": late.raised_sequence,
    }


def _platform(world: World) -> None:
    """A key of the school, and a test that runs under it."""
    key = factories.ApiKeyFactory(establishment=world.school)
    world.key = key.secret  # type: ignore[attr-defined]
    session = world.sessions["live"]
    candidate = CandidateFactory(session=session)
    put(candidate, "present", now=world.now)
    entry = open_entry(
        session=session, last_name=candidate.last_name, first_name=candidate.first_name,
        birth_date=candidate.birth_date, heartbeat=15, api_key=key, now=world.now,
    )  # fmt: skip
    running.start_or_resume(
        entry=entry, access_code=session.access_code, actor=candidate_actor(entry), now=world.now
    )
    world.bearer = token_of(entry)


def _by_hand(world: World) -> None:
    begun = world.now - 20 * MINUTE
    made = SessionFactory(establishment=world.school, by_hand=True, starts_at=begun, room="C03")
    session = world.place("by_hand", made, act="commence")
    present, started = CandidateFactory.create_batch(2, session=session)
    put(present, "present", now=begun + MINUTE)
    put(started, "in_progress", now=begun + 2 * MINUTE)
    world.of["by_hand"]["candidate_id"] = present.pk
    world.enter("proctor", "by_hand")


def _others(world: World) -> None:
    """In the dark; just launched; a white exam; forgotten since yesterday; the room of somebody else; a rehearsal."""

    def one(place: str, ago: Any = 20 * MINUTE, state: str = "in_progress", **more: Any) -> Session:
        begun = world.now - ago
        made = SessionFactory(establishment=world.school, starts_at=begun, **more)
        session = world.place(place, made)
        candidate = CandidateFactory(session=session)
        put(candidate, state, now=begun + MINUTE if state == "in_progress" else world.now)
        world.of[place]["candidate_id"] = candidate.pk
        session.refresh_from_db()
        return session

    dark = one("dark", room="D04")
    room_incident.start_room_incident(
        session_id=dark.pk, kind=next(iter(RoomIncidentKind)), actor=PROCTOR, now=world.now
    )
    world.enter("proctor", "dark")
    one("launched", 2 * MINUTE, room="D05")
    one("white", 40 * MINUTE, room="D06", kind=SessionKind.WHITE_EXAM)
    one("forgotten", 26 * HOUR, "expired", room="E05")
    one("next_room", room="B13")
    world.enter("other_proctor", "next_room", "Lou Essai")
    device = life.Device(mark="the device of an essay", address="127.0.0.1", browser="Essai")
    rehearsal, token = life.enter(device=device, again=False, now=world.now)
    world.place("rehearsal", rehearsal)
    world.rooms["proctor"]["rehearsal"] = token
