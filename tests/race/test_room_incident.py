"""Two proctors see the light go out at the same instant (R23)."""

from datetime import timedelta

import pytest

from pixsurv.kernel import clock
from proctoring.services import room_incident
from proctoring.services.room_incident import Settlement
from sessions_app.models import Event, Session
from tests.factories import PROCTOR, CandidateFactory, SessionFactory, attempt_of, put
from tests.journal import assert_sound
from tests.race.threads import codes, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PROCTORS = 4


def test_one_incident_begins_and_ends_once(transactional_db: None) -> None:
    session: Session = SessionFactory(starts_at=clock.now() - timedelta(minutes=10))
    people = CandidateFactory.create_batch(2, session=session)
    for one in people:
        put(one, "in_progress")
    now = clock.now()
    at = {"session_id": session.pk, "actor": PROCTOR, "now": now}

    begun = together(*[lambda: room_incident.start_room_incident(**at, kind="power")] * PROCTORS)
    assert codes(begun) == []
    (key,) = {one.incident_key for one in begun}
    until = now + timedelta(minutes=7)
    ids = tuple(one.pk for one in people)
    over = {**at, "now": until, "key": key, "settlement": Settlement(now, until, ids, ids)}
    ended = together(*[lambda: room_incident.end_room_incident(**over)] * PROCTORS)

    assert codes(ended) == []
    kinds = list(Event.objects.filter(session=session).values_list("kind", flat=True))
    assert (kinds.count("room_incident_started"), kinds.count("room_incident_ended")) == (1, 1)
    assert [attempt_of(one).given_minutes for one in people] == [7, 7]
    assert_sound(session)

    undo = {**at, "now": until + timedelta(seconds=3), "key": key}
    assert codes(together(*[lambda: room_incident.undo_end(**undo)] * PROCTORS)) == []
    assert [attempt_of(one).given_minutes for one in people] == [0, 0]
    assert {attempt_of(one).state for one in people} == {"in_progress"}
    assert_sound(session)
