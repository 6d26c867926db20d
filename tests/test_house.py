"""The rules of the house that no linter knows."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
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


# French puts a no-break space before « : ; ? ! » and inside its quotes: `\u00a0` in Python, where the character
# itself would not be seen, and the character in a template.
LOOSE_SPACE = re.compile(r" (?:[:;?»]|!(?!=))|« ")
TEMPLATE_CODE = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<(script|style)\b.*?</\1>", re.DOTALL)
# Columns that Pix reads by their titles; what is read in a terminal, beside a ZIP, by whatever program is at hand.
AS_THEY_ARE = (
    "proctoring/archives/exports/verifier.py",
    "proctoring/archives/exports/readme.py",
    "sessions_app/exports/candidate_list.py",
    "sessions_app/exports/sessions_file.py",
)


def _string_literals(source: str) -> Iterator[tuple[int, str]]:
    """Line and text, as written, of each string that is no docstring."""
    alone = {
        (node.lineno, node.col_offset)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in {tokenize.STRING, tokenize.FSTRING_MIDDLE} and token.start not in alone:
            yield token.start[0], token.string


def _texts() -> Iterator[tuple[str, str]]:
    """Where, and what is written there: the strings of the three packages, the templates' text."""
    for path in [path for path in SOURCES if "migrations" not in path.parts]:
        for line, text in _string_literals(path.read_text()):
            yield (
                f"{path.relative_to(ROOT)}:{line}",
                text.replace("\u00a0", " ;"),
            )  # the unseen space counts as a loose one
    for path in [path for path in sorted((ROOT / "templates").rglob("*")) if path.is_file()]:
        for text in TEMPLATE_CODE.sub("", path.read_text()).splitlines():
            yield str(path.relative_to(ROOT)), text.strip()


def test_french_punctuation_never_begins_a_line() -> None:
    found = [(place, text) for place, text in _texts() if LOOSE_SPACE.search(text)]
    assert not [one for one in found if not one[0].startswith(AS_THEY_ARE)]


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORM = re.compile(r"""(<form\b(?:[^>"]|"[^"]*")*>)(.*?)</form>""", re.DOTALL)
TO_FILL_IN = re.compile(
    r"""partials/field\.html|<textarea|<select|<input(?![^>]*type="(?:hidden|checkbox|submit|search)")|\brequired\b"""
)


def test_no_form_leaves_its_errors_to_the_browser() -> None:
    """Its bubbles are in its own language and say nothing of the session: ours stand at the field, and stay."""
    found = [
        f"{path.relative_to(ROOT)}: {head[:80]}"
        for path in TEMPLATES
        for head, inside in FORM.findall(path.read_text())
        if TO_FILL_IN.search(inside) and "novalidate" not in head
    ]
    assert not found


def test_tables_that_become_cards_stay_tables_to_a_screen_reader() -> None:
    """`display: block` takes a table's meaning away; the roles give it back."""
    tables = [
        (path, table)
        for path in TEMPLATES
        for table in re.findall(r"<table class=\"[^\"]*table--cartes.*?</table>", path.read_text(), re.DOTALL)
    ]
    assert tables
    without = re.compile(r"<(?:table|thead|tbody|tr|th|td)\b(?![^>]*\brole=)")
    assert not [
        (str(path.relative_to(ROOT)), without.findall(table))
        for path, table in tables
        if without.search(table)
    ]


def test_retour_alone_is_the_way_out_of_a_question() -> None:
    """A link to another page says to which: « Retour à la session »."""
    asking = re.compile('class="confirmation"|<a [^>]*data-retour>Retour</a>')
    found = [
        path
        for path in TEMPLATES
        if ">Retour</a>" in path.read_text() and not asking.search(path.read_text())
    ]
    assert not [path for path in found if "dialogs" not in path.parts]


# Drawn, and waiting for the page that will wear them.
WAITING = {
    "bouton--choix",
    "case--attente",
    "case--choix",
    "etapes",
    "etapes__mot",
    "liste--compacte",
    "salle-etape",
}


SHEETS = ("pixsurv", "room", "pages")


def _classes_of(*sheets: str) -> set[str]:
    text = "".join((ROOT / "static" / f"{sheet}.css").read_text() for sheet in sheets)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    selectors = re.sub(r'"[^"]*"', "", " ".join(re.findall(r"([^{};]+){", re.sub(r'"[^"]*"', "", text))))
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))


def _wears(paths: list[Path]) -> tuple[set[str], tuple[str, ...]]:
    """Words that may be classes, and beginnings: « badge--{{ colour }} » wears every badge."""
    worn = "\n".join(path.read_text() for path in paths)
    return set(re.findall(r"[\w-]+", worn)), tuple(set(re.findall(r"([\w-]+-)(?:{{|{%|{[a-z])", worn)))


def test_style_sheets_have_no_class_that_nothing_wears() -> None:
    words, families = _wears([*SOURCES, *TEMPLATES, *sorted((ROOT / "static").glob("*.js"))])
    classes = _classes_of(*SHEETS) - WAITING - {"htmx-request"}
    assert not sorted(one for one in classes - words if not one.startswith(families))


def test_the_room_wears_nothing_of_the_sheet_that_it_does_not_load() -> None:
    """Its page, what its answers bring, and the dialogs that open in it: not the pages that it leads to."""
    folder = ROOT / "templates"
    fragments = ("room", "changes", "dialog_oob", "login", "row")
    open_in_it = [folder / "room" / f"{name}.html" for name in fragments]
    open_in_it += [path for path in TEMPLATES if path.parent == folder / "room" / "dialogs"]
    shown: set[Path] = set()
    while open_in_it:
        path = open_in_it.pop()
        if path in shown:
            continue
        shown.add(path)
        included = re.findall(r'{%\s*(?:include|extends)\s+"([^"]+)"', path.read_text())
        open_in_it += [folder / name for name in included]
    classes = set(re.findall(r"[\w-]+", " ".join(
        found for path in shown for found in re.findall(r'class="([^"]*)"', path.read_text())
    )))  # fmt: skip
    assert {"rang", "besoin", "ardoise", "dialogue__actions", "bouton"} <= classes
    assert not classes & (_classes_of("pages") - _classes_of("pixsurv", "room"))
