"""What leaves while it is made: the papers of many sessions in one ZIP, an export of the archive. Seconds, and the
memory that many take over few. A process of its own, on a migrated database; prints JSON.

`make bench` asks for fewer sessions than quality §1 speaks of, and counts them up; the whole is
`python -m bench.streams 300 1000`, with the environment of a server.
"""

import json
import resource
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

import django

PAPERS, EXPORTED = 300, 1_000  # what quality §1 speaks of
ASKED = (40, 150)
FEW = 4  # the first quarter warms up: fonts, templates, the memory that any size takes


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    papers, exported = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else ASKED
    made = sessions(max(papers, exported))
    json.dump({"papers": papers_of(made[:papers]), "export": export_of(made[:exported])}, sys.stdout)


def sessions(count: int) -> list[Any]:
    """Closed ones of one school, their sealed reports as real ones."""
    from bench.country import Shape, grow
    from pixsurv.kernel import clock
    from sessions_app.models import Session

    shape = Shape(sessions=count + count // 10, schools=1, first=count + count // 10, papers=True)
    grow(shape, clock.now())
    return list(
        Session.objects.filter(state="closed").select_related("establishment").order_by("-pk")[:count]
    )


def papers_of(some: Sequence[Any]) -> dict[str, float]:
    """Kits and attendance sheets of rooms of forty."""
    from sessions_app.documents.bundle import Wish, archive, chosen
    from sessions_app.documents.papers import Paper

    def zipped(part: Sequence[Any]) -> Iterable[bytes]:
        return archive(Wish([Paper.KIT, Paper.ATTENDANCE]), chosen(part))

    return streamed(zipped, some, PAPERS)


def export_of(some: Sequence[Any]) -> dict[str, float]:
    """The ZIP of an export: pages, journals, lists, sealed papers."""
    from pixsurv.kernel import clock
    from proctoring.archives.exports.bundle import archive
    from proctoring.models import ExportShape
    from proctoring.services.exports import begin_export
    from tests.factories import ADMIN

    def zipped(part: Sequence[Any]) -> Iterable[bytes]:
        export = begin_export(
            establishment=part[0].establishment,
            shape=ExportShape.ZIP,
            choice="Essai",
            sessions=len(part),
            actor=ADMIN,
            now=clock.now(),
        )
        return archive(export, [one.pk for one in part])

    return streamed(zipped, some, EXPORTED)


def streamed(zipped: Any, some: Sequence[Any], spoken_of: int) -> dict[str, float]:
    """`s`: for as many as quality §1 speaks of; `first_byte_s`; `more_megabytes`: the peak over that of a quarter."""
    for _ in zipped(some[: len(some) // FEW]):
        pass
    before = megabytes()
    start = time.perf_counter()
    pieces = iter(zipped(some))
    weight = len(next(pieces))
    first = time.perf_counter() - start
    weight += sum(map(len, pieces))
    seconds = time.perf_counter() - start
    return {
        "s": seconds * spoken_of / len(some),
        "first_byte_s": first,
        "more_megabytes": megabytes() - before,
        "megabytes": megabytes(),
        "zip_megabytes": weight / 1e6,
        "sessions": len(some),
    }


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
