"""The child process that sets papers: one for each web process, started when a paper is asked for, gone a minute after.

A worker that compiled by itself would keep some 60 MB for good. The child costs a tenth of a second at its start and
two milliseconds a paper, and a crash in it is one paper that fails.
"""

import atexit
import json
import subprocess
import sys
from contextlib import suppress
from threading import Lock
from typing import Self

from sessions_app.documents import compiler


class TypesetterFailed(RuntimeError):
    """The child ended without an answer, twice, or typst refused what it was given."""


class Typesetter:
    """Usable by several threads: they take turns, a paper at a time."""

    def __init__(self, *, bounded: bool = False) -> None:
        """`bounded`: for what somebody sent; its child has little memory and little time (`compiler.MEMORY`)."""
        self._words = [compiler.BOUNDED] if bounded else []
        self._turn = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def make(
        self, template: str, inputs: dict[str, str], *, form: str = "pdf", ppi: float | None = None
    ) -> bytes:
        """The file of this template and these inputs. Raises `TypesetterFailed`."""
        request = json.dumps(
            {"template": template, "format": form, "inputs": inputs, "ppi": ppi}, ensure_ascii=False
        ).encode()
        with self._turn:
            # A child that had just gone to rest is the ordinary reason for a first failure.
            answer = self._ask(request) or self._ask(request)
        if answer is None:
            raise TypesetterFailed("no answer")
        made, content = answer
        if not made:
            raise TypesetterFailed(content.decode())
        return content

    def close(self) -> None:
        with self._turn:
            self._end()

    def _ask(self, request: bytes) -> tuple[bool, bytes] | None:
        """None where the child has ended: the next call starts another."""
        child = self._running()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            compiler.sent(child.stdin, request)
            flag = child.stdout.read(1)
            content = compiler.received(child.stdout) if flag else None
        except BrokenPipeError:
            content = None
        except BaseException:
            self._end()  # half a conversation cannot be continued
            raise
        if content is None:
            self._end()
            return None
        return flag == compiler.MADE, content

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, compiler.__file__, *self._words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                assert pipe is not None
                with suppress(BrokenPipeError):
                    pipe.close()
            child.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


ours = Typesetter()
atexit.register(ours.close)
