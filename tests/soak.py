"""`make soak`: what is marked « soak », on SQLite and then on PostgreSQL, each test for its share of the time.

Environment: SOAK_MINUTES (20), and what `tests/run.py` reads. A test without an end of its own takes the fixture
`share` and goes on while `share.lasts`; one that overstays the whole time is ended.
"""

import os
import signal
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


def soaked(what: str, database: str, minutes: float) -> bool:
    from tests.run import ROOT

    print(f"\n=== {database.partition(':')[0]}, {minutes:.0f} min ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-m", what, "--durations=0", "--durations-min=1"]
    until = time.monotonic() + 60 * minutes
    env = {**os.environ, "DATABASE_URL": database, UNTIL: str(until)}
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        return process.wait(60 * minutes + GRACE) == 0
    except subprocess.TimeoutExpired:
        print("\n=== the time is over ===", flush=True)
        # As Ctrl-C: what was started is stopped, and what failed so far is told.
        process.send_signal(signal.SIGINT)
        return process.wait() == 0


def main() -> int:
    from tests.run import POSTGRES, SQLITE, postgres_answers

    minutes = float(os.environ.get("SOAK_MINUTES", MINUTES))
    if not postgres_answers():
        print("PostgreSQL does not answer (PIXSURV_TEST_POSTGRES): on SQLite only")
        return int(not soaked("soak", SQLITE, minutes))
    # What says the same whatever the database, crashes among it, is in the first run: it has more to do.
    first = soaked("soak", SQLITE, minutes * 2 / 3)
    second = soaked("soak and not any_database", POSTGRES, minutes / 3)
    return int(not (first and second))


if __name__ == "__main__":
    sys.exit(main())
