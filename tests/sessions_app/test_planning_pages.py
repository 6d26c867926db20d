"""Sessions made, changed, cancelled, postponed and removed (P3, P10)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.services.closing import take_launch_back
from sessions_app.enums import SessionState
from sessions_app.models import Account, Candidate, Establishment, Event, Session
from sessions_app.selectors.planning import same_room
from sessions_app.services import planning
from tests import factories

CREATE = "/etablissement/sessions/creer/"
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture
def school(session: Session) -> Establishment:
    return session.establishment


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def form(**changes: Any) -> dict[str, Any]:
    data = {
        "day": "2026-03-17",
        "hour": "13:45",
        "duration": "105",
        "site": "Site d’essai",
        "room": "C04",
        "workstations": "20",
        "spare_workstations": "1",
        "kind": "certification",
        "followed": "pixsurv",
        "proctor_names": "Perrine Essai",
        "observations": "",
        "once": str(uuid4()),
    }
    return {**data, **changes}


def address(session: Session, act: str = "") -> str:
    return f"/etablissement/sessions/{session.number}/{act}"


def begin(session: Session) -> None:
    factories.put(factories.CandidateFactory(session=session), "in_progress")


# --- make ---


def test_create_draws_secrets_and_reads_the_hour_at_the_school(
    signed_in: Client, school: Establishment
) -> None:
    Establishment.objects.filter(pk=school.pk).update(time_zone="Indian/Reunion")
    response = signed_in.post(CREATE, form(hour="13h45"))
    made = Session.objects.latest("pk")
    assert (response.status_code, response["Location"]) == (303, address(made))
    assert made.starts_at == datetime(2026, 3, 17, 9, 45, tzinfo=UTC)
    assert made.password().startswith("C-")
    assert made.password() not in signed_in.get(address(made)).content.decode()
    assert "13h45" in signed_in.get(address(made)).content.decode()


def test_create_sent_twice_makes_one_session(signed_in: Client, session: Session) -> None:
    data = form()
    first, second = signed_in.post(CREATE, data), signed_in.post(CREATE, data)
    assert first["Location"] == second["Location"]
    assert Session.objects.count() == 2


def test_create_takes_no_once_of_another_school(signed_in: Client, other_admin: Account) -> None:
    data = form()
    stranger = Client()
    stranger.force_login(other_admin)
    stranger.post(CREATE, data)
    made = Session.objects.get(once=data["once"])
    assert made.establishment == other_admin.memberships.get().establishment
    assert signed_in.post(CREATE, data).status_code == 409
    assert Session.objects.filter(once=data["once"]).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"day": ""}, "day"),
        ({"day": "31/02/2026"}, "day"),
        ({"day": "1026-03-01"}, "day"),
        ({"hour": "25:00"}, "hour"),
        ({"duration": "14"}, "duration"),
        ({"duration": "241"}, "duration"),
        ({"room": " "}, "room"),
        ({"room": "B\x0712"}, "room"),
        ({"site": "x" * 201}, "site"),
        ({"kind": "rehearsal"}, "kind"),
        ({"followed": "nobody"}, "followed"),
        ({"workstations": "3", "spare_workstations": "3"}, "spare_workstations"),
        ({"observations": "a\x1b[31m"}, "observations"),
        ({"day": "2026-03-29", "hour": "02:30"}, "hour"),
    ],
)
def test_create_names_the_field_that_is_wrong(
    signed_in: Client, session: Session, change: dict[str, str], field: str
) -> None:
    response = signed_in.post(CREATE, form(**change))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert Session.objects.count() == 1


def test_create_says_that_an_hour_exists_twice(signed_in: Client, session: Session) -> None:
    response = signed_in.post(CREATE, form(day="2026-10-25", hour="02:30"))
    assert "existe deux fois" in signed_in.get(response["Location"]).content.decode()


def test_create_warns_of_a_room_that_is_taken(signed_in: Client, session: Session) -> None:
    signed_in.post(CREATE, form())
    other = signed_in.post(CREATE, form(hour="15:00", room="c 04"))
    page = signed_in.get(other["Location"]).content.decode()
    assert "est déjà prise par la session" in page
    assert "13h45" in page
    free = signed_in.post(CREATE, form(hour="17:00"))
    assert "déjà prise" not in signed_in.get(free["Location"]).content.decode()


# --- change ---


def test_change_writes_everything_before_the_launch(signed_in: Client, session: Session) -> None:
    data = form(observations="Clé\r\nchez la gardienne", kind="white_exam", followed="by_hand")
    assert signed_in.post(address(session, "modifier/"), data).status_code == 303
    session.refresh_from_db()
    assert (session.room, session.kind, session.followed, session.workstations) == (
        "C04",
        "white_exam",
        "by_hand",
        20,
    )
    assert session.observations == "Clé\nchez la gardienne"


def test_change_keeps_the_instant_that_nobody_touched(signed_in: Client, session: Session) -> None:
    shown = signed_in.get(address(session, "modifier/")).context["form"].initial
    data = form(day=shown["day"].isoformat(), hour=shown["hour"].isoformat("minutes"))
    signed_in.post(address(session, "modifier/"), data)
    before = session.starts_at
    session.refresh_from_db()
    assert session.starts_at == before


def test_change_after_the_launch_takes_proctors_and_observations_only(
    signed_in: Client, session: Session
) -> None:
    begin(session)
    page = signed_in.get(address(session, "modifier/"))
    assert set(page.context["form"].fields) == {"proctor_names", "observations"}
    data = form(room="Z99", proctor_names="Une Autre")
    assert signed_in.post(address(session, "modifier/"), data).status_code == 303
    session.refresh_from_db()
    assert (session.room, session.proctor_names) == ("B12", "Une Autre")


def test_change_is_judged_under_the_lock(session: Session) -> None:
    plan = planning.Plan(**{name: getattr(session, name) for name in planning.Plan.__dataclass_fields__})
    begin(session)
    moved = planning.Plan(**{**planning.plan_values(plan), "room": "Z99"})
    with pytest.raises(DomainError) as refused:
        planning.change_session(session_id=session.pk, plan=moved, now=clock.now())
    assert refused.value.code == "already_launched"
    planning.change_session(session_id=session.pk, plan=plan, now=clock.now())


def test_change_of_a_closed_session_is_refused(signed_in: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=clock.now())
    for response in (
        signed_in.get(address(session, "modifier/")),
        signed_in.post(address(session, "modifier/"), form()),
    ):
        assert response.status_code == 409
        assert "clôturée" in response.content.decode()


# --- cancel, postpone ---


def test_cancel_keeps_the_session_with_its_reason(signed_in: Client, session: Session) -> None:
    factories.CandidateFactory(session=session)
    assert signed_in.post(address(session, "annuler/"), {"reason": " "}).status_code == 422
    assert signed_in.post(address(session, "annuler/"), {"reason": "Panne de réseau"}).status_code == 303
    session.refresh_from_db()
    assert (session.state, session.cancel_reason) == (SessionState.CANCELLED, "Panne de réseau")
    page = signed_in.get(address(session)).content.decode()
    assert "Panne de réseau" in page
    assert "Reporter à une autre date" in page
    at = session.cancelled_at
    assert signed_in.post(address(session, "annuler/"), {"reason": "Encore"}).status_code == 303
    session.refresh_from_db()
    assert (session.cancelled_at, session.cancel_reason) == (at, "Panne de réseau")


def test_cancel_is_refused_once_a_test_has_started(signed_in: Client, session: Session) -> None:
    begin(session)
    for response in (
        signed_in.get(address(session, "annuler/")),
        signed_in.post(address(session, "annuler/"), {"reason": "Trop tard"}),
    ):
        assert response.status_code == 409
    session.refresh_from_db()
    assert session.state == SessionState.LAUNCHED


def test_postpone_makes_a_new_session_with_the_candidates(signed_in: Client, session: Session) -> None:
    one = factories.CandidateFactory(session=session, extra_time_percent=33, local_id="x12")
    factories.CandidateFactory(session=session)
    assert signed_in.post(address(session, "reporter/"), form()).status_code == 409
    signed_in.post(address(session, "annuler/"), {"reason": "Grève"})
    shown = signed_in.get(address(session, "reporter/"))
    assert shown.context["form"].initial["room"] == "B12"
    assert "day" not in shown.context["form"].initial
    response = signed_in.post(address(session, "reporter/"), form())
    later = Session.objects.get(follows=session)
    assert response["Location"] == address(later)
    assert later.number != session.number
    assert later.sealed_password != session.sealed_password
    copy = Candidate.objects.get(session=later, identity_key=one.identity_key)
    assert (copy.extra_time_percent, copy.local_id, copy.class_name) == (33, "x12", one.class_name)
    assert Candidate.objects.filter(session=later).count() == 2
    assert Event.objects.filter(session=later, kind="candidate_enrolled").count() == 2
    assert str(later.number) in signed_in.get(address(session)).content.decode()
    assert str(session.number) in signed_in.get(address(later)).content.decode()


# --- delete ---


@pytest.mark.parametrize("state", ["expected", "present"])
def test_delete_removes_the_session_and_its_journal(signed_in: Client, session: Session, state: str) -> None:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, state)
    factories.enter_room(session)
    page = signed_in.get(address(session, "supprimer/")).content.decode()
    assert f"Supprimer la session {session.number}" in page
    assert signed_in.post(address(session, "supprimer/")).status_code == 303
    assert not Session.objects.filter(pk=session.pk).exists()
    assert not Event.objects.filter(session_id=session.pk).exists()
    assert not Candidate.objects.filter(pk=candidate.pk).exists()
    assert signed_in.post(address(session, "supprimer/")).status_code == 404


@pytest.mark.parametrize("taken_back", [False, True])
def test_delete_is_refused_once_a_test_has_started(
    signed_in: Client, session: Session, taken_back: bool
) -> None:
    begin(session)
    if taken_back:
        take_launch_back(session_id=session.pk, actor=factories.ADMIN, now=clock.now())
    assert signed_in.get(address(session, "supprimer/")).status_code == 409
    assert signed_in.post(address(session, "supprimer/")).status_code == 409
    assert "supprimer/" not in signed_in.get(address(session)).content.decode()
    assert Session.objects.filter(pk=session.pk).exists()


def test_delete_of_a_cancelled_session_lets_its_followers_live(signed_in: Client, session: Session) -> None:
    signed_in.post(address(session, "annuler/"), {"reason": "Grève"})
    signed_in.post(address(session, "reporter/"), form())
    later = Session.objects.get(follows=session)
    assert signed_in.post(address(session, "supprimer/")).status_code == 303
    later.refresh_from_db()
    assert later.follows is None


@time_machine.travel(NOON, tick=False)
def test_same_room_counts_what_lasts_into_the_hour(db: None) -> None:
    session = factories.SessionFactory(starts_at=NOON)

    def at(minutes: int, **more: Any) -> Session:
        return factories.SessionFactory(
            establishment=session.establishment, starts_at=NOON + timedelta(minutes=minutes), **more
        )

    # 15 min of preparation and 105 of test.
    before, long, cancelled, other = at(-120), at(-119), at(0), at(0, room="C04")
    Session.objects.filter(pk=cancelled.pk).update(state="cancelled", cancelled_at=NOON)
    factories.SessionFactory(starts_at=NOON)
    assert same_room(session) == [long]
    assert before not in same_room(session)
    assert same_room(other) == []
    factories.CandidateFactory(session=before, extra_time_percent=33)
    assert same_room(session) == [before, long]


def test_change_and_cancel_of_a_closed_session_are_refused_under_the_lock(session: Session) -> None:
    plan = planning.Plan(**{name: getattr(session, name) for name in planning.Plan.__dataclass_fields__})
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=clock.now())
    with pytest.raises(DomainError, match="session_closed"):
        planning.change_session(session_id=session.pk, plan=plan, now=clock.now())
    with pytest.raises(DomainError, match="session_closed"):
        planning.cancel_session(session_id=session.pk, reason="x", now=clock.now())
    with pytest.raises(DomainError, match="already_launched"):
        planning.delete_session(session_id=session.pk, now=clock.now())
