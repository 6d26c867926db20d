"""The conversation with the OpenID Connect provider (decision 0034): authorisation code, PKCE, state and nonce.

Authlib speaks and verifies the tokens; what is ours is what it is asked to insist on, and what a failure says.
"""

import json
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from pixsurv.kernel import clock, crypto
from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.provider import Provider
from sessions_app.services import mails

logger = logging.getLogger("pixsurv.people")

BEGUN = "fournisseur"  # the cookie of a sign-in that went to the provider, and has not come back
BEGUN_FOR = timedelta(minutes=10)
SECONDS = (3.05, 5)  # to connect, to answer
AT_ONCE = 2  # threads of a web process that may wait for a provider: the others are the room's
TURN_SECONDS = 1.0
KEYS_FOR = 3600  # seconds that its description and its keys are believed
LEEWAY = 60  # seconds between its clock and ours
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
SUBJECT_LENGTH = 255  # OpenID Connect Core §2
_turns = BoundedSemaphore(AT_ONCE)

OR_ELSE = "ou connectez-vous avec votre mot de passe."
DOWN = f"«\u00a0{{name}}\u00a0» ne répond pas. Réessayez dans quelques minutes, {OR_ELSE}"
FAILED = f"La connexion avec «\u00a0{{name}}\u00a0» n’a pas abouti. Recommencez, {OR_ELSE}"
ABANDONED = f"Vous n’avez pas été identifié par «\u00a0{{name}}\u00a0». Recommencez, {OR_ELSE}"
STALE = "Cette connexion n’a pas été commencée dans ce navigateur, ou elle date de plus de dix minutes. Recommencez."
NO_SIGN_OUT = "«\u00a0{name}\u00a0» ne permet pas de se déconnecter d’ici. Fermez le navigateur."


@dataclass(frozen=True, slots=True)
class Begun:
    """What was sent to the provider, and must come back; kept by the browser alone, sealed."""

    state: str
    nonce: str
    verifier: str
    target: str
    at: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says this is. `email`: empty unless it vouches for it; `strong`: with a second factor."""

    issuer: str
    subject: str
    email: str
    name: str
    strong: bool
    token: str


def provider() -> Provider:
    """Refused with `no_provider` (404) where none was configured."""
    found: Provider | None = settings.OIDC
    if found is None:
        raise DomainError("no_provider", "Cette page n’existe pas.", status=404)
    return found


def begin(target: str, *, now: datetime) -> tuple[str, Begun]:
    """Where the browser goes. Refused with `provider_down` (503), `provider_failed` (502)."""
    with _conversation():
        client = _client()
        asked = client.create_authorization_url(_return_address(), nonce=secrets.token_urlsafe(32))
    begun = Begun(asked["state"], asked["nonce"], asked["code_verifier"], target, now.isoformat())
    return asked["url"], begun


def remember(response: HttpResponse, begun: Begun) -> None:
    kept = crypto.seal(json.dumps([begun.state, begun.nonce, begun.verifier, begun.target, begun.at]))
    response.set_cookie(
        f"{settings.COOKIE_PREFIX}{BEGUN}",
        kept,
        max_age=BEGUN_FOR,
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(f"{settings.COOKIE_PREFIX}{BEGUN}", path="/", samesite="Lax")


def begun_in(request: HttpRequest, *, now: datetime) -> Begun:
    """Refused with `sign_in_stale` (400): another browser's, a forged one, one too old."""
    try:
        begun = Begun(*json.loads(crypto.unseal(request.COOKIES[f"{settings.COOKIE_PREFIX}{BEGUN}"])))
    except (KeyError, crypto.Unreadable):
        raise DomainError("sign_in_stale", STALE, status=400) from None
    late = now - datetime.fromisoformat(begun.at) > BEGUN_FOR
    if late or not crypto.equal(begun.state, request.GET.get("state", "")):
        raise DomainError("sign_in_stale", STALE, status=400)
    return begun


def identity_of(request: HttpRequest, begun: Begun) -> Identity:
    """Who came back. Refused with `sign_in_abandoned` (403), `provider_failed` (502), `provider_down` (503)."""
    found = provider()
    told = request.GET
    if "error" in told or not told.get("code"):
        _note_refusal(told.get("error", "no code"))
        raise DomainError("sign_in_abandoned", ABANDONED.format(name=found.name), status=403)
    with _conversation():
        if told.get("iss", found.issuer) != found.issuer:  # RFC 9207
            raise ValueError("another issuer answered")
        client = _client()
        answer = client.fetch_access_token(
            redirect_uri=_return_address(), code=told["code"], code_verifier=begun.verifier
        )
        claims = _verified(client, answer, begun.nonce)
        return _identity(client, answer, claims)


def sign_out_address(token: str) -> str:
    """Where the browser goes to leave the provider too. Refused with `no_sign_out` (409), and as in `begin`."""
    found = provider()
    with _conversation():
        client = _client()
        if not client.server_metadata.get("end_session_endpoint"):
            raise DomainError("no_sign_out", NO_SIGN_OUT.format(name=found.name))
        asked = client.create_logout_url(
            post_logout_redirect_uri=mails.link(reverse("establishment:login")),
            id_token_hint=token,
            client_id=found.client_id,
        )
    address: str = asked["url"]
    return address


