"""The installation's two secrets: made once by `make run`, read by everybody (contract.md, Environment)."""

import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var"
SECRET_KEY_FILE = VAR / "secret_key"
FIELD_KEYS_FILE = VAR / "field_keys"


def ensure() -> None:
    """Create `var/secret_key` and `var/field_keys` (mode 0600) where they are missing; never overwrite."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    _create(SECRET_KEY_FILE, secrets.token_urlsafe(50))
    _create(FIELD_KEYS_FILE, urlsafe_b64encode(secrets.token_bytes(32)).decode())


def _create(path: Path, content: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(content + "\n")
