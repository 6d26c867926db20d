"""A return is dated when its request came, and seen once it is committed: a refresh in between must not lose it."""

from datetime import timedelta

import pytest

from pixsurv.kernel import clock
from proctoring.models import Attempt
from proctoring.selectors.room import Version, changed_board, find_access
from sessions_app.models import Candidate, Session
from tests import factories

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("column", ["reconnected_at", "proposed_at"])
@pytest.mark.parametrize(("asked_before", "told"), [(0, True), (3, True), (6, False)])
def test_what_was_committed_late_is_told(
    session: Session, candidate: Candidate, column: str, asked_before: int, told: bool
) -> None:
    """For the seconds that a request may take, and no longer: the row would travel with every refresh."""
    factories.put(candidate, "in_progress")
    _, token = factories.enter_room(session)
    session.refresh_from_db()
    came = clock.now() + 10 * SECOND
    Attempt.objects.update(**{column: came}, silent_at=came + 60 * SECOND)
    seen = Version(session.sequence, came + asked_before * SECOND)
    now = seen.at + 3 * SECOND

    rows = changed_board(session, seen, now=now).rows
    access = find_access(number=session.number, token=token, seen=seen, now=now)

    assert [row.id for row in rows] == ([candidate.pk] if told else [])
    assert access is not None
    assert access.flipped is told  # type: ignore[attr-defined]
