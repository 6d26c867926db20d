"""A pupil's browser at the desk, without JavaScript or with htmx."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client
from lxml import html

from proctoring.models import Attempt, Entry
from proctoring.services import ending, presence, resume
from proctoring.services.entries import entry_of, token_of
from sessions_app.models import Candidate
from tests import factories

COOKIE = "pupitre"


class Browser:
    """Cookies of one computer; `client` is Django's own."""

    def __init__(self) -> None:
        self.client = Client()

    def join(self, candidate: Candidate, **changes: Any) -> HttpResponse:
        typed = {
            "number": candidate.session.number,
            "last_name": candidate.last_name,
            "first_name": candidate.first_name,
            "birth_date": candidate.birth_date.isoformat(),
            **changes,
        }
        return self.client.post("/candidat/", typed)

    def hold(self, entry: Entry | None) -> None:
        """This browser is the one that holds that entry."""
        assert entry is not None
        self.client.cookies[COOKIE] = token_of(entry)

    @property
    def entry(self) -> Entry:
        entry = entry_of(self.client.cookies[COOKIE].value)
        assert entry is not None
        return entry

    def test(self, **query: str) -> HttpResponse:
        return self.client.get("/candidat/test/", query)

    def code(self, code: str = factories.ACCESS_CODE) -> HttpResponse:
        return self.client.post("/candidat/test/", {"access_code": code})

    def state(self, version: str = "") -> HttpResponse:
        return self.client.get("/candidat/test/etat/", {"v": version}, headers={"HX-Request": "true"})

    def beat(self, version: str = "", *, visible: str = "1") -> HttpResponse:
        return self.client.post(
            "/candidat/test/battement/", {"v": version, "visible": visible}, headers={"HX-Request": "true"}
        )

    def post(self, where: str, fields: dict[str, Any] | None = None, *, htmx: bool = False) -> HttpResponse:
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(f"/candidat/test/{where}/", fields or {}, headers=headers)

    def answer(self, position: int, *response: str, htmx: bool = False, **fields: str) -> HttpResponse:
        return self.post("reponse", {"position": position, "response": list(response), **fields}, htmx=htmx)


class Page:
    """What an answer of the server shows."""

    def __init__(self, response: HttpResponse) -> None:
        self.status = response.status_code
        self.tree = html.fromstring(response.content.decode())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.tree.itertext()).split())

    @property
    def stage(self) -> str | None:
        found = self.tree.xpath("//*[@id='pupitre']/@data-stage")
        return found[0] if found else None

    @property
    def version(self) -> str:
        """What the page would send with its next heartbeat or question."""
        (element,) = self.tree.xpath("//*[@id='etat']")
        if element.get("hx-vals"):
            return str(element.get("hx-vals").split('"')[3])
        where = self.tree.xpath("//*[@hx-get and contains(@hx-get, '/etat/')]/@hx-get")
        return str(where[0].split("v=")[1])

    @property
    def frozen(self) -> bool:
        return bool(self.tree.xpath("//*[@id='gel']/*"))

    @property
    def typed(self) -> list[str]:
        """What the form of a question already holds."""
        ticked = self.tree.xpath("//form[@id='question']//input[@name='response' and @checked]/@value")
        written = self.tree.xpath("//form[@id='question']//input[@name='response' and @type='text']/@value")
        return [value for value in [*ticked, *written] if value]

    @property
    def errors(self) -> str:
        return " ".join(" ".join(self.tree.xpath("//*[@class='message-erreur']//text()")).split())

    def hidden(self, name: str) -> list[str]:
        return list(self.tree.xpath(f"//input[@type='hidden' and @name='{name}']/@value"))

    def has(self, xpath: str) -> bool:
        return bool(self.tree.xpath(xpath))


def tick(candidate: Candidate, *, now: datetime) -> None:
    presence.confirm_presence(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=factories.PROCTOR, now=now
    )


def authorise(candidate: Candidate, *, now: datetime) -> None:
    resume.authorise_resume(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=factories.PROCTOR, now=now
    )


def end(candidate: Candidate, *, now: datetime) -> None:
    ending.end_test(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=factories.PROCTOR, now=now
    )


def undo(candidate: Candidate, *, now: datetime) -> None:
    ending.undo_end(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=factories.PROCTOR, now=now
    )


def ask(candidate: Candidate, *questions: str) -> None:
    """Make these the questions of the test, and the first of them the current one."""
    Attempt.objects.filter(candidate=candidate).update(question_ids=list(questions), question=1)
