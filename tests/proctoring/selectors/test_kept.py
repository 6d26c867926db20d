"""A kept query finds what its queryset finds, whatever its parameters."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Model, QuerySet

from pixsurv.kernel.kept import Kept
from proctoring.enums import AttemptState
from proctoring.models import Attempt
from proctoring.selectors import announcements, counts, room
from sessions_app.models import Candidate, Session
from tests import factories
from tests.journal import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def lived(db: None) -> Session:
    """A session with somebody in each state, beside another one."""
    session = factories.SessionFactory(starts_at=NOW)
    for state in (AttemptState.EXPECTED, AttemptState.PRESENT, AttemptState.IN_PROGRESS, AttemptState.ENDED):
        factories.put(factories.CandidateFactory(session=session), state, now=NOW)
    factories.put(factories.CandidateFactory(), "in_progress", now=NOW)
    return session


def read(found: Any) -> list[Any]:
    """All that was read: columns, annotations, and what was selected along."""
    return [_values(one) if isinstance(one, Model) else one for one in found]


def _values(one: Model, above: tuple[Model, ...] = ()) -> dict[str, Any]:
    values = {name: value for name, value in vars(one).items() if name != "_state"}
    others = {name: other for name, other in one._state.fields_cache.items() if other is not None}
    path = (*above, one)
    along = {name: _values(other, path) for name, other in others.items() if other not in path}
    return {**values, "along": along}


@pytest.mark.parametrize("after", [timedelta(0), 20 * HOUR, 25 * HOUR])
@pytest.mark.parametrize("seen", [timedelta(0), timedelta(seconds=44), HOUR])
def test_a_kept_query_finds_what_its_queryset_finds(
    lived: Session, after: timedelta, seen: timedelta
) -> None:
    now = NOW + after
    here = {"session": lived.pk}
    candidate = Candidate.objects.filter(session=lived).order_by("pk")[2].pk
    since = {"sequence": 5, "after": now - seen, "now": now}
    asked: list[tuple[Kept[Any], Any, dict[str, Any]]] = [
        (room._WHOLE, room._candidates, here),
        (room._CHANGED, room._changed, {**here, **since, "judged": now}),
        # An incident of the whole room runs since an hour ago (R23).
        (room._CHANGED, room._changed, {**here, **since, "judged": now - HOUR}),
        (room._ONE, room._one, {**here, "candidate": candidate, "now": now}),
    ]
    for kept, make, values in asked:
        assert read(kept.fetch(**values)) == read(make(**values))
    values = {**here, "now": now}
    for kept, more in (
        (room._WATCHERS, values),
        (announcements._FRESH, values),
        (room._CANDIDATE_IN, {**here, "candidate": candidate}),
        (room._NAMESAKES, {**here, "last_name": "ESSAI", "candidate": candidate}),
    ):
        assert read(kept.fetch(**more)) == read(kept._make(**more))
    assert sorted(counts._STATES.rows(**values)) == sorted(counts._states(**values))


@pytest.mark.parametrize("seconds", [-1, 0, 44, 45, 46, 3600])
def test_the_access_is_found_with_what_flipped(lived: Session, seconds: int) -> None:
    access, token = factories.enter_room(lived)
    now = NOW + timedelta(seconds=seconds)
    values = {
        "number": lived.number,
        "token": access.token_fingerprint,
        "after": now - timedelta(seconds=4),
        "now": now,
    }
    found = room._ACCESS_SINCE.fetch(**values)
    assert read(found) == read(room._access_since(**values))
    assert [one.pk for one in found] == [access.pk]
    assert read(room._ACCESS.fetch(number=lived.number, token=access.token_fingerprint, now=now)) != []
    assert room._ACCESS.fetch(number=lived.number, token=token, now=now) == []


def test_a_parameter_that_never_reaches_the_database_is_told() -> None:
    def forgetful(session: int, now: datetime) -> QuerySet[Attempt]:
        return Attempt.objects.filter(session_id=session)

    with pytest.raises(TypeError, match="now"):
        Kept(forgetful, session=int, now=datetime).fetch(session=1, now=NOW)
