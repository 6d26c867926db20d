"""A session that is locked too long, and a database that does not answer: nothing typed is lost (mechanics §9)."""

import sqlite3
import threading
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError, connection

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy
from proctoring.models import Answer, Attempt, Entry
from proctoring.services import desk, entries, running
from sessions_app.models import Candidate
from tests import factories
from tests.proctoring.desk.browser import Browser, Page, ask, tick


def busy(**_: object) -> None:
    raise Busy


@pytest.fixture
def asked(tested: Candidate, browser: Browser) -> Candidate:
    ask(tested, "info-01", "info-05")
    browser.test()
    return tested


def test_busy_code_form_comes_back_ready_to_go_again(
    clock_at_nine: object, browser: Browser, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.join(candidate)
    tick(candidate, now=clock.now())
    with monkeypatch.context() as patch:
        patch.setattr(running, "start_or_resume", busy)
        response = browser.code("bcrq72")
    page = Page(response)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    (form,) = page.tree.xpath("//form[@data-retry]")
    assert form.get("action") == "/candidat/test/"
    assert page.hidden("access_code") == ["bcrq72"]
    assert len(page.hidden("csrfmiddlewaretoken")) == 1
    assert browser.code(page.hidden("access_code")[0]).status_code == 303


def test_busy_join_keeps_the_form_and_its_key(
    browser: Browser, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(desk, "set_workstation", busy)
        page = Page(browser.join(candidate, workstation="14", once="key"))
    assert page.status == 503
    assert page.hidden("once") == ["key"] and page.hidden("last_name") == [candidate.last_name]
    browser.join(candidate, workstation="14", once="key")
    assert Entry.objects.count() == 1
    assert factories.attempt_of(candidate).workstation == "14"


@pytest.mark.parametrize(
    ("where", "what", "fields"),
    [
        ("reponse", "record_answer", {"response": "b"}),
        ("signaler", "raise_alert", {"send": "1", "once": "x"}),
        ("terminer", "complete", {"confirm": "1"}),
    ],
)
def test_busy_act_leaves_the_page_of_htmx_alone(
    asked: Candidate,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    what: str,
    fields: dict[str, Any],
) -> None:
    monkeypatch.setattr(desk, what, lambda *_, **__: busy())
    response = browser.post(where, {"position": 1, **fields}, htmx=True)
    assert (response.status_code, response["HX-Reswap"], response.content) == (503, "none", b"")
    assert browser.post(where, {"position": 1, **fields}).status_code == 503


def test_busy_look_reloads_by_itself(
    asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "current", busy)
    page = Page(browser.test())
    assert page.status == 503
    assert page.has("//meta[@http-equiv='refresh' and @content='2']")


def test_busy_heartbeat_says_so(asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proctoring.services.progress.beat", busy)
    assert browser.beat("nonsense").status_code == 503


def failing(message: str, name: str = "") -> Callable[..., None]:
    """What Django raises: its own error, caused by the database's."""

    def create(*_: object, **__: object) -> None:
        cause = sqlite3.OperationalError(message)
        if name:
            cause.sqlite_errorname = name
        raise OperationalError(message) from cause

    return create


def test_locked_database_is_busy(asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer.objects, "create", failing("database is locked"))
    assert browser.answer(1, "b").status_code == 503


@pytest.mark.parametrize(
    "where", ["proctoring.models.Answer.objects.create", "proctoring.services.desk.entry_of"]
)
def test_database_that_is_away_keeps_what_was_typed(
    asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr(where, failing("connection refused"))
    response = browser.answer(1, "b")
    page = Page(response)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "ne peut rien enregistrer" in page.text
    assert (page.hidden("position"), page.hidden("response")) == (["1"], ["b"])


def test_broken_statement_is_no_busy_one(
    asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answer.objects, "create", failing("no such column", "SQLITE_ERROR"))
    with pytest.raises(OperationalError):
        browser.answer(1, "b")


def test_what_never_stops_being_due_is_busy(
    asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(asked, "gone-99", "info-01")
    monkeypatch.setattr(desk, "_write_due", lambda page: None)
    assert browser.test().status_code == 503


def test_time_out_that_loses_against_an_end_writes_nothing(
    asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end came between the reading and the lock: the page is read again, no answer is recorded."""
    page = desk.current(token=browser.client.cookies["pupitre"].value, now=clock.now())
    assert page is not None
    Attempt.objects.update(holder=None)
    desk._write_due(page)
    assert not Answer.objects.exists()


def test_busy_time_out_is_busy(asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(asked, "gone-99", "info-01")
    monkeypatch.setattr(desk, "record_answer", lambda *_, **__: busy())
    assert browser.test().status_code == 503


@pytest.mark.parametrize(
    ("what", "refusal"),
    [("record_answer", "reponse"), ("raise_alert", "signaler"), ("complete", "terminer")],
)
def test_act_refused_under_the_lock_shows_the_page_with_what_was_typed(
    asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch, what: str, refusal: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise entries.refuse("attempt_over")

    monkeypatch.setattr(desk, what, refuse)
    fields = {"position": 1, "response": "b", "send": "1", "confirm": "1", "once": "x"}
    page = Page(browser.post(refusal, fields))
    assert (page.status, page.stage, page.typed) == (409, "question", ["b"])


def test_entry_gone_in_between_leads_to_the_form(
    asked: Candidate, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record(*_: object, **__: object) -> bool:
        Attempt.objects.update(holder=None)
        Entry.objects.all().delete()
        return True

    monkeypatch.setattr(desk, "record_answer", record)
    response = browser.answer(1, "b", htmx=True)
    assert response["HX-Redirect"] == "/candidat/"


@pytest.mark.django_db(transaction=True)
def test_same_form_sent_by_two_clicks_at_once_opens_one_entry(
    candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both see no entry yet; the database lets one in, the other gets that one."""
    both_looked = threading.Barrier(2, timeout=5)

    def nothing_yet(entry_id: uuid.UUID) -> None:
        both_looked.wait()

    monkeypatch.setattr(desk, "_existing", nothing_yet)
    opened: list[uuid.UUID] = []

    def click() -> None:
        try:
            entry = desk.join(
                session_number=candidate.session.number,
                last_name=candidate.last_name,
                first_name=candidate.first_name,
                birth_date=date.fromisoformat(str(candidate.birth_date)),
                workstation="",
                form_key="one form",
                browser="one",
                heartbeat=15,
                now=clock.now(),
            )
            opened.append(entry.pk)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(opened) == 2 and len(set(opened)) == 1
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_instant_record_one(asked: Candidate, browser: Browser) -> None:
    token = browser.client.cookies["pupitre"].value
    both_read = threading.Barrier(2, timeout=5)
    recorded: list[bool] = []

    def click(response: str) -> None:
        try:
            page = desk.current(token=token, now=clock.now())
            assert page is not None
            both_read.wait()
            recorded.append(desk.record_answer(page, response=[response]))
        finally:
            connection.close()

    clicks = [threading.Thread(target=click, args=[response]) for response in "bc"]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(recorded) == [False, True]
    assert Answer.objects.count() == 1
    assert factories.attempt_of(asked).question == 2
