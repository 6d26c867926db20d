"""A provider that says what a test wants, over HTTP on the loopback; its tokens are signed by the library."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from pixsurv.kernel import clock
from pixsurv.kernel.provider import Provider
from sessions_app.services import oidc

CLIENT, SECRET = "pixsurv", "le secret que nous partageons avec lui"
BEGIN, BACK = "/etablissement/fournisseur/", "/etablissement/fournisseur/retour/"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k1"})


@dataclass
class Said:
    """What the provider answers; a test changes it before the browser comes back."""

    issuer: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    key: Any = field(default_factory=lambda: KEY)
    token: str | None = None
    token_status: int = 200
    user_info: dict[str, Any] | None = None
    signed_info: bool = False
    broken: bool = False
    nonce: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    authorization: list[str] = field(default_factory=list)

    def id_token(self) -> str:
        now = int(clock.now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "sujet-1", "iat": now, "exp": now + 300}
        claims |= {"nonce": self.nonce, **self.claims}
        return self.signed({name: value for name, value in claims.items() if name not in self.left_out})

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])


class _Handler(BaseHTTPRequestHandler):
    said: Said

    def do_GET(self) -> None:
        said, at = self.said, urlsplit(self.path).path
        if at == "/.well-known/openid-configuration":
            endpoints = {
                "authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/jwks",
                "userinfo_endpoint": "/me", "end_session_endpoint": "/end",
            }  # fmt: skip
            told = {name: said.issuer + path for name, path in endpoints.items()}
            self._answer({"issuer": said.issuer, **told, **said.metadata})
        elif at == "/jwks":
            self._answer({"keys": [KEY.as_dict(private=False)]})
        elif said.signed_info:
            self._send(200, "application/jwt", said.signed(said.user_info or {}).encode())
        else:
            self._answer(said.user_info)

    def do_POST(self) -> None:
        said = self.said
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        said.asked.append(dict(parse_qsl(body)))
        said.authorization.append(self.headers.get("Authorization", ""))
        if said.token_status != 200:
            self._answer({"error": "invalid_grant", "error_description": SECRET}, said.token_status)
            return
        token = said.id_token() if said.token is None else said.token
        self._answer({"access_token": "jeton", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _answer(self, told: Any, status: int = 200) -> None:
        self._send(status, "application/json", json.dumps(told).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        if self.said.broken:
            status, body = 503, b"en panne"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """The terminal is pytest's."""


@pytest.fixture
def said(settings: Any) -> Iterator[Said]:
    """Configured as an operator would; the provider runs as long as the test."""
    said = Said()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"said": said}))
    said.issuer = f"http://127.0.0.1:{server.server_port}"
    settings.OIDC = Provider(said.issuer, CLIENT, SECRET, "Mon ENT")
    oidc._client_for.cache_clear()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield said
    server.shutdown()
    server.server_close()


def go(client: Client, said: Said, *, target: str = "") -> dict[str, str]:
    """To the provider; what the browser carries there."""
    response = client.get(BEGIN, {"next": target} if target else {})
    assert response.status_code == 302
    carried = {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}
    said.nonce = carried["nonce"]
    return carried


def sign_in(client: Client, said: Said, *, target: str = "", **back: str) -> Any:
    """There and back."""
    carried = go(client, said, target=target)
    return client.get(BACK, {"code": "un code", "state": carried["state"], **back})


def with_address(said: Said, email: str, **more: Any) -> Said:
    said.claims |= {"email": email, "email_verified": True, **more}
    return said


SHARED_KEY = OctKey.import_key(SECRET)
