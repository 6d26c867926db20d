"""`manage.py create_admin`: the first administrator of a school (P1). There is no default account."""

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pixsurv.kernel.errors import DomainError
from sessions_app.services.people import Made, account_exists, make_admin

VARIABLE = "PIXSURV_ADMIN_PASSWORD"


class Command(BaseCommand):
    help = "Crée l’administrateur d’un établissement, ou donne ce rôle à un compte qui existe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default="", help="adresse e-mail du compte")
        parser.add_argument("--name", default="", help="prénom et nom")
        parser.add_argument(
            "--establishment", default="", help="nom de l’établissement, créé s’il n’existe pas"
        )
        parser.add_argument(
            "--time-zone", default=None, help="fuseau horaire d’un nouvel établissement (Europe/Paris)"
        )
        parser.add_argument(
            "--password-file", default="", help="fichier dont la première ligne est le mot de passe"
        )
        parser.add_argument(
            "--no-input", action="store_true", help=f"ne rien demander\u00a0; mot de passe dans {VARIABLE}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        interactive = not options["no_input"]
        email = self._asked(options["email"], "Adresse e-mail", "--email", interactive).lower()
        known = account_exists(email)
        name = options["name"] or ("" if known else self._asked("", "Prénom et nom", "--name", interactive))
        establishment = self._asked(options["establishment"], "Établissement", "--establishment", interactive)
        # Never asked for in vain: an account that exists keeps its password.
        password = None if known else self._password(options["password_file"], interactive)
        try:
            made = make_admin(
                email=email,
                name=name,
                password=password,
                establishment_name=establishment,
                time_zone=options["time_zone"],
            )
        except DomainError as error:
            raise CommandError(f"Rien n’a été créé. {error.sentence}") from error
        self._tell(made, options["time_zone"])

    def _asked(self, given: str, label: str, option: str, interactive: bool) -> str:
        value = given.strip()
        if not value and interactive:
            self._require_terminal(option)
            value = input(f"{label}\u00a0: ").strip()
        if not value:
            raise CommandError(f"Il manque {option}.")
        return value

    def _password(self, file: str, interactive: bool) -> str:
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"Le fichier {file} ne se lit pas.") from error
        if not interactive:
            password = os.environ.get(VARIABLE, "")
            if not password:
                raise CommandError(
                    f"Avec --no-input, donnez le mot de passe par {VARIABLE} ou --password-file."
                )
            return password
        self._require_terminal("--password-file")
        password = getpass.getpass("Mot de passe (12 caractères au moins)\u00a0: ")
        if getpass.getpass("Encore une fois\u00a0: ") != password:
            raise CommandError("Rien n’a été créé. Les deux mots de passe sont différents.")
        return password

    def _require_terminal(self, option: str) -> None:
        if not sys.stdin.isatty():
            raise CommandError(f"Personne ne peut répondre ici\u00a0: donnez {option}.")

    def _tell(self, made: Made, time_zone: str | None) -> None:
        email, school = made.account.email, made.establishment.name
        self.stdout.write(
            f"Établissement «\u00a0{school}\u00a0»\u00a0: {'créé' if made.establishment_is_new else 'déjà là'}."
        )
        if made.account_is_new:
            self.stdout.write(f"Compte {email}\u00a0: créé.")
        else:
            self.stdout.write(f"Compte {email}\u00a0: déjà là, son nom et son mot de passe n’ont pas changé.")
        done = (
            "reçoit le rôle d’administrateur" if made.membership_is_new else "l’avait déjà, rien n’a changé"
        )
        self.stdout.write(f"Rôle d’administrateur\u00a0: {email} {done}.")
        if time_zone and time_zone != made.establishment.time_zone:
            self.stdout.write(
                f"Le fuseau horaire de l’établissement reste {made.establishment.time_zone}\u00a0:"
                " il se change dans ses réglages."
            )
