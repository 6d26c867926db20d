"""The settings as a process reads them: refusals in one clear line, cookies and HSTS by PUBLIC_URL (mechanics §11)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GIVEN = {
    "SECRET_KEY": "the tests sign with this, nothing else does: 0123456789",
    "FIELD_KEYS": "dGVzdHMgZW5jcnlwdCB3aXRoIHRoaXMsIG9ubHkgdHM=",
    "DATABASE_URL": "sqlite:////tmp/never-opened.sqlite3",
}
ASKED = [
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT",
    "SECURE_PROXY_SSL_HEADER",
    "PLAIN_HTTP_IN_PUBLIC",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "PUBLIC_URL",
]


def run(code: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """A process with the variables of `GIVEN` and these, and no others of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *code],
        cwd=ROOT,
        env={**kept, **GIVEN, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def settings(**variables: str) -> dict[str, Any]:
    code = f"import json; from pixsurv import settings as s; print(json.dumps({{n: getattr(s, n) for n in {ASKED}}}))"
    process = run(["-c", code], **variables)
    assert process.returncode == 0, process.stderr
    answer: dict[str, Any] = json.loads(process.stdout)
    return answer


def test_settings_of_a_laptop_are_plain_http() -> None:
    read = settings()
    assert (read["PUBLIC_URL"], read["DEBUG"], read["PLAIN_HTTP_IN_PUBLIC"]) == (
        "http://127.0.0.1:8000",
        False,
        False,
    )
    assert (read["SESSION_COOKIE_NAME"], read["CSRF_COOKIE_NAME"]) == ("compte", "csrf")
    assert not read["SESSION_COOKIE_SECURE"]
    assert not read["CSRF_COOKIE_SECURE"]
    assert (read["SECURE_HSTS_SECONDS"], read["SECURE_SSL_REDIRECT"]) == (0, False)


def test_settings_of_https_bind_cookies_to_the_host() -> None:
    read = settings(PUBLIC_URL="https://pixsurv.example/")
    assert (read["SESSION_COOKIE_NAME"], read["CSRF_COOKIE_NAME"]) == ("__Host-compte", "__Host-csrf")
    assert read["SESSION_COOKIE_SECURE"]
    assert read["CSRF_COOKIE_SECURE"]
    assert read["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert read["SECURE_SSL_REDIRECT"]
    assert read["CSRF_TRUSTED_ORIGINS"] == ["https://pixsurv.example"]
    assert read["ALLOWED_HOSTS"][0] == "pixsurv.example"


def test_settings_believe_a_proxy_only_when_one_is_named() -> None:
    assert settings(PUBLIC_URL="https://pixsurv.example")["SECURE_PROXY_SSL_HEADER"] is None
    named = settings(PUBLIC_URL="https://pixsurv.example", TRUSTED_PROXIES="127.0.0.1")
    assert named["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_settings_follow_the_port() -> None:
    assert settings(PORT="8123")["PUBLIC_URL"] == "http://127.0.0.1:8123"


def test_settings_allow_plain_http_in_public_only_when_told() -> None:
    assert settings(PUBLIC_URL="http://pixsurv.lan", ALLOW_PLAIN_HTTP="1")["PLAIN_HTTP_IN_PUBLIC"] is True


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_settings_take_loopback_for_private(host: str) -> None:
    assert settings(PUBLIC_URL=f"http://{host}:8000")["PLAIN_HTTP_IN_PUBLIC"] is False


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PORT", "abc", "PORT must be a whole number from 1 to 65535"),
        ("PUBLIC_URL", "pixsurv.example", "PUBLIC_URL must look like"),
        ("PUBLIC_URL", "http://pixsurv.lan", "Use https, or set ALLOW_PLAIN_HTTP=1"),
        ("PUBLIC_URL", "http://10.0.0.5:8000", "Use https, or set ALLOW_PLAIN_HTTP=1"),
        ("DEBUG", "peut-être", "DEBUG must be 0 or 1"),
        ("DATABASE_URL", "mysql://base", "DATABASE_URL must start with sqlite:// or postgres://"),
        ("DATABASE_REPLICA_URL", "sqlite:////tmp/copy.sqlite3", "both must be postgres://"),
        ("FIELD_KEYS", "too short", "FIELD_KEYS must be keys"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be text or json"),
        ("WEB_THREADS", "0", "WEB_THREADS must be a whole number from 1 to 64"),
        ("TRUSTED_PROXIES", "10.0.0.0/33", "TRUSTED_PROXIES must be addresses or networks"),
        ("PIXSURV_DEMO", "oui", "PIXSURV_DEMO must be 0 or 1"),
    ],
)
def test_nonsense_stops_the_start_with_one_clear_line(variable: str, value: str, words: str) -> None:
    process = run(["manage.py", "migrate", "--check"], **{variable: value})

    assert process.returncode == 1
    assert process.stdout == ""
    [line] = process.stderr.splitlines()
    assert words in line


PROVIDER = {
    "OIDC_ISSUER": "https://ent.example/auth",
    "OIDC_CLIENT_ID": "pixsurv",
    "OIDC_CLIENT_SECRET": "a secret that must not be shown",
    "OIDC_NAME": "Mon ENT",
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"OIDC_ISSUER": ""}, "OIDC_ISSUER is not set, but OIDC_CLIENT_ID is"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET is not set"),
        ({"OIDC_NAME": ""}, "OIDC_NAME is not set"),
        ({"OIDC_ISSUER": "http://ent.example"}, "identities would travel in the clear. Use https."),
        ({"OIDC_ISSUER": "ent.example"}, "OIDC_ISSUER must look like https://host"),
        ({"OIDC_ISSUER": "https://ent.example?a=b"}, "OIDC_ISSUER must look like https://host"),
        ({"OIDC_ISSUER": "https://ent.example:port"}, "OIDC_ISSUER must look like https://host"),
        ({"OIDC_CLIENT_SECRET": "n’est pas un secret"}, "OIDC_CLIENT_SECRET must be of ASCII characters"),
        ({"OIDC_CLIENT": "x"}, "OIDC_CLIENT is no variable that Pixsurv knows"),
        ({"OIDC_NAME": "x" * 41}, "OIDC_NAME must be 40 characters at most"),
        ({"OIDC_SCOPES": "email"}, "OIDC_SCOPES must have openid among its words"),
        ({"OIDC_TRUST_EMAIL": "oui"}, "OIDC_TRUST_EMAIL must be 0 or 1"),
        ({"OIDC_CLIENT_SECRET": "", "OIDC_CLIENT_SECRET_FILE": "/nowhere"}, "/nowhere, which cannot be read"),
    ],
)
def test_half_a_provider_stops_the_start_with_one_clear_line(changes: dict[str, str], words: str) -> None:
    process = run(["manage.py", "migrate", "--check"], **{**PROVIDER, **changes})
    assert process.returncode == 1
    [line] = process.stderr.splitlines()
    assert words in line
    assert PROVIDER["OIDC_CLIENT_SECRET"] not in line


def test_provider_is_read_whole_and_keeps_its_secret_to_itself(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    told = {**PROVIDER, "OIDC_CLIENT_SECRET": "", "OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret")}
    code = "from pixsurv.settings import OIDC as o; print(o); print(o.client_secret, sorted(o.strong), o.vouches)"
    answer = run(["-c", code], **told, OIDC_SECOND_FACTOR="mfa, eidas2", OIDC_TRUST_EMAIL="1").stdout
    shown, kept = answer.splitlines()
    assert "from a file" not in shown
    assert kept == "from a file ['eidas2', 'mfa'] True"


def test_missing_secret_stops_the_start_with_one_clear_line(tmp_path: Path) -> None:
    process = run(["manage.py", "migrate", "--check"], SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "none"))
    assert process.returncode == 1
    [line] = process.stderr.splitlines()
    assert "set SECRET_KEY or SECRET_KEY_FILE" in line
