"""typst, and nothing of Django: also run as a child process, so that the memory of a big file goes with it."""

import sys
import threading
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATES = HERE / "templates"
STANDARDS: list[Any] = ["a-2a", "ua-1"]

_mine = threading.local()  # a compiler shared by two threads raises « already borrowed »


def compile_here(data: str) -> bytes:
    """The PDF of this JSON. Dates, file identifier and order come from the data alone."""
    compiler: typst.Compiler | None = getattr(_mine, "compiler", None)
    if compiler is None:
        compiler = _mine.compiler = typst.Compiler(
            TEMPLATES / "main.typ", root=TEMPLATES, font_paths=[FONTS], ignore_system_fonts=True
        )
    made = compiler.compile(format="pdf", sys_inputs={"data": data}, pdf_standards=STANDARDS)
    assert isinstance(made, bytes)
    return made


if __name__ == "__main__":
    sys.stdout.buffer.write(compile_here(sys.stdin.buffer.read().decode()))
