"""Everything that FIELD_KEYS seal, sealed again under the newest of them: then an older key may go (issue 7)."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from pixsurv.kernel import crypto
from sessions_app.models import SecondFactor, Session

logger = logging.getLogger("pixsurv.establishment")


@dataclass
class Resealed:
    """`unreadable`: numbers of the sessions, ids of the accounts, whose key this installation does not have."""

    passwords: int = 0
    secrets: int = 0
    unreadable_sessions: list[int] = field(default_factory=list)
    unreadable_accounts: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not (self.unreadable_sessions or self.unreadable_accounts)


def seal_all_again() -> Resealed:
    """While the service runs: a password that is changed meanwhile stands, under the newest key already.

    Run again, it changes nothing more. What no key opens is left as it is, and told.
    """
    found = Resealed()
    sessions = Session.with_rehearsals.exclude(sealed_password="")
    for number, done in _sealed_again(sessions, "sealed_password", "number"):
        if done is None:
            found.unreadable_sessions.append(number)
        else:
            found.passwords += done
    for account, done in _sealed_again(SecondFactor.objects.all(), "sealed_secret", "account_id"):
        if done is None:
            found.unreadable_accounts.append(account)
        else:
            found.secrets += done
    logger.info("field keys: %s passwords and %s secrets sealed again", found.passwords, found.secrets)
    return found


def _sealed_again(rows: "models.QuerySet[Any]", column: str, name: str) -> Iterator[tuple[int, int | None]]:
    """Name of each row and how many it changed (0: nothing to do), None for one that no key opens."""
    for pk, called, sealed in list(rows.order_by(name).values_list("pk", name, column)):
        try:
            again = crypto.seal_again(sealed)
        except crypto.Unreadable:
            yield called, None
            continue
        same = again == sealed
        yield called, 0 if same else rows.filter(**{"pk": pk, column: sealed}).update(**{column: again})
