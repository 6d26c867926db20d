"""`OIDC_*`: the OpenID Connect provider that may sign people in (contract.md). None when nothing is set."""

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from pixsurv.kernel.provider import SCOPES, Provider
from pixsurv.settings import env

REQUIRED = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME")
OTHERS = ("OIDC_CLIENT_SECRET_FILE", "OIDC_SCOPES", "OIDC_TRUST_EMAIL", "OIDC_SECOND_FACTOR")
LONGEST_NAME = 40  # characters: it stands on a button of a phone


def provider() -> Provider | None:
    """Refuses half a configuration: a door that opens for nobody is found out by a teacher, at eight in the morning."""
    told = sorted(name for name in os.environ if name.startswith("OIDC_") and env.text(name))
    if not told:
        return None
    if unknown := [name for name in told if name not in REQUIRED + OTHERS]:
        known = ", ".join(REQUIRED + OTHERS)
        raise ImproperlyConfigured(f"{unknown[0]} is no variable that Pixsurv knows; these are: {known}.")
    secret = env.text("OIDC_CLIENT_SECRET") or env.file("OIDC_CLIENT_SECRET_FILE")
    missing = [name for name in REQUIRED if not (secret if name == "OIDC_CLIENT_SECRET" else env.text(name))]
    if missing:
        raise ImproperlyConfigured(f"{missing[0]} is not set, but {told[0]} is: OpenID Connect needs both.")
    for name, value in (("OIDC_CLIENT_ID", env.text("OIDC_CLIENT_ID")), ("OIDC_CLIENT_SECRET", secret)):
        if not (value.isascii() and value.isprintable()):  # RFC 6749, appendix A
            raise ImproperlyConfigured(f"{name} must be of ASCII characters, on one line.")
    return Provider(
        issuer=_issuer(),
        client_id=env.text("OIDC_CLIENT_ID"),
        client_secret=secret,
        name=_name(),
        scopes=_scopes(),
        vouches=env.flag("OIDC_TRUST_EMAIL"),
        strong=frozenset(env.words("OIDC_SECOND_FACTOR")),
    )


def _issuer() -> str:
    """Its discovery and its keys come from there: in the clear, anybody on the way could be anybody."""
    value = env.text("OIDC_ISSUER")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port  # a port that is none raises here
    except ValueError:
        parts, host = urlsplit(""), ""
    if (
        parts.scheme not in {"https", "http"}
        or not host
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise ImproperlyConfigured(
            f"OIDC_ISSUER must look like https://host or https://host/path, not {value!r}."
        )
    if parts.scheme == "http" and not env.is_loopback(host):
        raise ImproperlyConfigured(
            f"OIDC_ISSUER is {value}: identities would travel in the clear. Use https."
        )
    return value


def _name() -> str:
    value = env.text("OIDC_NAME")
    if len(value) > LONGEST_NAME or not value.isprintable():
        raise ImproperlyConfigured(f"OIDC_NAME must be {LONGEST_NAME} characters at most, on one line.")
    return value


def _scopes() -> str:
    value = env.text("OIDC_SCOPES") or SCOPES
    if "openid" not in value.split():
        raise ImproperlyConfigured(f"OIDC_SCOPES must have openid among its words, not {value!r}.")
    return value
