"""« Créer les séances d’une ou plusieurs classes »: asked, shown, then done once (P5, P6)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from sessions_app.models import Account, Establishment, Pupil, Session
from tests import factories
from tests.journal import assert_sound, kinds
from tests.sessions_app.candidates.acts import words

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
MORNING = datetime(2027, 3, 11, 9, 0, tzinfo=UTC)  # 10h00 in Paris
PAGE = "/etablissement/sessions/creer/classes/"
DAY = {"day": "2027-03-11", "hour": "10h00", "duration": "105", "kind": "certification"}


@pytest.fixture(autouse=True)
def _in_november() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school(db: None) -> Establishment:
    return factories.EstablishmentFactory(name="Collège Les Tilleuls")


@pytest.fixture
def admin(school: Establishment, client: Client) -> Account:
    account: Account = factories.MembershipFactory(establishment=school).account
    client.force_login(account)
    return account


def pupils(school: Establishment, class_name: str, count: int, **values: Any) -> list[Pupil]:
    return factories.PupilFactory.create_batch(count, establishment=school, class_name=class_name, **values)


def sent(*rooms: tuple[str, int], classes: list[str], **more: Any) -> dict[str, Any]:
    """What the form would send for these new rooms, one spare workstation each."""
    data: dict[str, Any] = {
        **DAY,
        "classes": classes,
        "scope": "pas-inscrits",
        "followed": "pixsurv",
        "site": "Site d’essai",
        "salle-TOTAL_FORMS": str(len(rooms)),
        "salle-INITIAL_FORMS": "0",
    }
    for at, (room, seats) in enumerate(rooms):
        data |= {
            f"salle-{at}-room": room,
            f"salle-{at}-workstations": str(seats + 1),
            f"salle-{at}-spare": "1",
        }
    return {**data, **more}


def confirmation(preview: Any) -> dict[str, Any]:
    """What « Créer … » of the preview would send."""
    [form] = html.fromstring(preview.content).xpath("//main//form")
    data: dict[str, list[str]] = {}
    for field in form.xpath(".//input[@type='hidden']"):
        data.setdefault(field.get("name"), []).append(field.get("value", ""))
    return {**data, "confirmer": "1"}


def seated(preview: Any) -> list[list[str]]:
    """The names of each proposed session."""
    tree = html.fromstring(preview.content)
    return [
        [str(name) for name in place.xpath(".//li/b/text()")]
        for place in tree.xpath("//section[@class='jour']")
    ]


def test_sessions_list_leads_to_the_classes(client: Client, admin: Account) -> None:
    assert PAGE in client.get("/etablissement/sessions/").content.decode()


def test_form_offers_classes_in_order_and_rooms_with_their_last_workstations(
    client: Client, admin: Account, school: Establishment
) -> None:
    for name in ("10e A", "3e B", "3e A", ""):
        pupils(school, name, 2)
    for seats in (20, 24):
        factories.SessionFactory(establishment=school, room="b 12", workstations=seats, spare_workstations=2)
    factories.SessionFactory(establishment=school, room="B12")
    factories.SessionFactory(room="AILLEURS")
    response = client.get(PAGE)
    labels = [str(box.choice_label) for box in response.context["form"]["classes"]]
    assert labels == ["3e A (2)", "3e B (2)", "10e A (2)", "Sans classe (2)"]
    [known] = response.context["known"]
    assert (known["workstations"].value(), known["spare"].value()) == (24, 2)
    assert "AILLEURS" not in words(response)


def test_preview_names_every_session_and_writes_nothing(
    client: Client, admin: Account, school: Establishment
) -> None:
    small, large = pupils(school, "3e A", 3), pupils(school, "3e B", 5)
    response = client.post(PAGE, sent(("B12", 5), ("C04", 3), classes=["3e A", "3e B"]))
    assert response.status_code == 200
    by_name = [sorted(pupil.last_name for pupil in members) for members in (large, small)]
    assert seated(response) == by_name
    shown = words(response)
    assert "10h00 · salle B12 5 élèves pour 5 places · 3e B (5)" in shown
    assert "Créer les 2 séances et inscrire 8 élèves" in shown
    assert not Session.objects.exists()


def test_preview_says_who_has_no_room_and_offers_another_hour(
    client: Client, admin: Account, school: Establishment
) -> None:
    pupils(school, "3e A", 4, extra_time_percent=33)
    last = pupils(school, "3e A", 1, last_name="ZOLA")
    response = client.post(PAGE, sent(("B12", 4), classes=["3e A"]))
    shown = words(response)
    assert "1 élève n’a pas de place." in shown
    assert f"ZOLA {last[0].first_name} (3e A)" in shown
    assert "par exemple 13h15" in shown  # 10h00 + 15 min + 1 h 45 + 35 min + half an hour, up to the quarter
    again = client.post(PAGE, sent(("B12", 4), classes=["3e A"], hour_2="12:45"))
    assert [len(names) for names in seated(again)] == [4, 1]
    assert "n’a pas de place" not in words(again)


def test_preview_warns_of_what_is_allowed_but_strange(
    client: Client, admin: Account, school: Establishment
) -> None:
    [clash] = pupils(school, "3e A", 1, last_name="DUPONT", first_name="Paul", certifiable_competences=2)
    pupils(school, "3e A", 1, last_name="DUPONT", first_name="Ana", extra_time_percent=50)
    taken = factories.SessionFactory(
        establishment=school,
        site="Site d’essai",
        room="b-12",
        starts_at=MORNING + timedelta(hours=1),
        kind="white_exam",
    )
    factories.CandidateFactory(
        session=taken, last_name="Dupont", first_name="Paul", birth_date=clash.birth_date
    )
    response = client.post(PAGE, sent(("B12", 1), classes=["3e A"], hour_2="12:00"))
    shown = words(response)
    for told in (
        f"Cette salle est déjà prise par la session {taken.number} , qui commence à 11h00",
        "2 salles sont déjà prises à cette heure.",
        "1 élève est déjà inscrit ailleurs au même moment.",
        f"Aussi session {taken.number} à 11h00",
        "1 élève n’est pas encore certifiable.",
        "avec le temps majoré, la séance de 10h00 finit à 12h53, après le début de la suivante.",
        "Classe répartie sur plusieurs séances, par ordre alphabétique : 3e A.",
    ):
        assert told.replace(" ,", ",") in shown, told


def test_preview_marks_homonyms(client: Client, admin: Account, school: Establishment) -> None:
    pupils(school, "3e A", 2, last_name="DUPONT")
    pupils(school, "3e A", 1)
    assert words(client.post(PAGE, sent(("B12", 9), classes=["3e A"]))).count("Homonyme") == 2


def test_confirmation_makes_the_sessions_with_their_candidates(
    client: Client, admin: Account, school: Establishment
) -> None:
    members = [*pupils(school, "3e A", 3, extra_time_percent=33), *pupils(school, "3e B", 5)]
    preview = client.post(
        PAGE, sent(("B12", 5), ("C04", 3), classes=["3e A", "3e B"], kind="white_exam", followed="by_hand")
    )
    response = client.post(PAGE, confirmation(preview))
    assert response.status_code == 303
    found = list(Session.objects.order_by("room"))
    assert [(one.room, one.workstations, one.spare_workstations) for one in found] == [
        ("B12", 6, 1),
        ("C04", 4, 1),
    ]
    for session in found:
        assert (session.starts_at, session.duration, session.kind) == (MORNING, 105, "white_exam")
        assert (session.followed, session.site, session.establishment) == ("by_hand", "Site d’essai", school)
        assert set(kinds(session)) == {"candidate_enrolled"}
        assert_sound(session)
    enrolled = {one.pupil_id for session in found for one in session.candidates.all()}
    assert enrolled == {pupil.pk for pupil in members}
    assert {one.extra_time_percent for one in found[1].candidates.all()} == {33}
    page = client.get(response["Location"])
    assert "2 séances sont créées, 8 élèves inscrits." in words(page)
    [papers] = html.fromstring(page.content).xpath("//a[text()='Imprimer leurs documents']/@href")
    assert parse_qs(urlsplit(papers).query)["session"] == [str(one.number) for one in found]


def test_papers_link_ticks_the_new_sessions_alone(
    client: Client, admin: Account, school: Establishment
) -> None:
    old = factories.SessionFactory(establishment=school, starts_at=MORNING)
    pupils(school, "3e A", 2)
    answer = client.post(PAGE, confirmation(client.post(PAGE, sent(("B12", 5), classes=["3e A"]))))
    [papers] = html.fromstring(client.get(answer["Location"]).content).xpath(
        "//a[text()='Imprimer leurs documents']/@href"
    )
    boxes = html.fromstring(client.get(papers).content).xpath("//input[@name='session']")
    ticked = {box.get("value") for box in boxes if box.get("checked") is not None}
    assert len(boxes) == 2
    assert str(old.number) not in ticked
    assert len(ticked) == 1


def test_confirmation_sent_twice_makes_the_sessions_once(
    client: Client, admin: Account, school: Establishment
) -> None:
    pupils(school, "3e A", 3)
    data = confirmation(client.post(PAGE, sent(("B12", 2), ("C04", 2), classes=["3e A"])))
    client.post(PAGE, data)
    made = list(Session.objects.order_by("pk").values())
    response = client.post(PAGE, data)
    assert "déjà créées" in words(client.get(response["Location"]))
    assert list(Session.objects.order_by("pk").values()) == made
    assert [one.candidates.count() for one in Session.objects.order_by("pk")] == [2, 1]


def test_confirmation_of_an_old_preview_shows_the_present_one(
    client: Client, admin: Account, school: Establishment
) -> None:
    pupils(school, "3e A", 2)
    data = confirmation(client.post(PAGE, sent(("B12", 5), classes=["3e A"])))
    pupils(school, "3e A", 1, last_name="NOUVELLE")
    response = client.post(PAGE, data)
    assert response.status_code == 409
    assert "ont changé depuis cet aperçu" in words(response)
    assert "NOUVELLE" in words(response)
    assert not Session.objects.exists()
    assert client.post(PAGE, confirmation(response)).status_code == 303


def test_one_refused_session_leaves_none(
    client: Client, admin: Account, school: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupils(school, "3e A", 4)
    data = confirmation(client.post(PAGE, sent(("B12", 2), ("C04", 2), classes=["3e A"])))
    client.raise_request_exception = False
    from sessions_app.services import class_sessions

    real, calls = class_sessions.plan_session, []

    def breaking(**values: Any) -> Any:
        calls.append(values)
        if len(calls) == 2:
            raise RuntimeError("cut off")
        return real(**values)

    monkeypatch.setattr(class_sessions, "plan_session", breaking)
    assert client.post(PAGE, data).status_code == 500
    assert len(calls) == 2
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("scope", "left_out"), [("pas-inscrits", 3), ("pas-passes", 1), ("tous", 0)], ids=str
)
def test_scope_leaves_aside_whom_it_says(
    client: Client, admin: Account, school: Establishment, scope: str, left_out: int
) -> None:
    done, absent, by_file, white, cancelled, last_year, new = pupils(school, "3e A", 7)
    before = factories.SessionFactory(establishment=school)
    rehearsed = factories.SessionFactory(establishment=school, kind="white_exam")
    gone = factories.SessionFactory(establishment=school)
    earlier = factories.SessionFactory(establishment=school, starts_at=NOON - timedelta(days=300))
    for session, pupil in (
        (before, done),
        (before, absent),
        (before, by_file),
        (rehearsed, white),
        (gone, cancelled),
        (earlier, last_year),
    ):
        candidate = factories.CandidateFactory(
            session=session,
            last_name=pupil.last_name,
            first_name=pupil.first_name,
            birth_date=pupil.birth_date,
            pupil=None if pupil is by_file else pupil,
        )
        if pupil in (done, white):
            factories.put(candidate, "in_progress")
    Session.objects.filter(pk=gone.pk).update(state="cancelled", cancelled_at=NOON)
    response = client.post(PAGE, sent(("B12", 20), classes=["3e A"], scope=scope))
    assert response.context["proposal"].left_out == left_out
    assert response.context["proposal"].candidates == 7 - left_out
    assert new.last_name in seated(response)[0]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"classes": []}, "Cochez au moins une classe."),
        ({"classes": ["Z"]}, "Z"),
        ({"day": ""}, "obligatoire"),
        ({"day": "2028-01-10"}, "pas dans l’année 2026-2027"),
        ({"day": "2027-03-28", "hour": "02:30"}, "n’existe pas ce jour-là"),
        ({"hour_2": "11:30"}, "la séance précédente n’est pas finie"),
        ({"hour_2": "09:00"}, "la séance précédente n’est pas finie"),
        ({"salle-0-workstations": ""}, "Dites combien la salle a de postes."),
        ({"salle-0-spare": "6"}, "un poste qui ne soit pas de secours"),
        ({"salle-0-room": ""}, "Cochez ou nommez au moins une salle."),
        ({"salle-TOTAL_FORMS": "2", "salle-1-room": "b 12", "salle-1-workstations": "9"}, "deux fois"),
    ],
)
def test_wrong_form_is_answered_with_the_form(
    client: Client, admin: Account, school: Establishment, changed: dict[str, Any], sentence: str
) -> None:
    pupils(school, "3e A", 2)
    response = client.post(PAGE, {**sent(("B12", 5), classes=["3e A"]), **changed})
    assert response.status_code == 422
    assert sentence in words(response)


def test_modifier_comes_back_to_the_filled_form(
    client: Client, admin: Account, school: Establishment
) -> None:
    pupils(school, "3e A", 2)
    preview = client.post(PAGE, sent(("B12", 5), classes=["3e A"]))
    data = {name: value for name, value in confirmation(preview).items() if name != "confirmer"}
    response = client.post(PAGE, {**data, "modifier": "1"})
    assert response.status_code == 200
    form = response.context["form"]
    assert (form["classes"].value(), form["hour"].value()) == (["3e A"], "10h00")
    assert response.context["rooms"].forms[0]["room"].value() == "B12"


def test_nothing_to_place_is_said(client: Client, admin: Account, school: Establishment) -> None:
    [pupil] = pupils(school, "3e A", 1)
    factories.CandidateFactory(
        session__establishment=school,
        last_name=pupil.last_name,
        first_name=pupil.first_name,
        birth_date=pupil.birth_date,
    )
    response = client.post(PAGE, sent(("B12", 5), classes=["3e A"]))
    assert "Aucun élève à placer" in words(response)
    assert "Créer" not in words(response)
    assert client.post(PAGE, confirmation(response)).status_code == 409
    assert Session.objects.count() == 1


def test_school_without_pupils_is_told_where_they_come_from(client: Client, admin: Account) -> None:
    assert "La liste des élèves 2026-2027 est vide." in words(client.get(PAGE))


def test_hours_are_those_of_the_school(client: Client, admin: Account, school: Establishment) -> None:
    Establishment.objects.filter(pk=school.pk).update(time_zone="Indian/Reunion")
    pupils(school, "3e A", 1)
    client.post(PAGE, confirmation(client.post(PAGE, sent(("B12", 5), classes=["3e A"]))))
    assert Session.objects.get().starts_at == datetime(2027, 3, 11, 6, 0, tzinfo=UTC)


def test_preview_costs_the_same_for_few_and_for_many(
    client: Client, admin: Account, school: Establishment
) -> None:
    def queries(data: dict[str, Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.post(PAGE, data).status_code == 200
        return len(captured)

    pupils(school, "3e A", 1)
    few = queries(sent(("B12", 5), classes=["3e A"]))
    for name in ("3e A", "3e B", "3e C"):
        pupils(school, name, 15, birth_date=date(2012, 1, 1))
    many = sent(*((f"R{at}", 4) for at in range(14)), classes=["3e A", "3e B", "3e C"])
    assert queries(many) == few
