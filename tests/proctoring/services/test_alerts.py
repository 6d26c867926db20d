"""Alerts: one open a candidate and question, answered once (R15)."""

from datetime import timedelta

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.models import Alert, Entry
from proctoring.services import alerts, incidents, progress, running
from proctoring.services.entries import candidate_actor
from sessions_app.models import Candidate, Session
from tests.factories import PROCTOR, CandidateFactory, attempt_of, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def entry(candidate: Candidate) -> Entry:
    found = put(candidate, "in_progress", now=NOW)
    assert found is not None
    return found


def signal(entry: Entry, question: int = 4, kinds_: tuple[str, ...] = ("image",)) -> tuple[Alert, bool]:
    return alerts.raise_alert(
        entry=entry, question=question, kinds=kinds_, actor=candidate_actor(entry), now=NOW + SECOND
    )


def answer(alert: Alert, *, confirmed: bool, after: int = 2) -> Alert:
    return alerts.answer_alert(
        session_id=alert.attempt.session_id,
        candidate_id=alert.attempt.candidate_id,
        alert_id=alert.pk,
        confirmed=confirmed,
        category="E11",
        actor=PROCTOR,
        now=NOW + after * SECOND,
    )


def test_alert_is_an_event_with_its_question(entry: Entry) -> None:
    alert, new = signal(entry, kinds_=("image", "file", "image"))

    assert new
    assert (alert.status, alert.raised_at, alert.kinds) == ("open", NOW + SECOND, ["file", "image"])
    facts = last_event(entry.session).facts
    assert (facts["question"], facts["kinds"], facts["alert"]) == (4, ["file", "image"], alert.pk)
    assert attempt_of(entry.candidate).question == 4  # the alert says where he is
    assert_sound(entry.session)


def test_alert_raised_again_is_the_same_one(entry: Entry) -> None:
    first, _ = signal(entry)
    before = everything(entry.session)
    again, new = signal(entry, kinds_=("focus",))
    assert (again, new) == (first, False)
    assert everything(entry.session) == before


def test_alert_on_another_question_is_another_one(entry: Entry) -> None:
    assert signal(entry)[0] != signal(entry, question=5)[0]


def test_alert_may_come_again_once_the_answer_is_told(entry: Entry) -> None:
    first, _ = signal(entry)
    answer(first, confirmed=False)
    again, new = alerts.raise_alert(
        entry=entry, question=4, kinds=[], actor=candidate_actor(entry), now=NOW + 12 * SECOND
    )
    assert new
    assert again != first


@pytest.mark.parametrize(
    ("confirmed", "status", "kind"),
    [(True, "validated", "alert_validated"), (False, "refused", "alert_refused")],
)
def test_alert_is_answered(entry: Entry, confirmed: bool, status: str, kind: str) -> None:
    alert = answer(signal(entry)[0], confirmed=confirmed)
    assert (alert.status, alert.handled_at) == (status, NOW + 2 * SECOND)
    assert kind in kinds(entry.session)[-2:]
    before = everything(entry.session)
    answer(alert, confirmed=confirmed, after=3)
    assert everything(entry.session) == before


def test_alert_answered_otherwise_by_somebody_faster_is_gone(entry: Entry) -> None:
    alert = answer(signal(entry)[0], confirmed=True)
    before = everything(entry.session)
    with pytest.raises(DomainError, match="alert_gone"):
        answer(alert, confirmed=False)
    assert everything(entry.session) == before


def test_alert_of_a_test_that_is_over_is_gone(entry: Entry) -> None:
    alert, _ = signal(entry)
    running.complete(entry=entry, actor=candidate_actor(entry), now=NOW + SECOND)
    alert.refresh_from_db()
    assert alert.status == "lapsed"
    with pytest.raises(DomainError, match="alert_gone"):
        answer(alert, confirmed=True)


def test_alert_of_another_candidate_is_not_found(entry: Entry) -> None:
    alert, _ = signal(entry)
    other = CandidateFactory(session=entry.session)
    with pytest.raises(DomainError, match="alert_gone") as refusal:
        alerts.answer_alert(
            session_id=entry.session_id,
            candidate_id=other.pk,
            alert_id=alert.pk,
            confirmed=True,
            category="E11",
            actor=PROCTOR,
            now=NOW,
        )
    assert refusal.value.status == 404


def test_alert_in_a_session_that_is_over_is_refused(entry: Entry) -> None:
    alert, _ = signal(entry)
    Session.objects.filter(pk=entry.session_id).update(state="closed", closed_at=NOW)
    with pytest.raises(DomainError, match="session_closed"):
        answer(alert, confirmed=True)
    with pytest.raises(DomainError, match="session_closed") as refusal:
        signal(entry, question=5)
    assert refusal.value.status == 410


def test_alert_does_not_make_him_silent_or_hide_that_he_is(entry: Entry) -> None:
    """R6: state and needs, and needs among themselves, are independent."""
    before = attempt_of(entry.candidate).silent_at
    signal(entry)
    assert attempt_of(entry.candidate).silent_at == before


# ---- ten seconds to think again (R15) ----


