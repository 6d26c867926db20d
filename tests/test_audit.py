"""The audit of the dependencies fails for a known vulnerability, and for nothing else."""

import json
import subprocess
from typing import Any

import pytest

from tests import audit

GOOD: dict[str, Any] = {"name": "good", "version": "1.0", "vulns": []}
BAD: dict[str, Any] = {
    "name": "bad", "version": "2.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}],
}  # fmt: skip
SKIPPED: dict[str, Any] = {"name": "unknown", "skip_reason": "Dependency not found"}


def answer(*found: dict[str, Any]) -> str:
    return json.dumps({"dependencies": found})


def test_vulnerable_package_fails_and_is_named() -> None:
    assert audit.judged(answer(GOOD, BAD)) == (1, ["bad 2.0: PYSEC-2026-1, mended in 2.1"])
    status, said = audit.judged(answer(BAD, SKIPPED))
    assert status == 1
    assert len(said) == 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (answer(GOOD), "no known vulnerability"),
        (answer(GOOD, SKIPPED), "1 of 2"),
        ("", "could not be reached"),
        ("[]", "could not be reached"),
        ("ERROR: connection refused", "could not be reached"),
    ],
)
def test_rest_lets_the_build_go_on_and_says_what_was_not_seen(told: str, words: str) -> None:
    status, said = audit.judged(told)
    assert status == 0
    assert words in said[0]


def test_answer_that_never_comes_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("pip_audit", 1)

    monkeypatch.setattr(subprocess, "run", hangs)
    assert audit.asked() == ""


def test_all_that_is_locked_is_asked_about() -> None:
    assert all(lock in audit.command() for lock in audit.LOCKS)
    assert all((audit.ROOT / lock).is_file() for lock in audit.LOCKS)
