"""« Surveiller une session » (R1, R2)."""

import re
from datetime import UTC, datetime
from http.cookies import Morsel
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from pixsurv.kernel import clock
from proctoring.models import ProctorAccess
from proctoring.services import closing, hand_over
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Account
from sessions_app.selectors.kit import kit_mark
from tests import factories
from tests.htmx import Page, parse, words
from tests.proctoring.room.conftest import NOW, Room, RoomBrowser

LOGIN = "/surveillance/"
WRONG = "Le numéro de la session ou le mot de passe n’est pas le bon."
RIGHT = factories.PASSWORD


def enter(
    room: Room, *, password: str = RIGHT, number: str = "", name: str = "Perrine Essai", **more: str
) -> HttpResponse:
    data = {"number": number or str(room.session.number), "password": password, "name": name, **more}
    return room.client.post(LOGIN, data)


def is_in(room: Room) -> bool:
    return room.client.get(room.url).status_code == 200


def cookie(room: Room) -> "Morsel[str]":
    return room.client.cookies[f"salle-{room.session.number}"]


def test_the_form_says_what_to_type(db: None) -> None:
    page = Page(RoomBrowser(), LOGIN)
    assert "Tous les champs sont obligatoires." in page.text()
    fields = {one.get("name"): one for one in page.root.xpath("//main//form//input[@type!='hidden']")}
    assert set(fields) == {"number", "password", "name"}
    labels = {one.get("for"): words(one) for one in page.root.xpath("//label")}
    assert [labels[fields[name].get("id")] for name in ("number", "password", "name")] == [
        "Numéro de la session",
        "Mot de passe de la session",
        "Vos nom et prénom",
    ]
    assert fields["number"].get("inputmode") == "numeric"
    assert fields["password"].get("type") == "password"
    assert "Exemple : C-K7MPQR" in page.text()
    assert (
        "Le mot de passe vous a été communiqué par un administrateur. Il est au n° 2 du kit." in page.text()
    )
    assert page.controls("Surveiller la session")


def test_the_number_of_the_kit_is_filled_in_never_the_password(empty_room: Room) -> None:
    page = Page(empty_room.client, f"{LOGIN}?numero={empty_room.session.number}&password={RIGHT}")
    assert page.root.xpath("//input[@name='number']/@value") == [str(empty_room.session.number)]
    assert not page.root.xpath("//input[@name='password']/@value")


def test_nonsense_in_the_address_is_shown_as_text(db: None) -> None:
    page = Page(RoomBrowser(), LOGIN + '?numero="><b>1')
    assert page.root.xpath("//input[@name='number']/@value") == ['"><b>1']


@pytest.mark.parametrize(
    "typed",
    [
        "C-K7MPQR",
        "c-k7mpqr",
        "K7MPQR",
        "k7mpqr",
        " C-K7 MPQR ",
        "C K7MPQR",
        "CK7MPQR",
        "c‑k7mpqr",
        "C–K7MPQR",
        "C -\u00a0K7MPQR",
    ],
)
def test_spellings_of_the_password(empty_room: Room, typed: str) -> None:
    response = enter(empty_room, password=typed)
    assert response.status_code == 303
    assert response["Location"] == empty_room.url
    assert is_in(empty_room)


def test_a_password_whose_first_symbol_is_c(db: None, travel: object) -> None:
    for typed in ("C-CCKMPQ", "CCKMPQ", "CCCKMPQ"):
        room = Room(factories.SessionFactory(password="C-CCKMPQ"), travel, RoomBrowser())
        assert enter(room, password=typed).status_code == 303, typed


@pytest.mark.parametrize("typed", ["C-K7MPQ", "K7MPQRR", "K7MPQ", "CC-K7MPQR", "C-K7MPQS", "0"])
def test_wrong_passwords(empty_room: Room, typed: str) -> None:
    response = enter(empty_room, password=typed)
    assert response.status_code == 422
    assert WRONG in words(parse(response.content))
    assert not ProctorAccess.objects.exists()
    assert not empty_room.events()


