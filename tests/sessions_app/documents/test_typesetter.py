"""The child that sets papers: comes back after a rest, fails one paper at most, keeps nothing of the one before."""

import io
import json
import os
import threading
from pathlib import Path

import pytest

from sessions_app.documents import compiler
from sessions_app.documents.typesetter import Typesetter, TypesetterFailed
from tests.sessions_app.pictures import png

LOGO = {"picture": json.dumps(list(png(16, 16))), "width": "16", "height": "16"}


def drawn(typesetter: Typesetter) -> bytes:
    return typesetter.make("logo.typ", LOGO, form="png", ppi=72)


def test_child_that_went_to_rest_is_started_again() -> None:
    with Typesetter() as typesetter:
        first = drawn(typesetter)
        child = typesetter._child
        assert child is not None
        child.kill()
        child.wait()
        assert drawn(typesetter) == first
        assert typesetter._child is not child


def test_what_typst_refuses_fails_alone() -> None:
    with Typesetter() as typesetter:
        with pytest.raises(TypesetterFailed, match="image"):
            typesetter.make("logo.typ", LOGO | {"picture": "[1]"}, form="png", ppi=72)
        child = typesetter._child
        assert drawn(typesetter).startswith(b"\x89PNG")
        assert typesetter._child is child


def test_child_that_never_answers_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "__file__", os.devnull)  # a program that ends at once
    with Typesetter() as typesetter, pytest.raises(TypesetterFailed, match="no answer"):
        drawn(typesetter)


def test_interrupted_conversation_is_not_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    with Typesetter() as typesetter:
        drawn(typesetter)
        monkeypatch.setattr(compiler, "received", lambda pipe: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            drawn(typesetter)
        assert typesetter._child is None


def test_child_ends_with_its_input_when_idle_and_after_its_life() -> None:
    request = json.dumps({"template": "logo.typ", "format": "png", "inputs": LOGO, "ppi": 72}).encode()

    def answers(requests: int, **limits: float) -> int:
        ours, theirs = os.pipe()
        with os.fdopen(ours, "rb") as asked, os.fdopen(theirs, "wb") as asking:
            for _ in range(requests):
                compiler.sent(asking, request)
            if "idle" not in limits:
                asking.close()
            told = io.BytesIO()
            compiler.serve(asked, told, **limits)  # type: ignore[arg-type]
        return told.getvalue().count(b"\x89PNG")

    assert answers(2) == 2
    assert answers(2, life=1) == 1
    assert answers(0, idle=0.01) == 0


def test_two_threads_take_turns() -> None:
    found: list[bytes] = []
    with Typesetter() as typesetter:
        threads = [threading.Thread(target=lambda: found.append(drawn(typesetter))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_child_that_opens_what_somebody_sent_has_little_memory() -> None:
    with Typesetter(bounded=True) as typesetter:
        drawn(typesetter)
        assert typesetter._child is not None
        limits = {
            line[:26].strip(): line[26:].split()[0]
            for line in Path(f"/proc/{typesetter._child.pid}/limits").read_text().splitlines()
        }
    assert limits["Max address space"] == str(compiler.MEMORY)
    assert limits["Max cpu time"] == str(compiler.CPU_SECONDS)
