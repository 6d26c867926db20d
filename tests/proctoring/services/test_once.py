"""The service behind every « once »: tied to no protocol."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Away, Busy, DomainError
from proctoring.models import Once
from proctoring.services import once
from proctoring.services.once import Answer
from sessions_app.models import Establishment

pytestmark = pytest.mark.django_db
NOW = clock.now()


class Counter:
    """An act that counts, writes a row, and answers or refuses."""

    def __init__(self, error: Exception | None = None) -> None:
        self.times = 0
        self.error = error

    def __call__(self) -> Answer:
        self.times += 1
        Establishment.objects.create(name=f"acte {self.times}")
        if self.error is not None:
            raise self.error
        return Answer(201, {"times": self.times})


def run(
    act: Counter, *, key: str = "k", body: once.Json = "b", scope: str = "s", later: timedelta = timedelta()
) -> Answer:
    return once.guard(scope=scope, key=key, body=body, now=NOW + later, act=act)


def test_the_same_key_and_body_act_once() -> None:
    act = Counter()
    assert run(act) == run(act) == Answer(201, {"times": 1})
    assert act.times == Establishment.objects.count() == 1


def test_no_key_acts_each_time() -> None:
    act = Counter()
    run(act, key="")
    run(act, key="")
    assert act.times == 2
    assert not Once.objects.exists()


def test_another_body_is_refused() -> None:
    act = Counter()
    run(act)
    with pytest.raises(DomainError) as refused:
        run(act, body="other")
    assert (refused.value.code, refused.value.status) == ("idempotency_mismatch", 422)
    assert "Rouvrez le formulaire" in refused.value.sentence, "a teacher who went back reads it too"
    assert act.times == 1


def test_another_scope_or_key_is_another_act() -> None:
    act = Counter()
    run(act)
    run(act, scope="t")
    run(act, key="l")
    assert act.times == 3


def test_an_answer_without_body_is_kept() -> None:
    assert once.guard(scope="s", key="k", body=None, now=NOW, act=lambda: Answer(204)) == Answer(204, None)
    assert once.guard(scope="s", key="k", body=None, now=NOW, act=lambda: Answer(500)) == Answer(204, None)


def test_a_refusal_is_kept_with_what_was_written_before_it() -> None:
    act = Counter(DomainError("no", "Non.", status=403))
    for _ in range(2):
        with pytest.raises(DomainError) as refused:
            run(act)
        assert (refused.value.code, refused.value.sentence, refused.value.status) == ("no", "Non.", 403)
    assert act.times == Establishment.objects.count() == 1


@pytest.mark.parametrize("error", [Busy(), ZeroDivisionError()])
def test_what_was_not_answered_is_not_kept(error: Exception) -> None:
    act = Counter(error)
    for _ in range(2):
        with pytest.raises(type(error)):
            run(act)
    assert act.times == 2
    assert not Establishment.objects.exists()
    assert not Once.objects.exists()


def test_a_lock_not_had_in_time_is_busy() -> None:
    with pytest.raises(Busy):
        run(Counter(OperationalError("database is locked")))
    with pytest.raises(Away):
        run(Counter(OperationalError("connection lost")))


def test_a_key_past_its_48_hours_is_free_again() -> None:
    act = Counter()
    run(act)
    run(act, later=timedelta(hours=48))
    assert act.times == 1
    assert run(act, body="other", later=timedelta(hours=48, seconds=1)) == Answer(201, {"times": 2})
    assert Once.objects.count() == 1


def test_old_rows_are_purged_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    run(Counter())
    monkeypatch.setattr(once.secrets, "randbelow", lambda _: 1)
    run(Counter(), key="l", later=timedelta(hours=47))
    assert Once.objects.count() == 2
    monkeypatch.setattr(once.secrets, "randbelow", lambda _: 0)
    run(Counter(), key="m", later=timedelta(hours=49))
    assert set(Once.objects.values_list("key", flat=True)) == {"l", "m"}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_threads_under_one_key_act_once() -> None:
    act, together = Counter(), threading.Barrier(4)

    def send(_: int) -> Answer | None:
        together.wait()
        try:
            return run(act)
        except Busy:
            return None
        finally:
            connection.close()

    for key in range(10):
        Once.objects.filter(key="k").update(key=f"done {key}")
        with ThreadPoolExecutor(4) as pool:
            answers = [answer for answer in pool.map(send, range(4)) if answer is not None]
        assert answers
        assert len({str(answer) for answer in answers}) == 1
    assert Establishment.objects.count() == Once.objects.count() == 10


def test_the_act_and_its_key_are_one_transaction() -> None:
    seen: list[bool] = []

    def act() -> Answer:
        seen.append(transaction.get_connection().in_atomic_block)
        assert Once.objects.filter(key="k").exists()
        return Answer(200)

    once.guard(scope="s", key="k", body=None, now=NOW, act=act)
    assert seen == [True]
