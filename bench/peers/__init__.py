"""What others cost: installed from PyPI in environments of their own, asked for a room of forty.

`python -m bench.peers` (`make bench-peers`) installs them and fills their databases; a run takes those that it finds.
"""

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import postgres
from bench.load import Call
from bench.scenarios import Scenario
from bench.server import BENCH, GUNICORN, ROOT, Server, serving

HOME = BENCH / "peers"
CSRF = "benchbenchbenchbenchbenchbench12"


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    requirements: tuple[str, ...]
    wsgi: str
    ready: str
    environment: dict[str, str] = field(default_factory=dict)
    renewal: str = ""  # the statement that gives back what a run used up

    @property
    def python(self) -> Path:
        return HOME / self.name / "bin" / "python"

    @property
    def told(self) -> Path:
        """How its database wants to be asked; there once it was prepared."""
        return HOME / f"{self.name}.json"

    @property
    def database(self) -> str:
        return f"pixsurv_bench_{self.name}"

    def settings(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        parts = urlsplit(postgres.url(self.database))
        places = {
            "url": parts.geturl(),
            "name": self.database,
            "user": parts.username or "",
            "password": parts.password or "",
            "host": parts.hostname or "",
            "port": str(parts.port or 5432),
            "data": str(HOME / f"{self.name}-data"),
        }
        own = {name: value.format(**places) for name, value in self.environment.items()}
        return {**kept, "PYTHONPATH": str(ROOT), **own}

    def is_prepared(self) -> bool:
        return self.told.exists() and self.python.exists()

    def prepare(self) -> None:
        """Its database, filled."""
        self.told.unlink(missing_ok=True)
        (HOME / f"{self.name}-data").mkdir(parents=True, exist_ok=True)
        postgres.fresh(self.database)
        # By its path: as a module it would bring this package along, whose needs a peer does not share.
        command = [str(self.python), "-P", str(ROOT / "bench" / "peers" / self.name / "prepare.py")]
        done = subprocess.run(command, cwd=ROOT, env=self.settings(), stdout=subprocess.PIPE, check=True)
        postgres.settle(self.database)
        self.told.write_bytes(done.stdout[done.stdout.rindex(b'{"session"') :])

    def serve(self, port: int) -> AbstractContextManager[Server]:
        if self.renewal:
            postgres.run(self.database, self.renewal)
        command = [str(self.python), "-m", "gunicorn", *GUNICORN, "--bind", f"127.0.0.1:{port}", self.wsgi]
        return serving(self.name, command, port, self.settings(), ready=self.ready)

    def scenarios(self) -> list[Scenario]:
        return SCENARIOS[self.name](json.loads(self.told.read_text()))


PEERS = (
    Peer(
        "edx",
        ("edx-proctoring==6.1.4", "gunicorn==27.0.1", "psycopg[binary]", "setuptools"),
        "django.core.wsgi:get_wsgi_application()",
        "/api/edx_proctoring/v1/proctored_exam/attempt",
        {"PEER_DATABASE": "{url}", "DJANGO_SETTINGS_MODULE": "bench.peers.edx.settings"},
        "UPDATE proctoring_proctoredexamstudentattempt SET is_resumable = true, ready_to_resume = false"
        " WHERE ready_to_resume",
    ),
    Peer(
        "pretix",
        ("pretix==2026.8.0", "gunicorn==27.0.1"),
        "pretix.wsgi",
        "/healthcheck/",
        {
            "DATA_DIR": "{data}",
            "PRETIX_PRETIX_URL": "http://127.0.0.1",
            "PRETIX_DATABASE_BACKEND": "postgresql",
            "PRETIX_DATABASE_NAME": "{name}",
            "PRETIX_DATABASE_USER": "{user}",
            "PRETIX_DATABASE_PASSWORD": "{password}",
            "PRETIX_DATABASE_HOST": "{host}",
            "PRETIX_DATABASE_PORT": "{port}",
        },
    ),
)


def edx(told: dict[str, Any]) -> list[Scenario]:
    """A room of forty is two pages of its list: 25 rows and 15."""
    cookie = f"sessionid={told['session']}; csrftoken={CSRF}"
    grid = "/api/edx_proctoring/v1/proctored_exam/attempt/grouped/course_id/bench/room/2026"
    waiting = iter(told["resumable"])  # each once, over all rounds

    def pages() -> Iterator[Call]:
        return itertools.cycle(Call.make(f"{grid}?page={number}", Cookie=cookie) for number in (1, 2))

    def resume() -> Iterator[Call]:
        for attempt, user in waiting:
            yield Call.make(
                f"/api/edx_proctoring/v1/proctored_exam/attempt/{attempt}",
                method="PUT",
                json=json.dumps({"action": "mark_ready_to_resume", "user_id": user}),
                Cookie=cookie,
                X_CSRFToken=CSRF,
            )

    return [
        Scenario(
            "edx_half_room", "edx-proctoring, la moitié d’une salle (une page de sa liste)", "edx", pages
        ),
        Scenario("edx_resume", "edx-proctoring, « mark ready to resume »", "edx", resume, once=True),
    ]


def pretix(told: dict[str, Any]) -> list[Scenario]:
    cookie = f"{told['cookie']}={told['session']}"
    page = f"/control/event/bench/room/checkinlists/{told['list']}/"

    def redeem() -> Iterator[Call]:
        for number in itertools.count():
            body = {"lists": [told["list"]], "secret": told["secrets"][number % len(told["secrets"])]}
            yield Call.make(
                "/api/v1/organizers/bench/checkinrpc/redeem/",
                status=201,
                json=json.dumps(body),
                Authorization=f"Token {told['token']}",
            )

    def looks() -> Iterator[Call]:
        return itertools.repeat(Call.make(page, Cookie=cookie))

    return [
        Scenario("pretix_page", "pretix, page d’entrée de 40", "pretix", looks),
        Scenario("pretix_redeem", "pretix, « redeem » (une entrée)", "pretix", redeem),
    ]


SCENARIOS = {"edx": edx, "pretix": pretix}
