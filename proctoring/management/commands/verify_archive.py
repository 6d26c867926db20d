"""`manage.py verify_archive ZIP` (contract.md): is an exported archive what was exported?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from proctoring.archives.exports import verifier
from proctoring.models import Export


class Command(BaseCommand):
    help = (
        "Vérifie une archive exportée (ZIP ou dossier)\u00a0; s’arrête avec le code 1 si elle a été modifiée."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archive", type=Path, metavar="ZIP", help="le ZIP, ou le dossier déplié")
        parser.add_argument(
            "--sans-base", action="store_true", help="ne pas comparer avec l’empreinte notée dans cette base"
        )

    def handle(self, *, archive: Path, sans_base: bool = False, **options: Any) -> None:
        if not archive.exists():
            raise CommandError(f"{archive} n’existe pas.")
        outcome = verifier.verify(archive)
        note = "" if sans_base else self._compare(outcome)
        for line in [*verifier.lines_of(outcome), *([note] if note else [])]:
            self.stdout.write(line)
        if outcome.faults:
            raise CommandError("L’archive n’est pas celle qui a été exportée.")

    def _compare(self, outcome: verifier.Outcome) -> str:
        """With what this installation noted when it made that export: the one thing that nobody can redo in a ZIP."""
        if not outcome.manifest_digest:
            return ""
        try:
            found = Export.objects.select_related("establishment")
            export = found.filter(key=str(outcome.manifest.get("export", ""))).first()
        except (ValidationError, DatabaseError):  # no key at all; no database here
            export = None
        if export is None or not export.digest:
            return "Cet export n’est pas noté dans cette base\u00a0: comparez l’empreinte avec celle de son Pixsurv."
        if export.digest != outcome.manifest_digest:
            told = f"ce n’est pas celui de l’export n° {export.pk}, dont Pixsurv a noté l’empreinte {export.digest}"
            outcome.fault(verifier.MANIFEST, told)
            return ""
        local = export.started_at.astimezone(export.establishment.zone)
        return f"C’est l’empreinte de l’export n° {export.pk}, fait le {local:%d/%m/%Y} par {export.by}."
