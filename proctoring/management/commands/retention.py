"""`manage.py retention` (contract.md): what reached its term, school by school. It destroys nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pixsurv.kernel import clock
from proctoring.enums import SlipState
from proctoring.models import EliminationSlip
from proctoring.selectors.retention import Kept, calendar_of
from proctoring.services.elimination.ledger import Unreadable, complete
from sessions_app.models import Establishment
from sessions_app.wording import day, in_room


class Command(BaseCommand):
    help = "Liste ce qui a atteint sa durée de conservation. Ne détruit rien."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--ledger",
            type=Path,
            metavar="REGISTRE",
            help="complète ce registre des éliminations et s’arrête",
        )

    def handle(self, *, ledger: Path | None = None, **options: Any) -> None:
        if ledger is not None:
            self._complete(ledger)
            return
        for establishment in Establishment.objects.order_by("name", "pk"):
            self._tell(establishment)

    def _complete(self, path: Path) -> None:
        try:
            added = complete(path)
        except (OSError, UnicodeDecodeError, Unreadable) as error:
            raise CommandError(f"Le registre {path} ne peut pas être complété\u00a0: {error}") from error
        self.stdout.write(f"Registre {path}\u00a0: {added} ligne{'s' if added > 1 else ''} de plus.")

    def _tell(self, establishment: Establishment) -> None:
        calendar = calendar_of(establishment, now=clock.now())
        say = self.stdout.write
        say(f"{establishment.name} (conservation\u00a0: {establishment.retention_years} ans)")
        self._list("Terme atteint, à mettre sur un bordereau", calendar.reached)
        self._list("Terme atteint, mais jamais clôturées", calendar.to_close)
        self._list("Documents de travail à supprimer, sans visa", calendar.working)
        for one in calendar.pupil_lists:
            say(f"  Liste d’élèves {one.words}\u00a0: {one.pupils} élèves{_slip(one.slip)}")
        for slip in EliminationSlip.objects.filter(establishment=establishment, state=SlipState.STARTED):
            say(
                f"  Bordereau {slip.name}\u00a0: élimination commencée et pas finie, reprenez-la depuis les archives"
            )
        if not (calendar.reached or calendar.to_close or calendar.working or calendar.pupil_lists):
            say("  Rien n’a atteint son terme.")

    def _list(self, title: str, sessions: list[Kept]) -> None:
        if not sessions:
            return
        self.stdout.write(f"  {title}\u00a0:")
        for kept in sessions:
            self.stdout.write(
                f"    session {kept.number}, {day(kept.day)}, {in_room(kept.session.room)},"
                f" {kept.candidates} candidats, terme {day(kept.term)} ({kept.why}){_slip(kept.slip)}"
            )


def _slip(slip: EliminationSlip | None) -> str:
    return "" if slip is None else f" — sur le bordereau {slip.name}, {slip.get_state_display().lower()}"
