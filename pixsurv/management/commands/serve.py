"""`make run`: prepare the embedded installation, say where the doors are, then become gunicorn."""

import errno
import json
import os
import socket
import sys
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

DOORS = (
    ("Je surveille une session", "/surveillance/"),
    ("Je passe le test", "/candidat/"),
    ("Espace établissement", "/etablissement/"),
)


class Command(BaseCommand):
    help = "Migrates, collects the static files, loads the demonstration into an empty database, serves."

    def handle(self, *args: Any, **options: Any) -> None:
        if refusal := port_refusal(os.environ.get("HOST", "127.0.0.1"), settings.PORT):
            self.stderr.write(refusal)
            sys.exit(1)
        call_command("migrate", interactive=False, verbosity=0)
        if static_files_changed():
            call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write("\n".join(welcome(settings.PUBLIC_URL, demonstration())))
        self.stdout.flush()
        connections.close_all()
        # The same process goes on as gunicorn: Ctrl-C and `kill` reach it, and nothing is left behind.
        gunicorn = ["-m", "gunicorn", "-c", "python:pixsurv.gunicorn", "pixsurv.wsgi"]
        os.execv(sys.executable, [sys.executable, *gunicorn])  # noqa: S606


def port_refusal(host: str, port: int) -> str | None:
    """The line that says why nobody can listen there, or None."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Le port {port} est déjà pris\u00a0: arrêtez le programme qui l’occupe, "
                f"ou choisissez-en un autre, par exemple «\u00a0make run PORT={port + 1}\u00a0»."
            )
        return f"Impossible d’écouter sur {host}, port {port}\u00a0: {error.strerror or error}."
    return None


def static_files_changed() -> bool:
    """Whether a source file is newer than the last collection (its manifest is written last)."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    collected = manifest.stat().st_mtime
    return any(
        Path(storage.path(name)).stat().st_mtime > collected
        for finder in get_finders()
        for name, storage in finder.list([])
    )


def demonstration() -> dict[str, Any] | None:
    """What `demo` tells of its school, loaded if it may be; None where the database is somebody's own."""
    output = StringIO()
    call_command("demo", "--json", "--if-empty", stdout=output)
    return json.loads(output.getvalue() or "null") or None


def welcome(url: str, demo: dict[str, Any] | None) -> list[str]:
    """What the person who typed `make run` reads."""
    hints = demonstration_hints(demo) if demo else [[], [], []]
    lines = ["", f"Pixsurv\u00a0: {url}/", ""]
    for (door, path), below in zip(DOORS, hints, strict=True):
        lines.append(f"  {door:<26}{url}{path}")
        lines += [f"  {'':<26}{hint}" for hint in below]
    if demo:
        lines += ["", "Tous les accès de démonstration\u00a0: .venv/bin/python manage.py demo"]
    return [*lines, "", "Ctrl-C pour arrêter.", ""]


def demonstration_hints(demo: dict[str, Any]) -> list[list[str]]:
    """The lines under each door. A secret that was changed since is null, and left out."""
    session = demo["sessions"][0]
    number = ("session", session["number"])
    candidate = next(person for person in session["candidates"] if person["certifiable"])
    birth = "/".join(reversed(candidate["birth_date"].split("-")))
    return [
        [labelled(number, ("mot de passe", session["password"]))],
        [
            labelled(number, ("code d’accès", session["access_code"])),
            f"{candidate['first_name']} {candidate['last_name']}, {birth}",
        ],
        [
            labelled((role, demo[key]["email"]), ("mot de passe", demo[key]["password"]))
            for role, key in (("administration", "admin"), ("secrétariat", "secretariat"))
        ],
    ]


def labelled(*pairs: tuple[str, str | None]) -> str:
    return " · ".join(f"{label} {value}" for label, value in pairs if value)
