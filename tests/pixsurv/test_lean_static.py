"""What is left of our static files when they are collected."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from pixsurv.lean_static import lean

ROOT = Path(__file__).resolve().parent.parent.parent / "static"
OURS = sorted([*ROOT.glob("*.css"), *ROOT.glob("*.js")])
TEXTS = {path.name: path.read_text() for path in OURS}


def test_comments_and_indentation_stay_behind() -> None:
    script = "// why\n(() => {\n  // more\n  go(1); // said\n\n})();\n"
    assert lean("a.js", {"a.js": script}) == "(() => {\ngo(1); // said\n})();\n"
    sheet = "/* why\n   so */\n.a {\n  color: red; /* x */\n}\n"
    assert lean("a.css", {"a.css": sheet}) == ".a {\ncolor: red;\n}\n"


def test_what_is_imported_stands_in_its_place() -> None:
    texts = {"a.js": 'import "./b.js";\nimport "./c.js";\n', "b.js": "b();\n", "c.js": "// c\nc();\n"}
    assert lean("a.js", texts) == "b();\nc();\n"
    sheets = {
        "a.css": '/* a */\n@import "b.css";\n.a {}\n',
        "b.css": '@import "c.css";\n.b {}\n',
        "c.css": ".c {}\n",
    }
    assert lean("a.css", sheets) == ".c {}\n.b {}\n.a {}\n"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_text_of_ours_goes_over_several_lines_or_looks_like_a_comment(path: Path) -> None:
    """Else `lean` would change what it says."""
    text = path.read_text()
    if path.suffix == ".js":
        assert not [line for line in text.splitlines() if line.replace("\\`", "").count("`") % 2]
        assert "/*" not in text
    else:
        assert not re.search(r'"[^"\n]*/\*[^"\n]*"', text)
    assert not re.search(r"(?m)^@?import ", lean(path.name, TEXTS)), "an import that is not understood"


def test_collecting_again_follows_what_changed_in_an_import(tmp_path: Path, settings: object) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "page.js").write_text('import "./part.js";\n')
    (source / "part.js").write_text("one();\n")
    settings.STATICFILES_DIRS = [source]  # type: ignore[attr-defined]
    settings.STATIC_ROOT = target  # type: ignore[attr-defined]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # type: ignore[attr-defined]
    settings.STORAGES = settings.STORAGES | {  # type: ignore[attr-defined]
        "staticfiles": {"BACKEND": "pixsurv.lean_static.LeanStaticFilesStorage"}
    }

    def collected() -> tuple[str, str]:
        call_command("collectstatic", interactive=False, verbosity=0)
        name = json.loads((target / "staticfiles.json").read_text())["paths"]["page.js"]
        return name, (target / name).read_text()

    first, text = collected()
    assert text == "one();\n"
    (source / "part.js").write_text("two();\n")
    second, text = collected()
    assert text == "two();\n"
    assert second != first, "a browser keeps a name for ever"
