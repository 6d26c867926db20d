"""Candidates of all years by the beginning of their names, through an index on both databases (R7, I5)."""

from django.db import connection
from django.db.models import Q

from sessions_app.models import Candidate

LAST = "\x7f"  # after every letter and digit that `fold` leaves


def named_like(folded: str) -> Q:
    """Last name, first name, or both in either order begin like this text, which `fold` has folded; not empty.

    PostgreSQL takes LIKE 'PREFIX%' through an index of pattern operators. SQLite's LIKE, which ignores case, takes
    none: it is asked for a range, which PostgreSQL would only take where texts sort as bytes.
    """
    return _begins("last_first_key", folded) | _begins("first_last_key", folded)


def sessions_of(folded: str) -> Q:
    """Sessions with such a candidate. One look at each index: OR within one query would fetch every row."""
    found = Q()
    for column in ("last_first_key", "first_last_key"):
        found |= Q(pk__in=Candidate.objects.filter(_begins(column, folded)).values("session_id"))
    return found


def _begins(column: str, folded: str) -> Q:
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": folded, f"{column}__lt": folded + LAST})
    return Q(**{f"{column}__startswith": folded})
