"""What the secretariat's search costs among 200,000 candidates of one school. A process of its own; prints JSON.

Whole pages, asked of the views by a signed-in secretariat, so that what is measured is what it waits for. The rows are
written straight into the tables: sessions of the past, without journals, which no search reads.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import batched
from typing import Any

import django

SESSIONS, CANDIDATES = 10_000, 20
FIRST_NAMES, LAST_NAMES = 400, 5_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TIMES = 7
AT_ONCE = 2_000


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    school = filled()
    settle()
    found = searched(school)
    json.dump({"ms": max(found.values()), **found}, sys.stdout)


def filled() -> Any:
    """The school that keeps them all."""
    from pixsurv.kernel import clock
    from proctoring.models import Attempt, ProctorAccess
    from sessions_app.models import Candidate, Session
    from tests.factories import EstablishmentFactory, SessionFactory

    school, now = EstablishmentFactory(), clock.now()
    sample = SessionFactory(establishment=school)
    usual = {name: getattr(sample, name) for name in ("site", "duration", "sealed_password", "access_code")}
    sessions = Session.objects.bulk_create(
        (
            Session(
                establishment=school, number=700_000 + n, room=f"B{n % 12}", starts_at=now - timedelta(hours=n + 200),
                proctor_names=f"Perrine {word(n % 60)}", state="closed", closed_at=now - timedelta(hours=n + 198),
                **usual,
            )
            for n in range(SESSIONS)
        ),
        batch_size=AT_ONCE,
    )  # fmt: skip
    for several in batched(people(sessions), AT_ONCE):
        enrolled = Candidate.objects.bulk_create(several)
        Attempt.objects.bulk_create(Attempt(candidate=one, session=one.session) for one in enrolled)
    ProctorAccess.objects.bulk_create(
        (
            ProctorAccess(
                session=one, name=f"Perrine {word(n % 90)}", token_fingerprint=f"{n:064d}",
                created_at=now, last_seen_at=now,
            )
            for n, one in enumerate(sessions)
        ),
        batch_size=AT_ONCE,
    )  # fmt: skip
    return school


def people(sessions: list[Any]) -> Iterator[Any]:
    """Names as a country's are: some borne by many, most by few."""
    from sessions_app.models import Candidate

    for number in range(SESSIONS * CANDIDATES):
        one = Candidate(
            session=sessions[number // CANDIDATES],
            last_name=word(number * number % LAST_NAMES),
            first_name=word(number % FIRST_NAMES),
            birth_date=date(2010, 1, 1) + timedelta(days=number % 700),
        )
        one.derive_keys()
        yield one


def word(number: int) -> str:
    """The same four letters for the same number, spread over the alphabet."""
    spread = number * 7_919
    return "".join(LETTERS[spread // 26**place % 26] for place in range(3, -1, -1)).capitalize()


def settle() -> None:
    """Statistics, as either database has them by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def searched(school: Any) -> dict[str, float]:
    """Milliseconds of a whole page, by what was typed: the median of several, the first one left out."""
    from django.test import Client

    from tests.factories import AccountFactory, MembershipFactory

    keeper = AccountFactory()
    MembershipFactory(account=keeper, establishment=school, role="secretariat")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(keeper)
    typed = {
        "nothing": "",
        "one pupil": f"{word(LAST_NAMES - 1)} {word(1)}",
        "a frequent beginning": word(0)[:2],
        "a first name": word(7),
        "nobody": "Zzzz Zz",
        "a proctor": word(11),
        "a room": "B7",
        "a number": "700123",
    }
    return {what: _median(client, text) for what, text in typed.items()}


def _median(client: Any, text: str) -> float:
    answer = client.post("/archives/", {"q": text}, follow=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{text!r}: {answer.status_code}")
    address = answer.redirect_chain[-1][0] if answer.redirect_chain else "/archives/"
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
