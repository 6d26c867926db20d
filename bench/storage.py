"""What a session leaves in the database: `python -m bench.storage`, on a PostgreSQL database that is thrown away.

Sessions are lived through the services, from the list to the sealed report; sizes are PostgreSQL's own, indexes and
all, and so is the weight of a backup. Quoted in docs/scale.md.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from bench import postgres, server
from bench.server import ROOT

DATABASE = "pixsurv_storage"
SESSIONS, CANDIDATES = int(os.environ.get("BENCH_SESSIONS", "25")), 20
INSIDE = "BENCH_STORAGE"


def main() -> None:
    url = postgres.fresh(DATABASE)
    try:
        env = {**server.environment(url, 8160), INSIDE: "1", "BENCH_SESSIONS": str(SESSIONS)}
        done = subprocess.run(
            [sys.executable, "-m", "bench.storage"], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True
        )
        print("\n".join(words(json.loads(done.stdout))))
    finally:
        postgres.drop(DATABASE)


def words(told: dict[str, Any]) -> list[str]:
    """One line a table that counts, then what all that is a session."""
    sessions, total = told["sessions"], sum(told["bytes"].values())
    lines = [f"{sessions} sessions de {CANDIDATES} candidats, {told['events']} événements"]
    largest = sorted(told["bytes"].items(), key=lambda one: -one[1])
    lines += [f"  {size / sessions / 1000:>8.1f} ko par session  {table}" for table, size in largest[:8]]
    events = told["bytes"]["sessions_app_event"] / told["events"]
    return [
        *lines,
        f"{total / sessions / 1000:.0f} ko par session, {total / sessions / CANDIDATES / 1000:.1f} ko par candidat",
        f"{events:.0f} octets par événement",
        f"sauvegarde : {told['backup_bytes'] / sessions / 1000:.0f} ko par session, {told['backup_s']:.1f} s en tout",
    ]


def inside() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from sessions_app.models import Event

    call_command("migrate", interactive=False, verbosity=0)
    empty = sizes(connection)
    for _ in range(SESSIONS):
        live()
    full = sizes(connection)
    with tempfile.TemporaryDirectory() as folder:
        file, begun = Path(folder) / "copy.zip", time.monotonic()
        call_command("backup", str(file), stdout=sys.stderr)
        told = {"backup_s": time.monotonic() - begun, "backup_bytes": file.stat().st_size}
    told |= {
        "sessions": SESSIONS,
        "events": Event.objects.count(),
        "bytes": {name: full[name] - empty[name] for name in full},
    }
    json.dump(told, sys.stdout)


def live() -> None:
    """A morning: everybody ticked, three quarters to the end by themselves, an incident, closed and sealed."""
    from bench.world import complete, start
    from pixsurv.kernel import clock
    from proctoring.report.gate import Statement
    from proctoring.services.closing import close_session
    from proctoring.services.ending import end_test
    from proctoring.services.incidents import Observed, report_incident
    from sessions_app.services.enrolment import enrol
    from tests import factories

    session = factories.SessionFactory()
    people = [factories.CandidateFactory.build(session=None) for _ in range(CANDIDATES)]
    for person in people:
        person.derive_keys()
    enrol(session_id=session.pk, candidates=people, actor=factories.ADMIN, now=clock.now())
    enrolled = list(session.candidates.select_related("session"))
    for number, candidate in enumerate(enrolled):
        factories.put(candidate, "present")
        start(candidate, heartbeat=None)
        if number % 4:
            complete(candidate)
        else:
            end_test(
                session_id=session.pk, candidate_id=candidate.pk, actor=factories.PROCTOR, now=clock.now()
            )
    report_incident(
        session_id=session.pk,
        candidate_id=enrolled[0].pk,
        observed=Observed("C7", description="Coupure du réseau pendant cinq minutes."),
        actor=factories.PROCTOR,
        now=clock.now(),
    )
    said = Statement(signature="Perrine Essai", attendance_signed=True)
    later = clock.now() + timedelta(minutes=1)  # an end may be taken back for ten seconds
    close_session(session_id=session.pk, actor=factories.PROCTOR, now=later, statement=said)


def sizes(connection: Any) -> dict[str, int]:
    """Bytes of each table with its indexes and what is stored beside it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables")
        return dict(cursor.fetchall())


if __name__ == "__main__":
    inside() if os.environ.get(INSIDE) else main()
