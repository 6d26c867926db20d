"""`simulate`: a day of invented candidates over the API, with a proctor who answers them."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from pixsurv.kernel import clock
from proctoring import simulation
from proctoring.enums import AlertStatus, AttemptState
from proctoring.management.commands import simulate
from proctoring.models import Alert, Attempt, Entry
from proctoring.services import alerts, closing, ending, presence, resume
from proctoring.simulation import Character, Person, Player, Reply
from sessions_app.models import ApiKey, Candidate, Event, Session
from tests import factories

BEGINNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class ByClient:
    """The API without a network."""

    def __init__(self) -> None:
        self.client = Client()
        self.away = 0

    def __call__(self, method: str, path: str, *, bearer: str, body: Any = None, key: str = "") -> Reply:
        if self.away:
            self.away -= 1
            raise OSError
        headers = {"Authorization": f"Bearer {bearer}"} | ({"Idempotency-Key": key} if key else {})
        answer = self.client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body) if body is not None else "",
            "application/json",
            headers=headers,
        )
        return Reply(answer.status_code, answer.json(), float(answer.headers.get("Retry-After", 0)))


class Proctor:
    """Does what the rows ask for each time that time passes; the clock of the whole process moves with it."""

    def __init__(self, session: Session, traveller: time_machine.Traveller) -> None:
        self.session, self.traveller = session, traveller
        self.passed = 0.0
        self.idle = False
        self.ends: set[int] = set()

    def now(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds
        self.traveller.shift(timedelta(seconds=seconds))
        if not self.idle:
            self.look_round()

    def look_round(self) -> None:
        act: dict[str, Any] = {"session_id": self.session.pk, "actor": factories.PROCTOR, "now": clock.now()}
        for candidate in Candidate.objects.filter(session=self.session, entries__isnull=False).distinct():
            attempt = Attempt.objects.filter(candidate=candidate).first()
            state = attempt.state if attempt is not None else AttemptState.EXPECTED
            if state == AttemptState.EXPECTED:
                late = Session.objects.get(pk=self.session.pk).launched_at is not None
                arrival = presence.Arrival.IN_ROOM if late else None
                presence.confirm_presence(candidate_id=candidate.pk, arrival=arrival, **act)
            elif attempt is not None and attempt.resume_requested_at is not None:
                resume.authorise_resume(candidate_id=candidate.pk, **act)
            elif candidate.pk in self.ends and state == AttemptState.IN_PROGRESS:
                ending.end_test(candidate_id=candidate.pk, **act)
        for alert in Alert.objects.filter(status=AlertStatus.OPEN).select_related("attempt"):
            alerts.answer_alert(
                candidate_id=alert.attempt.candidate_id,
                alert_id=alert.pk,
                confirmed=bool(alert.pk % 2),
                category="E11",
                **act,
            )


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEGINNING, tick=False) as moved:
        yield moved


Play = Callable[..., list[str]]


@pytest.fixture
def play(db: None, traveller: time_machine.Traveller) -> Play:
    """Play candidates of these characters in a fresh session; returns what was told."""

    def run(*characters: Character, duration: float = 7200, **proctor_is: Any) -> list[str]:
        session = factories.SessionFactory()
        key = factories.ApiKeyFactory(establishment=session.establishment)
        told: list[str] = []
        players, send = [], ByClient()
        for place, character in enumerate(characters):
            candidate = factories.CandidateFactory(session=session, first_name=f"P{place}", last_name="ESSAI")
            person = Person("ESSAI", f"P{place}", candidate.birth_date, str(place + 1))
            players.append(
                Player(person, character, send, session.number, session.access_code, key.secret, told.append)
            )
        proctor = Proctor(session, traveller)
        send.away = proctor_is.pop("away", 0)
        for name, value in proctor_is.items():
            setattr(proctor, name, value(session) if callable(value) else value)
        over = simulation.run(
            (player.play() for player in players), ticker=proctor, speed=1, duration=duration
        )
        return [*told, "fini" if over else "durée écoulée"]

    return run


def a_character(**changes: Any) -> Character:
    plain = {
        "absent": False,
        "arrives_after": 1.0,
        "mistypes_code": False,
        "questions": 3,
        "pace": 20.0,
        "alert_at": 0,
        "disconnects_at": 0,
        "crashes_at": 0,
        "leaves_at": 0,
        "away": 60.0,
        "stays": False,
    }
    return Character(**{**plain, **changes})


def states() -> list[str]:
    return list(Attempt.objects.order_by("candidate_id").values_list("state", flat=True))


def test_a_quiet_candidate_arrives_waits_starts_and_finishes(play: Play) -> None:
    assert play(a_character()) == [
        "P0 ESSAI — arrive (poste 1)",
        "P0 ESSAI — attend que sa présence soit confirmée",
        "P0 ESSAI — commence son test",
        "P0 ESSAI — a terminé",
        "fini",
    ]
    assert states() == ["completed"]
    assert Attempt.objects.get().workstation == "1"


def test_a_mistyped_code_keeps_him_at_the_door(play: Play) -> None:
    assert "P0 ESSAI — tape un mauvais code d’accès" in play(a_character(mistypes_code=True))
    assert states() == ["completed"]


def test_a_crash_becomes_a_request_and_a_resume(play: Play) -> None:
    told = play(a_character(crashes_at=2))
    assert told[3:7] == [
        "P0 ESSAI — redémarre son ordinateur (question 2)",
        "P0 ESSAI — revient (poste 1)",
        "P0 ESSAI — demande à reprendre son test",
        "P0 ESSAI — reprend à la question 2",
    ]
    kinds = [event.kind for event in Event.objects.all()]
    assert [kind for kind in kinds if kind.startswith("resume")] == [
        "resume_requested",
        "resume_authorised",
        "resumed",
    ]
    assert Entry.objects.count() == 2


def test_an_alert_waits_for_the_proctor(play: Play) -> None:
    told = play(a_character(alert_at=2), a_character(alert_at=3))
    assert "P0 ESSAI — signale un problème sur la question 2" in told
    assert {line.partition("— ")[2] for line in told} >= {
        "passe à la question suivante",
        "reprend la question",
    }


def test_silence_and_leaving_show_and_end(play: Play) -> None:
    told = play(a_character(disconnects_at=2), a_character(leaves_at=2))
    assert {"P0 ESSAI — ne répond plus (question 2)", "P0 ESSAI — est de nouveau là"} <= set(told)
    assert "P1 ESSAI — quitte la page du test" in told
    assert Attempt.objects.exclude(reconnected_at=None).exists()
    assert states() == ["completed", "completed"]


def test_who_stays_is_ended_and_freezes(play: Play) -> None:
    told = play(
        a_character(stays=True, questions=2),
        ends=lambda session: set(session.candidates.values_list("pk", flat=True)),
    )
    assert told[-3:] == [
        "P0 ESSAI — son écran se fige\u00a0: fin demandée par le surveillant",
        "P0 ESSAI — son test a été terminé par le surveillant",
        "fini",
    ]


def test_an_undone_end_goes_on_by_itself(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def end_then_undo(self: Proctor) -> None:
        Proctor.look_round_first(self)  # type: ignore[attr-defined]
        for attempt in Attempt.objects.exclude(started_at=None):
            where = {"session_id": attempt.session_id, "candidate_id": attempt.candidate_id}
            if attempt.state == "ended":
                ending.undo_end(**where, actor=factories.PROCTOR, now=clock.now())
            elif attempt.end_undone_at is None and attempt.state == "in_progress" and self.passed > 30:
                ending.end_test(**where, actor=factories.PROCTOR, now=clock.now())

    monkeypatch.setattr(Proctor, "look_round_first", Proctor.look_round, raising=False)
    monkeypatch.setattr(Proctor, "look_round", end_then_undo)
    told = play(a_character())
    assert "P0 ESSAI — continue\u00a0: la fin a été annulée" in told
    assert states() == ["completed"]


def test_nobody_ticks_and_the_simulation_stops_by_itself(play: Play) -> None:
    told = play(a_character(), a_character(absent=True), duration=120, idle=True)
    assert "P1 ESSAI — ne vient pas" in told
    assert told[-1] == "durée écoulée"
    assert not Attempt.objects.exclude(started_at=None).exists()


def test_a_cut_network_is_tried_again_under_the_same_key(play: Play) -> None:
    told = play(a_character(), away=2)
    assert told.count("P0 ESSAI — réseau coupé, nouvel essai") == 2
    assert states() == ["completed"]


def test_the_same_seed_gives_the_same_day() -> None:
    people = [Person("ESSAI", str(place), date(2011, 1, 1), "1") for place in range(20)]
    assert simulation.cast(people, seed=7) == simulation.cast(people, seed=7)
    assert simulation.cast(people, seed=7) != simulation.cast(people, seed=8)


def test_drawn_characters_end_their_day(play: Play) -> None:
    chance = Random(3)
    characters = [Character.draw(chance) for _ in range(5)]
    for character in characters:
        character.pace, character.stays = 5, False
    assert play(*characters)[-1] == "fini"
    assert states() == ["completed"] * sum(not character.absent for character in characters)


# --- the command --------------------------------------------------------------------------------------------


def command(session: Session | int, **options: Any) -> str:
    out = StringIO()
    number = session if isinstance(session, int) else session.number
    call_command("simulate", session=number, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: 1, "Aucune session"),
        (
            lambda: factories.CandidateFactory(session=factories.SessionFactory(by_hand=True)).session,
            "à la main",
        ),
        (lambda: factories.SessionFactory(), "aucun candidat"),
    ],
)
def test_the_command_says_why_it_cannot(make: Callable[[], Session | int], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        command(make())
    assert not ApiKey.objects.exists()


def test_the_command_refuses_a_closed_session(candidate: Candidate) -> None:
    closing.close_session(session_id=candidate.session_id, actor=factories.PROCTOR, now=clock.now())
    with pytest.raises(CommandError, match="clôturée"):
        command(candidate.session)


def test_the_command_says_that_no_server_answers(candidate: Candidate) -> None:
    with pytest.raises(CommandError, match="Aucun serveur ne répond"):
        command(candidate.session, url="http://127.0.0.1:9")
    assert ApiKey.objects.get().revoked_at is not None


@pytest.mark.parametrize(
    ("status", "words"), [(401, "pas la même base"), (404, "ne répond pas comme Pixsurv")]
)
def test_the_command_says_that_it_is_another_server(
    candidate: Candidate, monkeypatch: pytest.MonkeyPatch, status: int, words: str
) -> None:
    monkeypatch.setattr(simulation.Http, "__call__", lambda *_, **__: Reply(status, {}))
    with pytest.raises(CommandError, match=words):
        command(candidate.session)


def test_ctrl_c_stops_and_revokes_the_key(candidate: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> Reply:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulation.Http, "__call__", stop)
    with pytest.raises(CommandError, match="arrêtée"):
        command(candidate.session)
    assert ApiKey.objects.get().revoked_at is not None


@pytest.mark.parametrize("option", ["--speed=0", "--speed=nan", "--duration=-1", "--candidates=0"])
def test_the_command_refuses_nonsense(option: str) -> None:
    with pytest.raises(CommandError):
        call_command("simulate", "--session=1", option)


def test_some_candidates_are_chosen_by_the_seed(session: Session) -> None:
    for _ in range(10):
        factories.CandidateFactory(session=session)
    chosen = simulate._people(session, most=3, seed=4)
    assert len(chosen) == 3
    assert chosen == simulate._people(session, most=3, seed=4)
    assert chosen == sorted(chosen, key=lambda person: int(person.workstation))
    assert len(simulate._people(session, most=30, seed=4)) == 10


@pytest.mark.django_db(transaction=True)
def test_the_command_plays_over_real_http(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    session = factories.SessionFactory()
    for _ in range(3):
        factories.put(factories.CandidateFactory(session=session), AttemptState.PRESENT)
    monkeypatch.setattr(Character, "draw", classmethod(lambda cls, chance: a_character(questions=2)))
    out = command(session, url=live_server.url, speed=1000.0, duration=30.0)
    assert states() == ["completed"] * 3
    assert re.search(r"^\d\dh\d\d:\d\d \w+ ESSAI\w+ — commence son test$", out, re.MULTILINE)
    assert out.rstrip().endswith("tous ont fini")
    assert ApiKey.objects.get().revoked_at is not None
