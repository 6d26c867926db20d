"""`simulate --session NUMBER`: candidates who behave, through the real API (contract.md)."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pixsurv.kernel import clock, crypto
from proctoring import simulation
from sessions_app.models import ApiKey, Session

SECRET_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Command(BaseCommand):
    help = (
        "Des candidats qui arrivent, commencent, se déconnectent, signalent et terminent, par l’API réelle."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--session", type=int, required=True, help="numéro de la session")
        parser.add_argument("--url", default=settings.PUBLIC_URL, help="adresse du serveur (%(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="la même graine redonne la même journée")
        parser.add_argument("--candidates", type=_positive_integer, help="combien, au plus (tous)")
        parser.add_argument(
            "--speed",
            type=_positive,
            default=1.0,
            help="fois plus vite\u00a0; au-delà de 2, les absences sont trop courtes pour «\u00a0Sans nouvelles\u00a0»",
        )
        parser.add_argument(
            "--duration", type=_positive, default=7200.0, help="secondes, au plus (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        session = _session(options["session"])
        people = _people(session, most=options["candidates"], seed=options["seed"])
        send = simulation.Http(options["url"])
        with _temporary_key(session) as key:
            _check(send, key, options["url"])
            players = [
                simulation.Player(
                    person=person,
                    character=character,
                    send=send,
                    session_number=session.number,
                    access_code=session.access_code,
                    key=key,
                    say=lambda line: self._say(session, line),
                )
                for person, character in simulation.cast(people, seed=options["seed"])
            ]
            self._say(session, f"{len(players)} candidats\u00a0; Ctrl-C arrête")
            over = simulation.run(
                (player.play() for player in players),
                ticker=simulation.RealTime(),
                speed=options["speed"],
                duration=options["duration"],
            )
        self._say(session, "tous ont fini" if over else "durée écoulée\u00a0: la simulation s’arrête")

    def _say(self, session: Session, line: str) -> None:
        self.stdout.write(f"{session.local(clock.now()):%Hh%M:%S} {line}")
        self.stdout.flush()


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ArgumentTypeError("un nombre plus grand que 0 est attendu")
    return value


def _positive_integer(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError("un nombre entier plus grand que 0 est attendu")
    return int(text)


def _session(number: int) -> Session:
    session = Session.objects.select_related("establishment").filter(number=number).first()
    if session is None:
        raise CommandError(f"Aucune session ne porte le numéro {number}.")
    if session.is_over:
        raise CommandError(
            f"La session {number} est clôturée ou annulée\u00a0: plus personne ne peut y entrer."
        )
    if session.by_hand:
        raise CommandError(
            f"La session {number} est suivie à la main\u00a0: ses tests se passent sur Pix, pas ici."
        )
    return session


def _people(session: Session, *, most: int | None, seed: int) -> list[simulation.Person]:
    """The candidates, or some of them chosen by the seed, in the order of the list."""
    candidates = list(session.candidates.order_by("sort_key", "pk"))
    if not candidates:
        raise CommandError(f"La session {session.number} n’a aucun candidat.")
    places = range(len(candidates))
    if most is not None and most < len(candidates):
        places = sorted(Random(seed).sample(places, most))  # type: ignore[assignment]  # noqa: S311 - no secret
    return [
        simulation.Person(
            last_name=candidates[place].last_name,
            first_name=candidates[place].first_name,
            birth_date=candidates[place].birth_date,
            workstation=str(place + 1),
        )
        for place in places
    ]


@contextmanager
def _temporary_key(session: Session) -> Iterator[str]:
    """A key of the establishment for as long as the simulation runs; revoked afterwards, whatever happened."""
    secret = ApiKey.PREFIX + crypto.draw(SECRET_SYMBOLS, 40)
    key = ApiKey.objects.create(
        establishment=session.establishment, name="Simulation", fingerprint=ApiKey.fingerprint_of(secret)
    )
    try:
        yield secret
    except KeyboardInterrupt:
        raise CommandError("Simulation arrêtée.") from None
    finally:
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=clock.now())


def _check(send: simulation.Http, key: str, url: str) -> None:
    """A server is there, and it is one that shares this database."""
    try:
        reply = send("POST", "/entries", bearer=key, body={})
    except OSError as error:
        raise CommandError(
            f"Aucun serveur ne répond à {url}\u00a0: lancez «\u00a0make run\u00a0», ou donnez --url."
        ) from error
    if reply.status == 401:
        raise CommandError(f"Le serveur {url} n’a pas la même base de données que cette commande.")
    if reply.status != 422:
        raise CommandError(f"{url} ne répond pas comme Pixsurv ({reply.status}).")
