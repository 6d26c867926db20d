"""« Passer la salle à un autre appareil », from the admin's screen to the other device (A3)."""

import re
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from pixsurv.kernel import clock
from proctoring.models import HandOver, ProctorAccess
from sessions_app.models import Account, Session
from tests import factories

PUBLIC_URL = "http://127.0.0.1:8000"


def address(session: Session, rest: str = "") -> str:
    return f"/etablissement/sessions/{session.number}/passage/{rest}"


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def read(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode().replace("\u00a0", " ")


def made(client: Client, session: Session, **data: Any) -> str:
    """The page that the POST leads to."""
    answer = client.post(address(session), {"once": "a", **data})
    assert answer.status_code == 303
    return str(answer.url)  # type: ignore[attr-defined]


def path_in(page: str) -> str:
    """The path that the page spells in clear, whatever host asked for it."""
    (spelled,) = lxml.html.document_fromstring(page).find_class("adresse")
    address = spelled.text_content().strip()
    assert address.startswith(f"{PUBLIC_URL}/surveillance/passage/")
    return str(address.removeprefix(PUBLIC_URL))


def test_code_is_shown_with_its_hour_and_its_public_address(signed_in: Client, session: Session) -> None:
    page = read(signed_in.get(made(signed_in, session), headers={"Host": "testserver"}))
    path = path_in(page)
    until = session.local(HandOver.objects.get().expires_at)
    assert f"{until.hour}h{until.minute:02d}" in page
    svg = re.search(r"<svg[^>]*class=\"qr\".*?</svg>", page, re.DOTALL)
    assert svg
    assert not re.search(r"\sstyle=|<style", svg[0])
    assert path.startswith("/surveillance/passage/")


def test_colleague_takes_the_room_and_the_admin_is_told(signed_in: Client, session: Session) -> None:
    here = made(signed_in, session)
    path = path_in(read(signed_in.get(here)))
    state = f"{here}etat/"
    assert signed_in.get(state, headers={"HX-Request": "true"}).status_code == 204
    phone = Client()
    page = read(phone.get(path))
    assert "Salle B12" in page
    assert "Prendre la salle" in page
    assert phone.head(path).status_code == 200
    answer = phone.post(path, {"name": "Odile Relève", "once": "x"})
    assert (answer.status_code, answer.url) == (303, f"/surveillance/{session.number}/")  # type: ignore[attr-defined]
    assert phone.get(answer.url).status_code == 200  # type: ignore[attr-defined]
    told = read(signed_in.get(state, headers={"HX-Request": "true"}))
    assert "Pris par Odile Relève à" in told
    assert "<!doctype" not in told
    assert "qr" not in told
    assert "Pris par Odile Relève à" in read(signed_in.get(here))


def test_admin_who_takes_the_access_back_ends_it(signed_in: Client, session: Session) -> None:
    path = path_in(read(signed_in.get(made(signed_in, session))))
    phone = Client()
    phone.post(path, {"name": "Odile Relève", "once": "x"})
    access = ProctorAccess.objects.get()
    signed_in.post(f"/etablissement/sessions/{session.number}/acces/{access.pk}/retirer/")
    assert phone.get(f"/surveillance/{session.number}/").status_code == 302
    assert phone.post(path, {"name": "Odile Relève", "once": "x"}).status_code == 410


def test_used_and_expired_codes_are_refused_kindly(signed_in: Client, session: Session) -> None:
    path = path_in(read(signed_in.get(made(signed_in, session))))
    Client().post(path, {"name": "Odile Relève", "once": "x"})
    for answer in (Client().get(path), Client().post(path, {"name": "Luc", "once": "y"})):
        page = read(answer, 410)
        assert "il sert une seule fois" in page
        assert "Entrer avec le mot de passe du kit" in page
    path = path_in(read(signed_in.get(made(signed_in, session, once="b"))))
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert "plus de 5 minutes" in read(Client().get(path), 410)
    assert "Demandez un nouveau code" in read(Client().get("/surveillance/passage/AAAA/"), 404)


def test_name_is_asked_and_the_form_stays(signed_in: Client, session: Session) -> None:
    path = path_in(read(signed_in.get(made(signed_in, session))))
    page = read(Client().post(path, {"name": " ", "once": "x"}), 422)
    assert "Ce champ est obligatoire." in page
    assert 'value="x"' in page
    assert not ProctorAccess.objects.exists()


def test_form_sent_twice_makes_one_code(signed_in: Client, session: Session) -> None:
    first, second = made(signed_in, session), made(signed_in, session)
    assert first == second
    assert HandOver.objects.count() == 1
    assert made(signed_in, session, once="b") != first


def test_who_is_replaced_is_ticked(signed_in: Client, session: Session) -> None:
    gone, _ = factories.enter_room(session, "Perrine Essai")
    form = read(signed_in.get(address(session)))
    assert "Perrine Essai — Appareil inconnu" in form
    here = made(signed_in, session, ends=gone.pk)
    page = read(signed_in.get(here))
    assert "l’accès de Perrine Essai sera retiré" in page
    Client().post(path_in(page), {"name": "Odile Relève", "once": "x"})
    assert "L’accès de Perrine Essai est retiré" in read(signed_in.get(here))


def test_access_of_another_room_cannot_be_ticked(signed_in: Client, session: Session) -> None:
    stranger, _ = factories.enter_room(factories.SessionFactory(), "Autre Essai")
    answer = signed_in.post(address(session), {"once": "a", "ends": stranger.pk})
    assert answer.status_code == 422
    assert not HandOver.objects.exists()


def test_school_that_asks_for_accounts_says_who_vouches(signed_in: Client, session: Session) -> None:
    assert "portez garant" not in read(signed_in.get(address(session)))
    session.establishment.account_required = True
    session.establishment.save()
    assert "portez garant" in read(signed_in.get(address(session)))


def test_lost_sign_in_is_told_in_its_place(signed_in: Client, session: Session) -> None:
    state = f"{made(signed_in, session)}etat/"
    answer = Client().get(state, headers={"HX-Request": "true"})
    assert "Vous n’êtes plus connecté" in read(answer, 401)


def test_closed_session_is_passed_to_nobody(signed_in: Client, session: Session) -> None:
    from proctoring.services import closing

    here = made(signed_in, session)
    path = path_in(read(signed_in.get(here)))
    closing.close_session(session_id=session.pk, actor=factories.PROCTOR, now=clock.now())
    assert "est clôturée" in read(Client().get(path), 410)
    assert "ne peut plus être passée" in read(signed_in.get(here))
    assert signed_in.get(address(session)).status_code == 409


def test_code_of_another_session_is_not_found(signed_in: Client, session: Session) -> None:
    here = made(signed_in, session)
    other = factories.SessionFactory(establishment=session.establishment)
    assert signed_in.get(address(other, f"{here.rstrip('/').rsplit('/', 1)[1]}/")).status_code == 404
