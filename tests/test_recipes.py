"""The recipes of `docs/recipes/` still work: each is applied to a copy of the house, and its commands are run there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RECIPES = sorted((ROOT / "docs/recipes").glob("*.md"))
KEYS = {"SECRET_KEY": "x" * 50, "FIELD_KEYS": "bWFrZSBjaGVjayBlbmNyeXB0cyBub3RoaW5nIGF0IGE="}
COPIED = (
    "pixsurv",
    "sessions_app",
    "proctoring",
    "templates",
    "static",
    "tests",
    "manage.py",
    "pyproject.toml",
)

pytestmark = pytest.mark.any_database


def blocks(recipe: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", recipe.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_recipe_works(recipe: Path, copy: Path) -> None:
    [change] = blocks(recipe, "diff")
    done = subprocess.run(
        ["git", "apply", "-"], input=change, text=True, cwd=copy, capture_output=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, f"{recipe.name} no longer fits the code:\n{done.stderr}"
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "COV", "DJANGO", "DATABASE"))
    }
    for line in blocks(recipe, "sh")[0].splitlines():
        done = subprocess.run(
            shlex.split(line), cwd=copy, env=env | KEYS, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
