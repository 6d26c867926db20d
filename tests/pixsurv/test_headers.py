"""Headers that every answer carries (quality §3), and the two health pages (contract.md)."""

from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django.fixtures import Settings

from pixsurv import health
from proctoring.room.visit import busy

# A page of ours that answers whatever the others are doing, one that sets its own headers, one that fails.


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>é</p>" * 100)


@login_not_required
def feed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("", headers={"Cache-Control": "max-age=60", "Vary": "Cookie"})


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("Sophie DELARUE")


@login_not_required
def reads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.POST.get("text", ""))


@login_not_required
def locked(request: HttpRequest) -> HttpResponse:
    return busy(request)


urlpatterns = [
    path("page", page),
    path("broken", broken),
    path("reads", reads),
    path("locked", locked),
    path("feed", feed),
    path("sante/vivant", health.alive),
    path("sante/pret", health.ready),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

# Typed from quality.md §3.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


def require_figures(headers: Any) -> None:
    assert set(headers["Content-Security-Policy"].split("; ")) == set(CSP.split("; "))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Pixsurv"] == "1"
    assert "HX-Request" in headers["Vary"]
    policy = headers["Permissions-Policy"]
    assert "camera=(self)" in policy
    assert "screen-wake-lock=(self)" in policy
    for closed in ("microphone=()", "geolocation=()", "payment=()", "usb=()"):
        assert closed in policy


def test_headers_are_those_of_the_figures() -> None:
    headers = Client().get("/page").headers
    require_figures(headers)
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(
    ("method", "address", "sent", "status"),
    [
        ("get", "/page", {"headers": {"host": "evil.example"}}, 400),
        ("post", "/reads", {"data": {"text": "x"}}, 403),
        ("get", "/nowhere", {}, 404),
        ("post", "/sante/vivant", {}, 403),
        ("get", "/broken", {}, 500),
        ("get", "/locked", {}, 503),
    ],
)
def test_headers_are_on_every_page_of_an_error(
    method: str, address: str, sent: dict[str, Any], status: int, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = getattr(client, method)(address, **sent)
    assert answer.status_code == status
    require_figures(answer.headers)
    assert "DELARUE" not in answer.content.decode()


def test_headers_are_on_the_refusal_of_what_is_too_heavy(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = Client().post("/reads", {"text": "x" * 100}, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 413}
    require_figures(answer.headers)


def test_static_files_are_ours_alone_and_carry_what_a_file_needs() -> None:
    answer = Client().get("/static/pixsurv.css")
    assert b"".join(answer)
    answer.close()
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("address", ["/nowhere", "/page/"])
def test_headers_are_on_refusals_too(address: str) -> None:
    response = Client().get(address)
    assert response.status_code == 404
    assert response.headers["X-Pixsurv"] == "1"
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_headers_that_a_page_chose_are_kept() -> None:
    headers = Client().get("/feed").headers
    assert headers["Cache-Control"] == "max-age=60"
    assert {"Cookie", "HX-Request"} <= {name.strip() for name in headers["Vary"].split(",")}


def test_headers_survive_compression() -> None:
    response = Client(headers={"accept-encoding": "gzip"}).get("/page")
    assert response.headers["Content-Encoding"] == "gzip"
    assert {"Accept-Encoding", "HX-Request"} <= {name.strip() for name in response.headers["Vary"].split(",")}


def test_headers_promise_https_where_it_is(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 63_072_000
    assert Client().get("/page", secure=True).headers["Strict-Transport-Security"] == "max-age=63072000"


def test_http_is_sent_to_https_but_for_health(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/page").status_code == 301
    assert Client().get("/sante/vivant").status_code == 200


def test_host_that_is_not_ours_is_refused(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["pixsurv.example"]
    assert Client().get("/page", headers={"host": "evil.example"}).status_code == 400


def test_cookie_of_the_account_is_for_http_only(settings: Settings) -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    assert SessionStore().get_session_cookie_age() <= 12 * 3600


@pytest.mark.parametrize("address", ["/sante/vivant", "/sante/pret"])
def test_health_needs_no_account_and_only_reads(address: str) -> None:
    assert Client().get(address).status_code == 200
    assert Client().post(address).status_code == 405


def test_liveness_does_not_touch_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/sante/vivant").content == b"vivant\n"


def test_readiness_says_ready() -> None:
    response = Client().get("/sante/pret")
    assert response.content.decode() == "prêt\n"


def test_readiness_waits_for_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["one more"])
    response = Client().get("/sante/pret")
    assert (response.status_code, response.content.decode()) == (503, "migrations en attente\n")


def test_readiness_needs_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "ensure_connection", fail)
    response = Client().get("/sante/pret")
    assert (response.status_code, response.content.decode()) == (503, "base injoignable\n")
