"""A grown database: schools, five years of sessions, their journals and papers, the pupils whom they were for.

Run as a process of its own (`python -m bench.country`) on a migrated database: the shape on its standard input, where
to look on its standard output.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django

from bench.copies import Copying, Plan
from bench.pattern import Pattern, closed, planned

PEOPLE = 40_009  # a prime: neighbours in a list are not neighbours in the alphabet
YEARS = 5
AWAY = 21  # days from today to the nearest: this week's pages hold what a bench puts there
AHEAD = 50  # one session in so many is still to come
FIRST_NUMBER = 200_000
SYLLABLES = [one + vowel for one in "BCDFGJKLMNPRSTVZ" for vowel in "AEIOU"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How many sessions in how many schools, and how many of them in the first, which the pages are asked of."""

    sessions: int
    schools: int
    first: int
    candidates: int = 40  # of each session
    papers: bool = False  # the real bytes of each sealed report, some 90 kB


def main() -> None:
    django.setup()
    from pixsurv.kernel import clock

    json.dump(grow(Shape(**json.load(sys.stdin)), clock.now()), sys.stdout)


def grow(shape: Shape, now: datetime) -> dict[str, Any]:
    """The country, in the database of the settings; nothing of it is of this week. Says where to look."""
    from sessions_app.models import Candidate, Event, Session

    start = time.perf_counter()
    schools, admin = _schools(shape.schools)
    plans = list(_plans(shape, schools, now))
    past = now - timedelta(days=AWAY)
    size = {"candidates": shape.candidates}
    patterns: dict[str, Callable[[], Pattern]] = {
        "received": lambda: closed(schools[0], past, received=True, **size, papers=shape.papers),
        "waiting": lambda: closed(schools[0], past, received=False, **size, papers=shape.papers),
        "planned": lambda: planned(schools[0], now + timedelta(days=AWAY), **size),
    }
    copying = Copying()
    copying.begin(list(_names()))
    for kind, pattern in patterns.items():
        # Made only now: ids are taken from where those of the copies before it end.
        copying.copy(pattern(), [plan for told, plan in plans if told == kind])
    _pupils()
    copying.end()
    mine = Session.objects.filter(establishment=schools[0], state="closed").order_by("pk")
    one = Candidate.objects.filter(session=mine[len(mine) // 2]).order_by("pk")[7]
    return {
        "school": schools[0].pk,
        "admin": admin.pk,
        "kept": one.session.number,
        "name": f"{one.last_name} {one.first_name}",
        "prefix": one.last_name[:3],
        "sessions": Session.objects.count(),
        "candidates": Candidate.objects.count(),
        "events": Event.objects.count(),
        "seconds": round(time.perf_counter() - start, 1),
    }


def _schools(count: int) -> tuple[list[Any], Any]:
    """With an admin and a secretariat each; one hash of a password serves them all."""
    from sessions_app.enums import Role
    from sessions_app.models import Account, Establishment, Membership
    from tests import factories

    first = factories.MembershipFactory(role=Role.ADMIN)
    words = [Establishment(name=f"Établissement d’essai {number:03d}") for number in range(1, count)]
    schools = [first.establishment, *Establishment.objects.bulk_create(words)]
    password = first.account.password
    posts = [(one, role) for one in schools for role in (Role.ADMIN, Role.SECRETARIAT)]
    accounts = Account.objects.bulk_create(
        Account(email=f"{role}{school.pk}@essai.example", name="Compte Essai", password=password)
        for school, role in posts
    )
    Membership.objects.bulk_create(
        Membership(account=account, establishment=school, role=role)
        for account, (school, role) in zip(accounts, posts, strict=True)
    )
    return schools, first.account


def _plans(shape: Shape, schools: list[Any], now: datetime) -> Iterator[tuple[str, Plan]]:
    """The kind of each copy, and its own words; past ones on five years of days, four in five received."""
    others = max(len(schools) - 1, 1)
    rest, more = divmod(shape.sessions - shape.first, others)
    shares = [shape.first, *(rest + (place < more) for place in range(len(schools) - 1))]
    number = FIRST_NUMBER
    for school, share in zip(schools, shares, strict=True):
        for place in range(share):
            ahead = place % AHEAD == 0
            days = AWAY + place % 30 if ahead else -AWAY - place * 365 * YEARS // share
            kind = "planned" if ahead else "waiting" if place % 5 == 1 else "received"
            yield (
                kind,
                Plan(
                    number=number,
                    day=now.date() + timedelta(days=days),
                    establishment=school.pk,
                    name=school.name,
                    room=f"B{place % 24:02d}",
                    proctor=f"Perrine Essai{place % 40:02d}",
                    box=f"ESSAI{place // 20}",
                ),
            )
            number += 1


def _names() -> Iterator[tuple[str, str]]:
    """Syllables: of no language, and as unlike each other as names are."""
    count = len(SYLLABLES)
    for n in range(PEOPLE):
        last = SYLLABLES[n % count] + SYLLABLES[n // count % count] + SYLLABLES[n * 7 % 71]
        first = (SYLLABLES[n * 3 % 79] + SYLLABLES[n * 5 % 73]).capitalize()
        yield last, first


def _pupils() -> None:
    """The list of each school year: whoever was enrolled in it, once, and linked as the import of a list does."""
    from django.db import connection

    known = (
        "establishment_id, school_year, last_name, first_name, birth_date, class_name, local_id, sign_in_mode,"
        " certifiable_competences, extra_time_percent, sort_key, last_name_key, identity_key"
    )
    year = {
        "postgresql": "CAST(extract(year FROM s.starts_at - interval '7 months') AS integer)",
        "sqlite": "CAST(strftime('%Y', s.starts_at, '-7 months') AS integer)",
    }[connection.vendor]
    told = (
        f"s.establishment_id, {year} AS school_year, c.last_name, c.first_name, c.birth_date, c.class_name, c.local_id,"
        " c.sign_in_mode, c.certifiable_competences, 0, c.sort_key, c.last_name_key, c.identity_key"
    )
    joined = "sessions_app_candidate c JOIN sessions_app_session s ON s.id = c.session_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO sessions_app_pupil ({known}) SELECT {told} FROM {joined} WHERE true ON CONFLICT DO NOTHING"
        )


if __name__ == "__main__":
    main()
