"""`manage.py rotate_keys`: everything sealed goes under the newest of FIELD_KEYS (docs/operating.md)."""

from collections.abc import Iterable
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.services.field_keys import seal_all_again


class Command(BaseCommand):
    help = (
        "Scelle de nouveau, avec la première clé de FIELD_KEYS, les mots de passe des sessions et les secrets de"
        " double authentification\u00a0; ensuite les anciennes clés peuvent être retirées."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--draw",
            action="store_true",
            help="n’écrit rien\u00a0: tire une clé, à placer en tête de FIELD_KEYS",
        )

    def handle(self, *, draw: bool = False, **options: Any) -> None:
        say = self.stdout.write
        if draw:
            say(Fernet.generate_key().decode())
            return
        done = seal_all_again()
        say(
            f"Scellés de nouveau\u00a0: {done.passwords} mots de passe de session,"
            f" {done.secrets} secrets de double authentification."
        )
        if not done.is_whole:
            raise CommandError(
                "Aucune clé de FIELD_KEYS n’ouvre ce qui suit\u00a0: ne retirez rien, remettez la clé d’alors."
                f" Sessions\u00a0: {_listed(done.unreadable_sessions)}."
                f" Comptes\u00a0: {_listed(done.unreadable_accounts)}."
            )
        old = len(settings.FIELD_KEYS) - 1
        if old:
            say(
                "Tout est sous la première clé\u00a0: les autres peuvent être retirées de FIELD_KEYS. Gardez-les au"
                " coffre tant qu’il reste une sauvegarde de ce temps-là."
            )
        say(
            "Les kits déjà imprimés ouvrent toujours leur salle. Réimprimez ceux des sessions à venir\u00a0: leur QR"
            " code ne dit plus que l’appareil tient le kit."
        )


def _listed(found: Iterable[int]) -> str:
    return ", ".join(map(str, found)) or "aucune"
