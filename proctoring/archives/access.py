"""Who may read the archive of a school, and which sessions stand in it: fetched and authorised in one call."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from pixsurv.kernel.errors import DomainError
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import Role, SessionKind, SessionState
from sessions_app.models import Account, Establishment, Membership, Session
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.people import KEEPERS
from sessions_app.views import LAST, account_of

IN_THE_ARCHIVE = (SessionState.CLOSED, SessionState.ELIMINATED)


@dataclass(frozen=True, slots=True)
class Shelves:
    """The school whose archive a page shows, among those of its reader: each is looked at alone (P1)."""

    establishment: Establishment
    establishments: list[Establishment]
    admin_of: frozenset[int]

    @property
    def is_admin(self) -> bool:
        """An admin of the school shown: he has its other pages too."""
        return self.establishment.pk in self.admin_of


def archived(establishment: Establishment) -> QuerySet[Session]:
    """Closed or eliminated, never a rehearsal (R19): what this school keeps, in no order."""
    return Session.objects.filter(establishment=establishment, state__in=IN_THE_ARCHIVE).exclude(
        kind=SessionKind.REHEARSAL
    )


def shelves_of(account: Account, asked: str = "", last: int | None = None) -> Shelves:
    """The school asked for, else the one looked at last, else the first by name.

    Raises `not_keeper` (403) for an account that keeps no archive; Http404 for a school that is not one of his.
    """
    roles = list(
        Membership.objects.filter(account=account)
        .select_related("establishment")
        .order_by("establishment__name", "pk")
    )
    schools = list({one.establishment_id: one.establishment for one in roles if one.role in KEEPERS}.values())
    if not schools:
        raise _not_keeper()
    admin_of = frozenset(one.establishment_id for one in roles if one.role == Role.ADMIN)
    if asked:
        found = next((one for one in schools if str(one.pk) == asked), None)
        if found is None:
            raise Http404("establishment")
    else:
        found = next((one for one in schools if one.pk == last), schools[0])
    return Shelves(found, schools, admin_of)


def archived_session(account: Account, number: int) -> Session:
    """The kept session of that number, with its establishment.

    A member with another role is refused with `not_keeper` (403); for anybody else, and for a session that is not in
    the archive, there is no such session (`not_found`, 404).
    """
    members = Membership.objects.filter(account=account, establishment=OuterRef("establishment"))
    session = (
        Session.objects.select_related("establishment")
        .annotate(kept_for=Exists(members.filter(role__in=KEEPERS)))
        .filter(Exists(members), number=number, state__in=IN_THE_ARCHIVE)
        .exclude(kind=SessionKind.REHEARSAL)
        .first()
    )
    if session is None:
        raise DomainError("not_found", "Cette session n’est pas dans les archives.", status=404)
    if not getattr(session, "kept_for", False):
        raise _not_keeper()
    return session


def actor_of(request: HttpRequest, establishment: Establishment) -> Actor:
    """Who acts on the archive: an admin of the school, or its secretariat."""
    account = account_of(request)
    is_admin = Membership.objects.filter(
        account=account, establishment=establishment, role=Role.ADMIN
    ).exists()
    kind = ActorKind.ADMIN if is_admin else ActorKind.SECRETARIAT
    return Actor(kind=kind, name=account.name, account_id=account.pk)


def on_shelves[Answer: HttpResponseBase](view: Callable[..., Answer]) -> Callable[..., Any]:
    """A page of a school's archive: `view(request, shelves, …)`; refusals become pages."""

    @wraps(view)
    @refusals_as_pages
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        shelves = shelves_of(
            account_of(request), request.GET.get("etablissement", ""), request.session.get(LAST)
        )
        if request.session.get(LAST) != shelves.establishment.pk:
            request.session[LAST] = shelves.establishment.pk
        return view(request, shelves, *args, **kwargs)

    return answered


def on_archived_session[Answer: HttpResponseBase](view: Callable[..., Answer]) -> Callable[..., Any]:
    """A page of one kept session: `view(request, session, …)`; refusals become pages."""

    @wraps(view)
    @refusals_as_pages
    def answered(request: HttpRequest, number: int, *args: Any, **kwargs: Any) -> Any:
        return view(request, archived_session(account_of(request), number), *args, **kwargs)

    return answered


def _not_keeper() -> DomainError:
    return DomainError(
        "not_keeper",
        "Les archives sont réservées au secrétariat et aux administrateurs de l’établissement.",
        status=403,
    )
