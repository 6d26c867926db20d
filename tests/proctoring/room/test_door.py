"""What stands between a proctor and the names: the right room, the right day, an access that holds, a mask (R1–R3)."""

from datetime import timedelta

import pytest
from django.test import Client

from proctoring.models import ProctorAccess
from proctoring.services import access as accesses
from proctoring.services.due import locked_room
from sessions_app.enums import EventKind
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import Page, parse, words
from tests.proctoring.room.conftest import NOW, Room, RoomBrowser

PAGES = [
    *("", "code/", "feuille-de-secours/", "minutes/", "fins/", "cloturer/", "toute-la-salle/"),
    *("incidents/", "incidents/noter/", "pv/", "pv/feuille/", "pv.pdf", "consignes/"),
    *("incident-salle/", "incident-salle/fin/", "aide/"),
]
# Names nobody: it stays on the board while the screen is masked.
ON_THE_BOARD = "tableau/"
OF_A_CANDIDATE = [
    "",
    "aide/",
    "presence/",
    "retard/",
    "certifiable/",
    "reprise/",
    "fin/",
    "temps-majore/",
    "poste/",
    "signalement/",
    "signalement/probleme/",
    "incident/",
    "poste-defaillant/",
    "a-la-main/commence/",
]
POSTS = [
    "presence/",
    "retard/",
    "retard/annuler/",
    "certifiable/",
    "reprise/",
    "reprise/retirer/",
    "demande/ignorer/",
    "fin/",
    "fin/annuler/",
    "temps-majore/",
    "poste/",
    "signalement/",
    "signalement/annuler/",
    "incident/",
    "poste-defaillant/",
    "poste-defaillant/annuler/",
    "propositions/1/noter/",
    "propositions/1/ignorer/",
    "sortie/",
    "retour/",
]


def another_date(hours: float) -> Room:
    """A session that starts so many hours from now; its proctor has just logged in; Paul is on its list."""
    session = factories.SessionFactory(starts_at=NOW + timedelta(hours=hours))
    room = Room(session, lambda **by: None).enter()
    room.add("DUPONT", "Paul")
    return room


# ---- wrong kit: another date ----


def test_another_date_asks_first(db: None) -> None:
    room = another_date(-24 * 3)
    page = room.page()
    assert page.url.endswith(room.url)
    assert "Cette session est prévue le 13/03 à 10h30, salle B12" in page.text()
    assert page.controls("Je suis dans la bonne salle")
    assert page.controls("Changer de session")
    assert "DUPONT" not in page.text()


def test_another_date_is_asked_once_an_access(db: None) -> None:
    room = another_date(-24 * 3)
    page = room.page(scripts=False)
    page.press("Je suis dans la bonne salle")
    assert "DUPONT" in page.text("liste")
    assert "DUPONT" in room.page().text("liste")
    assert "Cette session est prévue" in room.enter("Odile Autre").page().text()


def test_another_session_leaves_this_one(db: None) -> None:
    room = another_date(-24 * 3)
    room.page(scripts=False).press("Changer de session")
    access = ProctorAccess.objects.get()
    assert access.ended_how == ProctorAccess.End.LEFT


@pytest.mark.parametrize("below", [*PAGES[1:], ON_THE_BOARD])
def test_another_date_comes_before_any_page(db: None, below: str) -> None:
    room = another_date(-24 * 3)
    response = room.get(room.url + below)
    assert response.status_code == 303
    assert response["Location"] == room.url + "bonne-salle/"


@pytest.mark.parametrize("below", POSTS)
def test_another_date_comes_before_any_act(db: None, below: str) -> None:
    room = another_date(-24 * 3)
    paul = Candidate.objects.get()
    before = room.sequence()
    assert room.post(room.at(paul, below), present="1")["Location"] == room.url + "bonne-salle/"
    by_htmx = room.post(room.at(paul, below), htmx=True, present="1")
    assert by_htmx.headers["HX-Redirect"] == room.url + "bonne-salle/"
    assert room.sequence() == before


def test_another_date_has_no_refresh(db: None) -> None:
    room = another_date(-24 * 3)
    response = room.get(f"{room.url}etat/?v=0.0", htmx=True)
    assert response.headers["HX-Redirect"] == room.url
    assert b"DUPONT" not in response.content