@pytest.mark.parametrize("typed", ["123 456", " 123456", "123\u00a0456"])
def test_spaces_in_the_number(empty_room: Room, typed: str) -> None:
    factories.SessionFactory(number=123456)
    assert enter(empty_room, number=typed).status_code == 303


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 20, "-5", "12a", "１２３４５６", "²", "1.0"])
def test_wrong_numbers_are_answered_like_a_wrong_password(empty_room: Room, number: str) -> None:
    """Same status, same bytes: nobody learns which sessions exist."""
    wrong_number = enter(empty_room, number=number, password="C-BBBBBB")
    wrong_password = enter(empty_room, password="C-BBBBBB")
    assert wrong_number.status_code == wrong_password.status_code == 422

    def shown(response: HttpResponse, typed: str) -> bytes:
        content = re.sub(
            rb'(csrfmiddlewaretoken" value=|CSRFToken": |"(?:once|form)" value=)"[^"]*"',
            b"",
            response.content,
        )
        return content.replace(typed.encode(), b"#")

    assert shown(wrong_number, f'value="{number}"') == shown(
        wrong_password, f'value="{empty_room.session.number}"'
    )


@pytest.mark.parametrize("typed", [factories.ACCESS_CODE, "bcrq72", " BCRQ 72"])
def test_an_access_code_is_recognised(empty_room: Room, typed: str) -> None:
    response = enter(empty_room, password=typed)
    assert response.status_code == 422
    assert "Cela ressemble au code d’accès des candidats (n° 3 du kit)." in words(parse(response.content))


@pytest.mark.parametrize("field", ["number", "password", "name"])
def test_every_field_is_needed(empty_room: Room, field: str) -> None:
    empty = "" if field == "password" else "  "
    data = {"number": str(empty_room.session.number), "password": RIGHT, "name": "Perrine", field: empty}
    response = empty_room.client.post(LOGIN, data)
    assert response.status_code == 422
    page = parse(response.content)
    assert page.xpath(f"//input[@name='{field}' and @aria-invalid='true']")
    assert ("Tapez-le de nouveau" in response.content.decode()) == (field != "password")
    assert not page.xpath("//input[@name='password']/@value")
    assert not ProctorAccess.objects.exists()


@pytest.mark.parametrize(("field", "words"), [("password", "Mot de passe"), ("name", "Nom et prénom")])
def test_the_dialog_of_a_lost_login_says_what_is_missing(empty_room: Room, field: str, words: str) -> None:
    data = {"number": str(empty_room.session.number), "password": RIGHT, "name": "Perrine", field: ""}
    page = empty_room.client.post(LOGIN, data, headers={"HX-Request": "true"}).content.decode()
    assert f"{words}\u00a0: Ce champ est obligatoire." in page


@pytest.mark.parametrize("name", ["Perrine\x00", "x" * 201, "a\x1bb"])
def test_a_name_that_nobody_can_read_is_refused(empty_room: Room, name: str) -> None:
    assert enter(empty_room, name=name).status_code == 422
    assert not ProctorAccess.objects.exists()


def test_what_was_typed_stays_after_a_mistake(empty_room: Room) -> None:
    page = parse(enter(empty_room, password="C-BBBBBB", name="Perrine <Essai>").content)
    assert page.xpath("//input[@name='name']/@value") == ["Perrine <Essai>"]
    assert page.xpath("//input[@name='number']/@value") == [str(empty_room.session.number)]


@pytest.mark.parametrize("state", [SessionState.CLOSED, SessionState.CANCELLED])
def test_a_closed_session_is_announced_only_after_the_right_password(empty_room: Room, state: str) -> None:
    session = empty_room.session
    if state == SessionState.CLOSED:
        closing.close_session(session_id=session.pk, actor=factories.PROCTOR, now=NOW)
    else:
        session.state, session.cancelled_at = state, NOW
        session.save()
    wrong = enter(empty_room, password="C-BBBBBB")
    assert wrong.status_code == 422
    assert WRONG in words(parse(wrong.content))
    right = enter(empty_room)
    assert right.status_code == 410
    assert "clôturée" in words(parse(right.content))
    assert not ProctorAccess.objects.exists()


