"""Pages that the public may read, and the two sheets of a school (issue 8, R18)."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from pixsurv.kernel.operator import Operator
from sessions_app.enums import SessionKind, SignInMode
from sessions_app.help import PROPOSED, Topic
from sessions_app.help.tutorial import FORGOTTEN_CODES, SOS_STEPS
from sessions_app.models import Account, HelpText, Session
from tests import factories
from tests.htmx import parse, words

PUBLIC = ("/aide/", "/accessibilite/", "/donnees-personnelles/", "/mentions-legales/")
SHEETS = ("/etablissement/reglages/fiche-de-registre.pdf", "/etablissement/reglages/analyse-d-impact.pdf")
SOMEBODY = Operator(
    name="Collège d’essai", director="la principale", contact="contact@essai.example", host="Machine d’essai"
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_anybody_reads_the_public_pages_and_every_page_leads_there(client: Client, path: str) -> None:
    page = client.get(path)

    assert page.status_code == 200
    assert f'href="{path}"' in client.get("/").content.decode()


def test_help_answers_every_question(client: Client, db: None) -> None:
    page = client.get("/aide/").content.decode()

    for topic in Topic:
        assert f'id="{topic.value}"' in page


def test_legal_notice_names_the_operator_and_says_what_is_missing(
    client: Client, db: None, settings: Any
) -> None:
    settings.OPERATOR = replace(SOMEBODY, director="")

    page = words(parse(client.get("/mentions-legales/").content))

    assert "Collège d’essai" in page
    assert "Machine d’essai" in page
    assert "Directeur de la publication : non renseigné" in page


def test_notice_names_who_answers_for_a_session(client: Client, session: Session) -> None:
    school = session.establishment
    school.controller, school.data_officer = "la principale", "dpd@essai.example"
    school.retention_years = 7
    school.save()

    page = words(parse(client.get(f"/donnees-personnelles/?session={session.number}").content))

    assert f"{school.name}, représenté par la principale." in page
    assert "dpd@essai.example" in page
    assert "gardées 7 ans après la date de la session" in page


@pytest.mark.parametrize("number", ["", "0", "abc", "²", "99999999999999", "-1"])
def test_notice_of_an_unknown_number_asks_for_it_again(client: Client, db: None, number: str) -> None:
    page = client.get("/donnees-personnelles/", {"session": number})

    assert page.status_code == 200
    assert 'name="session"' in page.content.decode()


def test_notice_of_a_rehearsal_names_no_school(client: Client, db: None) -> None:
    rehearsal = factories.SessionFactory(kind=SessionKind.REHEARSAL)

    page = client.get(f"/donnees-personnelles/?session={rehearsal.number}").content.decode()

    assert rehearsal.establishment.name not in page


@pytest.mark.parametrize("path", SHEETS)
@pytest.mark.parametrize(
    ("who", "status"), [("admin", 200), ("secretariat", 403), ("proctor_account", 403), ("", 302)]
)
def test_sheets_are_for_admins(
    client: Client, session: Session, request: pytest.FixtureRequest, path: str, who: str, status: int
) -> None:
    if who:
        account: Account = request.getfixturevalue(who)
        client.force_login(account)

    answer = client.get(path)

    assert answer.status_code == status
    if status == 200:
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_help_tells_the_sos_and_the_codes_of_each_mode(client: Client, db: None) -> None:
    page = parse(client.get("/aide/").content)

    told = words(page.xpath("//section[@aria-labelledby='sos']")[0])
    assert all(step.title in told and step.how.replace("\u00a0", " ") in told for step in SOS_STEPS)
    told = words(page.xpath("//section[@aria-labelledby='codes']")[0])
    assert all(str(mode.label) in told for mode in SignInMode)
    assert set(FORGOTTEN_CODES) == set(SignInMode)
    links = page.xpath("//details//a/@href")
    assert "#sos" in links
    assert "#codes" in links


def test_help_is_in_the_words_of_the_school_of_who_is_signed_in(
    client: Client, session: Session, proctor_account: Account
) -> None:
    HelpText.objects.create(establishment=session.establishment, topic=Topic.LATE, text="Sonnez au bureau 3.")
    HelpText.objects.create(
        establishment=factories.EstablishmentFactory(), topic=Topic.QUESTION, text="Ailleurs."
    )
    ours = PROPOSED[Topic.LATE].replace("\u00a0", " ")
    for path in ("/aide/", f"/aide/?session={session.number}"):
        page = words(parse(client.get(path).content))
        assert ours in page
        assert "Sonnez" not in page, "a number alone does not open what a school wrote for its proctors"

    client.force_login(proctor_account)
    page = words(parse(client.get("/aide/").content))
    assert f"Comme {session.establishment.name} l’a écrit" in page
    assert "Sonnez au bureau 3." in page
    assert ours not in page
    assert "Ailleurs." not in page


def test_help_of_an_account_without_a_school_is_ours(client: Client, db: None) -> None:
    client.force_login(factories.AccountFactory())
    assert "Votre établissement peut avoir écrit" in client.get("/aide/").content.decode()
