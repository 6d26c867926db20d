"""`manage.py verify_journal [--session NUMBER]` (contract.md): is every journal what was written?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.models import Session
from sessions_app.services.verification import Verification, verify_session


class Command(BaseCommand):
    help = (
        "Recalcule la chaîne du journal de chaque session\u00a0; s’arrête avec le code 1 si l’une est rompue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--session", type=int, metavar="NUMÉRO", help="cette session seulement")

    def handle(self, *, session: int | None = None, **options: Any) -> None:
        sessions = Session.objects.select_related("establishment").order_by("number")
        if session is not None:
            sessions = sessions.filter(number=session)
            if not sessions.exists():
                raise CommandError(f"La session {session} n’existe pas.")
        broken = 0
        # Ids first: each session is read right before its events.
        for primary_key in list(sessions.values_list("pk", flat=True)):
            one = sessions.get(pk=primary_key)
            found = verify_session(one)
            if found.broken is None:
                self.stdout.write(f"Session {found.number}\u00a0: {intact(found, one)}")
            else:
                broken += 1
                self.stderr.write(f"Session {found.number}\u00a0: {broken_at(found)}")
        if broken:
            raise CommandError(f"{count(broken, 'journal rompu', 'journaux rompus')}.")


def intact(found: Verification, session: Session) -> str:
    """« n événements vérifiés », and how those without facts were."""
    with_facts = found.events - found.by_digest
    parts = []
    if with_facts or not found.by_digest:
        parts.append(count(with_facts, "événement vérifié", "événements vérifiés"))
    if found.by_digest and found.eliminated_at is not None:
        day = session.local(found.eliminated_at).strftime("%d/%m/%Y")
        events = count(found.by_digest, "événement vérifié", "événements vérifiés")
        parts.append(f"{events} par empreinte, faits éliminés le {day}")
    return "\u00a0; ".join(parts)


def broken_at(found: Verification) -> str:
    """The first broken event, and how many stand before it."""
    assert found.broken is not None
    kind = f" ({found.broken.kind})" if found.broken.kind else ""
    before = count(found.events, "événement vérifié avant", "événements vérifiés avant")
    return f"rompu à l’événement {found.broken.sequence}{kind}\u00a0: {found.broken.sentence}\u00a0; {before}"


def count(number: int, one: str, several: str) -> str:
    """French plural: 0 and 1 are singular."""
    return f"{number} {several if number > 1 else one}"