def test_logging_in_again_changes_nothing_for_the_candidates(room: Room) -> None:
    paul = room.put("in_progress", "DUPONT", "Paul")
    before = room.attempt(paul).__dict__.copy()
    again = Room(room.session, room.travel)
    assert enter(again).status_code == 303
    after = room.attempt(paul).__dict__
    assert {k: v for k, v in after.items() if k != "_state"} == {
        k: v for k, v in before.items() if k != "_state"
    }
    page = again.page()
    assert page.get(again.row(paul)).get("data-state") == "in_progress"
    assert [one.kind for one in room.events()][-1] == EventKind.PROCTOR_ENTERED
    assert ProctorAccess.objects.count() == 2


def test_an_access_row_says_who_and_with_what(empty_room: Room) -> None:
    empty_room.client.post(
        LOGIN,
        {"number": empty_room.session.number, "password": RIGHT, "name": "  Perrine   Essai "},
        headers={"User-Agent": "Tablette " + "x" * 300},
    )
    access = ProctorAccess.objects.get()
    assert access.name == "Perrine Essai"
    assert len(access.device) == 200
    assert access.created_at == NOW
    assert access.account is None
    assert not access.is_admin


def test_the_token_is_kept_hashed_in_a_cookie_that_scripts_do_not_see(empty_room: Room) -> None:
    enter(empty_room)
    morsel = cookie(empty_room)
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert morsel["path"] == "/"
    assert len(morsel.value) >= 43
    assert morsel.value not in str(ProctorAccess.objects.values().get())


def test_a_token_of_one_room_opens_no_other(empty_room: Room) -> None:
    enter(empty_room)
    other = factories.SessionFactory()
    empty_room.client.cookies[f"salle-{other.number}"] = cookie(empty_room).value
    response = empty_room.client.get(f"/surveillance/{other.number}/")
    assert response.status_code == 302


def test_several_rooms_in_one_browser(empty_room: Room) -> None:
    other = Room(factories.SessionFactory(room="C3"), empty_room.travel, empty_room.client)
    enter(empty_room)
    enter(other)
    assert "B12" in empty_room.page().text("entete")
    assert "C3" in other.page().text("entete")
    empty_room.page().press("Quitter")
    empty_room.post(empty_room.url + "quitter/")
    assert empty_room.client.get(empty_room.url).status_code == 302
    assert is_in(other)


def test_leaving_ends_this_access_only(room: Room) -> None:
    other = room.enter("Odile Autre")
    page = room.page(scripts=False)
    page.press("Quitter")
    assert "La session reste ouverte et les élèves continuent. Pour finir : Clôturer." in page.text()
    page.press("Confirmer")
    assert page.url.endswith(f"/surveillance/?numero={room.session.number}")
    assert room.client.get(room.url).status_code == 302
    assert is_in(other)
    assert room.last_event().kind == EventKind.PROCTOR_LEFT
    assert not room.fresh().is_over


def test_leaving_with_scripts_goes_to_the_login(room: Room) -> None:
    page = room.page()
    page.press("Quitter")
    page.press("Confirmer")
    assert page.left_for == f"/surveillance/?numero={room.session.number}"


# ---- an account may be needed (P9) ----


@pytest.fixture
def account_room(empty_room: Room) -> Room:
    establishment = empty_room.session.establishment
    establishment.account_required = True
    establishment.save()
    return empty_room


def test_an_account_is_asked_for(account_room: Room) -> None:
    response = enter(account_room)
    assert response.status_code == 403
    assert "compte" in words(parse(response.content))
    assert not ProctorAccess.objects.exists()


def test_who_has_no_account_is_led_to_sign_in_and_back(account_room: Room) -> None:
    refused = enter(account_room)
    (link,) = parse(refused.content).xpath("//a[contains(., 'Me connecter à mon compte')]/@href")
    member = factories.MembershipFactory(establishment=account_room.session.establishment, role="proctor")
    form = {"email": member.account.email, "password": factories.ACCOUNT_PASSWORD}
    asked = parse(account_room.client.get(link).content)
    (back,) = asked.xpath("//input[@name='next']/@value")
    signed_in = account_room.client.post(link.split("?")[0], {**form, "next": back})
    assert signed_in["Location"] == f"/surveillance/?numero={account_room.session.number}"
    assert enter(account_room).status_code == 303


def test_an_account_is_not_mentioned_before_the_right_password(account_room: Room) -> None:
    assert WRONG in words(parse(enter(account_room, password="C-BBBBBB").content))


