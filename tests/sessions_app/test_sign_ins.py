"""Where an account is signed in, and for how long (issue 7)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from sessions_app.models import Account, Establishment, Session, SignIn
from tests import factories

ACCOUNT = "/etablissement/compte/"
FIREFOX = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"}
NINE = datetime(2026, 3, 14, 9, tzinfo=UTC)


def signed_in(account: Account) -> Client:
    client = Client(headers=FIREFOX)
    data = {"email": account.email, "password": factories.ACCOUNT_PASSWORD}
    assert client.post("/etablissement/", data).status_code == 303
    return client


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_account_lists_its_browsers_this_one_first(admin: Account) -> None:
    signed_in(admin)
    here = signed_in(admin)

    page = here.get(ACCOUNT).content.decode()

    assert page.count("Firefox sur Windows</b>") == 2
    assert page.index("Cet appareil") < page.index("/fermer/", page.index("Cet appareil"))


def test_hours_are_those_of_the_school(admin: Account) -> None:
    Establishment.objects.update(time_zone="Indian/Reunion")
    with time_machine.travel(NINE, tick=False):
        assert "à 13h00" in signed_in(admin).get(ACCOUNT).content.decode()


def test_another_browser_is_ended_and_this_one_stays(admin: Account) -> None:
    other, here = signed_in(admin), signed_in(admin)
    row = SignIn.objects.order_by("pk").first()
    assert row is not None

    assert here.post(f"{ACCOUNT}connexions/{row.pk}/fermer/").status_code == 303
    assert here.post(f"{ACCOUNT}connexions/{row.pk}/fermer/").status_code == 303  # a double click

    assert (is_in(here), is_in(other)) == (True, False)


def test_all_the_others_are_ended_at_once(admin: Account) -> None:
    others = [signed_in(admin), signed_in(admin)]
    here = signed_in(admin)

    here.post(f"{ACCOUNT}connexions/fermer/")

    assert [is_in(client) for client in [here, *others]] == [True, False, False]


def test_nobody_ends_the_connection_of_somebody_else(admin: Account, secretariat: Account) -> None:
    victim, attacker = signed_in(admin), signed_in(secretariat)
    row = SignIn.objects.get(account=admin)

    assert attacker.post(f"{ACCOUNT}connexions/{row.pk}/fermer/").status_code == 404

    assert is_in(victim)


def test_signing_in_takes_a_new_session_key(admin: Account) -> None:
    client = signed_in(admin)
    before = client.session.session_key
    client.post("/etablissement/deconnexion/")
    client.post("/etablissement/", {"email": admin.email, "password": factories.ACCOUNT_PASSWORD})

    assert client.session.session_key != before
    assert client.get(ACCOUNT).content.decode().count("<b>Firefox") == 1  # what was left is not shown


def test_a_new_password_ends_every_other_browser(admin: Account) -> None:
    other, here = signed_in(admin), signed_in(admin)
    new = "cinq mots qui ne riment pas"

    here.post(f"{ACCOUNT}mot-de-passe/", {"old": factories.ACCOUNT_PASSWORD, "password": new, "again": new})

    assert (is_in(here), is_in(other)) == (True, False)
    assert SignIn.objects.count() == 1


def test_a_disabled_account_is_out_everywhere(admin: Account) -> None:
    client = signed_in(admin)
    Account.objects.filter(pk=admin.pk).update(is_active=False)

    assert not is_in(client)


@pytest.mark.parametrize(
    ("steps", "stays"),
    [
        ([timedelta(hours=3, minutes=59)], True),
        ([timedelta(hours=4, minutes=1)], False),
        ([timedelta(hours=3)] * 3, True),
        ([timedelta(hours=3)] * 4 + [timedelta(minutes=1)], False),
    ],
)
def test_a_connection_ends_by_time(admin: Account, steps: list[timedelta], stays: bool) -> None:
    with time_machine.travel(NINE, tick=False) as travel:
        client = signed_in(admin)
        found = True
        for step in steps:
            travel.shift(step)
            found = is_in(client)
        assert found is stays
        if not stays:
            page = client.get("/etablissement/").content.decode()
            assert "déconnecté par sécurité" in page


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(admin: Account, session: Session) -> None:
    path = f"/etablissement/sessions/{session.number}/direct/"
    with time_machine.travel(NINE, tick=False) as travel:
        client = signed_in(admin)
        answers = []
        for _ in range(3):
            travel.shift(timedelta(hours=1, minutes=30))
            answers.append(client.get(path, headers={"HX-Request": "true"}).status_code)

    assert answers == [200, 200, 401]


def test_a_room_outlasts_the_account_that_opened_it(admin: Account, session: Session) -> None:
    with time_machine.travel(NINE, tick=False) as travel:
        client = signed_in(admin)
        session.starts_at = NINE
        session.save(update_fields=["starts_at"])
        client.post(f"/etablissement/sessions/{session.number}/salle/")
        travel.shift(timedelta(hours=5))

        assert not is_in(client)
        assert client.get(f"/surveillance/{session.number}/").status_code == 200
