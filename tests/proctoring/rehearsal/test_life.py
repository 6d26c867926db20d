"""A rehearsal begins in one click, is found again, is limited, and leaves nothing behind (R19, mechanics §13)."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from proctoring.models import Once, ProctorAccess, Rehearsal
from proctoring.rehearsal import life
from sessions_app.models import Establishment, Session
from tests import factories
from tests.journal import kinds
from tests.proctoring.rehearsal.conftest import NOW, Trainee


def test_one_click_without_an_account_leads_into_the_room(newcomer: Trainee) -> None:
    assert "S’entraîner" in newcomer.client.get("/surveillance/").content.decode()
    newcomer.begin()
    page = newcomer.client.get(newcomer.url).content.decode()
    assert "ENTRAÎNEMENT" in page
    assert "Alix" in page
    assert newcomer.session.number in range(900_000, 1_000_000)


def test_the_same_device_finds_its_rehearsal_again(trainee: Trainee) -> None:
    number = trainee.session.number
    assert "Reprendre mon entraînement" in trainee.client.get("/surveillance/").content.decode()
    trainee.begin()
    assert trainee.session.number == number
    assert ProctorAccess.objects.filter(session=trainee.session).count() == 1


def test_a_double_click_is_one_rehearsal(newcomer: Trainee, travel: Any) -> None:
    newcomer.begin(form="abc")
    Trainee(travel).begin(form="abc")
    assert Rehearsal.objects.count() == 1


def test_recommencer_puts_another_one_in_its_place(trainee: Trainee) -> None:
    first = trainee.session
    trainee.begin(again="1")
    assert trainee.session.number != first.number
    assert not Session.with_rehearsals.filter(pk=first.pk).exists()


@pytest.mark.parametrize("most", ["MOST", "MOST_PER_ADDRESS"])
def test_a_full_house_says_when_to_try_again(
    trainee: Trainee, travel: Any, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    monkeypatch.setattr(life, most, 1)
    travel.shift(timedelta(minutes=18))
    other = Trainee(travel)
    response = other.begin()
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "720"
    assert "dans 12\u00a0minutes" in response.content.decode()
    travel.shift(timedelta(minutes=12))
    assert other.begin().status_code == 303
    assert Rehearsal.objects.count() == 1


def test_another_address_is_not_held_back(
    trainee: Trainee, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "MOST_PER_ADDRESS", 1)
    other = Trainee(travel)
    other.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    assert other.begin().status_code == 303


def test_addresses_of_one_ipv6_line_are_counted_together() -> None:
    one, same, other = (
        life.Device("m", address, "").address_fingerprint
        for address in ("2001:db8:0:1::7", "2001:db8:0:1:ffff::8%eth0", "2001:db8:0:2::7")
    )
    assert one == same != other


def test_expired_one_leaves_not_a_row_behind(trainee: Trainee, capsys: pytest.CaptureFixture[str]) -> None:
    """Every table, whatever is added to the schema: as it was before the rehearsal, but for its establishment."""
    trainee.tick("basile")
    trainee.act("jules", "ticket/", once="t")
    trainee.done("incidents/noter/", candidat=trainee.candidate("basile").pk, categorie="C7", once="i",
                 description="Souris")  # fmt: skip
    who = {"last_name": "LILAS", "first_name": "Lou", "birth_date": "04/09/2011"}
    trainee.done("absent-de-la-liste/", **who, ask="inscription")
    trainee.client.get(trainee.url + "code/")
    trainee.wait(48)
    assert Once.objects.exists()
    factories.CandidateFactory()  # of an exam
    before = set(_rows()) - {"Once"}

    trainee.travel.shift(timedelta(minutes=30))
    call_command("tick")

    assert "1 entraînement effacé" in capsys.readouterr().out
    assert _rows() == {"Establishment": 2, "Contact": len(life.CONTACTS), "Session": 1, "Candidate": 1}
    assert {"Attempt", "Entry", "Case", "Incident", "Ticket", "Event", "ProctorAccess", "Rehearsal"} <= before


def _rows() -> dict[str, int]:
    """How many in each table that is not empty."""
    found = {
        model.__name__: model._base_manager.count()
        for label in ("proctoring", "sessions_app")
        for model in apps.get_app_config(label).get_models()
    }
    return {name: count for name, count in found.items() if count}


def test_tick_leaves_a_living_one_alone(trainee: Trainee) -> None:
    call_command("tick")
    assert Rehearsal.objects.exists()


def test_room_of_one_that_is_gone_leads_to_the_login_which_says_so(trainee: Trainee) -> None:
    trainee.travel.shift(timedelta(minutes=31))
    life.remove_expired(now=NOW + timedelta(minutes=31))
    response = trainee.client.get(trainee.url, follow=True)
    page = response.content.decode()
    assert "Cet entraînement est fini" in page
    assert str(trainee.session.number) not in page


def test_remove_touches_no_exam(session: Session) -> None:
    """Even where it is told to: only what is a rehearsal goes."""
    begun = {"device_fingerprint": "d", "address_fingerprint": "a"}
    wrong = Rehearsal.objects.create(session=session, begun_at=NOW, expires_at=NOW + life.LIFE, **begun)
    assert life.remove([wrong]) == 0
    assert Session.objects.filter(pk=session.pk).exists()


def test_what_went_before_is_told_by_the_services(trainee: Trainee) -> None:
    """Élie's early start was taken back: the proctor still launches, and his journal is a journal."""
    elie = trainee.attempt("elie")
    assert trainee.fresh().launched_at is None
    assert elie.deadline_at == NOW + timedelta(seconds=150)
    assert kinds(trainee.session)[12:] == [
        "presence_confirmed", "workstation_changed", "started", "launch_taken_back", "proctor_entered",
    ]  # fmt: skip


def test_hidden_establishment_is_one_and_in_no_list(trainee: Trainee, travel: Any) -> None:
    Trainee(travel).begin()
    assert Establishment.with_hidden.filter(is_hidden=True).count() == 1
    assert not Establishment.objects.exists()
