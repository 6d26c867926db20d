"""The mark of a device that got in somewhere before: it pays for its own wrong tries alone (mechanics §8).

After the « device cookies » of OWASP: the mark opens nothing, and is worth something only with its signature.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LIFE = 366 * 24 * 3600  # seconds: teachers invigilate twice a year


@dataclass(frozen=True, slots=True)
class Mark:
    """`owner`: the school, or the account, where this device got in."""

    owner: int
    text: str


@dataclass(frozen=True, slots=True)
class DeviceCookie:
    """One kind of mark, under its own name."""

    kind: str

    @property
    def name(self) -> str:
        return f"{settings.COOKIE_PREFIX}{self.kind}"

    def read(self, request: HttpRequest) -> Mark | None:
        """None without one, and for one that we did not sign."""
        told = request.get_signed_cookie(self.name, default="", salt=self._salt, max_age=LIFE) or ""
        owner, _, text = told.partition(".")
        return Mark(int(owner), text) if text and owner.isascii() and owner.isdigit() else None

    def remember(self, request: HttpRequest, response: HttpResponse, owner: int) -> None:
        """A device known for this owner keeps its mark, and the failures that stand against it."""
        known = self.read(request)
        text = known.text if known is not None and known.owner == owner else secrets.token_urlsafe(16)
        response.set_signed_cookie(
            self.name,
            f"{owner}.{text}",
            salt=self._salt,
            max_age=LIFE,
            path="/",
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )

    @property
    def _salt(self) -> str:
        return f"pixsurv.device.{self.kind}"
