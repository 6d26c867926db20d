"""The two secrets of an installation: made once, never overwritten, readable by their owner only."""

import json
import logging
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from pixsurv import secrets
from pixsurv.logging import JsonFormatter


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "var"
    monkeypatch.setattr(secrets, "VAR", folder)
    monkeypatch.setattr(secrets, "SECRET_KEY_FILE", folder / "secret_key")
    monkeypatch.setattr(secrets, "FIELD_KEYS_FILE", folder / "field_keys")
    return folder


def test_secrets_are_made_for_their_owner_only(var: Path) -> None:
    secrets.ensure()
    assert {path.name for path in var.iterdir()} == {"secret_key", "field_keys"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in var.iterdir()} == {0o600}
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    assert len((var / "secret_key").read_text().strip()) >= 50
    Fernet((var / "field_keys").read_text().strip())


def test_secrets_are_never_overwritten(var: Path) -> None:
    secrets.ensure()
    (var / "field_keys").unlink()
    before = (var / "secret_key").read_text()
    secrets.ensure()
    assert (var / "secret_key").read_text() == before
    assert (var / "field_keys").exists()


def test_log_line_is_one_json_object() -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        record = logging.LogRecord(
            "pixsurv.x", logging.ERROR, "", 0, "session %d\nclosed", (7,), (type(error), error, None)
        )
    line = JsonFormatter().format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "pixsurv.x", "session 7\nclosed")
    assert told["at"].endswith("+00:00")
    assert "ZeroDivisionError" in told["trace"]
