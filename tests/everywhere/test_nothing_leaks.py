"""What a whole session leaves behind: no secret in a log, an address, a mail or a table; no name in a log (§3)."""

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urljoin

import lxml.html
import pytest
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from pixsurv.logging import HideKeys, JsonFormatter
from sessions_app.models import Account, Candidate, Session
from sessions_app.services import mails
from sessions_app.services.second_factor import RECOVERY_CODES
from tests import factories
from tests.everywhere.asking import taken_back
from tests.factories import ACCESS_CODE, ACCOUNT_PASSWORD
from tests.sessions_app.test_second_factor import shown

PASSWORD = "C-VW7XQT"  # that of the factories is the example beside the field
ADDRESSES = "//@href | //@action | //@formaction | //@hx-get | //@hx-post | //@src"


@dataclass
class Traces:
    """All that leaves the process but for the pages themselves."""

    logged: io.StringIO = field(default_factory=io.StringIO)
    asked: list[str] = field(default_factory=list)
    linked: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    cookies: set[str] = field(default_factory=set)

    def follow(self, response: HttpResponse, asked: str) -> None:
        self.asked.append(asked)
        self.linked.add(response.headers.get("Location", ""))
        if response.headers.get("Content-Type", "").startswith("text/html") and response.content.strip():
            page = response.content.decode()
            self.linked.update(lxml.html.fromstring(page).xpath(ADDRESSES))
            if response.status_code >= 400:
                self.refusals.append(page)


class Browser(Client):
    def __init__(self, traces: Traces, **more: Any) -> None:
        super().__init__(raise_request_exception=False, **more)
        self.traces = traces

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        self.traces.follow(response, f"{request['PATH_INFO']}?{request.get('QUERY_STRING', '')}")
        self.traces.cookies.update(one.value for one in self.cookies.values() if len(one.value) > 12)
        return response


@pytest.fixture
def traces() -> Iterator[Traces]:
    """Logged as in production, `LOG_FORMAT=json`, whatever the level that each logger asks for."""
    found = Traces()
    handler = logging.StreamHandler(found.logged)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(HideKeys())
    root = logging.getLogger()
    root.addHandler(handler)
    yield found
    root.removeHandler(handler)


@pytest.fixture
def session(db: None) -> Session:
    return factories.SessionFactory(password=PASSWORD)


@pytest.fixture
def paul(session: Session) -> Candidate:
    return factories.CandidateFactory(
        session=session, last_name="QUENNEVILLE", first_name="Barnabé", birth_date=date(2011, 5, 21)
    )


def the_whole_way(traces: Traces, session: Session, paul: Candidate, admin: Account) -> list[str]:
    """Sign-in, second factor, kit, room, desk, platform, trouble, closing, papers, archive; what went wrong too.

    Returns the secrets that it met.
    """
    office, room, desk = Browser(traces), Browser(traces), Browser(traces)
    about = f"/etablissement/sessions/{session.number}/"
    met = _signed_in(office, admin)
    office.post(f"{about}mot-de-passe/")
    office.get(f"{about}kit.pdf")
    office.get(f"{about}candidats/")
    made = office.post("/etablissement/reglages/cles/", {"name": "Plateforme"}).content.decode()
    key = re.search(r"pxs_[\w-]+", made)
    assert key is not None
    room.post("/surveillance/", {"number": session.number, "password": "C-WRNGPW", "name": "Perrine Essai"})
    entered = {"number": session.number, "password": PASSWORD, "name": "Perrine Essai"}
    assert room.post("/surveillance/", entered).status_code == 303
    at = f"/surveillance/{session.number}/"
    his = f"{at}candidats/{paul.pk}/"
    room.get(at)
    room.get(f"{at}code/")
    assert room.post(f"{his}presence/", {"present": "1", "confirmed": "1"}).status_code == 303
    identity = {"number": session.number, "last_name": "QUENNEVILLE", "first_name": "Barnabé"}
    desk.post("/candidat/", {**identity, "birth_date": "2012-05-21"})
    assert desk.post("/candidat/", {**identity, "birth_date": "2011-05-21"}).status_code == 303
    desk.post("/candidat/test/", {"access_code": "ZZZZ99"})
    assert desk.post("/candidat/test/", {"access_code": ACCESS_CODE}).status_code == 303
    desk.get("/candidat/test/")
    desk.post("/candidat/test/signaler/", {"position": "1", "send": "1", "kinds": "image", "once": "a"})
    room.get(f"{his}signalement/")
    room.post(f"{his}incident/", {"category": "C7", "description": "Réseau coupé.", "once": "b"})
    token = _platform(traces, session, paul, key[0])
    _everybody_searches(office, room, session, paul)
    room.post(f"{his}fin/", {"confirm": "1"})
    room.post(f"{at}masquer/")
    room.post(f"{at}demasquer/", {"password": "C-WRNGPW"})
    room.post(f"{at}demasquer/", {"password": PASSWORD})
    factories.put(factories.CandidateFactory(session=session), "present")
    office.get(f"{about}direct/")
    office.get(f"{about}journal/")
    office.get(f"{about}pv.pdf")
    office.get("/nulle-part/")
    office.post("/etablissement/mot-de-passe-oublie/", {"email": admin.email})
    office.get(f"{about}rattrapage/")
    office.post("/etablissement/equipe/", {"email": "nouvelle.venue@exemple.fr", "role": "proctor"})
    return [*met, key[0], token]


