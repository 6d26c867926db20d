"""Static files as they are collected: ours lose comments and indentation, and what one imports stands in its place."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
IMPORT = re.compile(r'^@?import "(?:\./)?([\w.-]+)";$', re.MULTILINE)


class LeanStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Nothing is renamed or understood. Files of others stand in folders, and stay as they came."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Each time, of every file of ours: one that did not change may import one that did. The name that a browser
        remembers is made of what it gets."""
        if not dry_run:
            texts = {name: _text(*found) for name, found in paths.items() if _is_ours(name)}
            for name in texts:
                self.delete(name)
                self._save(name, ContentFile(lean(name, texts).encode()))
            paths = paths | {name: (self, name) for name in texts}
        yield from super().post_process(paths, dry_run, **options)


def _is_ours(name: str) -> bool:
    return "/" not in name and name.endswith((".css", ".js"))


def _text(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        content: bytes = file.read()
    return content.decode()


def lean(name: str, texts: dict[str, str]) -> str:
    """A sheet without its comments, a script without the lines that are one, both without indentation, with what they
    import. Strings that go over several lines would lose theirs: ours have none (tests/pixsurv/test_lean_static.py)."""
    text = texts[name]
    if name.endswith(".css"):
        text = CSS_COMMENT.sub("", text)
    lines = (line.strip() for line in text.splitlines())
    kept = "\n".join(line for line in lines if line and not (name.endswith(".js") and line.startswith("//")))
    return IMPORT.sub(lambda found: lean(found[1], texts).rstrip("\n"), kept) + "\n"
