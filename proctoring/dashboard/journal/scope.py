"""Who may read which journal: fetched and authorised in one call (architecture §2)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from pixsurv.kernel.errors import DomainError
from sessions_app.enums import Role, SessionState
from sessions_app.models import Account, Establishment, Event, Membership, Session
from sessions_app.selectors import managed_session


@dataclass(frozen=True, slots=True)
class Reader:
    """A session whose journal one may read; `is_admin`: its own page too."""

    session: Session
    is_admin: bool


def readable_session(account: Account, number: int) -> Reader:
    """For an admin of the school; once it is closed for the secretariat too, which keeps the papers (I8).

    A stranger is refused with `not_found` (404), another member with `not_admin` (403), the secretariat before the
    closing with `not_closed` (403).
    """
    session = (
        Session.objects.select_related("establishment")
        .annotate(
            for_secretariat=_has_role(account, Role.SECRETARIAT), for_admin=_has_role(account, Role.ADMIN)
        )
        .filter(number=number)
        .first()
    )
    is_admin = bool(getattr(session, "for_admin", False))
    if session is None or not (is_admin or getattr(session, "for_secretariat", False)):
        return Reader(managed_session(account, number), is_admin=True)  # which refuses, as everywhere
    if not is_admin and session.state not in {SessionState.CLOSED, SessionState.ELIMINATED}:
        raise DomainError(
            "not_closed", "Le journal de cette session s’ouvre au secrétariat à sa clôture.", status=403
        )
    return Reader(session, is_admin=is_admin)


def own_schools(account: Account) -> list[Establishment]:
    """Those whose member one is: who left a school reads nothing of it any more."""
    return list(Establishment.objects.filter(memberships__account=account).distinct().order_by("name", "pk"))


def sessions_alive(schools: list[Establishment], since: datetime, until: datetime) -> QuerySet[Session]:
    """The sessions of these schools in whose journal anything can have been written in that period.

    The last event says whether any is recent enough: one look at a key for each session of the schools, so that the
    sessions of former years, and of other schools, cost nothing more.
    """
    last = Event.objects.filter(
        session_id=OuterRef("pk"), sequence=OuterRef("sequence"), received_at__gte=since
    )
    return Session.objects.filter(Exists(last), establishment__in=schools, created_at__lt=until)


def acts_of(account: Account, sessions: QuerySet[Session]) -> QuerySet[Event]:
    """What this account did there. Its id stands in the facts alone (mechanics §1)."""
    return (
        Event.objects.filter(session__in=sessions, facts__actor__account=account.pk)
        .annotate(number=F("session__number"))
        .order_by("-received_at", "-session_id", "-sequence")
    )


def _has_role(account: Account, role: Role) -> Exists:
    return Exists(
        Membership.objects.filter(account=account, establishment=OuterRef("establishment"), role=role)
    )
