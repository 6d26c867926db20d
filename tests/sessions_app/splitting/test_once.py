"""Two confirmations of one form at the same instant make the sessions once (mechanics §10)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy, DomainError
from sessions_app.enums import Followed, SessionKind
from sessions_app.models import Candidate, Establishment, Session
from sessions_app.services.class_sessions import create_class_sessions
from sessions_app.splitting.proposal import Scope, Wish, propose
from sessions_app.splitting.rooms import Room
from tests import factories
from tests.sessions_app.candidates.test_races import together

MORNING = datetime(2027, 3, 11, 9, 0, tzinfo=UTC)


def wish() -> Wish:
    return Wish(
        school_year=2026,
        classes=["3e A"],
        scope=Scope.NOT_ENROLLED,
        kind=SessionKind.CERTIFICATION,
        followed=Followed.PIXSURV,
        starts=[MORNING],
        duration=105,
        rooms=[Room("Site", "B12", 3, 1), Room("Site", "C04", 3, 1)],
    )


def create(school: Establishment, seen: str, once: UUID) -> str:
    try:
        made = create_class_sessions(
            establishment=school, wish=wish(), seen=seen, once=once, actor=factories.ADMIN, now=clock.now()
        )
    except Busy:
        return "busy"
    except DomainError as error:
        return error.code
    return "again" if made.again else "made"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [True, False])
def test_two_confirmations_at_once_enrol_everybody_once(same_form: bool) -> None:
    for _ in range(4):
        school = factories.EstablishmentFactory()
        factories.PupilFactory.create_batch(4, establishment=school)
        seen = propose(school, wish()).seen
        one, other = uuid4(), uuid4()
        forms = (one, one) if same_form else (one, other)

        answers: list[str] = []
        together(
            *(
                lambda school=school, seen=seen, once=once, answers=answers: answers.append(
                    create(school, seen, once)
                )
                for once in forms
            )
        )

        second = "again" if same_form else "proposal_changed"
        assert sorted(answers) in (sorted(["made", second]), ["busy", "made"])
        assert Session.objects.filter(establishment=school).count() == 2
        assert Candidate.objects.filter(session__establishment=school).count() == 4


@pytest.mark.django_db
def test_form_of_another_school_makes_its_own() -> None:
    once = uuid4()
    schools = factories.EstablishmentFactory.create_batch(2)
    for school in schools:
        factories.PupilFactory.create_batch(2, establishment=school)
    assert create(schools[0], propose(schools[0], wish()).seen, once) == "made"
    assert create(schools[1], propose(schools[1], wish()).seen, once) == "once_taken"
    assert Session.objects.filter(establishment=schools[1]).count() == 0


@pytest.mark.django_db
def test_room_that_runs_into_the_next_session_is_named() -> None:
    school = factories.EstablishmentFactory()
    factories.PupilFactory.create_batch(3, establishment=school, extra_time_percent=50)
    asked = wish()
    later = Wish(
        **{
            **{name: getattr(asked, name) for name in Wish.__dataclass_fields__},
            "starts": [MORNING, MORNING + timedelta(minutes=120)],
            "rooms": [Room("Site", "B12", 3, 1)],
        }
    )
    found = propose(school, later)
    assert [len(one.seats) for one in found.sessions] == [2, 1]
    assert [one.starts_at for one in found.runs_into_next] == [MORNING]
