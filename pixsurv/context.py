"""What every page may show above its header, and in its navigation."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import Error
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from sessions_app.enums import Role
from sessions_app.models import Account, Establishment, Membership


class DemonstrationFlag:
    """Whether a demonstration school exists; asked of the database at most once a minute and process."""

    LIFE = 60.0  # seconds

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._known, self._until = False, 0.0

    def remember(self, known: bool) -> bool:
        self._known, self._until = known, time.monotonic() + self.LIFE
        return known

    def __bool__(self) -> bool:
        if settings.DEMO:
            return True
        if time.monotonic() < self._until:
            return self._known
        try:
            return self.remember(Establishment.objects.filter(is_demo=True).exists())
        except Error:
            return self._known  # an error page must hold when the database does not


demonstration = DemonstrationFlag()


def banners(request: HttpRequest) -> dict[str, object]:
    # Lazy: fragments, which have no banner, must not pay the query.
    flag = SimpleLazyObject(lambda: bool(demonstration))
    return {"demo_banner": flag, "plain_http_banner": settings.PLAIN_HTTP_IN_PUBLIC}


@dataclass(frozen=True, slots=True)
class Member:
    """What the reader is somewhere: a link that would answer 403 everywhere is not shown to him."""

    is_admin: bool = False
    is_keeper: bool = False


def member(request: HttpRequest) -> dict[str, object]:
    # Lazy: only pages with a navigation pay the query, and those of admins know the answer.
    return {"member": SimpleLazyObject(lambda: _member(request))}


def _member(request: HttpRequest) -> Member:
    user = getattr(request, "user", None)
    if not isinstance(user, Account):  # also true of the lazy one that stands for it
        return Member()
    if user.is_known_admin:
        return Member(is_admin=True, is_keeper=True)
    roles = set(Membership.objects.filter(account=user).values_list("role", flat=True))
    return Member(Role.ADMIN in roles, bool(roles & {Role.ADMIN, Role.SECRETARIAT}))
