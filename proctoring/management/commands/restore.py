"""`manage.py restore PATH --into-empty` (contract.md): a backup into an empty database, then the ledger once more."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from pixsurv.kernel import clock, crypto
from proctoring.backup.load import Unusable, load_backup
from proctoring.services.elimination.again import apply_ledger
from proctoring.services.elimination.ledger import Unreadable
from sessions_app.management.commands.verify_journal import broken_at
from sessions_app.models import Session
from sessions_app.services.verification import verify_session


class Command(BaseCommand):
    help = "Restaure une sauvegarde dans une base vide, vérifie les journaux, refait les éliminations du registre."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FICHIER")
        parser.add_argument(
            "--into-empty", action="store_true", required=True, help="je sais que la base doit être vide"
        )
        parser.add_argument(
            "--ledger",
            type=Path,
            metavar="REGISTRE",
            help=f"le registre des éliminations (sinon {settings.ELIMINATION_LEDGER})",
        )

    def handle(self, *, path: Path, ledger: Path | None = None, **options: Any) -> None:
        if ledger is not None and not ledger.is_file():
            raise CommandError(f"{ledger} n’existe pas.")
        call_command("migrate", interactive=False, verbosity=0)
        try:
            loaded = load_backup(path)
        except Unusable as error:
            raise CommandError(str(error)) from error
        say = self.stdout.write
        say(
            f"Restauré\u00a0: {loaded.rows} lignes, {loaded.sessions} sessions, sauvegardées le {loaded.made_at[:16]}."
        )
        self._apply(ledger or settings.ELIMINATION_LEDGER)
        broken = self._verify_journals()
        self._tell_unreadable_passwords()
        if broken:
            raise CommandError("Des journaux sont rompus\u00a0: voyez ci-dessus. La base est restaurée.")

    def _verify_journals(self) -> int:
        broken = 0
        for session in Session.objects.select_related("establishment").order_by("number").iterator():
            found = verify_session(session)
            if found.broken is not None:
                broken += 1
                self.stderr.write(f"Session {found.number}\u00a0: {broken_at(found)}")
        if not broken:
            self.stdout.write("Journaux\u00a0: tous vérifiés.")
        return broken

    def _tell_unreadable_passwords(self) -> None:
        """Sealed under keys that this installation does not have (mechanics §14)."""
        numbers = []
        for session in Session.objects.exclude(sealed_password="").order_by("number").iterator():
            try:
                session.password()
            except crypto.Unreadable:
                numbers.append(str(session.number))
        if numbers:
            words = "mot de passe illisible" if len(numbers) == 1 else "mots de passe illisibles"
            self.stdout.write(
                f"{len(numbers)} {words}, à réémettre (FIELD_KEYS n’est pas celle d’alors)\u00a0:"
                f" sessions {', '.join(numbers)}"
            )

    def _apply(self, path: Path) -> None:
        say = self.stdout.write
        if not path.is_file():
            say(
                f"Registre des éliminations\u00a0: aucun ({path})."
                " Ce qui a été éliminé depuis la sauvegarde est revenu."
            )
            return
        try:
            applied = apply_ledger(path, now=clock.now())
        except (OSError, UnicodeDecodeError, Unreadable) as error:
            raise CommandError(
                f"Le registre {path} ne se lit pas\u00a0: {error}. La base est restaurée."
            ) from error
        if applied.sessions:
            say(f"Éliminées de nouveau, d’après le registre\u00a0: sessions {_listed(applied.sessions)}")
        if applied.school_years:
            say(f"Listes d’élèves éliminées de nouveau\u00a0: {_listed(applied.school_years)}")
        if applied.unlike:
            say(
                f"Au registre, mais d’une autre session de même numéro\u00a0: {_listed(applied.unlike)}."
                " Rien n’est fait."
            )
        if not (applied.sessions or applied.school_years):
            say("Registre des éliminations\u00a0: rien à refaire.")


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)
