"""Browsers of an account: noted at sign-in, ended by its owner, or by time (issue 7, ASVS 7.3, 7.4, 7.5)."""

import logging
from datetime import datetime, timedelta

from django.contrib.auth import login
from django.contrib.sessions.models import Session as BrowserSession
from django.db import transaction
from django.http import HttpRequest

from pixsurv.kernel.errors import DomainError
from sessions_app.models import Account, SignIn
from sessions_app.services.second_factor import must_set_up

logger = logging.getLogger("pixsurv.people")

# Of an account; the access of a proctor to a room is another cookie, and outlasts the longest exam. The longest one
# (4 h) is watched from the day board without a gesture.
IDLE = timedelta(hours=4)
AT_MOST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=5)
SINCE, SEEN = "since", "seen"  # of the browser's session, ISO 8601
HALF_WAY = "half way"  # of the browser's session: who gave the password, and has a code still to give
HALF_WAY_FOR = timedelta(minutes=10)
PROVIDER_TOKEN = "provider token"  # of the browser's session: the ID token that says whose session to end
MUST_SET_UP = (
    "must set up"  # of the browser's session: the operator requires a second factor, and there is none
)


def open_sign_in(request: HttpRequest, account: Account, *, strong: bool = False, now: datetime) -> None:
    """Sign this browser in under a new session key, and note it. `strong`: two factors were asked for elsewhere."""
    if HALF_WAY not in request.session:  # who came by the provider, and then gave a code, keeps what it gave
        request.session.pop(PROVIDER_TOKEN, None)
    login(request, account)
    request.session[SINCE] = request.session[SEEN] = now.isoformat()
    if not strong and must_set_up(account):
        request.session[MUST_SET_UP] = True
    _note(request, account, now)
    logger.info("sign-in: account %s", account.pk)


def hold_for_second_factor(request: HttpRequest, account: Account) -> None:
    """It was taken away: where the operator requires one, nothing else is open until the next, in any browser."""
    if must_set_up(account):
        request.session[MUST_SET_UP] = True
        end_others(account=account, keep=request.session.session_key or "")


def hold_half_way(request: HttpRequest, account: Account, target: str, *, now: datetime) -> None:
    """The password was right: nothing is open yet, and nothing of an earlier account is left in this browser."""
    request.session.flush()
    request.session[HALF_WAY] = {"account": account.pk, "at": now.isoformat(), "next": target}


def provider_token(request: HttpRequest) -> str:
    """What the OpenID Connect provider gave when it opened this sign-in; empty for a password."""
    return str(request.session.get(PROVIDER_TOKEN, ""))


def hold_provider_token(request: HttpRequest, token: str) -> None:
    """It closes the provider's own session, and opens nothing."""
    request.session[PROVIDER_TOKEN] = token


def half_way(request: HttpRequest, *, now: datetime) -> tuple[Account, str] | None:
    """Who is half way in, and where to; None for nobody, and for who waited ten minutes."""
    held = request.session.get(HALF_WAY)
    if not isinstance(held, dict) or now - datetime.fromisoformat(held["at"]) > HALF_WAY_FOR:
        return None
    account = Account.objects.filter(pk=held["account"], is_active=True).first()
    return (account, held["next"]) if account is not None else None


def keep_this_one(request: HttpRequest, account: Account, *, now: datetime) -> None:
    """After a new password: this browser goes on under its new key, the others are out."""
    _note(request, account, now)
    end_others(account=account, keep=request.session.session_key or "")


def end_sign_in(*, account: Account, sign_in_id: int) -> None:
    """End one of one's own; ended already, nothing changes. Another account's is `not_found` (404)."""
    found = SignIn.objects.filter(pk=sign_in_id).first()
    if found is None:
        return
    if found.account_id != account.pk:
        raise DomainError("not_found", "Cette connexion n’existe pas.", status=404)
    _end([found.session_key])


def end_others(*, account: Account, keep: str) -> int:
    """« Fermer toutes les autres »; how many."""
    keys = list(
        SignIn.objects.filter(account=account).exclude(session_key=keep).values_list("session_key", flat=True)
    )
    _end(keys)
    return len(keys)


def has_lapsed(request: HttpRequest, *, now: datetime) -> bool:
    """Too long without an act, or since the sign-in; a session without these dates lapses by its cookie alone."""
    since, seen = _instant(request, SINCE), _instant(request, SEEN)
    return since is not None and seen is not None and (now - since > AT_MOST or now - seen > IDLE)


def account_that_counts(request: HttpRequest, *, now: datetime) -> Account | None:
    """Who is signed in here and may act: not lapsed, and with the second factor where one must be set up.

    For doors outside the pages of accounts, which nothing else guards; anybody else counts as nobody.
    """
    account = request.user
    if not isinstance(account, Account) or has_lapsed(request, now=now) or request.session.get(MUST_SET_UP):
        return None
    return account


def note_seen(request: HttpRequest, *, now: datetime) -> None:
    """Written at most every five minutes: reading a page is no reason to write."""
    seen = _instant(request, SEEN)
    if seen is not None and now - seen >= NOTED_EVERY:
        request.session[SEEN] = now.isoformat()


def _note(request: HttpRequest, account: Account, now: datetime) -> None:
    if not request.session.session_key:
        request.session.save()
    SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "account": account,
            "device": request.headers.get("User-Agent", "")[:200],
            "created_at": now,
        },
    )


def _end(keys: list[str]) -> None:
    with transaction.atomic():
        BrowserSession.objects.filter(session_key__in=keys).delete()
        SignIn.objects.filter(session_key__in=keys).delete()


def _instant(request: HttpRequest, name: str) -> datetime | None:
    told = request.session.get(name)
    try:
        return datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
