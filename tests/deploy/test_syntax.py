"""What stands in `deploy/` is understood by the programs that it is written for (Debian's packages)."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
MOST_EXPOSED = 30  # tenths, of systemd's own scale from 0 (sealed) to 100

pytestmark = pytest.mark.any_database


def tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def said(*command: str) -> str:
    """What the program said; fails with it when it refused."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout + done.stderr


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The unit files as on a machine where the program is installed."""
    for file in UNITS.iterdir():
        text = file.read_text().replace("/srv/pixsurv/.venv/bin/python", sys.executable)
        (tmp_path / file.name).write_text(text)
    return tmp_path


def test_units_are_understood_without_a_word(units: Path) -> None:
    files = [str(file) for file in sorted(units.iterdir())]
    assert len(files) == 6
    assert said(tool("systemd-analyze"), "verify", "--man=no", *files) == ""


def test_web_process_can_touch_little(units: Path) -> None:
    said(
        tool("systemd-analyze"), "security", "--offline=true", f"--threshold={MOST_EXPOSED}",
        str(units / "pixsurv@.service"),
    )  # fmt: skip


def test_timers_say_when(units: Path) -> None:
    for timer in units.glob("*.timer"):
        times = [line for line in timer.read_text().splitlines() if line.startswith("OnCalendar=")]
        for one in times:
            assert "Next elapse" in said(tool("systemd-analyze"), "calendar", one.removeprefix("OnCalendar="))


def test_alert_rules_are_understood() -> None:
    assert "SUCCESS" in said(tool("promtool"), "check", "rules", str(DEPLOY / "monitoring/rules.yml"))


def test_what_the_units_name_is_here() -> None:
    commands = {file.stem for file in ROOT.glob("*/management/commands/*.py")} | {"migrate", "collectstatic"}
    for unit in UNITS.glob("*.service"):
        for line in unit.read_text().splitlines():
            if "manage.py " in line:
                assert line.split("manage.py ")[1].split()[0] in commands, unit.name


@pytest.mark.parametrize(
    ("file", "keeps"),
    [("nginx/pixsurv.conf", r"keepalive_timeout (\d+)s;"), ("Caddyfile", r"keepalive (\d+)s")],
)
def test_proxies_let_a_connection_go_before_the_web_process_does(file: str, keeps: str) -> None:
    """A POST that leaves on a connection that is just being closed is not sent again: 502."""
    kept = re.search(r"^keepalive = (\d+)", (ROOT / "pixsurv/gunicorn.py").read_text(), re.MULTILINE)
    theirs = re.search(keeps, (DEPLOY / file).read_text())
    assert kept is not None
    assert theirs is not None
    assert int(theirs[1]) < int(kept[1])
