"""Where the papers of a session stand."""

from collections.abc import Iterable

from sessions_app.models import Session


def boxes_of(sessions: Iterable[Session]) -> dict[int, str]:
    """« Boîte ou cote » by session id, as the receipts of the secretariat say (I8); a session not in it has none.

    The one place that asks: slips, papers and lists show what it answers. Receipts are not kept yet, so none is known.
    """
    return {}
