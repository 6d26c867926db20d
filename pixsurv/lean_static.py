"""Static files as they are collected: ours lose their comments and indentation, which a phone in front of a class need not load."""

import re
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class LeanStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Lines stay lines: nothing is renamed, joined or understood. Files of others stand in folders, and stay as they came."""

    def _save(self, name: str, content: "File[Any]") -> str:
        if "/" not in name and name.endswith((".css", ".js")):
            content.seek(0)  # it was read to find its hash
            content = ContentFile(lean(name, content.read().decode()).encode())
        return str(super()._save(name, content))


def lean(name: str, text: str) -> str:
    """A style sheet without its comments, a script without the lines that are one; both without indentation. Strings that
    go over several lines would lose theirs: ours have none (tests/pixsurv/test_lean_static.py)."""
    if name.endswith(".css"):
        text = CSS_COMMENT.sub("", text)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not (name.endswith(".js") and line.startswith("//"))) + "\n"
