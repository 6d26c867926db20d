"""The links to calendars that somebody may see."""

from sessions_app.models import Account, CalendarFeed, Establishment
from sessions_app.selectors import require_admin


def school_feeds(establishment: Establishment) -> list[CalendarFeed]:
    """Those that open something, the oldest first."""
    live = CalendarFeed.objects.filter(establishment=establishment, revoked_at=None)
    return list(live.select_related("created_by").order_by("created_at", "pk"))


def own_feed(account: Account) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(account=account, revoked_at=None).first()


def managed_feed(account: Account, pk: int) -> CalendarFeed:
    """Fetched for an admin of its school, revoked or not; raises 404 or `not_admin` as `require_admin` does.

    A link of an account is nobody's but that account's, and is not found here.
    """
    of_schools = CalendarFeed.objects.select_related("establishment").filter(establishment__isnull=False)
    feed = of_schools.filter(pk=pk).first()
    require_admin(account, feed.establishment if feed else None)
    assert feed is not None
    return feed
