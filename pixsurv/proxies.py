"""Who is really asking, when a proxy stands in between (ASVS 4.1.3, 15.3.4)."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FORWARDED = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR")


class TrustedProxiesMiddleware:
    """First of all: what a proxy of TRUSTED_PROXIES tells is true, what anybody else tells of himself is dropped.

    REMOTE_ADDR becomes the nearest address of X-Forwarded-For that is not a proxy of ours: what stands left of it was
    written by the visitor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if not is_trusted(meta.get("REMOTE_ADDR", "")):
            for name in FORWARDED:
                meta.pop(name, None)
        elif told := meta.get("HTTP_X_FORWARDED_FOR"):
            meta["REMOTE_ADDR"] = visitor(told) or meta["REMOTE_ADDR"]
        return self.get_response(request)


def visitor(forwarded_for: str) -> str:
    """The last address that is none of our proxies; empty when there is none, or what stands there is no address."""
    for told in reversed([one.strip() for one in forwarded_for.split(",")]):
        if not is_trusted(told):
            return told if _address(told) else ""
    return ""


@lru_cache(maxsize=4096)
def is_trusted(address: str) -> bool:
    found = _address(address)
    return found is not None and any(found in network for network in settings.TRUSTED_PROXIES)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
