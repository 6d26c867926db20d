"""`EMAIL_URL`: how mail leaves (contract.md). On the console unless told otherwise."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
TIMEOUT = 10  # seconds: who invites waits for the answer

EXAMPLE = "smtp+tls://user:password@host:587?from=pixsurv@school.example"


def mailers(value: str) -> dict[str, dict[str, Any]]:
    """Django's MAILERS: `console:`, `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://`."""
    parts = urlsplit(value)
    if parts.scheme == "console":
        return {"default": {"BACKEND": CONSOLE}}
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"}:
        raise _nonsense(value)
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise _nonsense(value) from error
    options = {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
        "timeout": TIMEOUT,
    }
    return {"default": {"BACKEND": SMTP, "OPTIONS": options}}


def sender(value: str, host: str) -> str:
    """The address that mail comes from: `?from=` of the address, else one of this host."""
    asked = dict(parse_qsl(urlsplit(value).query, keep_blank_values=True))
    if set(asked) - {"from"}:
        raise _nonsense(value)
    address = asked.get("from", f"pixsurv@{host}")
    if "@" not in address or any(char.isspace() for char in address):
        raise _nonsense(value)
    return address


def _nonsense(value: str) -> ImproperlyConfigured:
    # Not the value itself: it holds a password.
    scheme = urlsplit(value).scheme or value.partition(":")[0]
    return ImproperlyConfigured(
        f"EMAIL_URL must be console: or look like {EXAMPLE} (it begins with {scheme!r})."
    )
