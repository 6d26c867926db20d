"""R4: the day as five steps, from the facts alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from proctoring.selectors.steps import Day, Facts, Step, common_end, day_of, outlived
from sessions_app.enums import SessionState
from sessions_app.models import Establishment, Session
from tests.proctoring.selectors.conftest import NOW

STARTS = NOW  # 10h30 in Paris
LAUNCHED = NOW + timedelta(minutes=15)  # a common end at 12h30


def at(hour: int, minute: int) -> datetime:
    """In Paris, on that day."""
    return NOW.replace(hour=hour - 1, minute=minute)


def session(**columns: Any) -> Session:
    return Session(
        establishment=Establishment(name="Collège d’essai"),
        **{"starts_at": STARTS, "duration": 105, "state": SessionState.PLANNED, **columns},
    )


def launched(**columns: Any) -> Session:
    return session(**{"state": SessionState.LAUNCHED, "launched_at": LAUNCHED, **columns})


def shown(one: Session, now: datetime, **counts: Any) -> Day:
    return day_of(Facts(one, now, **counts))


RUNS: dict[str, Any] = {"running": 12, "first_end_at": at(12, 31), "last_end_at": at(13, 5)}
READ = {"instructions_read_at": NOW}
CUT = {"incident_kind": "power", "incident_since": at(11, 0), "incident_key": 3}


@pytest.mark.parametrize(
    ("one", "now", "counts", "step", "begins"),
    [
        (session(), at(10, 30), {"expected": 20}, Step.PREPARE, "Cochez chaque présent"),
        (session(), at(10, 44), {"expected": 3, "present": 17}, Step.PREPARE, "Cochez"),
        (session(), at(10, 45), {"expected": 3, "present": 17}, Step.LAUNCH, "Lisez les consignes"),
        (session(), at(10, 45), {"expected": 20}, Step.PREPARE, "Cochez"),
        (session(), at(10, 35), {"present": 20}, Step.LAUNCH, "Lisez les consignes"),
        (session(**READ), at(10, 35), {"expected": 20}, Step.PREPARE, "Consignes lues. Cochez d’abord les élèves"),
        (session(**READ), at(10, 50), {"expected": 20}, Step.PREPARE, "Consignes lues. Cochez d’abord les élèves"),
        (session(**READ), at(10, 35), {"expected": 19, "present": 1}, Step.LAUNCH, "Consignes lues\u00a0: donnez"),
        (session(**READ), at(10, 35), {}, Step.LAUNCH, "Consignes lues\u00a0: donnez le code"),
        (launched(), at(10, 46), {"present": 11, **RUNS}, Step.WATCH, "11\u00a0élèves présents n’ont pas"),
        (launched(), at(10, 46), {"present": 1, **RUNS}, Step.WATCH, "1\u00a0élève présent n’a pas encore"),
        (launched(), at(11, 0), RUNS, Step.WATCH, "Premières fins à 12h31. Parcourez la salle"),
        (launched(), at(12, 19), RUNS, Step.WATCH, "Premières fins"),
        (launched(), at(12, 20), RUNS, Step.WATCH, "À annoncer\u00a0: encore 10\u00a0minutes. Fin commune à 12h30."),
        (launched(), at(12, 20), {"present": 1, **RUNS}, Step.WATCH, "À annoncer"),
        (launched(), at(12, 25), RUNS, Step.WATCH, "Premières fins"),
        (launched(), at(12, 30), RUNS, Step.END, "La fin commune est passée. Dernière fin à 13h05"),
        (launched(), at(12, 31), {"overdue": 2, **RUNS}, Step.END, "Le temps est écoulé pour 2\u00a0élèves"),
        (launched(), at(12, 31), {"overdue": 1, **RUNS}, Step.END, "Le temps est écoulé pour 1\u00a0élève\u00a0:"),
        (launched(), at(11, 50), {}, Step.CLOSE, "Tous les tests sont finis."),
        (launched(), at(11, 50), {"present": 1}, Step.WATCH, "1\u00a0élève présent n’a pas encore commencé"),
        (launched(), at(12, 30), {"present": 1}, Step.CLOSE, "Tous les tests sont finis."),
        (launched(**CUT), at(11, 5), RUNS, Step.WATCH, "Un incident est en cours"),
        (launched(**CUT), at(12, 40), RUNS, Step.WATCH, "Un incident est en cours"),
        (launched(**CUT, incident_over_at=at(11, 20)), at(12, 20), {"given": 20, **RUNS}, Step.WATCH, "Premières"),
        (launched(**CUT, incident_over_at=at(11, 20)), at(12, 40), {"given": 20, **RUNS}, Step.WATCH, "À annoncer"),
        (session(state="closed", closed_at=at(13, 0)), at(13, 1), {}, None, "Tout est fait"),
        (session(state="cancelled", cancelled_at=at(9, 0)), at(9, 1), {}, None, "Session annulée à 9h00."),
    ],
)  # fmt: skip
def test_step_and_sentence(
    one: Session, now: datetime, counts: dict[str, Any], step: Step | None, begins: str
) -> None:
    day = shown(one, now, **counts)
    assert day.step == step
    assert day.sentence.startswith(begins)
    assert day.aloud is begins.startswith("À annoncer")


def test_what_is_over_is_marked_done_and_one_is_current() -> None:
    marks = shown(launched(), at(11, 0), **RUNS).marks
    assert [mark.label for mark in marks] == ["Préparer", "Lancer", "Surveiller", "Terminer", "Clôturer"]
    assert [(mark.done, mark.current) for mark in marks] == [
        (True, False), (True, False), (False, True), (False, False), (False, False),
    ]  # fmt: skip
    assert shown(session(), at(10, 30)).marks[0].label == "Préparer (15\u00a0min)"


@pytest.mark.parametrize(("state", "done"), [("closed", 5), ("cancelled", 0)])
def test_a_room_that_is_over_is_at_no_step(state: str, done: int) -> None:
    marks = shown(session(state=state, closed_at=NOW, cancelled_at=NOW), NOW).marks
    assert sum(mark.done for mark in marks) == done
    assert not any(mark.current for mark in marks)


@pytest.mark.parametrize(
    ("one", "now", "until"),
    [
        (session(), at(10, 30), at(10, 45)),
        (session(), at(10, 45), None),
        (launched(), at(11, 0), at(12, 20)),
        (launched(), at(12, 20), at(12, 25)),
        (launched(), at(12, 25), at(12, 30)),
        (launched(), at(12, 30), None),
        (launched(**CUT), at(12, 0), None),
        (session(state="closed", closed_at=NOW), NOW, None),
    ],
)
def test_a_day_says_until_when_it_holds_by_the_clock(
    one: Session, now: datetime, until: datetime | None
) -> None:
    day = shown(one, now)
    assert day.until == until
    if until is not None:
        assert not outlived(day.key, until - timedelta(milliseconds=1))
        assert outlived(day.key, until)
        assert shown(one, until).key != day.key


@pytest.mark.parametrize("nonsense", ["", "0", "0.x", "x", "²", "-5.1", "9" * 40, "é.1", ".1"])
def test_nonsense_outlives_nothing(nonsense: str) -> None:
    assert not outlived(nonsense, NOW)


def test_the_school_says_whether_tests_stop_by_themselves() -> None:
    one = launched()
    assert "rien ne s’arrête tout seul" in shown(one, at(11, 0), **RUNS).sentence
    one.establishment.ends_by_itself = True
    assert "chaque test s’arrête à son heure de fin" in shown(one, at(11, 0), **RUNS).sentence


def test_the_common_end_knows_no_extra_time() -> None:
    assert common_end(session()) is None
    assert common_end(launched()) == at(12, 30)
    assert common_end(launched(), given=7) == at(12, 37)
