"""Links to calendars: made, shown again, revoked (P11, decision 0013)."""

import logging
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from sessions_app.models import Account, CalendarFeed, Establishment
from sessions_app.services import mails

logger = logging.getLogger("pixsurv.people")


def make_school_feed(
    *, establishment: Establishment, name: str, actor: Account, now: datetime
) -> CalendarFeed:
    """A link to all sessions of a school. Refused with `feed_exists` (a live link has that name)."""
    feed = CalendarFeed(establishment=establishment, name=name, created_at=now, created_by=actor)
    try:
        return _saved(feed)
    except IntegrityError as error:
        raise DomainError(
            "feed_exists", "Un lien porte déjà ce nom\u00a0: révoquez-le d’abord, ou choisissez un autre nom."
        ) from error


def make_own_feed(*, account: Account, now: datetime) -> CalendarFeed:
    """The link to what this account watches; the one that stands, if there is one."""
    feed = CalendarFeed(account=account, created_at=now, created_by=account)
    try:
        return _saved(feed)
    except IntegrityError:
        return CalendarFeed.objects.get(account=account, revoked_at=None)


def revoke_feed(*, feed: CalendarFeed, now: datetime) -> None:
    """At once; again changes nothing."""
    if CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
        logger.info("calendar link revoked: %s", feed.pk)


def feed_of(token: str) -> CalendarFeed:
    """The calendar of that link. Refused with `not_found` (404): wrong, revoked, or of an account that is shut."""
    feed = (
        CalendarFeed.objects.select_related("establishment", "account")
        .filter(fingerprint=crypto.fingerprint(token), revoked_at=None)
        .first()
    )
    if feed is None or (feed.account is not None and not feed.account.is_active):
        raise DomainError("not_found", "Ce lien d’agenda n’existe pas, ou il a été révoqué.", status=404)
    return feed


def address(feed: CalendarFeed) -> str:
    """The whole link; empty when the server's key has changed since: a new one must be made."""
    token = feed.token()
    if crypto.fingerprint(token) != feed.fingerprint:
        return ""
    return mails.link(reverse("establishment:feed", args=[token]))


def _saved(feed: CalendarFeed) -> CalendarFeed:
    feed.nonce = secrets.token_urlsafe(32)
    feed.fingerprint = crypto.fingerprint(feed.token())
    with transaction.atomic():
        feed.save(force_insert=True)
    logger.info("calendar link made: %s", feed.pk)
    return feed
