"""Where the papers of a session stand."""

from collections.abc import Iterable

from proctoring.models import Receipt
from sessions_app.models import Session


def boxes_of(sessions: Iterable[Session]) -> dict[int, str]:
    """« Boîte ou cote » by session id, as the receipts of the secretariat say (I8); a session not in it has none."""
    found = Receipt.objects.filter(session__in=[one.pk for one in sessions]).exclude(box="")
    return dict(found.order_by("pk").values_list("session_id", "box"))