def _return_address() -> str:
    return mails.link(reverse("establishment:oidc_return"))


def _client() -> Any:
    """Authlib's client, with what the provider says of itself. Raises ValueError for a provider that is another."""
    found = provider()
    client = _client_for(found, int(clock.now().timestamp()) // KEYS_FOR)
    told = client.load_server_metadata()
    if told.get("issuer") != found.issuer:
        logger.error("OIDC_ISSUER is %s, but the provider calls itself %s", found.issuer, told.get("issuer"))
        raise ValueError("another issuer")
    if found.issuer.startswith("https://") and not all(
        told.get(name, "https://").startswith("https://")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    ):
        raise ValueError("an endpoint in the clear")
    # Neither « none » nor a signature with the secret that both sides hold.
    offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
    told["id_token_signing_alg_values_supported"] = [name for name in offered if name in SIGNED]
    if "client_secret_basic" not in told.get(
        "token_endpoint_auth_methods_supported", ["client_secret_basic"]
    ):
        client.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"
    return client


@lru_cache(maxsize=2)
def _client_for(found: Provider, hour: int) -> Any:
    """Imported here: who has no provider does not pay for its library."""
    from authlib.integrations.django_client import OAuth

    return OAuth().register(
        "provider",
        client_id=found.client_id,
        client_secret=found.client_secret,
        server_metadata_url=f"{found.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": found.scopes, "code_challenge_method": "S256", "default_timeout": SECONDS},
    )


def _verified(client: Any, answer: dict[str, Any], nonce: str) -> dict[str, Any]:
    """The claims of the ID token: signature, issuer, audience, dates, nonce, access token."""
    found = provider()
    claims = client.parse_id_token(
        answer,
        nonce=nonce,
        claims_options={
            "iss": {"essential": True, "value": found.issuer},
            "aud": {"essential": True, "value": found.client_id},
        },
        leeway=LEEWAY,
    )
    if claims is None:
        raise ValueError("no ID token")
    subject = claims["sub"]
    if not (isinstance(subject, str) and subject.isascii() and subject.isprintable()):
        raise ValueError("no subject")
    if not 0 < len(subject) <= SUBJECT_LENGTH:
        raise ValueError("no subject")
    return dict(claims)


def _identity(client: Any, answer: dict[str, Any], claims: dict[str, Any]) -> Identity:
    found = provider()
    told = claims if "email" in claims else {**claims, **_user_info(client, answer, claims["sub"])}
    verified = told.get("email_verified", found.vouches)
    methods = claims.get("amr")
    asserted = {claims.get("acr"), *(methods if isinstance(methods, list) else [])}
    return Identity(
        issuer=found.issuer,
        subject=claims["sub"],
        email=_address(told.get("email")) if verified is True or verified == "true" else "",
        name=str(
            told.get("name") or " ".join(str(told.get(one) or "") for one in ("given_name", "family_name"))
        ),
        strong=bool(asserted & found.strong),
        token=answer["id_token"],
    )


def _address(told: Any) -> str:
    """As accounts write it; empty for what is no address."""
    try:
        validate_email(told if isinstance(told, str) else "")
    except ValidationError:
        return ""
    return str(told).lower()


def _user_info(client: Any, answer: dict[str, Any], subject: str) -> dict[str, Any]:
    """What the ID token left out, where the provider tells more: as JSON, or signed (as ProConnect does)."""
    address = client.server_metadata.get("userinfo_endpoint")
    if not address:
        return {}
    told = client.get(address, token=answer)
    told.raise_for_status()
    if told.headers.get("Content-Type", "").startswith("application/jwt"):
        info = _signed_info(client, told.text)
    else:
        info = told.json()
    if info["sub"] != subject:  # Core §5.3.2
        raise ValueError("somebody else's information")
    return dict(info)


def _signed_info(client: Any, text: str) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.jwk import KeySet

    found = provider()
    token = jwt.decode(text, KeySet.import_key_set(client.fetch_jwk_set()), algorithms=list(SIGNED))
    jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": found.issuer},
        aud={"essential": True, "value": found.client_id},
    ).validate(token.claims)
    return token.claims


@contextmanager
def _conversation() -> Iterator[None]:
    """Few at a time, and whatever goes wrong has a sentence. No word of the provider's goes into a log but a code."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    name = provider().name
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise DomainError("provider_down", DOWN.format(name=name), status=503)
    try:
        yield
    except RequestException as error:
        logger.warning("OpenID Connect provider not reached: %s", type(error).__name__)
        raise DomainError("provider_down", DOWN.format(name=name), status=503) from None
    except (
        AuthlibBaseError,
        JoseError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
    ) as error:
        _note_refusal(getattr(error, "error", "") or type(error).__name__)
        raise DomainError("provider_failed", FAILED.format(name=name), status=502) from None
    finally:
        _turns.release()


def _note_refusal(code: str) -> None:
    """It may come from the address bar: a word of the standards, or none."""
    known = re.fullmatch(r"[A-Za-z_]{1,40}", code)
    logger.warning("OpenID Connect sign-in refused: %s", code if known else "?")
