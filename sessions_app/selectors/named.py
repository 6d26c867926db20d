"""Candidates of all years by the beginning of their names, through an index on both databases (R7, I5)."""

from django.db import connection
from django.db.models import Q

LAST = "\x7f"  # after every letter and digit that `fold` leaves


def named_like(folded: str) -> Q:
    """Last name, first name, or both in either order begin like this text, which `fold` has folded; not empty.

    PostgreSQL takes LIKE 'PREFIX%' through an index of pattern operators. SQLite's LIKE, which ignores case, takes
    none: it is asked for a range, which PostgreSQL would only take where texts sort as bytes.
    """
    by_last, by_first = "last_first_key", "first_last_key"
    if connection.vendor == "sqlite":
        return _between(by_last, folded) | _between(by_first, folded)
    return Q(**{f"{by_last}__startswith": folded}) | Q(**{f"{by_first}__startswith": folded})


def _between(column: str, folded: str) -> Q:
    return Q(**{f"{column}__gte": folded, f"{column}__lt": folded + LAST})
