"""Forwarded headers count when a proxy of ours sent them, and never otherwise (ASVS 4.1.3)."""

import ipaddress
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django.fixtures import Settings

from pixsurv import proxies


@login_not_required
def who(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.META['REMOTE_ADDR']} {request.scheme}")


urlpatterns = [path("who", who)]
pytestmark = pytest.mark.urls(__name__)
OURS = "10.0.0.7"


@pytest.fixture(autouse=True)
def behind_a_proxy(settings: Settings) -> Any:
    proxies.is_trusted.cache_clear()
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("fd00::/64")]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    yield
    proxies.is_trusted.cache_clear()


def asked(sender: str, **headers: str) -> str:
    return Client().get("/who", REMOTE_ADDR=sender, **headers).content.decode()


def test_our_proxy_tells_who_asks_and_how() -> None:
    told = asked(OURS, HTTP_X_FORWARDED_FOR="192.0.2.9", HTTP_X_FORWARDED_PROTO="https")
    assert told == "192.0.2.9 https"


def test_nobody_else_is_believed() -> None:
    told = asked("192.0.2.66", HTTP_X_FORWARDED_FOR="10.0.0.1", HTTP_X_FORWARDED_PROTO="https")
    assert told == "192.0.2.66 http"


@pytest.mark.parametrize(
    ("chain", "visitor"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("203.0.113.1, 192.0.2.9", "192.0.2.9"),  # the left one was written by the visitor
        ("192.0.2.9, 10.0.0.8", "192.0.2.9"),  # two proxies of ours, one behind the other
        ("2001:db8::1, fd00::2", "2001:db8::1"),
        ("10.0.0.8, 10.0.0.9", OURS),
        ("garbage", OURS),
        ("", OURS),
    ],
)
def test_the_nearest_stranger_is_the_visitor(chain: str, visitor: str) -> None:
    assert asked(OURS, HTTP_X_FORWARDED_FOR=chain) == f"{visitor} http"
