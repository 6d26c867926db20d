"""`manage.py disable_account EMAIL`: for who left, or whose account is in other hands; `--enable` gives it back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.services.password import end_accesses_of
from sessions_app.actors import Actor, ActorKind
from sessions_app.services import people

OPERATOR = Actor(kind=ActorKind.ADMIN, name="exploitant de Pixsurv")


class Command(BaseCommand):
    help = (
        "Désactive un compte\u00a0: connexions et accès aux salles se ferment aussitôt. --enable le réactive."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="adresse e-mail du compte")
        parser.add_argument("--enable", action="store_true", help="réactiver ce compte")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            account = people.find_account(options["email"])
        except DomainError as error:
            raise CommandError(error.sentence) from error
        if options["enable"]:
            people.enable_account(account)
            self.stdout.write("Ce compte est actif. Ses rôles sont restés.")
            return
        signed_out = people.disable_account(account)
        ended = end_accesses_of(account=account, actor=OPERATOR, now=clock.now())
        self.stdout.write(
            f"Ce compte est désactivé. Connexions fermées\u00a0: {signed_out}\u00a0; accès aux salles\u00a0: {ended}."
        )
