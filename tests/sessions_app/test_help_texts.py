"""« Que faire si… » in « Réglages » (P9): ours, theirs, and links that age."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from sessions_app.help import PROPOSED, TEXT_LENGTH, Topic
from sessions_app.models import Account, Establishment, HelpText, Session
from sessions_app.selectors.help import help_entries

SETTINGS = "/etablissement/reglages/"
PAGE = f"{SETTINGS}aide/ordinateur/"
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture
def school(session: Session) -> Establishment:
    return session.establishment


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def test_every_subject_has_a_text_that_fits() -> None:
    assert set(PROPOSED) == set(Topic)
    assert all(0 < len(text) <= TEXT_LENGTH for text in PROPOSED.values())


def test_school_writes_its_own_text_link_and_date(signed_in: Client, school: Establishment) -> None:
    data = {"text": "Bureau 207.", "link": "https://exemple.fr/aide", "checked_on": "2026-03-10"}
    assert PROPOSED[Topic.COMPUTER_LOGIN] in signed_in.get(PAGE).content.decode()
    assert signed_in.post(PAGE, data).status_code == 303
    entry = next(one for one in help_entries(school) if one.topic == Topic.COMPUTER_LOGIN)
    assert (entry.text, entry.link, entry.checked_on, entry.is_own) == (
        *("Bureau 207.", "https://exemple.fr/aide", date(2026, 3, 10)),
        True,
    )
    shown = signed_in.get(SETTINGS).content.decode()
    assert "Bureau 207." in shown
    assert "10/03/2026" in shown
    assert "à revérifier" not in shown


def test_empty_again_our_text_stands_there(signed_in: Client, school: Establishment) -> None:
    signed_in.post(PAGE, {"text": "Bureau 207."})
    assert signed_in.post(PAGE, {"text": ""}).status_code == 303
    assert signed_in.post(PAGE, {"text": ""}).status_code == 303
    assert not HelpText.objects.exists()
    assert [entry.text for entry in help_entries(school)] == [PROPOSED[topic] for topic in Topic]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"link": "http://exemple.fr/", "checked_on": "2026-03-01"}, "link"),
        ({"link": "javascript:alert(1)", "checked_on": "2026-03-01"}, "link"),
        ({"link": "https://exemple.fr/"}, "checked_on"),
        ({"checked_on": "2026-03-11"}, "checked_on"),
        ({"text": "x" * (TEXT_LENGTH + 1)}, "text"),
        ({"text": "a\x07"}, "text"),
    ],
)
def test_help_text_refuses_nonsense(
    signed_in: Client, school: Establishment, data: dict[str, str], field: str
) -> None:
    response = signed_in.post(PAGE, data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not HelpText.objects.exists()


def test_unknown_subject_is_not_found(signed_in: Client) -> None:
    assert signed_in.get(f"{SETTINGS}aide/meteo/").status_code == 404


@pytest.mark.parametrize(
    ("link", "checked_on", "old"),
    [
        ("https://exemple.fr/", date(2025, 3, 10), True),
        ("https://exemple.fr/", date(2025, 3, 11), False),
        ("", date(2020, 1, 1), False),
    ],
)
def test_link_that_nobody_opened_for_a_year_is_to_check_again(
    signed_in: Client, school: Establishment, link: str, checked_on: date, old: bool
) -> None:
    HelpText.objects.create(establishment=school, topic="retard", text="x", link=link, checked_on=checked_on)
    assert ("à revérifier" in signed_in.get(SETTINGS).content.decode()) == old


def test_settings_ask_as_much_for_one_text_as_for_ten(
    signed_in: Client, school: Establishment, django_assert_max_num_queries: Callable[..., object]
) -> None:
    HelpText.objects.create(establishment=school, topic="retard", text="x")
    with django_assert_max_num_queries(8):
        signed_in.get(SETTINGS)
    for topic in list(Topic)[1:]:
        HelpText.objects.create(establishment=school, topic=topic, text="x")
    with django_assert_max_num_queries(8):
        signed_in.get(SETTINGS)
