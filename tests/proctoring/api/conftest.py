"""A platform with a key of the session's establishment, and candidates in any state."""

from collections.abc import Callable

import pytest

from proctoring.enums import AttemptState
from proctoring.models import Entry
from proctoring.services.entries import entry_of
from sessions_app.models import Candidate, Session
from tests import factories
from tests.proctoring.api.platform import Platform

Bring = Callable[[Candidate, AttemptState | str], Platform]


@pytest.fixture
def platform(session: Session) -> Platform:
    return Platform(factories.ApiKeyFactory(establishment=session.establishment))


@pytest.fixture
def in_state(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Bring a candidate into a state by the real acts; the platform's entry is the one that held the test."""

    def bring(candidate: Candidate, state: AttemptState | str) -> Platform:
        def open_by_api(chosen: Candidate, **_: object) -> Entry:
            assert platform.enter(chosen, heartbeat=15).status_code == 200
            entry = entry_of(platform.token)
            assert entry is not None
            return entry

        monkeypatch.setattr(factories, "open_entry_for", open_by_api)
        if factories.put(candidate, state) is None:
            open_by_api(candidate)
        return platform

    return bring
