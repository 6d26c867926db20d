"""« Vérifier » on the screen, and taking over the year's list (P7)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from lxml import html

from sessions_app.models import Account, Candidate, Establishment, Session
from tests import factories
from tests.journal import assert_sound, everything, kinds, last_event
from tests.sessions_app.candidates.acts import close, form_of, words
from tests.sessions_app.readiness.test_checks import enrolled, ready_pupil, ready_session

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
ALL = "/etablissement/verification/"


@pytest.fixture(autouse=True)
def _in_november() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school(db: None) -> Establishment:
    school: Establishment = factories.ContactFactory().establishment
    return school


@pytest.fixture
def admin(school: Establishment, client: Client) -> Account:
    account: Account = factories.MembershipFactory(establishment=school).account
    client.force_login(account)
    return account


def page_of(session: Session) -> str:
    return reverse("establishment:session_check", args=[session.number])


def taking(session: Session, candidate: Candidate | None = None) -> str:
    if candidate is None:
        return reverse("establishment:take_extra_time", args=[session.number])
    return reverse("establishment:take_extra_time_of", args=[session.number, candidate.pk])


def profiles(session: Session) -> str:
    return reverse("establishment:take_profiles", args=[session.number])


def sessions_shown(response: Any) -> list[str]:
    found = html.fromstring(response.content).xpath("//section[contains(@class, 'controle')]/@id")
    return [str(one).removeprefix("session-") for one in found]


def test_lists_and_session_lead_to_the_check(client: Client, admin: Account, school: Establishment) -> None:
    session = ready_session(school)
    assert ALL in client.get("/etablissement/sessions/").content.decode()
    assert page_of(session) in client.get(f"/etablissement/sessions/{session.number}/").content.decode()


def test_ready_is_said(client: Client, admin: Account, school: Establishment) -> None:
    session = ready_session(school)
    enrolled(session, ready_pupil(school))
    for address in (ALL, page_of(session)):
        assert "Tout est prêt." in words(client.get(address))


def test_long_lists_that_can_wait_are_folded_but_not_when_asked_for(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school)
    for _ in range(2):
        enrolled(session, ready_pupil(school, profile_sent_on=None))
    assert "data-plie" not in client.get(page_of(session)).content.decode()
    enrolled(session, ready_pupil(school, profile_sent_on=None))
    assert 'data-plie="partout"' in client.get(page_of(session)).content.decode()
    assert "data-plie" not in client.get(page_of(session), {"voir": "not_used_pix"}).content.decode()


def test_no_session_at_all_is_not_called_ready(client: Client, admin: Account) -> None:
    shown = words(client.get(ALL))
    assert "Aucune séance n’est prévue d’ici là." in shown
    assert "Tout est prêt" not in shown


def test_next_seven_days_are_checked_unless_more_is_asked(
    client: Client, admin: Account, school: Establishment
) -> None:
    days = (0, 7, 8, 20, 200)
    made = [str(ready_session(school, starts_at=NOON + timedelta(days=day)).number) for day in days]
    assert sessions_shown(client.get(ALL)) == made[:2]
    assert sessions_shown(client.get(ALL, {"jours": "nonsense"})) == made[:2]
    assert sessions_shown(client.get(ALL, {"jours": "14"})) == made[:3]
    assert sessions_shown(client.get(ALL, {"jours": "30"})) == made[:4]
    assert sessions_shown(client.get(ALL, {"jours": "tout"})) == made


def test_page_says_what_is_missing_and_where_to_do_it(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school, proctor_names="")
    late = enrolled(session, ready_pupil(school, extra_time_percent=33), extra_time_percent=0)
    enrolled(session, ready_pupil(school, certifiable_competences=2))
    response = client.get(page_of(session))
    shown = words(response)
    for told in (
        "3 points à voir",
        "Pas encore certifiable 1",
        "Pas de surveillant 1",
        f"{late.last_name} {late.first_name} · 3e A 33 % dans l’année, aucun ici",
    ):
        assert told in shown, told
    links = html.fromstring(response.content).xpath("//main//a/@href")
    change = reverse("establishment:change", args=[session.number])
    assert {taking(session), taking(session, late), change} <= set(links)


def test_page_can_show_one_kind(client: Client, admin: Account, school: Establishment) -> None:
    session = ready_session(school, proctor_names="")
    enrolled(session, ready_pupil(school, certifiable_competences=2))
    shown = words(client.get(page_of(session), {"voir": "no_proctor"}))
    assert "Nommer les surveillants" in shown
    assert "parcours SOS" not in shown
    assert "Pas encore certifiable 1" in shown  # the count stays
    assert "Tout montrer" in shown


def test_closed_session_says_that_nothing_is_left(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school)
    close(session)
    shown = words(client.get(page_of(session)))
    assert "il n’y a plus rien à préparer" in shown
    assert "Tout est prêt" not in shown


def test_extra_time_of_one_is_asked_then_taken(client: Client, admin: Account, school: Establishment) -> None:
    session = ready_session(school)
    one, other = (
        enrolled(session, ready_pupil(school, extra_time_percent=33), extra_time_percent=0) for _ in range(2)
    )
    before = everything(session)
    asked = client.get(taking(session, one))
    assert f"{one.last_name} {one.first_name}" in words(asked)
    assert other.last_name not in words(asked)
    assert everything(session) == before
    response = client.post(taking(session, one), form_of(asked))
    assert (response.status_code, response["Location"]) == (303, page_of(session))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.extra_time_percent, other.extra_time_percent) == (33, 0)
    assert kinds(session) == ["candidate_corrected"]
    facts = last_event(session).facts
    assert facts["after"] == {"extra_time_percent": 33}
    assert facts["actor"]["name"] == admin.name


def test_extra_time_of_all_takes_both_ways_but_not_of_who_entered(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school, starts_at=NOON)
    more = enrolled(session, ready_pupil(school, extra_time_percent=33), extra_time_percent=0)
    less = enrolled(session, ready_pupil(school), extra_time_percent=50)
    inside = enrolled(session, ready_pupil(school, extra_time_percent=33), extra_time_percent=0)
    factories.put(inside, "in_progress")
    response = client.post(taking(session), form_of(client.get(taking(session))))
    assert "2 candidats : temps majoré repris" in words(client.get(response["Location"]))
    percents = {one.pk: one.extra_time_percent for one in session.candidates.all()}
    assert percents == {more.pk: 33, less.pk: 0, inside.pk: 0}
    assert_sound(session)


def test_extra_time_taken_again_changes_nothing(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school)
    enrolled(session, ready_pupil(school, extra_time_percent=33), extra_time_percent=0)
    sent = form_of(client.get(taking(session)))
    client.post(taking(session), sent)
    before = everything(session)
    response = client.post(taking(session), sent)
    assert "rien n’a changé" in words(client.get(response["Location"]))
    assert everything(session) == before
    assert "Rien à reprendre" in words(client.get(taking(session)))


def test_extra_time_that_changed_meanwhile_is_shown_again(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school)
    pupil = ready_pupil(school, extra_time_percent=33)
    enrolled(session, pupil, extra_time_percent=0)
    sent = form_of(client.get(taking(session)))
    pupil.extra_time_percent = 50
    pupil.save()
    before = everything(session)
    response = client.post(taking(session), sent)
    assert response.status_code == 409
    assert "50 % dans l’année" in words(response)
    assert everything(session) == before
    assert client.post(taking(session), form_of(response)).status_code == 303


def test_one_comes_back_to_the_list_one_came_from(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school)
    one = enrolled(session, ready_pupil(school, extra_time_percent=33), extra_time_percent=0)
    links = html.fromstring(client.get(ALL, {"jours": "30"}).content).xpath("//main//a/@href")
    [address] = [link for link in links if link.startswith(taking(session, one))]
    response = client.post(address, form_of(client.get(address)))
    assert response["Location"] == f"{ALL}?etablissement={school.pk}&jours=30"


def test_profiles_are_asked_then_taken_with_their_pupils(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school)
    pupil = ready_pupil(school, certifiable_competences=6)
    from_file = enrolled(session, pupil, link=False, certifiable_competences=None, sign_in_mode="")
    same = enrolled(session, ready_pupil(school))
    asked = client.get(profiles(session))
    assert from_file.last_name in words(asked)
    assert same.last_name not in words(asked)
    client.post(profiles(session), form_of(asked))
    from_file.refresh_from_db()
    assert (from_file.certifiable_competences, from_file.sign_in_mode) == (6, "mediacentre")
    assert from_file.pupil == pupil
    assert kinds(session) == ["candidate_corrected"]
    assert last_event(session).facts["before"] == {"certifiable_competences": None, "sign_in_mode": ""}
    before = everything(session)
    client.post(profiles(session), form_of(asked))
    assert everything(session) == before
    assert "Tout est prêt." in words(client.get(page_of(session)))


def test_nothing_is_taken_into_a_closed_session(
    client: Client, admin: Account, school: Establishment
) -> None:
    session = ready_session(school)
    enrolled(session, ready_pupil(school, extra_time_percent=33), extra_time_percent=0)
    sent = form_of(client.get(taking(session)))
    close(session)
    before = everything(session)
    for address in (taking(session), profiles(session)):
        assert client.post(address, sent).status_code == 409
        assert client.get(address).status_code == 409
    assert everything(session) == before