@pytest.mark.parametrize(("role", "is_admin"), [("admin", True), ("proctor", False)])
def test_an_account_of_the_school_gets_in(account_room: Room, role: str, is_admin: bool) -> None:
    member = factories.MembershipFactory(establishment=account_room.session.establishment, role=role)
    account_room.client.force_login(member.account)
    assert enter(account_room).status_code == 303
    access = ProctorAccess.objects.get()
    assert access.account == member.account
    assert access.is_admin is is_admin


def test_an_account_of_another_school_does_not(account_room: Room) -> None:
    account_room.client.force_login(factories.MembershipFactory().account)
    assert enter(account_room).status_code == 403


def test_an_admin_of_another_school_is_no_admin_here(empty_room: Room) -> None:
    empty_room.client.force_login(factories.MembershipFactory().account)
    assert enter(empty_room).status_code == 303
    assert not ProctorAccess.objects.get().is_admin


def test_the_name_of_the_account_is_proposed(empty_room: Room) -> None:
    member = factories.MembershipFactory(establishment=empty_room.session.establishment)
    empty_room.client.force_login(member.account)
    page = Page(empty_room.client, LOGIN)
    assert page.root.xpath("//input[@name='name']/@value") == [member.account.name]


def test_a_form_without_its_token_is_refused(empty_room: Room) -> None:
    strict = Client(enforce_csrf_checks=True)
    data = {"number": empty_room.session.number, "password": RIGHT, "name": "Perrine"}
    assert strict.post(LOGIN, data).status_code == 403
    assert not ProctorAccess.objects.exists()


def test_the_session_of_another_century_is_only_another_date(db: None, travel: object) -> None:
    """Nothing breaks on what an import may hold."""
    room = Room(factories.SessionFactory(starts_at=datetime(2099, 1, 1, tzinfo=UTC)), travel, RoomBrowser())
    assert enter(room).status_code == 303


# ---- the same form sent twice ----


def twice(room: Room, first: dict[str, str], second: dict[str, str]) -> list[ProctorAccess]:
    page = Page(room.client, LOGIN)
    (once,) = page.root.xpath("//input[@name='once']/@value")
    usual = {"number": str(room.session.number), "password": RIGHT, "name": "Perrine Essai", "once": once}
    for more in (first, second):
        assert room.client.post(LOGIN, {**usual, **more}).status_code == 303
        assert is_in(room)
    return list(ProctorAccess.objects.order_by("pk"))


def test_a_double_click_is_one_access(empty_room: Room) -> None:
    assert len(twice(empty_room, {}, {})) == 1
    assert len(empty_room.events(EventKind.PROCTOR_ENTERED)) == 1


def test_the_form_found_again_by_somebody_else_is_his_own_access(empty_room: Room) -> None:
    """A shared tablet, « page précédente », another name: acts must not be written under the first one's."""
    found = twice(empty_room, {}, {"name": "Odile Autre"})
    assert [one.name for one in found] == ["Perrine Essai", "Odile Autre"]


def test_the_form_of_an_admin_makes_nobody_else_an_admin(empty_room: Room) -> None:
    member = factories.MembershipFactory(establishment=empty_room.session.establishment)
    page = Page(empty_room.client, LOGIN)
    (once,) = page.root.xpath("//input[@name='once']/@value")
    data = {
        "number": str(empty_room.session.number),
        "password": RIGHT,
        "name": "Perrine Essai",
        "once": once,
    }
    empty_room.client.force_login(member.account)
    empty_room.client.post(LOGIN, data)
    RoomBrowser().post(LOGIN, data)
    assert [one.is_admin for one in ProctorAccess.objects.order_by("pk")] == [True, False]


def test_the_form_of_an_access_that_ended_opens_a_new_one(empty_room: Room) -> None:
    page = Page(empty_room.client, LOGIN)
    (once,) = page.root.xpath("//input[@name='once']/@value")
    data = {
        "number": str(empty_room.session.number),
        "password": RIGHT,
        "name": "Perrine Essai",
        "once": once,
    }
    empty_room.client.post(LOGIN, data)
    empty_room.post(empty_room.url + "quitter/")
    empty_room.client.post(LOGIN, data)
    assert is_in(empty_room)
    assert ProctorAccess.objects.count() == 2


