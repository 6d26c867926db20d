"""« Mes connexions »: the browsers where an account is signed in."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session as BrowserSession
from django.db.models import Exists, OuterRef

from pixsurv.kernel.provider import Provider
from sessions_app.device_words import device_words
from sessions_app.models import Account, LinkedIdentity, SignIn


@dataclass(frozen=True, slots=True)
class Browser:
    """`is_this`: the one that asks."""

    id: int
    device: str
    since: datetime
    is_this: bool


def browsers(account: Account, this_key: str | None, now: datetime) -> list[Browser]:
    """Those whose session still stands, this one first, then the latest; one query."""
    standing = BrowserSession.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    rows = SignIn.objects.filter(Exists(standing), account=account).order_by("-created_at", "-pk")
    found = [
        Browser(row.pk, device_words(row.device), row.created_at, row.session_key == this_key) for row in rows
    ]
    return sorted(found, key=lambda one: not one.is_this)


def identity_with(provider: Provider | None, account: Account) -> LinkedIdentity | None:
    """How this account is known to the provider; nothing is asked where there is none."""
    if provider is None:
        return None
    return LinkedIdentity.objects.filter(account=account, issuer=provider.issuer).first()
