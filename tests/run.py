"""`make test`: the whole suite on SQLite, once more on PostgreSQL what a database can change, and a closing word.

The closing word says what could not run.

Environment: PIXSURV_TEST_POSTGRES (a server's URL), PIXSURV_TEST_STRICT=1 (what cannot run is a failure),
PIXSURV_TEST_WORKERS (processes, default one a core), COVERAGE_MIN (branch coverage of the run on SQLite, in per
cent), PIXSURV_CHROMIUM (the browser's path).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("PIXSURV_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
STRICT = os.environ.get("PIXSURV_TEST_STRICT") == "1"
WORKERS = os.environ.get("PIXSURV_TEST_WORKERS", str(os.cpu_count() or 1))
SQLITE = "sqlite:///var/pixsurv.sqlite3"
SPREAD = ("-n", WORKERS)
COVERAGE_MIN = os.environ.get("COVERAGE_MIN", "95")
# What a program is of, and what stays untested without it.
TOOLS = {
    "pdftotext": ("poppler", "the documents are only partly checked"),
    "pdftoppm": ("poppler", "the documents are only partly checked"),
    "qpdf": ("qpdf", "the documents are only partly checked"),
    "zbarimg": ("zbar", "the documents are only partly checked"),
    "node": ("node", "signing in with a real provider was not tried"),
    "npm": ("npm", "signing in with a real provider was not tried"),
    "nginx": ("nginx", "its configuration was not tried"),
    "caddy": ("caddy", "its configuration was not tried"),
    "pgbouncer": ("pgbouncer", "no room ran behind it"),
    "promtool": ("prometheus", "the alert rules were not checked"),
    "systemd-analyze": ("systemd", "the unit files were not checked"),
}
WHERE = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def chromium() -> str | None:
    names = (os.environ.get("PIXSURV_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def postgres_answers() -> bool:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def missing_tools() -> list[str]:
    """The sentences of the closing summary: what is not on this machine, and what it leaves untested."""
    absent = {told for tool, told in TOOLS.items() if not shutil.which(tool, path=WHERE)}
    return [f"{package} is not installed: {untested}" for package, untested in sorted(absent)]


class Run:
    """One run of pytest in processes of its own; its coverage data waits for `report_coverage`.

    `aside`: beside the others; what it says is kept for the end.
    """

    def __init__(self, label: str, *arguments: str, aside: bool = False, **environment: str) -> None:
        self.label, self.start = label, time.monotonic()
        self.said = tempfile.TemporaryFile() if aside else None  # noqa: SIM115 (as long as the run)
        command = [sys.executable, "-m", "pytest", *arguments]
        env = {**os.environ, **environment}
        print(f"\n=== {label}{' begins' if aside else ''} ===", flush=True)
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=self.said, stderr=self.said)

    def passed(self) -> bool:
        """Waits for its end."""
        passed = self.process.wait() == 0
        if self.said is not None:
            print(f"\n=== {self.label} ===", flush=True)
            self.said.seek(0)
            print(self.said.read().decode(errors="replace"))
        took = (
            "" if self.said else f" in {time.monotonic() - self.start:.0f} s"
        )  # aside, pytest's own line says it
        print(f"=== {self.label}: {'passed' if passed else 'FAILED'}{took} ===")
        return passed


def report_coverage() -> bool:
    print("\n=== Branch coverage ===", flush=True)
    command = [sys.executable, "-m", "coverage", "report", f"--fail-under={COVERAGE_MIN}"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    # Compiling every module again in each of a hundred child processes took a third of the time.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, "-m", "coverage", "erase"], cwd=ROOT, check=True)
    missing = missing_tools()
    results: dict[str, bool] = {}

    browsing = None
    if browser := chromium():
        # One server and one Chromium for all of them; they wait much, and so run beside the others.
        told = {"PIXSURV_CHROMIUM": browser, "DATABASE_URL": SQLITE}
        browsing = Run("Browser", "-m", "browser", "tests/browser", aside=True, **told)
    else:
        missing.append("Chromium was not found: no browser test ran")
    # Measuring coverage costs half as much again: once is enough, where most tests run.
    measured = ("-m", "not postgres and not browser and not crash", "--cov", "--cov-report=")
    results["SQLite"] = Run("SQLite", *SPREAD, *measured, DATABASE_URL=SQLITE).passed()

    # These have databases of their own, and wait much too: beside the second run, when the browser is through.
    crashing = Run("Crashes", "-m", "crash", "tests/crash", aside=True, DATABASE_URL=SQLITE)
    if postgres_answers():
        # The browser sees the same pages whatever the database, as what is marked « any_database »: once is enough.
        again = ("-m", "not browser and not crash and not any_database")
        results["PostgreSQL"] = Run("PostgreSQL", *SPREAD, *again, DATABASE_URL=POSTGRES).passed()
    else:
        missing.append("PostgreSQL does not answer (PIXSURV_TEST_POSTGRES): the suite ran on SQLite only")
    results["Crashes"] = crashing.passed()
    if browsing is not None:
        results["Browser"] = browsing.passed()
    results[f"branch coverage ≥ {COVERAGE_MIN} %"] = report_coverage()

    print("\n=== Summary ===")
    for name, passed in results.items():
        print(f"{'ok    ' if passed else 'FAILED'}  {name}")
    for sentence in missing:
        print(f"{'FAILED' if STRICT else 'not run'}  {sentence}")
    return int(not all(results.values()) or (STRICT and bool(missing)))


if __name__ == "__main__":
    sys.exit(main())