# ---- the QR of the kit (mechanics §8) ----


def test_the_kit_fills_the_number_in_and_its_mark_stays_from_try_to_try(empty_room: Room) -> None:
    mark = kit_mark(empty_room.session)
    number = empty_room.session.number
    page = parse(empty_room.client.get("/surveillance/", {"session": number, "kit": mark}).content)
    assert page.xpath("//input[@name='number']/@value") == [str(number)]
    assert page.xpath("//input[@name='kit']/@value") == [mark]
    refused = enter(empty_room, password="C-BBBBBB", kit=mark)
    assert parse(refused.content).xpath("//input[@name='kit']/@value") == [mark]
    assert enter(empty_room, kit=mark).status_code == 303


@pytest.mark.parametrize("mark", ["", "x", "é" * 43, "a" * 44])
def test_what_has_not_the_form_of_a_mark_is_not_kept(empty_room: Room, mark: str) -> None:
    page = parse(empty_room.client.get("/surveillance/", {"session": "1", "kit": mark}).content)
    assert not page.xpath("//input[@name='kit']")


# ---- an access lasts a day ----


@pytest.mark.parametrize(("later", "opens"), [({"hours": 23, "minutes": 59}, True), ({"hours": 24}, False)])
def test_an_access_ends_after_a_day_whatever_cookie_comes(
    room: Room, later: dict[str, int], opens: bool, django_assert_num_queries: Any
) -> None:
    seen = f"{room.sequence()}.{int(NOW.timestamp() * 1000)}"
    room.travel(**later)
    if not opens:
        with django_assert_num_queries(1):
            refused = room.get(f"{room.url}etat/?v={seen}", htmx=True)
        assert refused.status_code == 401
        assert room.post(f"{room.url}quitter/").headers["Location"].startswith(LOGIN)
    assert is_in(room) is opens
    assert (room.get(f"{room.url}etat/?v={seen}", htmx=True).status_code == 401) is not opens


def test_the_form_of_yesterday_makes_a_new_access(empty_room: Room) -> None:
    enter(empty_room, once="the same form")
    empty_room.travel(hours=25)
    assert not is_in(empty_room)

    assert enter(empty_room, once="the same form").status_code == 303

    assert is_in(empty_room)
    assert ProctorAccess.objects.count() == 2


# ---- the account that counts here ----


def sign_in(client: Client, account: Account) -> None:
    form = {"email": account.email, "password": factories.ACCOUNT_PASSWORD}
    assert client.post("/etablissement/", form).status_code == 303


@pytest.fixture(params=["", "idle", "without second factor"])
def weak(request: pytest.FixtureRequest, empty_room: Room, settings: Any) -> str:
    """An admin is signed in; why he does not count."""
    why: str = request.param
    settings.SECOND_FACTOR = "required" if why == "without second factor" else "optional"
    member = factories.MembershipFactory(establishment=empty_room.session.establishment)
    sign_in(empty_room.client, member.account)
    empty_room.travel(hours=4, minutes=1 if why == "idle" else -1)
    return why


def test_an_account_that_lapsed_or_owes_a_second_factor_is_nobody_at_the_door(
    empty_room: Room, weak: str
) -> None:
    (proposed,) = Page(empty_room.client, LOGIN).root.xpath("//input[@name='name']")
    assert bool(proposed.get("value")) is not bool(weak)

    assert enter(empty_room).status_code == 303

    access = ProctorAccess.objects.get()
    assert (access.is_admin, access.account is not None) == (not weak, not weak)


def test_nor_does_it_take_a_room_over(empty_room: Room, weak: str) -> None:
    session = empty_room.session
    admin = factories.MembershipFactory(establishment=session.establishment).account
    actor = Actor(kind=ActorKind.ADMIN, name=admin.name, account_id=admin.pk)
    made = hand_over.offer(session_id=session.pk, account=admin, ends=[], actor=actor, now=clock.now())
    address = f"/surveillance/passage/{made.token()}/"
    (proposed,) = Page(empty_room.client, address).root.xpath("//input[@name='name']")
    assert bool(proposed.get("value")) is not bool(weak)
    empty_room.client.post(address, {"name": "Perrine Essai"})
    assert ProctorAccess.objects.get().is_admin is not bool(weak)
