"""The table of `docs/security.md` is whole, and names nothing that is not there (ASVS 5.0.0, levels 1 and 2)."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs/security.md").read_text()
TABLE = TEXT[TEXT.index("## OWASP ASVS") : TEXT.index("## Deviations")]

# Of each section: the numbers of its requirements at level 1 or 2, as ranges.
LEVEL_2 = {
    "1.1": "1-2", "1.2": "1-9", "1.3": "1-11", "1.4": "1-3", "1.5": "1-2",
    "2.1": "1-3", "2.2": "1-3", "2.3": "1-4", "2.4": "1",
    "3.2": "1-2", "3.3": "1-4", "3.4": "1-6", "3.5": "1-5", "3.7": "1-2",
    "4.1": "1-3", "4.2": "1", "4.3": "1-2", "4.4": "1-4",
    "5.1": "1", "5.2": "1-3", "5.3": "1-2", "5.4": "1-3",
    "6.1": "1-3", "6.2": "1-12", "6.3": "1-4", "6.4": "1-4", "6.5": "1-5", "6.6": "1-3", "6.8": "1-4",
    "7.1": "1-3", "7.2": "1-4", "7.3": "1-2", "7.4": "1-5", "7.5": "1-2", "7.6": "1-2",
    "8.1": "1-2", "8.2": "1-3", "8.3": "1", "8.4": "1",
    "9.1": "1-3", "9.2": "1-4",
    "10.1": "1-2", "10.2": "1-2", "10.3": "1-4", "10.4": "1-11", "10.5": "1-5", "10.6": "1-2", "10.7": "1-3",
    "11.1": "1-2", "11.2": "1-3", "11.3": "1-3", "11.4": "1-4", "11.5": "1", "11.6": "1",
    "12.1": "1-3", "12.2": "1-2", "12.3": "1-4",
    "13.1": "1", "13.2": "1-5", "13.3": "1-2", "13.4": "1-5",
    "14.1": "1-2", "14.2": "1-4", "14.3": "1-3",
    "15.1": "1-3", "15.2": "1-3", "15.3": "1-7",
    "16.1": "1", "16.2": "1-5", "16.3": "1-4", "16.4": "1-3", "16.5": "1-3",
    "17.1": "1", "17.2": "1-4", "17.3": "1-2",
}  # fmt: skip


def rows() -> list[list[str]]:
    lines = [line for line in TABLE.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_requirement_stands_in_one_row() -> None:
    wanted = []
    for section, numbers in LEVEL_2.items():
        first, _, last = numbers.partition("-")
        wanted += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    told = [one for row in rows() for one in row[0].split(", ")]
    assert sorted(told) == sorted(wanted)


def test_every_file_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`([\w./-]+(?:/|\.(?:py|md|html|txt|toml|yaml|js|css)))`", TEXT))
    assert len(named) > 60
    assert sorted(one for one in named if not one.startswith("/") and not exists(one)) == []


def exists(name: str) -> bool:
    found = ROOT / name
    return found.exists() or (name in {"urls.py", "views.py"} and any(ROOT.glob(f"*/**/{name}")))


def test_every_deviation_is_explained() -> None:
    explained = TEXT[TEXT.index("## Deviations") :]
    for row in rows():
        if "deviates" in " ".join(row).lower():
            section = row[0].split(", ")[0].rsplit(".", 1)[0]
            assert section in explained, row[0]
