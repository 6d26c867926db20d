"""`manage.py reset_second_factor EMAIL`: for who lost both the telephone and the recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.models import Account
from sessions_app.services.second_factor import forget


class Command(BaseCommand):
    help = "Retire la double authentification d’un compte. Vérifiez d’abord, de vive voix, qui la demande."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="adresse e-mail du compte")

    def handle(self, *args: Any, **options: Any) -> None:
        account = Account.objects.filter(email__iexact=options["email"]).first()
        if account is None:
            raise CommandError("Aucun compte n’a cette adresse.")
        if not forget(account):
            raise CommandError("Ce compte n’a pas de double authentification.")
        self.stdout.write("La double authentification est retirée. Le mot de passe seul ouvre ce compte.")
