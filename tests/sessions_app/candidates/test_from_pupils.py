"""« Inscrire depuis les élèves »: by class or by name, what is said of each, and what it writes (P5, P6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.enums import SignInMode
from sessions_app.models import Pupil, Session
from sessions_app.services.pupil_enrolment import enrol_pupils
from tests import factories
from tests.journal import assert_sound, everything, kinds
from tests.sessions_app.candidates.acts import close, names, signed_in, words

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)

__all__ = ["signed_in"]


@pytest.fixture(autouse=True)
def _in_november() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def address(session: Session, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/etablissement/sessions/{session.number}/candidats/eleves/?{asked}"


def confirmed(client: Client, session: Session, *pupils: Pupil) -> Any:
    where = f"/etablissement/sessions/{session.number}/candidats/eleves/inscrire/"
    return client.post(where, {"eleve": [pupil.pk for pupil in pupils]})


def pupil_of(session: Session, **values: Any) -> Pupil:
    return factories.PupilFactory(establishment=session.establishment, **values)


def listed(response: Any) -> list[str]:
    found = html.fromstring(response.content).xpath("//div[contains(@class, 'eleves')]//label//b/text()")
    return [str(name) for name in found]


def test_candidates_page_leads_to_the_pupils(signed_in: Client, session: Session) -> None:
    shown = signed_in.get(f"/etablissement/sessions/{session.number}/candidats/").content.decode()
    assert address(session).partition("?")[0] in shown


def test_pupils_are_listed_by_class_and_by_name_of_this_year_and_school(
    signed_in: Client, session: Session
) -> None:
    pupil_of(session, last_name="DUPONT", first_name="Ève", class_name="3e A")
    pupil_of(session, last_name="DE LA TOUR", first_name="Paul", class_name="3e B")
    pupil_of(session, last_name="ANCIEN", class_name="3e A", school_year=2025)
    factories.PupilFactory(last_name="AILLEURS", class_name="3e A")
    assert listed(signed_in.get(address(session))) == []
    assert listed(signed_in.get(address(session, classe="3e A"))) == ["DUPONT"]
    assert listed(signed_in.get(address(session, classe="*"))) == ["DE LA TOUR", "DUPONT"]
    assert listed(signed_in.get(address(session, classe="%00"))) == []

    def found(search: str, class_name: str = "*") -> list[str]:
        typed = {"cherche": search, "classe": class_name}
        return listed(signed_in.post(address(session), typed, follow=True))

    for search in ("dup", "eve", "Ève Dup", "dupont e"):
        assert found(search) == ["DUPONT"], search
    assert found("de la tour") == ["DE LA TOUR"]
    assert found("pont") == []
    assert found("dup", "3e B") == []
    assert found("\x00") == ["DE LA TOUR", "DUPONT"]


def test_pupil_enrolled_here_has_no_box_and_others_say_what_is_known(
    signed_in: Client, session: Session
) -> None:
    here = pupil_of(session, last_name="ICI")
    enrol_pupils(session_id=session.pk, pupil_ids=[here.pk], actor=factories.ADMIN, now=NOON)
    at_once = pupil_of(session, last_name="DOUBLE")
    other = factories.SessionFactory(
        establishment=session.establishment, room="C04", starts_at=NOON + timedelta(hours=1)
    )
    later = factories.SessionFactory(
        establishment=session.establishment, room="D07", starts_at=NOON + timedelta(days=9)
    )
    for session_of_his in (other, later):
        enrol_pupils(session_id=session_of_his.pk, pupil_ids=[at_once.pk], actor=factories.ADMIN, now=NOON)
    pupil_of(session, last_name="PASENCORE", certifiable_competences=3)
    pupil_of(session, last_name="TIERS", extra_time_percent=33, sign_in_mode=SignInMode.EMAIL)
    response = signed_in.get(address(session, classe="3e A", coche="toutes"))
    shown = words(response)
    for told in (
        "Déjà inscrit ici",
        f"Inscrit au même moment : session {other.number}, salle C04, 13h00",
        "Inscrit le 29/11 à 12h00, salle D07",
        "Pas encore certifiable (3/5)",
        "Adresse e-mail · temps majoré 33 %",
    ):
        assert told in shown, told
    boxes = html.fromstring(response.content).xpath("//input[@name='eleve']")
    state = {box.get("value"): (box.get("disabled"), box.get("checked")) for box in boxes}
    assert state[str(here.pk)] == ("disabled", None)
    assert state[str(at_once.pk)] == (None, None)  # « Tout cocher » does not choose a clash
    assert sum(checked is not None for _, checked in state.values()) == 2


def test_ticked_pupils_are_read_again_before_anything_is_written(signed_in: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(workstations=2, spare_workstations=1)
    one = pupil_of(session, last_name="MARTIN", certifiable_competences=2)
    other = pupil_of(session, last_name="MARTIN")
    before = everything(session)
    response = signed_in.post(
        address(session, classe="3e A"), {"eleve": [one.pk, other.pk], "classe": "3e A"}
    )
    shown = words(response)
    assert response.status_code == 200
    assert "Inscrire 2 élèves, salle B12" in shown
    assert "1 candidat de trop pour la salle." in shown
    assert "1 élève n’est pas encore certifiable." in shown
    assert shown.count("Homonyme") == 2
    assert everything(session) == before


def test_confirmed_pupils_are_enrolled_with_what_is_known_of_them(
    signed_in: Client, session: Session
) -> None:
    Session.objects.filter(pk=session.pk).update(workstations=2, spare_workstations=1)
    pupil = pupil_of(
        session,
        last_name="DUPONT",
        class_name="3e B",
        local_id="L7",
        extra_time_percent=50,
        sign_in_mode=SignInMode.USERNAME,
        certifiable_competences=3,
    )
    other = pupil_of(session)
    response = confirmed(signed_in, session, pupil, other)
    assert response.status_code == 303
    candidate = session.candidates.get(pupil=pupil)
    copied = ("last_name", "first_name", "birth_date", "class_name", "local_id", "extra_time_percent")
    for name in (*copied, "sign_in_mode", "certifiable_competences", "identity_key", "sort_key"):
        assert getattr(candidate, name) == getattr(pupil, name), name
    assert kinds(session) == ["candidate_enrolled"] * 2
    assert_sound(session)
    shown = words(signed_in.get(response["Location"]))
    assert "2 élèves sont inscrits." in shown
    assert "2 candidats pour 1 postes, hors postes de secours." in shown


def test_confirmation_sent_again_changes_nothing_and_says_so(signed_in: Client, session: Session) -> None:
    pupils = [pupil_of(session) for _ in range(2)]
    confirmed(signed_in, session, pupils[0])
    confirmed(signed_in, session, *pupils)
    before = everything(session)
    response = confirmed(signed_in, session, *pupils)
    assert "déjà inscrits" in words(signed_in.get(response["Location"]))
    assert everything(session) == before
    assert session.candidates.count() == 2


def test_pupil_enrolled_from_a_file_is_not_enrolled_twice(signed_in: Client, session: Session) -> None:
    pupil = pupil_of(session, last_name="Le Goff", first_name="Zoé")
    factories.CandidateFactory(
        session=session, last_name="LE-GOFF", first_name="Zoe", birth_date=pupil.birth_date
    )
    assert "Déjà inscrit ici" in words(signed_in.get(address(session, classe="3e A")))
    confirmed(signed_in, session, pupil)
    assert names(session) == ["LE-GOFF"]


def test_nobody_ticked_is_answered_with_the_list(signed_in: Client, session: Session) -> None:
    pupil_of(session)
    response = signed_in.post(address(session), {"classe": "3e A"})
    assert response.status_code == 422
    assert "Cochez au moins un élève." in words(response)
    assert len(listed(response)) == 1
    assert confirmed(signed_in, session).status_code == 422


def test_pupil_of_another_school_or_year_is_not_found(signed_in: Client, session: Session) -> None:
    mine = pupil_of(session)
    for stranger in (factories.PupilFactory(), pupil_of(session, school_year=2025)):
        assert confirmed(signed_in, session, mine, stranger).status_code == 404
        assert signed_in.post(address(session), {"eleve": [stranger.pk]}).status_code == 404
    assert not session.candidates.exists()


def test_enrolment_is_open_until_closing(signed_in: Client, session: Session) -> None:
    first, second = pupil_of(session), pupil_of(session)
    factories.put(factories.CandidateFactory(session=session), "in_progress")
    assert confirmed(signed_in, session, first).status_code == 303
    close(session)
    assert confirmed(signed_in, session, second).status_code == 409
    assert signed_in.get(address(session, classe="3e A")).status_code == 409
    with pytest.raises(DomainError, match="session_closed"):
        enrol_pupils(session_id=session.pk, pupil_ids=[first.pk], actor=factories.ADMIN, now=NOON)


def test_list_without_pupils_says_where_they_come_from(signed_in: Client, session: Session) -> None:
    shown = words(signed_in.get(address(session)))
    assert "La liste des élèves 2026-2027 est vide." in shown


def test_pages_cost_the_same_for_10_and_for_40_pupils(signed_in: Client, session: Session) -> None:
    def queries(method: str, where: str, **data: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert getattr(signed_in, method)(where, data or None).status_code in {200, 303}
        return len(captured)

    def costs(pupils: list[Pupil]) -> list[int]:
        ids = [pupil.pk for pupil in pupils]
        where = address(session).partition("?")[0]
        return [
            queries("get", address(session, classe="3e A")),
            queries("post", where, eleve=ids),
            queries("post", f"{where}inscrire/", eleve=ids),
        ]

    other = factories.SessionFactory(establishment=session.establishment, starts_at=clock.now())
    some = [pupil_of(session) for _ in range(10)]  # the events of fewer than five are written otherwise
    enrol_pupils(session_id=other.pk, pupil_ids=[one.pk for one in some], actor=factories.ADMIN, now=NOON)
    few = costs(some)
    more = [pupil_of(session) for _ in range(40)]
    enrol_pupils(session_id=other.pk, pupil_ids=[one.pk for one in more], actor=factories.ADMIN, now=NOON)
    assert costs(more) == few
