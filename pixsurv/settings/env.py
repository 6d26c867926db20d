"""Readers of the environment that refuse nonsense with one clear line."""

import ipaddress
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
LONG_ENOUGH = 20
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")


def integer(name: str, default: int, *, low: int, high: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()) or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return int(value)


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses or networks, separated by commas."""
    try:
        return [ipaddress.ip_network(word) for word in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be addresses or networks like 127.0.0.1,10.0.0.0/24: {error}."
        ) from error


def choice(name: str, *allowed: str) -> str:
    """One of `allowed`; the first one by default."""
    value = text(name) or allowed[0]
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(allowed)}, not {value!r}.")
    return value


def secret(name: str, default_file: Path) -> str:
    """`NAME`, else the content of the file `NAME_FILE`, else the file that `make run` made."""
    if value := text(name):
        return value
    named = text(f"{name}_FILE")
    path = Path(named) if named else default_file
    try:
        value = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is not set and {path} cannot be read: run `make run` once, or set {name} or {name}_FILE."
        ) from error
    if not value:
        raise ImproperlyConfigured(f"{path} is empty.")
    return value


def file(name: str) -> str:
    """The content of the file that `NAME` names; empty when it names none."""
    named = text(name)
    try:
        return Path(named).read_text().strip() if named else ""
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{name} is {named}, which cannot be read.") from error


def long_secret(name: str) -> str:
    """Empty, or long enough that nobody guesses it."""
    value = text(name)
    if value and len(value) < LONG_ENOUGH:
        raise ImproperlyConfigured(f"{name} must have {LONG_ENOUGH} characters or more, or be unset.")
    return value


def field_keys(name: str, default_file: Path) -> list[str]:
    """Keys of the sealed fields, newest first. A wrong one would be noticed at the first kit only."""
    keys = [key.strip() for key in secret(name, default_file).split(",")]
    for key in keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} must be keys of 32 bytes in url-safe base64, separated by commas, newest first."
            ) from error
    return keys


def url(name: str, default: str) -> str:
    """Scheme, host and port, and nothing else."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port  # a port that is none raises here
    except ValueError:
        host, port = None, None
    plain = f"{host if host is None or ':' not in host else f'[{host}]'}{'' if port is None else f':{port}'}"
    if not host or value.lower() not in {f"http://{plain}", f"https://{plain}"}:
        raise ImproperlyConfigured(f"{name} must look like https://host or http://host:port, not {value!r}.")
    return value


def is_loopback(host: str) -> bool:
    """This machine: what is said to it does not travel."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def database(name: str, default: str, *, writes: bool = True) -> dict[str, Any]:
    """A Django database entry. Several PostgreSQL hosts (`postgres://u:p@a:5432,b:5432/db`) mean fail-over:
    the one that accepts writes is used; the first that answers, of a database that is only read."""
    value = text(name, default)
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must start with sqlite:// or postgres://.")
    credentials, _, hosts = parts.netloc.rpartition("@")
    if "," in hosts:
        names = [host.partition(":")[0] for host in hosts.split(",")]
        ports = [host.partition(":")[2] or "5432" for host in hosts.split(",")]
        single = parts._replace(netloc=f"{credentials}@{names[0]}" if credentials else names[0])
        entry = _parsed(name, single.geturl())
        entry["HOST"], entry["PORT"] = ",".join(names), ",".join(ports)
        if writes:
            entry.setdefault("OPTIONS", {})["target_session_attrs"] = "read-write"
        return entry
    return _parsed(name, value)


def _parsed(name: str, value: str) -> dict[str, Any]:
    try:
        return dict(dj_database_url.parse(value))
    except (ValueError, dj_database_url.ParseError) as error:
        # Not repeated: it may hold a password.
        raise ImproperlyConfigured(
            f"{name} must look like postgres://user:password@host:port/name."
        ) from error