@pytest.mark.parametrize(("zone", "asked"), [("Europe/Paris", False), ("Indian/Reunion", True)])
def test_the_date_is_that_of_the_school(db: None, zone: str, asked: bool) -> None:
    """23h00 in Paris is the next day in La Réunion."""
    establishment = factories.EstablishmentFactory(time_zone=zone)
    session = factories.SessionFactory(establishment=establishment, starts_at=NOW + timedelta(hours=12.5))
    page = Room(session, lambda **by: None).enter().page()
    assert ("Cette session est prévue" in page.text()) is asked


# ---- no name earlier than 24 h before the start ----


def early_room() -> tuple[Room, Candidate]:
    room = another_date(24.1)
    room.post(room.url + "bonne-salle/")
    return room, Candidate.objects.get()


def test_no_name_earlier_than_24_hours_before(db: None) -> None:
    room, _ = early_room()
    page = room.page()
    assert "24 heures avant" in page.text()
    assert "Dupont".upper() not in page.response.content.decode().upper()


@pytest.mark.parametrize("below", PAGES)
def test_no_name_on_any_page_earlier(db: None, below: str) -> None:
    room, _ = early_room()
    for htmx in (False, True):
        response = room.get(room.url + below, htmx=htmx)
        assert b"DUPONT" not in response.content
        assert b"Paul" not in response.content


@pytest.mark.parametrize("below", OF_A_CANDIDATE)
def test_no_name_about_a_candidate_earlier(db: None, below: str) -> None:
    room, paul = early_room()
    for htmx in (False, True):
        response = room.get(room.at(paul, below), htmx=htmx)
        assert b"DUPONT" not in response.content
        assert response.headers.get("HX-Redirect" if htmx else "Location") == room.url


@pytest.mark.parametrize("below", POSTS)
def test_no_act_and_no_name_in_its_answer_earlier(db: None, below: str) -> None:
    room, paul = early_room()
    before = room.sequence()
    for htmx in (False, True):
        assert b"DUPONT" not in room.post(room.at(paul, below), htmx=htmx, present="1").content
    assert room.sequence() == before


def test_no_name_in_the_refresh_earlier(db: None) -> None:
    room, _ = early_room()
    response = room.get(f"{room.url}etat/?v=0.0", htmx=True)
    assert b"DUPONT" not in response.content
    assert response.headers["HX-Redirect"] == room.url


def test_who_came_too_early_can_leave(db: None) -> None:
    room, _ = early_room()
    room.page(scripts=False).press("Quitter")
    assert ProctorAccess.objects.get().ended_at is not None


def test_names_are_shown_24_hours_before(db: None) -> None:
    room = another_date(24)
    room.post(room.url + "bonne-salle/")
    assert "DUPONT" in room.page().text("liste")


# ---- an access that is gone ----


@pytest.mark.parametrize("below", PAGES)
def test_pages_without_an_access_lead_to_the_login(empty_room: Room, below: str) -> None:
    response = empty_room.client.get(empty_room.url + below)
    assert response.status_code == 302
    assert response["Location"] == f"/surveillance/?numero={empty_room.session.number}"


@pytest.mark.parametrize("number", [0, 1, 999999, 10**12, 10**30])
def test_a_room_that_does_not_exist_looks_like_one_without_access(db: None, number: int) -> None:
    client = RoomBrowser()
    assert client.get(f"/surveillance/{number}/").status_code == 302
    client.cookies[f"salle-{number}"] = "guessed"
    assert client.get(f"/surveillance/{number}/").status_code == 302
    assert (
        client.get(f"/surveillance/{number}/etat/?v=1.1", headers={"HX-Request": "true"}).status_code == 401
    )


def test_a_lost_access_opens_a_dialog_and_keeps_the_page(room: Room) -> None:
    room.add("DUPONT", "Paul")
    page = room.page()
    cookies = room.client.cookies.pop(f"salle-{room.session.number}")
    before = page.text("liste")
    response = page.poll()
    assert response.status_code == 401
    assert "Vous n’êtes plus connecté à cette salle" in page.text("connexion")
    assert page.text("liste") == before
    assert page.find("veille") is not None, "what asks for news must survive the answer"
    assert cookies.value


def test_a_lost_access_while_acting_keeps_what_was_typed(room: Room) -> None:
    room.add("DUPONT", "Paul")
    page = room.page()
    del room.client.cookies[f"salle-{room.session.number}"]
    response = page.tick("Présence de Paul DUPONT")
    assert response.status_code == 401
    page.fill(password="C-WRONG", name="Perrine Essai")
    page.poll()
    assert page.get("relogin-password").get("value") == "C-WRONG"


