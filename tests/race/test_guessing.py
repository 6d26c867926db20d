"""Many guesses at the same instant are no more than one after the other (mechanics §8)."""

from collections import Counter

import pytest

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.models import Door, GuessPool
from sessions_app.services.guessing import Pool, guarded
from tests.race.threads import codes, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
POOL = Pool("everybody", Door.ROOM)


def test_parallel_guesses_are_judged_as_if_one_after_the_other() -> None:
    now = clock.now()
    judged: list[str] = []

    def guess() -> None:
        with guarded(POOL, wrong={"wrong"}, sentence="{wait}", now=now):
            judged.append("one")
            raise DomainError("wrong", "Faux.")

    answers = Counter(codes(together(*[guess] * 8)))

    assert len(judged) == answers["wrong"] <= POOL.free + 1
    assert GuessPool.objects.get().failures == answers["wrong"]
