"""Every POST twice more, in any order, by several at once: nothing more changes (quality §2, mechanics §10)."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from proctoring.models import Ticket
from sessions_app.models import Candidate, Session
from tests.factories import ACCESS_CODE, ApiKeyFactory, CandidateFactory, SessionFactory, enter_room, put
from tests.journal import assert_sound, everything
from tests.race.threads import together
from tests.soak import Share

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS, THREADS, TWICE = 2, 4, 2
# What says when somebody was last heard, and moves no version: a repeat is a sign of life.
SEEN = {"last_seen_at", "silent_at", "reconnected_at", "last_visible"}


@dataclass
class Day:
    """The requests of one room, in the order in which they were first sent."""

    session: Session = field(default_factory=SessionFactory)
    sent: list[Callable[[], HttpResponse]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = f"/surveillance/{self.session.number}/"
        self.tokens = itertools.cycle([enter_room(self.session, name=name)[1] for name in ("Une", "Deux")])
        self.key = ApiKeyFactory(establishment=self.session.establishment).secret

    def somebody(self, state: str) -> Candidate:
        self.entry = put(candidate := CandidateFactory(session=self.session), state)
        return candidate

    def proctor(self, path: str, **form: str) -> None:
        """By one of two proctors; the answer of a page that has no scripts."""
        token = next(self.tokens)

        def ask() -> HttpResponse:
            client = Client()
            client.cookies[f"salle-{self.session.number}"] = token
            return client.post(f"{self.room}{path}", form)

        self.send(ask)

    def about(self, candidate: Candidate, path: str, **form: str) -> None:
        self.proctor(f"candidats/{candidate.pk}/{path}/", **form)

    def platform(self, bearer: str, path: str, **body: Any) -> HttpResponse:
        headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": f"key-{len(self.sent)}"}

        def ask() -> HttpResponse:
            return Client().post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

        return self.send(ask)

    def send(self, ask: Callable[[], HttpResponse]) -> HttpResponse:
        answer = ask()
        asked = answer.wsgi_request.path
        assert answer.status_code in {200, 201, 202, 303}, (asked, answer.content.decode()[-300:])
        self.sent.append(ask)
        return answer

    def live(self) -> None:
        """One of each kind of act; none takes back another, or a repeat would be a new wish."""
        self.about(self.somebody("expected"), "presence", present="1")
        self.about(self.somebody("present"), "presence", present="0")
        moved = self.somebody("present")
        self.about(moved, "poste", workstation="7")
        self.about(moved, "incident", categorie="C8", description="Une fois.", once="a")
        running = self.somebody("in_progress")
        self.proctor("minutes/", candidat=str(running.pk), minutes="5", once="b")
        self.about(running, "sortie")
        self.about(running, "temps-majore", percent="33", decision="1")
        self.about(self.somebody("expected"), "retard", arrival="in_room")
        self.about(self.somebody("in_progress"), "reprise")
        self.about(self.somebody("in_progress"), "fin")
        self.about(self.somebody("ended"), "fin/annuler")
        self.about(self.somebody("resume_authorised"), "reprise/retirer")
        self.about(self.somebody("expected"), "ticket", once="c")
        self.passes_a_test(self.somebody("present"))
        self.proctor("incident-salle/", quoi="power")

    def passes_a_test(self, candidate: Candidate) -> None:
        who = {
            "last_name": candidate.last_name,
            "first_name": candidate.first_name,
            "birth_date": candidate.birth_date.isoformat(),
        }
        entered = self.platform(self.key, "entries", session_number=self.session.number, **who)
        token = entered.json()["entry_token"]
        self.platform(token, "attempt/start", access_code=ACCESS_CODE)
        self.platform(token, "attempt/alerts", question=3, kinds=["image"])
        self.platform(token, "attempt/progress", question=4)
        self.platform(token, "attempt/complete")

    def held(self) -> dict[str, list[dict[str, Any]]]:
        found = everything(self.session)
        found["attempts"] = [
            {name: value for name, value in row.items() if name not in SEEN} for row in found["attempts"]
        ]
        found["tickets"] = list(Ticket.objects.filter(session=self.session).order_by("pk").values())
        return found


def replayed(seed: int) -> None:
    day = Day()
    day.live()
    before = day.held()
    again = day.sent * TWICE
    random.Random(seed).shuffle(again)

    def some(mine: list[Callable[[], HttpResponse]]) -> list[int]:
        return [ask().status_code for ask in mine]

    given = together(*(lambda mine=again[place::THREADS]: some(mine) for place in range(THREADS)))

    assert {status for statuses in given for status in statuses} <= {200, 201, 202, 303, 409}
    assert day.held() == before
    assert_sound(day.session)


def test_replayed_posts_change_nothing_more(transactional_db: None) -> None:
    for seed in range(ROUNDS):
        replayed(seed)


@pytest.mark.soak
def test_replays_without_end(transactional_db: None, share: Share) -> None:
    for seed in itertools.count():
        if not share.lasts:
            break
        replayed(seed)
