"""What an account may see of its establishments. Fetching and authorising are one call (architecture §2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.enums import TextChoices
from django.db.models.functions import Coalesce

from pixsurv.kernel.errors import DomainError
from sessions_app.enums import Role, SessionState
from sessions_app.models import Account, Candidate, Establishment, Membership, Session

PAGE = 50  # sessions on one page of the list


class Shelf(TextChoices):
    """The filters of the list of sessions; the value is the word in the address."""

    UPCOMING = "a-venir", "À venir"
    TODAY = "aujourdhui", "Aujourd’hui"
    TO_CLOSE = "a-cloturer", "À clôturer"
    CLOSED = "cloturees", "Clôturées"
    CANCELLED = "annulees", "Annulées"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter with its count."""

    shelf: Shelf
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """The sessions of one local day."""

    date: date
    sessions: list[Session]

    @property
    def candidates(self) -> int:
        return sum(getattr(session, "candidate_count", 0) for session in self.sessions)


def managed_establishments(account: Account) -> list[Establishment]:
    """Where this account is an admin, by name. Raises `not_admin` (403) when nowhere."""
    roles = (
        Membership.objects.filter(account=account)
        .select_related("establishment")
        .order_by("establishment__name", "pk")
    )
    found = [role.establishment for role in roles if role.role == Role.ADMIN]
    if not found:
        raise _not_admin([role.get_role_display() for role in roles])
    account.is_known_admin = True
    return found


def managed_session(account: Account, number: int) -> Session:
    """The session of that number, with its establishment, for an admin of it.

    A member of the school with another role is refused with `not_admin` (403); for anybody else the session
    does not exist (`not_found`, 404).
    """
    members = Membership.objects.filter(account=account, establishment=OuterRef("establishment"))
    session = (
        Session.objects.select_related("establishment")
        .annotate(for_admin=Exists(members.filter(role=Role.ADMIN)))
        .filter(Exists(members), number=number)
        .first()
    )
    if session is None:
        raise DomainError("not_found", "Cette session n’existe pas.", status=404)
    if not getattr(session, "for_admin", False):
        roles = Membership.objects.filter(account=account, establishment=session.establishment).order_by("pk")
        raise _not_admin([role.get_role_display() for role in roles])
    account.is_known_admin = True
    return session


def require_admin(account: Account, establishment: Establishment | None) -> None:
    """Of a thing that belongs to this school (None: there is no such thing) and is asked for by its id.

    Raises `not_found` (404) for who is not a member, `not_admin` (403) for a member with another role.
    """
    roles = (
        list(Membership.objects.filter(account=account, establishment=establishment).order_by("pk"))
        if establishment is not None
        else []
    )
    if not roles:
        raise DomainError("not_found", "Cette page n’existe pas.", status=404)
    if all(role.role != Role.ADMIN for role in roles):
        raise _not_admin([role.get_role_display() for role in roles])


def filters(establishment: Establishment, today: date) -> list[Filter]:
    """Every filter with its count, in one query; « Annulées » only where there are any."""
    counts = Session.objects.filter(establishment=establishment).aggregate(
        **{shelf.name: Count("pk", filter=_on(shelf, establishment, today)) for shelf in Shelf}
    )
    found = [Filter(shelf, counts[shelf.name]) for shelf in Shelf]
    return [entry for entry in found if entry.count or entry.shelf != Shelf.CANCELLED]


def default_shelf(counts: Iterable[Filter]) -> Shelf:
    """Today's sessions if any, else the next ones, else what must be closed, else the closed ones."""
    filled = {entry.shelf for entry in counts if entry.count}
    order = (Shelf.TODAY, Shelf.UPCOMING, Shelf.TO_CLOSE, Shelf.CLOSED)
    return next((shelf for shelf in order if shelf in filled), Shelf.UPCOMING)


def sessions_on(shelf: Shelf, establishment: Establishment, today: date) -> QuerySet[Session]:
    """The sessions of one filter with their number of candidates; what is past comes latest first."""
    past = shelf in {Shelf.TO_CLOSE, Shelf.CLOSED, Shelf.CANCELLED}
    return (
        Session.objects.filter(_on(shelf, establishment, today), establishment=establishment)
        .annotate(candidate_count=enrolled())
        .order_by("-starts_at" if past else "starts_at", "room", "number")
    )


def enrolled() -> Coalesce:
    """How many are on the list of a session: counted for the rows of a page, where a join counts for every session
    before it is cut."""
    listed = Candidate.objects.filter(session_id=OuterRef("pk")).order_by()
    total = listed.values("session_id").annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def days(sessions: Iterable[Session], establishment: Establishment) -> list[Day]:
    """The sessions, in their order, by local day."""
    found: list[Day] = []
    for session in sessions:
        session.establishment = establishment  # known: asking for it again would be a query a row
        day = session.local(session.starts_at).date()
        if not found or found[-1].date != day:
            found.append(Day(day, []))
        found[-1].sessions.append(session)
    return found


def _on(shelf: Shelf, establishment: Establishment, today: date) -> Q:
    """Bounds are the local midnights of the establishment (P3)."""
    begin = datetime.combine(today, time.min, tzinfo=establishment.zone)
    end = datetime.combine(today + timedelta(days=1), time.min, tzinfo=establishment.zone)
    open_states = [SessionState.PLANNED, SessionState.LAUNCHED]
    return {
        Shelf.UPCOMING: Q(state__in=open_states, starts_at__gte=end),
        Shelf.TODAY: Q(starts_at__gte=begin, starts_at__lt=end) & ~Q(state=SessionState.CANCELLED),
        Shelf.TO_CLOSE: Q(state__in=open_states, starts_at__lt=begin),
        Shelf.CLOSED: Q(state__in=[SessionState.CLOSED, SessionState.ELIMINATED]),
        Shelf.CANCELLED: Q(state=SessionState.CANCELLED),
    }[shelf]


def _not_admin(roles: list[str]) -> DomainError:
    if not roles:
        sentence = (
            "Votre compte n’est rattaché à aucun établissement. Demandez une invitation à un administrateur."
        )
    else:
        known = " et ".join(f"«\u00a0{role}\u00a0»" for role in dict.fromkeys(roles))
        sentence = (
            "Cette page est réservée aux administrateurs de l’établissement."
            f" Votre compte y a le rôle {known}. S’il doit changer, demandez-le à un administrateur."
        )
    return DomainError("not_admin", sentence, status=403)
