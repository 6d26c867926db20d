"""What the tests of the import of several sessions do again and again."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions_app.exports.sessions_file import TITLES
from sessions_app.models import Establishment, Session, SessionsDraft
from tests.sessions_app.candidates.acts import form_of, words

UPLOAD = "/etablissement/sessions/importer/"
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # 12h00 in Paris
HEAD = ";".join(TITLES)


def line(
    last: str = "Dupont",
    first: str = "Paul",
    birth: str = "21/05/2011",
    *,
    number: str = "",
    site: str = "Collège",
    room: str = "B12",
    day: str = "17/03/2026",
    hour: str = "10:00",
    proctors: str = "Perrine Essai",
    observations: str = "",
    extra: str = "",
) -> list[str]:
    """One line of the file, as Pix Certif has it; with a number, nothing else about the session."""
    if number:
        site = room = day = hour = proctors = observations = ""
    local_id = "X1" if last or first or birth else ""
    born = ["F", "75056", "75001", "Paris", "FRANCE"]
    person = [last, first, birth, *born, "secret@exemple.fr", "", local_id, extra]
    return [number, site, room, day, hour, proctors, observations, *person]


TWO = [
    line("Alpha", "Ana", extra="33%"),
    line("Bravo", "Bo"),
    line("Charlie", "Cléo", room="C04", hour="14:00", proctors="Luc Démo", observations="Porte sud"),
]


def text(lines: Iterable[Sequence[str]], *, head: str = HEAD, separator: str = ";") -> str:
    rows = [head.replace(";", separator), *(separator.join(cells) for cells in lines)]
    return "".join(f"{row}\r\n" for row in rows)


def upload(client: Client, school: Establishment, content: bytes | str, **more: str) -> Any:
    data = content.encode("utf-8-sig") if isinstance(content, str) else content
    file = SimpleUploadedFile("sessions.csv", data)
    chosen = {"kind": "certification", "followed": "pixsurv", "duration": "105", **more}
    return client.post(f"{UPLOAD}?etablissement={school.pk}", {"file": file, **chosen})


def uploaded(client: Client, school: Establishment, content: bytes | str, **more: str) -> SessionsDraft:
    """The draft that an accepted file became."""
    response = upload(client, school, content, **more)
    assert response.status_code == 303, words(response)
    return SessionsDraft.objects.get(pk=int(re.findall(r"\d+", response["Location"])[-1]))


def page(draft: SessionsDraft) -> str:
    return f"{UPLOAD}{draft.pk}/"


def report(client: Client, school: Establishment, lines: Iterable[Sequence[str]]) -> str:
    return words(client.get(page(uploaded(client, school, text(lines)))))


def confirm(client: Client, draft: SessionsDraft, **changed: str) -> Any:
    return client.post(page(draft), {**form_of(client.get(page(draft))), **changed})


def imported(client: Client, school: Establishment, content: bytes | str, **more: str) -> SessionsDraft:
    draft = uploaded(client, school, content, **more)
    response = confirm(client, draft)
    assert response.status_code == 303, words(response)
    draft.refresh_from_db()
    return draft


def made(draft: SessionsDraft) -> list[Session]:
    return list(Session.objects.filter(number__in=draft.made).order_by("starts_at"))
