"""« Réglages » (P9)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from pixsurv.kernel import clock
from proctoring.services.due import advance_session
from sessions_app.models import Account, ApiKey, Contact, Establishment, Session
from tests import factories

SETTINGS = "/etablissement/reglages/"
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture
def school(session: Session) -> Establishment:
    return session.establishment


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def save(client: Client, **changes: Any):
    data = {
        "name": "Collège Les Tilleuls",
        "time_zone": "Europe/Paris",
        "late_policy": "refuse",
        "retention_years": "5",
        "discreet_extra_time": "on",
    }
    return client.post(SETTINGS, {**data, **changes})


def test_settings_are_written(signed_in: Client, school: Establishment) -> None:
    response = save(
        signed_in,
        account_required="on",
        ends_by_itself="on",
        late_policy="proctor_decides",
        retention_years="7",
    )
    assert response.status_code == 303
    school.refresh_from_db()
    assert school.name == "Collège Les Tilleuls"
    assert (school.account_required, school.ends_by_itself, school.discreet_extra_time) == (True, True, True)
    assert (school.late_policy, school.retention_years) == ("proctor_decides", 7)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "A\x07"},
        {"time_zone": "Mars/Base"},
        {"late_policy": "perhaps"},
        {"retention_years": "0"},
        {"retention_years": "51"},
    ],
)
def test_settings_refuse_nonsense(signed_in: Client, school: Establishment, change: dict[str, str]) -> None:
    response = save(signed_in, **change)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == set(change)
    before = school.name
    school.refresh_from_db()
    assert school.name == before


@time_machine.travel(NOON, tick=False)
def test_settings_keep_the_local_hour_of_what_is_planned(signed_in: Client, school: Establishment) -> None:
    planned = factories.SessionFactory(establishment=school, starts_at=NOON + timedelta(days=1))
    past = factories.SessionFactory(establishment=school, starts_at=NOON - timedelta(days=1))
    local, instant = planned.local(planned.starts_at), past.starts_at
    save(signed_in, time_zone="Indian/Reunion")
    planned = Session.objects.select_related("establishment").get(pk=planned.pk)
    assert planned.local(planned.starts_at).replace(tzinfo=None) == local.replace(tzinfo=None)
    past.refresh_from_db()
    assert past.starts_at == instant


def test_settings_wake_running_sessions_when_the_end_changes(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, "in_progress", now=clock.now() - timedelta(hours=3))
    save(signed_in, ends_by_itself="on")
    session.refresh_from_db()
    assert session.next_due_at is not None
    assert session.next_due_at <= clock.now()
    advance_session(session.pk, now=clock.now())
    assert factories.attempt_of(candidate).state == "ended"


def test_settings_of_an_unusual_zone_stay_as_they_are(signed_in: Client, school: Establishment) -> None:
    Establishment.objects.filter(pk=school.pk).update(time_zone="Asia/Tokyo")
    assert save(signed_in, time_zone="Asia/Tokyo").status_code == 303
    school.refresh_from_db()
    assert school.time_zone == "Asia/Tokyo"


def test_contacts_are_added_changed_ordered_and_removed(signed_in: Client, school: Establishment) -> None:
    def write(address: str, **values: str):
        data = {"purpose": "ENT", "name": "Camille", "phone": "+33 1 23 45 67 89", "position": "2"}
        return signed_in.post(address, {**data, **values})

    assert write(f"{SETTINGS}contacts/ajouter/").status_code == 303
    assert write(f"{SETTINGS}contacts/ajouter/", name="Direction", position="1").status_code == 303
    page = signed_in.get(SETTINGS).content.decode()
    assert page.index("Direction") < page.index("Camille")
    contact = Contact.objects.get(name="Camille")
    assert (contact.establishment, contact.dialled) == (school, "+33123456789")
    assert write(f"{SETTINGS}contacts/{contact.pk}/", name="Claude").status_code == 303
    assert write(f"{SETTINGS}contacts/{contact.pk}/", phone="javascript:alert(1)").status_code == 422
    address = f"{SETTINGS}contacts/{contact.pk}/retirer/"
    assert "Retirer Claude" in signed_in.get(address).content.decode()
    assert signed_in.post(address).status_code == 303
    assert list(Contact.objects.values_list("name", flat=True)) == ["Direction"]


def test_api_key_is_shown_once_and_stored_hashed(signed_in: Client, school: Establishment) -> None:
    shown = signed_in.post(f"{SETTINGS}cles/", {"name": "Plateforme"})
    secret = shown.context["secret"]
    assert secret.startswith("pxs_")
    assert len(secret) > 40
    assert secret in shown.content.decode()
    key = ApiKey.objects.get()
    assert secret not in " ".join(str(value) for value in ApiKey.objects.values_list().get())
    assert key.fingerprint == ApiKey.fingerprint_of(secret)
    page = signed_in.get(SETTINGS).content.decode()
    assert secret not in page
    assert f"…{secret[-4:]}" in page
    assert signed_in.get(f"{SETTINGS}cles/").status_code == 303


def test_api_key_opens_the_api_until_it_is_revoked(signed_in: Client, school: Establishment) -> None:
    secret = signed_in.post(f"{SETTINGS}cles/", {"name": "Plateforme"}).context["secret"]

    def call() -> int:
        header = {"Authorization": f"Bearer {secret}"}
        return Client().post("/api/v1/entries", {}, "application/json", headers=header).status_code

    assert call() == 422
    key = ApiKey.objects.get()
    address = f"{SETTINGS}cles/{key.pk}/revoquer/"
    assert "Révoquer la clé" in signed_in.get(address).content.decode()
    assert signed_in.post(address).status_code == 303
    assert call() == 401
    assert signed_in.post(address).status_code == 404
    assert "Plateforme" not in signed_in.get(SETTINGS).content.decode().split("Clés des plateformes")[1]


def test_api_key_name_is_given_and_not_taken(signed_in: Client) -> None:
    signed_in.post(f"{SETTINGS}cles/", {"name": "Plateforme"})
    assert signed_in.post(f"{SETTINGS}cles/", {"name": "Plateforme"}).status_code == 409
    assert signed_in.post(f"{SETTINGS}cles/", {"name": " "}).status_code == 422
    assert ApiKey.objects.count() == 1


@time_machine.travel(NOON, tick=False)
def test_settings_move_an_hour_that_the_new_zone_does_not_have(
    signed_in: Client, school: Establishment
) -> None:
    Establishment.objects.filter(pk=school.pk).update(time_zone="Indian/Reunion")
    night = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # 2h30 on the 29th in La Réunion
    planned = factories.SessionFactory(establishment=school, starts_at=night)
    save(signed_in, time_zone="Europe/Paris")
    planned = Session.objects.select_related("establishment").get(pk=planned.pk)
    assert f"{planned.local(planned.starts_at):%H:%M}" == "03:30"
