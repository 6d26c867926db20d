"""`manage.py backup PATH` (contract.md): the whole database in one file, on either database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pixsurv.kernel import clock
from pixsurv.secrets import FIELD_KEYS_FILE, SECRET_KEY_FILE
from proctoring.backup.dump import write_backup


class Command(BaseCommand):
    help = (
        "Sauvegarde toute la base dans un seul fichier ZIP, sans les clés\u00a0; le service peut continuer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, metavar="FICHIER", help="le fichier à créer, par exemple pixsurv.zip"
        )

    def handle(self, *, path: Path, **options: Any) -> None:
        try:
            manifest = write_backup(path, now=clock.now())
        except FileExistsError as error:
            raise CommandError(f"{path} existe déjà\u00a0: choisissez un autre nom.") from error
        except OSError as error:
            raise CommandError(f"{path} ne peut pas être écrit\u00a0: {error.strerror}.") from error
        count = sum(table["rows"] for table in manifest["tables"].values())
        say = self.stdout.write
        say(f"Sauvegarde faite\u00a0: {path} ({count} lignes, {manifest['journals']['rows']} sessions).")
        say(
            "Elle contient des noms d’élèves\u00a0: gardez-la chiffrée, et pas plus longtemps que nécessaire."
        )
        say(
            "Les clés n’y sont pas. Conservez-les à part, sinon les mots de passe des sessions seront illisibles\u00a0:"
        )
        say(f"  SECRET_KEY, ou le fichier {SECRET_KEY_FILE}")
        say(f"  FIELD_KEYS, ou le fichier {FIELD_KEYS_FILE}")
        say("Copiez aussi, à part, le registre des éliminations\u00a0:")
        say(f"  {settings.ELIMINATION_LEDGER}")
