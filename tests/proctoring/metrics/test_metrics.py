"""`/metrics` (contract.md, Pages)."""

import shutil
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from pixsurv.kernel import clock
from proctoring.enums import AttemptState
from proctoring.models import Alert, Attempt
from sessions_app.enums import SessionKind
from sessions_app.models import Candidate, Session
from tests import factories

TOKEN = "a token of twenty characters or more"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def told(client: Client) -> dict[tuple[str, str], float]:
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def needing(candidate: Candidate) -> Candidate:
    """In his test, silent, over time, with an open alert."""
    now = clock.now()
    factories.put(candidate, AttemptState.IN_PROGRESS, now=now - timedelta(hours=2))
    attempts = Attempt.objects.filter(candidate=candidate)
    attempts.update(silent_at=now - timedelta(minutes=1), deadline_at=now - timedelta(minutes=1))
    Alert.objects.create(attempt=attempts.get(), question=3, raised_at=now)
    return candidate


def test_rooms_are_counted(client: Client, candidate: Candidate) -> None:
    needing(candidate)
    factories.enter_room(candidate.session)

    numbers = told(client)

    assert numbers["pixsurv_sessions_open", "launched"] == 1
    assert numbers["pixsurv_attempts", "in_progress"] == 1
    assert numbers["pixsurv_proctors_watching", ""] == 1
    needs = {need: numbers["pixsurv_needs", need] for need in ("alert", "resume", "disconnected", "overtime")}
    assert needs == {"alert": 1, "resume": 0, "disconnected": 1, "overtime": 1}


@pytest.mark.parametrize(
    ("began", "over", "overtime"),
    [(-2, None, 0), (0, None, 1), (-2, 0, 1)],
    ids=["deadline in the incident", "deadline before it", "incident over"],
)
def test_time_stands_still_in_an_incident_of_the_room(
    client: Client, candidate: Candidate, began: int, over: int | None, overtime: int
) -> None:
    needing(candidate)  # for a minute
    now = clock.now()
    Session.objects.filter(pk=candidate.session_id).update(
        incident_kind="power", incident_key=1, incident_since=now + timedelta(minutes=began),
        incident_over_at=None if over is None else now,
    )  # fmt: skip
    assert told(client)["pixsurv_needs", "overtime"] == overtime


def test_rehearsals_are_left_out(client: Client, candidate: Candidate) -> None:
    needing(candidate)
    factories.enter_room(candidate.session)
    Session.objects.filter(pk=candidate.session_id).update(kind=SessionKind.REHEARSAL)

    numbers = told(client)

    for name in ("sessions_open", "attempts", "needs", "proctors_watching"):
        assert sum(value for (family, _), value in numbers.items() if family == f"pixsurv_{name}") == 0


def test_nobody_is_named(client: Client, candidate: Candidate) -> None:
    needing(candidate)

    page = client.get("/metrics", headers=BEARER).content.decode()

    assert candidate.last_name not in page
    assert str(candidate.session.number) not in page


@pytest.mark.parametrize("used", [0, 30])
def test_disk_that_fills_is_told(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, used: int
) -> None:
    """Of 40 bytes, 10 are root's reserve: full is when nobody else can write."""
    disk = SimpleNamespace(total=40, used=used, free=30 - used)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: disk if folder.is_dir() else None)

    assert told(client)["pixsurv_disk_used_ratio", ""] == used / 30


def test_scrape_costs_the_same_for_1_and_for_20_candidates(
    client: Client, session: Session, django_assert_max_num_queries: Any
) -> None:
    for candidate in factories.CandidateFactory.create_batch(5, session=session):
        needing(candidate)

    with django_assert_max_num_queries(9):
        told(client)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer é"])
def test_without_the_token_nothing_is_told(client: Client, db: None, header: str | None) -> None:
    answer = client.get("/metrics", headers={} if header is None else {"Authorization": header})

    assert answer.status_code == 401
    assert b"pixsurv" not in answer.content


def test_without_the_setting_there_is_no_such_page(client: Client, db: None, settings: Any) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
