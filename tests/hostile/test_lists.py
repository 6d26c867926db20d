"""Each hostile list at each door that takes a list: read, or refused in French; never more than was granted."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions_app.imports import limits
from sessions_app.imports.refusals import SENTENCES
from sessions_app.models import (
    Account,
    Candidate,
    Event,
    ImportDraft,
    Pupil,
    PupilDraft,
    Session,
    SessionsDraft,
    StoredFile,
)
from tests.hostile.conftest import Took
from tests.hostile.lists import GOOD, LISTS

WRITTEN = (ImportDraft, PupilDraft, SessionsDraft, Candidate, Pupil, Session, Event, StoredFile)
PEOPLE = (Candidate, Pupil, Session, Event, StoredFile)
DOORS: dict[str, Callable[[Session], str]] = {
    "candidates": lambda session: f"/etablissement/sessions/{session.number}/candidats/importer/",
    "pupils": lambda session: "/etablissement/eleves/importer/",
    "sessions": lambda session: "/etablissement/sessions/importer/",
}
REFUSALS = [re.escape(one).replace(r"\{detail\}", ".*") for one in SENTENCES.values()]
REFUSALS.append("Il manque à ce fichier .*")


def counts(models: tuple[Any, ...]) -> list[int]:
    return [model.objects.count() for model in models]


def send(client: Client, address: str, content: bytes) -> Any:
    chosen = {"kind": "certification", "followed": "pixsurv", "duration": "105"}  # for the door of sessions
    return client.post(address, {"file": SimpleUploadedFile("liste.ods", content), **chosen})


def sentence(answer: Any) -> str:
    """What the field of the file says, as a person reads it."""
    [field] = re.findall(r'class="message-erreur".*?</p>', answer.content.decode(), re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", "<" + field)).strip()


def judge(client: Client, door: str, content: bytes) -> None:
    before, people = counts(WRITTEN), counts(PEOPLE)
    answer = send(client, door, content)
    assert answer.status_code in {303, 422}
    if answer.status_code == 422:
        # Nothing of it was kept, and a person can read why.
        assert any(re.fullmatch(one, sentence(answer)) for one in REFUSALS), sentence(answer)
        assert counts(WRITTEN) == before
    else:
        shown = client.get(answer["Location"])
        assert shown.status_code in {200, 422}
        assert "root:" not in shown.content.decode()
        assert "<script>alert(1)" not in shown.content.decode()
        assert counts(PEOPLE) == people  # until somebody confirms


def bounded(children: list[Took]) -> None:
    for child in children:
        assert child.memory * 1024 <= limits.CHILD_MEMORY
        assert child.processor <= limits.CHILD_CPU_SECONDS + 2


@pytest.fixture
def doors(client: Client, session: Session, admin: Account) -> list[str]:
    client.force_login(admin)
    return [address(session) for address in DOORS.values()]


@pytest.mark.parametrize(("rank", "case"), list(enumerate(LISTS)))
def test_hostile_list_is_read_or_refused_and_nobody_is_hurt(
    client: Client, doors: list[str], children: list[Took], rank: int, case: str
) -> None:
    """One door after the other: the reader behind them is the same."""
    judge(client, doors[rank % len(doors)], LISTS[case]())
    bounded(children)


@pytest.mark.soak
@pytest.mark.parametrize("case", LISTS)
def test_hostile_list_at_every_door(
    client: Client, doors: list[str], children: list[Took], case: str
) -> None:
    content = LISTS[case]()
    for door in doors:
        judge(client, door, content)
    bounded(children)


def test_next_list_is_read_after_those_that_end_their_reader(
    client: Client, doors: list[str], children: list[Took]
) -> None:
    for case in ("two cells at both ends", "a plane of cells", "XML twenty thousand deep"):
        send(client, doors[0], LISTS[case]())
    assert any(child.status for child in children)
    for door in doors[:2]:
        assert send(client, door, GOOD).status_code == 303
    bounded(children)
