"""A second factor for accounts: time-based codes (RFC 6238) and recovery codes (issue 7, ASVS 6.3.3, 6.5)."""

import base64
import binascii
import logging
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django_otp.oath import TOTP

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from sessions_app.enums import Role
from sessions_app.models import Account, Door, SecondFactor
from sessions_app.services.guessing import Pool, guarded
from sessions_app.services.sign_in import WAIT

logger = logging.getLogger("pixsurv.people")

SECRET_BYTES = 20
DIGITS = 6
TOLERANCE = 1  # steps of 30 s, before and after: telephones are seldom further off
RECOVERY_CODES, RECOVERY_LENGTH = 10, 12
RECOVERY_SYMBOLS = "bcdfghjkmnpqrstvwxyz23456789"
GUARDED_ROLES = (Role.ADMIN, Role.SECRETARIAT)


def has_second_factor(account: Account) -> bool:
    return SecondFactor.objects.filter(account=account, confirmed_at__isnull=False).exists()


def must_set_up(account: Account) -> bool:
    """The operator requires one of who may read a school's files (SECOND_FACTOR), and this account has none."""
    return (
        settings.SECOND_FACTOR == "required"
        and account.memberships.filter(role__in=GUARDED_ROLES).exists()
        and not has_second_factor(account)
    )


def begin(account: Account) -> str:
    """The secret to be confirmed, in base 32; asked again, the same. Refused with `already_set_up`."""
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    factor, _ = SecondFactor.objects.get_or_create(
        account=account, defaults={"sealed_secret": crypto.seal(secret)}
    )
    if factor.confirmed_at is not None:
        raise DomainError("already_set_up", "La double authentification est déjà en place sur ce compte.")
    try:
        return crypto.unseal(factor.sealed_secret)
    except crypto.Unreadable:  # the keys of this installation changed since: nothing was confirmed with it
        SecondFactor.objects.filter(pk=factor.pk).update(sealed_secret=crypto.seal(secret))
        return secret


def address_for(account: Account, secret: str) -> str:
    """What the QR code tells the application."""
    label = quote(f"Pixsurv:{account.email}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'Pixsurv'})}"


def confirm(*, account: Account, code: str, now: datetime) -> list[str]:
    """The application works: from now on it is asked for. Returns the recovery codes, told this once.

    Refused with `wrong_code`, `already_set_up`, `too_many_requests`.
    """
    begin(account)
    factor = SecondFactor.objects.get(account=account)
    with guarded(_pool(account), wrong={"wrong_code"}, sentence=WAIT, now=now):
        step = _step_of(factor, code, now)
        if step is None:
            raise _wrong_code()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    SecondFactor.objects.filter(pk=factor.pk).update(
        confirmed_at=now, last_step=step, recovery=[_digest(account.pk, code) for code in codes]
    )
    logger.info("second factor set up: account %s", account.pk)
    return [f"{code[:6]}-{code[6:]}" for code in codes]


def check(*, account: Account, code: str, now: datetime) -> None:
    """A code of the application, or a recovery code, which is used up.

    Refused with `wrong_code`, `too_many_requests`.
    """
    with guarded(_pool(account), wrong={"wrong_code"}, sentence=WAIT, now=now), transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(account=account).first()
        if factor is None or not (_uses_step(factor, code, now) or _uses_recovery(factor, code)):
            raise _wrong_code()


def require_password(*, account: Account, password: str, now: datetime) -> None:
    """Before it is set up: an open session that was left alone is not its owner (ASVS 7.5.1).

    Refused with `wrong_password`, `too_many_requests`. An account that a provider alone signs in has none to give.
    """
    if not account.has_usable_password():
        return
    with guarded(_pool(account), wrong={"wrong_password"}, sentence=WAIT, now=now):
        if not account.check_password(password):
            raise DomainError("wrong_password", "Ce mot de passe n’est pas le bon.", status=422)


def take_away(*, account: Account, proof: str, now: datetime) -> None:
    """Its owner says so: by the password; by a code of the application or for recovery where there is no password.

    Refused with `wrong_password`, `wrong_code`, `too_many_requests`.
    """
    if account.has_usable_password():
        require_password(account=account, password=proof, now=now)
    else:
        check(account=account, code=proof, now=now)
    forget(account)


def forget(account: Account) -> bool:
    """Without a question: for who lost both telephone and recovery codes (`reset_second_factor`)."""
    removed, _ = SecondFactor.objects.filter(account=account).delete()
    if removed:
        logger.info("second factor removed: account %s", account.pk)
    return bool(removed)


def _uses_step(factor: SecondFactor, code: str, now: datetime) -> bool:
    step = _step_of(factor, code, now)
    if step is None:
        return False
    SecondFactor.objects.filter(pk=factor.pk).update(last_step=step)
    return True


def _uses_recovery(factor: SecondFactor, code: str) -> bool:
    typed = "".join(char for char in code.lower() if char in RECOVERY_SYMBOLS)
    if len(typed) != RECOVERY_LENGTH or (digest := _digest(factor.account_id, typed)) not in factor.recovery:
        return False
    left = [one for one in factor.recovery if one != digest]
    SecondFactor.objects.filter(pk=factor.pk).update(recovery=left)
    logger.warning("recovery code used: account %s, %s left", factor.account_id, len(left))
    return True


def _step_of(factor: SecondFactor, code: str, now: datetime) -> int | None:
    """The time step of that code; None for a wrong one, and for one that served already."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return None
    try:
        key = base64.b32decode(crypto.unseal(factor.sealed_secret))
    except (crypto.Unreadable, binascii.Error):
        return None
    clock = TOTP(key)
    clock.time = now.timestamp()
    right = clock.verify(int(digits), tolerance=TOLERANCE, min_t=factor.last_step + 1)
    return int(clock.t()) if right else None


def _recovery_code() -> str:
    return crypto.draw(RECOVERY_SYMBOLS, RECOVERY_LENGTH)


def _digest(account_id: int, code: str) -> str:
    """Twelve symbols are 58 bits: a stolen database must not give them away (ASVS 6.5.2)."""
    return crypto.stretch(code, salt=f"recovery:{account_id}")


def _pool(account: Account) -> Pool:
    return Pool(f"second factor:{account.pk}", Door.ACCOUNT)


def _wrong_code() -> DomainError:
    return DomainError(
        "wrong_code", "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant.", status=422
    )