def undo(alert: Alert, after: float = 9) -> Alert:
    return alerts.undo_answer(
        session_id=alert.attempt.session_id,
        candidate_id=alert.attempt.candidate_id,
        alert_id=alert.pk,
        actor=PROCTOR,
        now=NOW + after * SECOND,
    )


def test_confirmed_alert_is_an_incident_in_the_same_gesture(entry: Entry) -> None:
    alert = answer(signal(entry)[0], confirmed=True)
    incident = alert.incidents.get()
    assert (incident.category, incident.question, incident.source) == ("E11", 4, "alert")
    assert incident.observed_at == alert.raised_at
    assert kinds(entry.session)[-2:] == ["alert_validated", "incident_reported"]
    assert last_event(entry.session).facts["alert"] == alert.pk
    assert attempt_of(entry.candidate).incidents_noted == 1
    assert_sound(entry.session)


@pytest.mark.parametrize("category", ["", "E7", "E2", "C7"])
def test_confirmed_alert_without_a_category_is_refused(entry: Entry, category: str) -> None:
    alert, _ = signal(entry)
    before = everything(entry.session)
    with pytest.raises(DomainError, match="category_"):
        alerts.answer_alert(
            session_id=entry.session_id, candidate_id=entry.candidate_id, alert_id=alert.pk, confirmed=True,
            category=category, actor=PROCTOR, now=NOW + 2 * SECOND,
        )  # fmt: skip
    assert everything(entry.session) == before


def confirm(alert: Alert, category: str) -> None:
    alerts.answer_alert(
        session_id=alert.attempt.session_id, candidate_id=alert.attempt.candidate_id, alert_id=alert.pk,
        confirmed=True, category=category, actor=PROCTOR, now=NOW + 3 * SECOND,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("category", "code", "status"),
    [("E1", "alert_confirmed", 409), ("X9", "category_unknown", 422), ("", "category_missing", 422)],
)
def test_confirmed_again_with_another_category_is_refused(
    entry: Entry, category: str, code: str, status: int
) -> None:
    alert = answer(signal(entry)[0], confirmed=True)
    before = everything(entry.session)
    with pytest.raises(DomainError) as refusal:
        confirm(alert, category)
    assert (refusal.value.code, refusal.value.status) == (code, status)
    if code == "alert_confirmed":
        assert "déjà confirmé\u00a0: E11 — " in refusal.value.sentence
    assert everything(entry.session) == before


def test_confirmed_again_as_its_incident_was_corrected_changes_nothing(entry: Entry) -> None:
    alert = answer(signal(entry)[0], confirmed=True)
    incidents.change_incident(
        session_id=entry.session_id, incident_id=alert.incidents.get().pk, actor=PROCTOR,
        observed=incidents.Observed("E1", 4), now=NOW + 3 * SECOND,
    )  # fmt: skip
    before = everything(entry.session)
    for category in ("E1", "E11"):
        confirm(alert, category)
    assert everything(entry.session) == before


@pytest.mark.parametrize("confirmed", [True, False])
def test_answer_is_undone_before_the_candidate_is_told(entry: Entry, confirmed: bool) -> None:
    alert = undo(answer(signal(entry)[0], confirmed=confirmed), after=11.9)
    assert (alert.status, alert.handled_at, alert.final_at) == ("open", None, None)
    assert "alert_undone" in kinds(entry.session)
    assert not alert.incidents.filter(deleted_at=None).exists()
    assert attempt_of(entry.candidate).incidents_noted == 0
    before = everything(entry.session)
    undo(alert)
    assert everything(entry.session) == before
    assert answer(alert, confirmed=not confirmed, after=20).status != "open"
    assert_sound(entry.session)


def test_answer_that_was_told_stands(entry: Entry) -> None:
    alert = answer(signal(entry)[0], confirmed=True)
    before = everything(entry.session)
    with pytest.raises(DomainError, match="alert_final"):
        undo(alert, after=12)
    assert everything(entry.session) == before


def test_answer_is_not_undone_for_who_went_on_or_is_done(entry: Entry) -> None:
    alert = answer(signal(entry)[0], confirmed=True)
    progress.beat(entry=entry, visible=True, question=5, actor=candidate_actor(entry), now=NOW + 3 * SECOND)
    with pytest.raises(DomainError, match="alert_answered"):
        undo(alert)
    running.complete(entry=entry, actor=candidate_actor(entry), now=NOW + 4 * SECOND)
    with pytest.raises(DomainError, match="alert_gone"):
        undo(alert)


def test_alert_of_who_answered_meanwhile_lapses_and_writes_no_incident(entry: Entry) -> None:
    alert, _ = signal(entry)
    progress.beat(entry=entry, visible=True, question=5, actor=candidate_actor(entry), now=NOW + SECOND)
    with pytest.raises(DomainError, match="alert_answered"):
        answer(alert, confirmed=True)
    alert.refresh_from_db()
    assert (alert.status, alert.incidents.count()) == ("lapsed", 0)
    assert kinds(entry.session)[-1] == "alert_lapsed"
    with pytest.raises(DomainError, match="alert_gone"):
        answer(alert, confirmed=False)


def test_alert_answered_but_not_told_is_not_raised_again(entry: Entry) -> None:
    alert = answer(signal(entry)[0], confirmed=False)
    assert signal(entry) == (alert, False)
