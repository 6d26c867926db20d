"""Signing in to an account: the password judged, wrong ones slowed (mechanics §8)."""

from datetime import datetime

from django.contrib.auth import authenticate
from django.http import HttpRequest

from pixsurv.kernel.device import DeviceCookie, Mark
from pixsurv.kernel.errors import DomainError
from sessions_app.models import Account, Door
from sessions_app.services.guessing import Pool, guarded, unknown_name

KNOWN_DEVICE = DeviceCookie("compte-connu")
WRONG = "L’adresse e-mail ou le mot de passe n’est pas le bon."
WAIT = "Trop d’essais ont été faits sur ce compte. Attendez {wait}, puis réessayez."


def account_that_opens(*, request: HttpRequest, email: str, password: str, now: datetime) -> Account:
    """The active account of that address and password.

    Refused with `wrong_credentials` (422), the same for an unknown address, and `too_many_requests` (429). An unknown
    address costs the same hash as a wrong password (Django's backend sees to it).
    """
    pool = _pool(email, KNOWN_DEVICE.read(request))
    with guarded(pool, wrong={"wrong_credentials"}, sentence=WAIT, now=now):
        found = authenticate(request, username=email, password=password)
        if not isinstance(found, Account):
            raise DomainError("wrong_credentials", WRONG, status=422)
    return found


def change_pool(account: Account) -> Pool:
    """Who sits at somebody's open session and guesses the password that he would change."""
    return Pool(f"change:{account.pk}", Door.ACCOUNT)


def _pool(email: str, device: Mark | None) -> Pool:
    account = Account.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
    if account is None:
        return Pool(unknown_name(email.casefold()), Door.ACCOUNT)
    if device is not None and device.owner == account:
        return Pool(f"account:{account}:device:{device.text}", Door.ACCOUNT, free=10)
    return Pool(f"account:{account}", Door.ACCOUNT)
