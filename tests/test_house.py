"""The rules of the house that no linter knows."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("pixsurv", "sessions_app", "proctoring")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_source_files_stay_under_400_lines() -> None:
    long = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "migrations" not in path.parts and len(path.read_text().splitlines()) >= 400
    ]
    assert not long, "make a package of it, one file a noun"


def test_source_files_are_named_after_what_they_hold() -> None:
    drawers = [path for path in SOURCES if re.fullmatch("utils?|helpers?|common|misc", path.stem)]
    assert not drawers


@pytest.mark.parametrize("name", ["base.txt", "dev.txt"])
def test_locks_name_no_registry(name: str) -> None:
    lock = (ROOT / "requirements" / name).read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock


def test_readme_lists_the_commands_that_make_has() -> None:
    printed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^\| `make ([\w-]+)`", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(re.findall(r"^make ([\w-]+)", printed, re.MULTILINE))


def test_changelog_begins_with_what_is_unreleased() -> None:
    sections = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert sections[0] == "Unreleased"


def test_decisions_have_one_number_each() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert numbers
    assert len(numbers) == len(set(numbers))