def test_a_lost_access_when_a_question_is_opened_shows_the_login(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    page = room.page()
    del room.client.cookies[f"salle-{room.session.number}"]
    page.press("Terminer le test de Paul DUPONT")
    assert page.find("relogin-password") is not None


def test_logging_in_from_the_dialog_goes_on_where_one_was(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page()
    del room.client.cookies[f"salle-{room.session.number}"]
    page.poll()
    page.fill(password="C-BBBBBB", name="Perrine Essai")
    wrong = page.press("Surveiller la session")
    assert wrong.status_code == 422
    assert "n’est pas le bon" in page.text("connexion")
    page.fill(password=factories.PASSWORD, name="Perrine Essai")
    page.press("Surveiller la session")
    assert not page.text("connexion")
    other = room.enter("Odile Autre")
    other.post(other.at(paul, "presence/"), present="1")
    assert page.poll().status_code == 200
    assert page.get(room.row(paul)).get("data-state") == "present"
    page.assert_like_reload()


def test_a_revoked_access_is_sent_away(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    page = room.page()
    assert room.access is not None
    accesses.revoke(access=room.access, actor=factories.ADMIN, now=NOW)
    page.poll()
    assert page.left_for == f"/surveillance/?numero={room.session.number}&acces=termine"
    acting = room.post(room.at(paul, "presence/"), htmx=True, present="1")
    assert acting.status_code == 401
    assert acting.headers["HX-Redirect"] == f"/surveillance/?numero={room.session.number}&acces=termine"
    assert room.client.get(room.url).status_code == 302
    assert room.last_event().kind == EventKind.ACCESS_ENDED


def test_a_revoked_access_does_not_touch_the_others(room: Room) -> None:
    other = room.enter("Odile Autre")
    assert room.access is not None
    accesses.revoke(access=room.access, actor=factories.ADMIN, now=NOW)
    assert other.page().response.status_code == 200


def test_a_busy_server_keeps_what_asks_for_news(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from pixsurv.kernel.errors import Busy
    from proctoring.room import visit

    room.put("in_progress")
    page = room.page()
    room.came_later(hours=2)
    room.travel(hours=25)

    def busy(*_: object, **__: object) -> None:
        raise Busy

    monkeypatch.setattr(visit, "advance", busy)
    response = page.poll()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert page.find("veille") is not None
    plain = room.page(scripts=False)
    assert plain.response.status_code == 503
    assert plain.response.headers["Retry-After"] == "2"
    assert plain.root.xpath("//h1")


def test_a_form_without_its_token_changes_nothing(room: Room) -> None:
    paul = room.add("DUPONT", "Paul")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(room.client.cookies)
    before = room.sequence()
    assert strict.post(room.at(paul, "presence/"), {"present": "1"}).status_code == 403
    assert room.sequence() == before


# ---- « Masquer l’écran » ----


def test_masked_screen_shows_no_name_and_keeps_counts(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    room.add("PICASSO", "Pablo")
    page = room.page()
    page.press("Masquer l’écran")
    assert page.left_for == room.url
    masked = room.page()
    for secret in ("DUPONT", "Paul", "PICASSO", "21/05", "3e A", factories.ACCESS_CODE):
        assert secret not in masked.response.content.decode()
    assert "1/2 présents" in masked.text()


@pytest.mark.parametrize("below", PAGES[1:])
def test_masked_screen_opens_no_page(room: Room, below: str) -> None:
    room.post(room.url + "masquer/")
    response = room.get(room.url + below)
    assert response.status_code == 303
    assert response["Location"] == room.url


@pytest.mark.parametrize("below", POSTS)
def test_masked_screen_refuses_acts(room: Room, below: str) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    room.post(room.url + "masquer/")
    before = room.sequence()
    assert room.post(room.at(paul, below), present="1")["Location"] == room.url
    response = room.post(room.at(paul, below), htmx=True, present="1")
    assert response.headers["HX-Redirect"] == room.url
    assert b"DUPONT" not in response.content
    assert room.sequence() == before


def test_masked_screen_has_no_refresh(room: Room) -> None:
    room.add("DUPONT", "Paul")
    page = room.page()
    room.post(room.url + "masquer/")
    page.poll()
    assert page.left_for == room.url
    assert b"DUPONT" not in room.get(f"{room.url}etat/?v=0.0", htmx=True).content


def test_masked_screen_asks_for_its_counts_again(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    room.post(room.url + "masquer/")
    (counts,) = parse(room.get(room.url).content).xpath("//*[@id='comptes-masques']")
    assert counts.get("hx-get") == room.url
    assert counts.get("hx-trigger") == "every 10s"
    room.put("in_progress", "PICASSO", "Pablo")
    again = room.get(room.url, htmx=True)
    (fresh,) = parse(again.content).xpath("//*[@id='comptes-masques']")
    assert "2/2 présents" in words(fresh)
    assert b"PICASSO" not in again.content


def test_the_session_password_brings_the_names_back(room: Room) -> None:
    room.add("DUPONT", "Paul")
    room.post(room.url + "masquer/")
    page = room.page(scripts=False)
    page.fill(password="C-BBBBBB")
    page.press("Afficher la salle")
    assert page.response.status_code == 422
    assert "Ce mot de passe n’est pas le bon." in page.text()
    assert "DUPONT" not in page.response.content.decode()
    page.fill(password="k7 mpqr")
    page.press("Afficher la salle")
    assert "DUPONT" in page.text("liste")


def test_masking_hides_one_screen_only(room: Room) -> None:
    room.add("DUPONT", "Paul")
    other = room.enter("Odile Autre")
    room.post(room.url + "masquer/")
    assert "DUPONT" in other.page().text("liste")


def test_a_masked_screen_can_still_be_left(room: Room) -> None:
    room.post(room.url + "masquer/")
    room.post(room.url + "quitter/")
    assert ProctorAccess.objects.get().ended_at is not None


# ---- who watches ----


def test_the_page_says_who_watches(room: Room) -> None:
    assert "Surveille : Perrine Essai (vous)" in room.page().text("plus-haut")
    room.enter("Odile Autre")
    assert "2 personnes surveillent : Perrine Essai (vous), Odile Autre" in room.page().text("plus-haut")


def test_who_stopped_watching_is_not_named(room: Room) -> None:
    other = room.enter("Odile Autre")
    room.travel(minutes=1.5)
    room.page()
    room.travel(minutes=1)
    assert "Odile" not in room.page().text("plus-haut")
    assert "Perrine" in other.page().text("plus-haut")


def test_reloading_without_scripts_is_watching(room: Room) -> None:
    for _ in range(3):
        room.travel(minutes=1)
        page = room.page(scripts=False)
    assert "Surveille : Perrine Essai (vous)" in page.text("plus-haut")


def test_being_seen_is_written_once_a_minute(room: Room) -> None:
    with locked_room(room.session.pk, now=NOW):
        pass
    for seconds, seen in ((30, 0), (29, 0), (2, 61), (30, 61)):
        room.travel(seconds=seconds)
        room.get(f"{room.url}etat/?v=0.0", htmx=True)
        assert ProctorAccess.objects.get().last_seen_at == NOW + timedelta(seconds=seen)


def test_the_header_names_the_room(room: Room) -> None:
    head = room.page().text("entete")
    assert "Salle B12 — 10h30" in head
    assert f"Session {room.session.number}" in head
    assert "Site d’essai" in head
    assert "Perrine Essai" in head


@pytest.mark.parametrize(
    ("kind", "said"), [("white_exam", "Certification blanche"), ("rehearsal", "Entraînement")]
)
def test_what_is_no_certification_says_so(db: None, kind: str, said: str) -> None:
    room = Room(factories.SessionFactory(kind=kind), lambda **by: None).enter()
    assert said in room.page().text("entete")


def test_times_are_those_of_the_school(db: None) -> None:
    establishment = factories.EstablishmentFactory(time_zone="Indian/Reunion")
    room = Room(factories.SessionFactory(establishment=establishment), lambda **by: None).enter()
    room.put("in_progress", "DUPONT", "Paul")
    page = room.page()
    assert "Salle B12 — 13h30" in page.text("entete")
    assert "Fin 15h15" in page.text("liste")
    assert page.get("heure").get("data-fuseau") == "Indian/Reunion"


def test_the_code_page_shows_the_code_big(room: Room) -> None:
    page = Page(room.client, room.url + "code/")
    assert " ".join(factories.ACCESS_CODE) in words(parse(page.response.content))
    assert str(room.session.number) in page.text()
    assert factories.PASSWORD not in page.response.content.decode()
    assert page.controls("Retour à la salle")


def test_no_page_of_the_room_holds_the_password(room: Room) -> None:
    room.put("in_progress")
    for below in [*PAGES, ON_THE_BOARD]:
        content = room.get(room.url + below).content.decode(errors="replace")
        assert factories.PASSWORD not in content
        assert factories.PASSWORD[2:] not in content
