"""`make soak`: what is marked « soak », on SQLite and then on PostgreSQL, each test for its share of the time.

Environment: SOAK_MINUTES (20), and what `tests/run.py` reads. A test without an end of its own takes the fixture
`share` and goes on while `share.lasts`; one that overstays the whole time is ended.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Self

MINUTES = "20"
UNTIL = "PIXSURV_SOAK_UNTIL"  # of time.monotonic, which all processes of a machine share
GRACE = 120.0  # seconds, to tidy up


def asked() -> bool:
    return UNTIL in os.environ


@dataclass(frozen=True, slots=True)
class Share:
    until: float

    @classmethod
    def among(cls, tests: int) -> Self:
        """One of so many that are still to come."""
        now = time.monotonic()
        return cls(now + max(float(os.environ[UNTIL]) - now, 0) / tests)

    @property
    def seconds(self) -> float:
        return max(self.until - time.monotonic(), 0)

    @property
    def lasts(self) -> bool:
        return self.seconds > 0


def soaked(what: str, database: str, until: float) -> bool:
    from tests.run import ROOT

    print(f"\n=== {database.partition(':')[0]}, {(until - time.monotonic()) / 60:.0f} min ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-m", what, "--durations=0", "--durations-min=1"]
    env = {**os.environ, "DATABASE_URL": database, UNTIL: str(until)}
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        return process.wait(until - time.monotonic() + GRACE) == 0
    except subprocess.TimeoutExpired:
        print("=== the time is over: ended ===", flush=True)
        process.terminate()
        process.wait()
        return False


def main() -> int:
    from tests.run import POSTGRES, SQLITE, postgres_answers

    begun, minutes = time.monotonic(), float(os.environ.get("SOAK_MINUTES", MINUTES))
    if not postgres_answers():
        print("PostgreSQL does not answer (PIXSURV_TEST_POSTGRES): on SQLite only")
        return int(not soaked("soak", SQLITE, begun + 60 * minutes))
    results = [
        # What says the same whatever the database, crashes among it, is in the first run: it has more to do.
        soaked("soak", SQLITE, begun + 60 * minutes * 2 / 3),
        soaked("soak and not any_database", POSTGRES, begun + 60 * minutes),
    ]
    return int(not all(results))


if __name__ == "__main__":
    sys.exit(main())
