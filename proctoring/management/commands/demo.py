"""`manage.py demo`: the demonstration school, as people read it or as JSON (contract.md)."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.demo import school
from proctoring.demo.description import Description, describe
from proctoring.demo.people import MOST
from sessions_app.enums import Followed, SessionState
from sessions_app.models import Establishment


class Command(BaseCommand):
    help = "Charge l’établissement de démonstration (ou le retrouve) et en donne les accès."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="décrire la démonstration en JSON")
        parser.add_argument(
            "--if-empty", action="store_true", help="ne rien charger si un véritable établissement existe"
        )
        parser.add_argument("--sessions", type=int, default=0, help="nombre de sessions de charge en plus")
        parser.add_argument("--candidates", type=int, default=0, help="candidats par session de charge")
        parser.add_argument(
            "--force", action="store_true", help="charger même à côté d’un véritable établissement"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sessions, candidates = options["sessions"], options["candidates"]
        self._check(sessions, candidates)
        try:
            establishment = self._load(sessions, candidates, options)
        except DomainError as error:
            raise CommandError(error.sentence) from error
        if establishment is None:
            return
        description = describe(establishment)
        if options["json"]:
            self.stdout.write(json.dumps(description, ensure_ascii=False, indent=1))
        else:
            self._tell(description)

    def _load(self, sessions: int, candidates: int, options: dict[str, Any]) -> Establishment | None:
        """The demonstration; None when --if-empty found a real school, or may not load by itself."""
        if options["if_empty"] and not school.may_load_by_itself():
            return Establishment.objects.filter(is_demo=True).order_by("pk").first()
        school.refuse_real_schools(force=options["force"])
        now = clock.now()
        establishment = school.load(now=now)
        if sessions:
            school.load_many(establishment, sessions=sessions, candidates=candidates, now=now)
        return establishment

    def _check(self, sessions: int, candidates: int) -> None:
        if bool(sessions) != bool(candidates):
            raise CommandError("--sessions et --candidates vont ensemble.")
        if not 0 <= sessions <= len(school.LOAD_NUMBERS) or not 0 <= candidates <= MOST:
            raise CommandError(
                f"Au plus {len(school.LOAD_NUMBERS)} sessions de charge, et {MOST} candidats dans chacune."
            )

    def _tell(self, description: Description) -> None:
        say = self.stdout.write
        name = description["establishment"]["name"]
        say(f"Données de démonstration\u00a0: {name}. Aucun de ces élèves n’existe.")
        say("")
        say(f"Espace établissement\u00a0: {settings.PUBLIC_URL}/etablissement/")
        for label, account in (
            ("administration", description["admin"]),
            ("secrétariat", description["secretariat"]),
        ):
            say(f"  {label:<16}{account['email']:<28}{account['password'] or '(mot de passe changé)'}")
        say("")
        say(f"Surveiller\u00a0: {settings.PUBLIC_URL}/surveillance/")
        say(f"Passer le test\u00a0: {settings.PUBLIC_URL}/candidat/")
        for session in description["sessions"][:4]:
            state = SessionState(session["state"]).label.lower()
            by_hand = ", suivie à la main" if session["followed"] == Followed.BY_HAND else ""
            say(
                f"  session {session['number']}   mot de passe {session['password'] or '(changé)':<10}"
                f"code d’accès {session['access_code'] or '(changé)':<8}"
                f"{len(session['candidates'])} candidats, {state}{by_hand}"
            )
        more = len(description["sessions"]) - 4
        if more > 0:
            word = "session" if more == 1 else "sessions"
            say(f"  et {more} {word} de charge (--json les décrit toutes)")
        say("")
        say(f"Clé de la plateforme de test\u00a0: {description['api_key'] or '(révoquée)'}")