def _everybody_searches(office: Browser, room: Browser, session: Session, paul: Candidate) -> None:
    """For one pupil by his name, wherever one can; then every link of what was found."""
    school = session.establishment
    factories.PupilFactory(establishment=school, last_name=paul.last_name, first_name=paul.first_name)
    kept = factories.SessionFactory(establishment=school, closed=True)
    factories.CandidateFactory(session=kept, last_name=paul.last_name, first_name=paul.first_name)
    about = f"/etablissement/sessions/{session.number}/"
    for browser, page, typed in (
        (room, f"/surveillance/{session.number}/", {"q": "quenn"}),
        (office, "/etablissement/eleves/", {"q": "Quenneville B"}),
        (office, "/archives/", {"q": "QUENNEVILLE"}),
        (office, f"{about}journal/", {"candidat": "Barnabé", "acteur": "nom:Perrine Essai"}),
        (office, "/etablissement/compte/journal/", {"candidat": "Barnabé"}),
        (office, f"{about}candidats/eleves/", {"cherche": "quenn", "classe": "*"}),
    ):
        answer = browser.post(page, typed)
        assert (answer.status_code, "?r=" in answer["Location"] or "&r=" in answer["Location"]) == (303, True)
        found = browser.get(answer["Location"])
        assert found.status_code == 200, page
        root = lxml.html.fromstring(found.content.decode())
        for name, text in typed.items():
            field = root.xpath(f"//input[@name='{name}'] | //select[@name='{name}']")[0]
            assert field.value == text, "what was asked for stays in the form"
        links = root.xpath("//a/@href[contains(., 'r=gAAAA')]")
        assert links or "Aucun acte" in root.text_content(), page
        for link in links:
            browser.get(urljoin(page, link))


def _signed_in(office: Browser, admin: Account) -> list[str]:
    office.post("/etablissement/", {"email": admin.email, "password": "une phrase de passe fausse"})
    typed = {"email": admin.email, "password": ACCOUNT_PASSWORD}
    assert office.post("/etablissement/", typed).status_code == 303
    page = office.get("/etablissement/compte/double-authentification/").content.decode()
    key = re.search(r'class="adresse" translate="no">(.*?)</p>', page)
    assert key is not None
    secret = "".join(re.findall(r">([A-Z2-7]{1,4})<", key[1]))
    done = office.post(
        "/etablissement/compte/double-authentification/",
        {"code": shown(secret, steps=-1), "password": ACCOUNT_PASSWORD},
    ).content.decode()
    office.post("/etablissement/deconnexion/")
    office.post("/etablissement/", typed)
    office.post("/etablissement/code/", {"code": "000000"})
    assert office.post("/etablissement/code/", {"code": shown(secret)}).status_code == 303
    codes = re.findall(r"\b[a-z0-9]{6}-[a-z0-9]{6}\b", done)
    assert len(codes) == RECOVERY_CODES
    return [secret, *codes]


def _platform(traces: Traces, session: Session, paul: Candidate, key: str) -> str:
    """Another program lets him in again, and says something wrong."""
    api = Browser(traces, headers={"Authorization": f"Bearer {key}"})
    body = {"session_number": session.number, "last_name": "QUENNEVILLE", "first_name": "Barnabé"}
    api.post("/api/v1/entries", body, content_type="application/json")
    answer = api.post(
        "/api/v1/entries", {**body, "birth_date": "2011-05-21"}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    token: str = answer.json()["entry_token"]
    its = Browser(traces, headers={"Authorization": f"Bearer {token}"})
    its.get("/api/v1/attempt")
    its.post("/api/v1/attempt/start", {"access_code": "ZZZZ99"}, content_type="application/json")
    return token


def tables() -> str:
    """Every value of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 (our own tables)
            found += [f"{table} {row}" for row in cursor.fetchall()]
    return "\n".join(found)


@pytest.mark.django_db
def test_a_whole_session_leaves_no_secret_and_no_name_where_it_should_not(
    traces: Traces, session: Session, paul: Candidate, admin: Account, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        met = the_whole_way(traces, session, paul, admin)
    mails.wait()
    logged, addresses = traces.logged.getvalue(), "\n".join([*traces.asked, *filter(None, traces.linked)])
    sent = "\n".join(f"{one.subject}\n{one.body}" for one in mail.outbox)
    assert len(mail.outbox) == 2
    assert all(json.loads(line)["at"] for line in logged.splitlines())
    assert "sign-in" in logged
    secrets = {PASSWORD, PASSWORD.removeprefix("C-"), "C-WRNGPW", ACCOUNT_PASSWORD, *met, *traces.cookies}
    for secret in secrets:
        assert secret not in logged
        assert secret not in addresses
        assert secret not in sent
    for secret in {ACCESS_CODE, "ZZZZ99"}:
        assert secret not in logged
        assert secret not in addresses
        assert secret not in sent
    for personal in ("QUENNEVILLE", "Quenneville", "quenn", "Barnab", "2011-05-21", "21/05/2011", "Perrine",
                     admin.email, admin.name, "nouvelle.venue"):  # fmt: skip
        assert personal not in logged
        assert personal not in addresses
    for secret in (PASSWORD, "C-WRNGPW", ACCOUNT_PASSWORD, ACCESS_CODE):
        assert not [page for page in traces.refusals if secret in page], secret
    kept = tables()
    # A browser's session is found by its key, which stands there; all others are digests, sealed, or derived again.
    browsers = {one for one in traces.cookies if f"'{one}'" in kept}
    for secret in secrets - browsers:
        assert secret not in kept
    assert len(browsers) <= 2
    with taken_back(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
        cursor.execute("DELETE FROM sessions_app_signin")
        left = tables()
    assert not [one for one in browsers if one in left]
