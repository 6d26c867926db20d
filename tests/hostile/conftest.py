"""How a hostile file is sent, and what its children took of the machine."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sessions_app.documents import scans
from sessions_app.imports import reading


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file is refused, or read, before any database hears of it."""
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.any_database)


@dataclass(frozen=True, slots=True)
class Took:
    """Of one child: kilobytes at its greatest, seconds of processor, how it ended."""

    memory: int
    processor: float
    status: int


# A child that is forked from a large process is counted with its parent's memory until it becomes another program, and
# the greatest is what stays. So a small one stands in between, starts it, and writes down what the system counted.
BETWEEN = """
import os, sys
child = os.fork()
if not child:
    os.execvp(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as note:
    print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime, os.waitstatus_to_exitcode(status), file=note)
"""


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Took]:
    """Every child that opened a file, as the system counted it: `subprocess.run` with a `wait4` of ours."""
    took: list[Took] = []

    def run(words: list[str], **how: Any) -> "subprocess.CompletedProcess[bytes]":
        check, seconds, data = how.pop("check"), how.pop("timeout"), how.pop("input", b"")
        del how["capture_output"]
        note = tmp_path / f"took-{len(took)}"
        command = [sys.executable, "-S", "-c", BETWEEN, str(note), *words]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True, **how,
        )  # fmt: skip
        try:
            told, _ = child.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
            raise
        memory, processor, status = note.read_text().split()
        took.append(Took(int(memory), float(processor), int(status)))
        answer = subprocess.CompletedProcess(words, int(status), told)
        if check:
            answer.check_returncode()
        return answer

    measured = SimpleNamespace(
        run=run, SubprocessError=subprocess.SubprocessError, TimeoutExpired=subprocess.TimeoutExpired
    )
    for module in (reading, scans):
        monkeypatch.setattr(module, "subprocess", measured)
    return took
