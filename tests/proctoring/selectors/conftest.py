"""Time stands still at the middle of a morning."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def travel() -> Iterator[Callable[..., None]]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield lambda **by: traveller.shift(timedelta(**by))
