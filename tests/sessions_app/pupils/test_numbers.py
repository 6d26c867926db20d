"""Who may open which page of the pupils: every role, another school, nobody (P2)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from pixsurv.kernel import clock
from sessions_app.models import Account, Establishment, Pupil, PupilDraft, Session
from tests import factories


def a_draft(school: Establishment, kind: str = "pupils") -> PupilDraft:
    names = {"last_name": 0, "first_name": 1, "birth_date": 2}
    if kind == "profiles":
        names = {"last_name": 0, "first_name": 1, "sent": 2, "stated": 3, "levels": []}  # type: ignore[dict-item]
    return PupilDraft.objects.create(
        establishment=school,
        school_year=2026,
        kind=kind,
        header_line=1,
        labels=["Nom", "Prénom", "Date de naissance"],
        columns=names,
        rows=[[2, ["DUPONT", "Paul", "21/05/2011" if kind == "pupils" else "Oui", "5"]]],
        created_at=clock.now(),
    )


def near(school: Establishment) -> PupilDraft:
    factories.PupilFactory(establishment=school, last_name="DUPONT", first_name="Paulin")
    return a_draft(school, "profiles")


OF_SCHOOL: dict[str, Callable[[Establishment], str]] = {
    "list": lambda school: f"{reverse('establishment:pupils')}?etablissement={school.pk}",
    "add": lambda school: f"{reverse('establishment:add_pupil')}?etablissement={school.pk}",
    "upload": lambda school: f"{reverse('establishment:import_pupils')}?etablissement={school.pk}",
    **{
        name: lambda school, name=name: reverse(  # type: ignore[misc]
            f"establishment:{name}", args=[factories.PupilFactory(establishment=school).pk]
        )
        for name in ("correct_pupil", "remove_pupil")
    },
    **{
        name: lambda school, name=name: reverse(f"establishment:{name}", args=[a_draft(school).pk])  # type: ignore[misc]
        for name in ("pupil_draft", "pupil_report")
    },
    "matching": lambda school: reverse("establishment:match_pupils", args=[near(school).pk]),
}


@pytest.mark.parametrize("name", OF_SCHOOL)
def test_page_of_the_pupils_is_for_admins_of_their_school(
    client: Client,
    session: Session,
    admin: Account,
    secretariat: Account,
    proctor_account: Account,
    other_admin: Account,
    name: str,
) -> None:
    address = OF_SCHOOL[name](session.establishment)
    assert client.get(address).status_code == 302
    for account, expected in ((other_admin, 404), (secretariat, 403), (proctor_account, 403), (admin, 200)):
        browser = Client()
        browser.force_login(account)
        assert browser.get(address).status_code == expected, account.name


def test_posts_of_strangers_change_nothing(
    session: Session, secretariat: Account, other_admin: Account
) -> None:
    pupil = factories.PupilFactory(establishment=session.establishment)
    draft = a_draft(session.establishment)
    addresses = [
        reverse("establishment:correct_pupil", args=[pupil.pk]),
        reverse("establishment:remove_pupil", args=[pupil.pk]),
        reverse("establishment:pupil_draft", args=[draft.pk]),
        OF_SCHOOL["add"](session.establishment),
    ]
    for account in (secretariat, other_admin):
        browser = Client()
        browser.force_login(account)
        for address in addresses:
            assert browser.post(address, {"confirm": "1"}).status_code in {403, 404}
    assert list(Pupil.objects.all()) == [pupil]
    draft.refresh_from_db()
    assert draft.imported_at is None


def test_number_of_thousands_of_digits_is_nobody_and_no_year(
    client: Client, session: Session, admin: Account
) -> None:
    client.force_login(admin)
    digits, draft = "9" * 5000, a_draft(session.establishment)
    assert client.get(OF_SCHOOL["list"](session.establishment) + f"&annee={digits}").status_code != 500
    sent = {"confirm": "1", "seen": "", "remove": digits}
    assert client.post(reverse("establishment:pupil_draft", args=[draft.pk]), sent).status_code == 409
