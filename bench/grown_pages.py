"""What is asked of a grown database: the hot paths of a room, and every list of a school.

Run as a process of its own (`python -m bench.grown_pages`): the shape of the country on its standard input; it makes
the country and today's rooms of its first school, and prints where they are.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

import django

from bench.load import Call
from bench.scenarios import CSRF, HTMX, Scenario, beats, page, refresh, same, ticks

JOINING = 40


def pages(world: dict[str, Any]) -> list[Scenario]:
    """The same, by name and order, whatever the world."""
    school, kept = world["country"]["school"], world["country"]["kept"]
    lists = {
        "sessions": ("liste des sessions", f"/etablissement/sessions/?etablissement={school}"),
        "closed": ("liste des sessions clôturées", f"/etablissement/sessions/?filtre=cloturees&etablissement={school}"),
        "session": ("page d’une session gardée", f"/etablissement/sessions/{kept}/"),
        "journal": ("journal d’une session gardée", f"/etablissement/sessions/{kept}/journal/"),
        "board": ("tableau de bord du jour", f"/etablissement/tableau-de-bord/?etablissement={school}"),
        "board_state": ("tableau de bord, actualisé", f"/etablissement/tableau-de-bord/etat/?etablissement={school}"),
        "planning": ("planning de la semaine", f"/etablissement/planning/?etablissement={school}"),
        "pupils": ("élèves de l’année", f"/etablissement/eleves/?etablissement={school}"),
        "archive": ("archives", f"/archives/?filtre=toutes&etablissement={school}"),
        "archive_name": ("archives, un élève par son nom", world["searches"]["name"]),
        "archive_prefix": ("archives, trois lettres", world["searches"]["prefix"]),
        "archive_room": ("archives, une salle", world["searches"]["room"]),
        "archived": ("archives, une session", f"/archives/{kept}/"),
        "exports": ("exports", f"/archives/exports/?etablissement={school}"),
        "retention": ("durées de conservation", f"/archives/durees/?etablissement={school}"),
    }  # fmt: skip
    room = world["room"]
    found = [
        Scenario("empty", "vue vide", "", lambda: same(Call.make("/bench/vide/", status=204))),
        Scenario("unchanged", "actualisation, rien de neuf", "", lambda: refresh(room, 0, 204)),
        Scenario("one_row", "actualisation, une ligne sur 40", "", lambda: refresh(room, 1)),
        Scenario("page", "page de la salle, 40 lignes", "", lambda: page(room)),
        Scenario("tick", "cocher une présence", "", lambda: ticks(world["ticks"])),
        Scenario("heartbeat", "battement d’un candidat", "", lambda: beats([world["beats"]])),
        Scenario("login", "entrer dans une salle", "", lambda: logins(world["ticks"], world["password"])),
        Scenario("join", "un candidat se connecte", "", lambda: joins(world["joining"])),
    ]
    signed = world["signed"]
    return found + [Scenario(name, what, "", _get(path, signed)) for name, (what, path) in lists.items()]


def _get(path: str, cookie: str) -> Any:
    headers = HTMX if "/etat/" in path else {}
    return lambda: same(Call.make(path, Cookie=cookie, **headers))


def logins(rooms: list[dict[str, Any]], password: str) -> Iterator[Call]:
    for room in itertools.cycle(rooms):
        form = {"number": str(room["number"]), "password": password, "name": "Perrine Essai"}
        yield Call.make("/surveillance/", form=form, status=303, Cookie=f"csrf={CSRF}", X_CSRFToken=CSRF)


def joins(room: dict[str, Any]) -> Iterator[Call]:
    for last, first, birth in itertools.cycle(room["people"]):
        form = {"number": str(room["number"]), "last_name": last, "first_name": first, "birth_date": birth}
        yield Call.make("/candidat/", form=form, status=303, Cookie=f"csrf={CSRF}", X_CSRFToken=CSRF)


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    json.dump(made(json.load(sys.stdin)), sys.stdout)


def made(shape: dict[str, Any]) -> dict[str, Any]:
    """The country, then today's rooms through the services, in its first school."""
    from bench import country, world
    from pixsurv.kernel import clock
    from sessions_app.models import Session
    from tests.factories import PASSWORD

    told = country.grow(country.Shape(**shape), clock.now())
    rooms = {
        "room": world.mixed_room(40),
        "beats": world.running_room(40),
        "ticks": [world.waiting_room(world.TICK_ROOM) for _ in range(world.TICK_ROOMS)],
    }
    joining = world.waiting_room(JOINING)
    numbers = [rooms["room"]["number"], joining["number"], *(one["number"] for one in rooms["ticks"])]
    Session.objects.filter(number__in=numbers).update(establishment_id=told["school"])
    return {
        **rooms,
        "password": PASSWORD,
        "joining": {"number": joining["number"], "people": _people(joining["number"])},
        "country": told,
        "signed": signed_in(told["admin"]),
        "searches": {
            "name": _search(told["school"], told["name"]),
            "prefix": _search(told["school"], told["prefix"]),
            "room": _search(told["school"], "B07"),
        },
    }


def signed_in(account_id: int) -> str:
    """The cookie of a browser in which that account is signed in."""
    from django.conf import settings
    from django.test import Client

    from pixsurv.kernel import clock
    from sessions_app.models import Account
    from sessions_app.services.sign_ins import SEEN, SINCE

    browser = Client()
    browser.force_login(Account.objects.get(pk=account_id))
    kept = browser.session
    kept[SINCE] = kept[SEEN] = clock.now().isoformat()
    kept.save()
    return f"{settings.SESSION_COOKIE_NAME}={kept.session_key}; csrf={CSRF}"


def _search(school: int, text: str) -> str:
    from urllib.parse import urlencode

    from pixsurv.kernel.sealed_words import SEALED, sealed

    return f"/archives/?{urlencode({'etablissement': school, SEALED: sealed({'q': text}, f'archives {school}')})}"


def _people(number: int) -> list[tuple[str, str, str]]:
    from sessions_app.models import Candidate

    people = Candidate.objects.filter(session__number=number).order_by("pk")
    return [(one.last_name, one.first_name, f"{one.birth_date:%d/%m/%Y}") for one in people]


if __name__ == "__main__":
    main()
