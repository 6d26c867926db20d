"""typst, and nothing of Django: run as a child process, so that what it takes of memory goes with it.

Requests come on the standard input one at a time, each answered before the next: four bytes of length, then JSON
`{"template", "format", "inputs", "ppi"}`. An answer is one byte (1: made, 0: refused, with typst's words), four bytes
of length, and the file. The child ends when its input does, when nothing was asked for a minute, or after `LIFE`
files, which bounds what typst keeps between two of them.
"""

import json
import select
import signal
import sys
from pathlib import Path
from typing import IO, Any

import typst

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATES = HERE / "templates"
STANDARDS: list[Any] = ["a-2a", "ua-1"]

IDLE_SECONDS = 60
LIFE = 1000  # files
AT_MOST_SECONDS = 300  # for one: the greatest takes a tenth of it on an idle machine

# For a child that opens what somebody sent: a picture of 4,000 points a side and 16 bits a colour takes half of it,
# and a colour profile that unpacks to a gigabyte ends the child.
BOUNDED = "bounded"
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 20

MADE = b"1"
REFUSED = b"0"


def serve(requests: IO[bytes], answers: IO[bytes], *, idle: float = IDLE_SECONDS, life: int = LIFE) -> None:
    compilers: dict[str, typst.Compiler] = {}
    for _ in range(life):
        if not select.select([requests], [], [], idle)[0]:
            return
        asked = received(requests)
        if asked is None:
            return
        signal.alarm(AT_MOST_SECONDS)  # ends the process, even deep in typst: nobody waits for ever
        try:
            flag, content = MADE, _made(compilers, json.loads(asked))
        except typst.TypstError as refusal:
            flag, content = REFUSED, str(refusal).encode()
        finally:
            signal.alarm(0)
        answers.write(flag)
        sent(answers, content)


def sent(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(len(content).to_bytes(4))
    pipe.write(content)
    pipe.flush()


def received(pipe: IO[bytes]) -> bytes | None:
    """None where the other side has ended."""
    length = pipe.read(4)
    if len(length) < 4:
        return None
    content = pipe.read(int.from_bytes(length))
    return content if len(content) == int.from_bytes(length) else None


def _made(compilers: dict[str, typst.Compiler], asked: dict[str, Any]) -> bytes:
    """Dates, file identifier and order come from the inputs alone: the same inputs give the same bytes."""
    template = asked["template"]
    if template not in compilers:
        compilers[template] = typst.Compiler(
            TEMPLATES / template, root=TEMPLATES, font_paths=[FONTS], ignore_system_fonts=True
        )
    pdf = asked["format"] == "pdf"
    made = compilers[template].compile(
        format=asked["format"],
        sys_inputs=asked["inputs"],
        pdf_standards=STANDARDS if pdf else [],
        ppi=asked.get("ppi"),
    )
    assert isinstance(made, bytes)
    return made


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows: only the alarm limits it
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    if BOUNDED in sys.argv:
        _limit_resources()
    serve(sys.stdin.buffer, sys.stdout.buffer)
