"""How a hostile file is sent, and what its children took of the machine."""

import os
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from sessions_app.documents import scans
from sessions_app.imports import reading


@dataclass(frozen=True, slots=True)
class Took:
    """Of one child: kilobytes at its greatest, seconds of processor, how it ended."""

    memory: int
    processor: float
    status: int


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Took]:
    """Every child that opened a file, as the system counted it: `subprocess.run` with a `wait4` of ours."""
    took: list[Took] = []

    def run(words: list[str], **how: Any) -> "subprocess.CompletedProcess[bytes]":
        check, seconds, data = how.pop("check"), how.pop("timeout"), how.pop("input", b"")
        del how["capture_output"]
        with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as told:
            sent.write(data)
            sent.seek(0)
            child = subprocess.Popen(words, stdin=sent, stdout=told, stderr=subprocess.DEVNULL, **how)
            late = threading.Timer(seconds, child.kill)
            late.start()
            _, status, usage = os.wait4(child.pid, 0)
            over = not late.is_alive()
            late.cancel()
            child.returncode = os.waitstatus_to_exitcode(status)
            took.append(Took(usage.ru_maxrss, usage.ru_utime + usage.ru_stime, child.returncode))
            if over:
                raise subprocess.TimeoutExpired(words, seconds)
            told.seek(0)
            answer = subprocess.CompletedProcess(words, child.returncode, told.read())
        if check:
            answer.check_returncode()
        return answer

    measured = SimpleNamespace(
        run=run, SubprocessError=subprocess.SubprocessError, TimeoutExpired=subprocess.TimeoutExpired
    )
    for module in (reading, scans):
        monkeypatch.setattr(module, "subprocess", measured)
    return took
