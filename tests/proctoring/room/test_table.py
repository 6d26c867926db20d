"""The transition table through the room's page: every allowed pair passes, every other pair is refused."""

import pytest

from proctoring.enums import TRANSITIONS, AttemptState
from sessions_app.enums import EventKind
from tests.factories import attempt_of
from tests.proctoring.room.conftest import Room

# What the proctor's page can post for an event of the table.
ACTS: dict[EventKind, tuple[str, dict[str, str]]] = {
    EventKind.PRESENCE_CONFIRMED: ("presence/", {"present": "1"}),
    EventKind.PRESENCE_CANCELLED: ("presence/", {"present": "0"}),
    EventKind.RESUME_AUTHORISED: ("reprise/", {}),
    EventKind.RESUME_CANCELLED: ("reprise/retirer/", {}),
    EventKind.ENDED: ("fin/", {}),
    EventKind.END_UNDONE: ("fin/annuler/", {}),
}


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
@pytest.mark.parametrize("state", AttemptState.values)
@pytest.mark.parametrize("kind", list(ACTS), ids=str)
def test_every_pair_of_act_and_state(room: Room, kind: EventKind, state: str, htmx: bool) -> None:
    candidate = room.put(state, "DUPONT", "Paul")
    before = room.sequence()
    path, data = ACTS[kind]
    response = room.post(room.at(candidate, path), htmx=htmx, **data)
    row = TRANSITIONS[kind]
    after = attempt_of(candidate).state if state != "expected" or room.sequence() != before else "expected"
    if AttemptState(state) in row.sources:
        assert response.status_code == (200 if htmx else 303)
        assert after == (row.target or AttemptState.IN_PROGRESS)
        assert room.sequence() == before + 1
    elif state == row.target:
        assert response.status_code == (200 if htmx else 303)
        assert (after, room.sequence()) == (state, before)
    else:
        assert response.status_code == 409
        assert (after, room.sequence()) == (state, before)
