"""What is measured by one act instead of many requests: a kit, an import. Run as a process of its own; prints JSON."""

import json
import resource
import statistics
import sys
import time
from typing import Any

import django

IMPORTED = 2_000
KITS = 10


def main() -> None:
    django.setup()
    json.dump({"kit": kit(), "import": import_report()}, sys.stdout)


def kit() -> dict[str, float]:
    """The supervisor's kit of a room of forty, once the typesetter is warm."""
    from sessions_app.documents.bundle import chosen, one_paper
    from sessions_app.documents.papers import Paper
    from tests import factories

    session = factories.SessionFactory()
    for _ in range(40):
        factories.CandidateFactory(session=session)
    (one,) = chosen([session])
    times = [_timed(lambda: one_paper(Paper.KIT, one)) for _ in range(KITS + 1)][1:]
    return {"ms": statistics.median(times) * 1000}


def import_report() -> dict[str, float]:
    """A CSV of candidates: to the report, then to the list."""
    from pixsurv.kernel import clock
    from sessions_app.imports.changes import fingerprint
    from sessions_app.imports.report import enrolled_in, judge_draft, report_of
    from sessions_app.services.candidate_list import replace_list
    from sessions_app.services.drafts import make_draft
    from tests import factories

    session = factories.SessionFactory()
    account = factories.MembershipFactory(establishment=session.establishment).account
    now = clock.now()
    lines = ["Nom;Prénom;Date de naissance;Classe"]
    for number in range(IMPORTED):
        letters = "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{number:04d}")
        lines.append(f"ESSAI{letters};Bora{letters.lower()};{1 + number % 28:02d}/03/2011;3e A")
    data = "\n".join(lines).encode()
    start = time.perf_counter()
    draft = make_draft(
        session=session, account=account, file_name="liste.csv", data=data, ask_columns=False, now=now
    )
    report = report_of(draft, session, judge_draft(draft, now.date()))
    reported = time.perf_counter()
    if report.errors:
        raise RuntimeError(f"the list was refused: {report.errors[0]}")
    seen = fingerprint(enrolled_in(session))
    replace_list(draft=draft, seen=seen, actor=factories.ADMIN, now=now)
    confirmed = time.perf_counter()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"report_s": reported - start, "confirm_s": confirmed - reported, "megabytes": megabytes}


def _timed(act: Any) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
