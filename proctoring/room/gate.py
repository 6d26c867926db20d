"""The door of every view of the room: an access, a settled screen, and refusals that become answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel.errors import DomainError
from proctoring.room.answers import refused
from proctoring.room.visit import Visit, visit_of
from proctoring.services.access import same_person
from proctoring.services.room import refuse

# A view of the room takes the visit, then what its address names.
type RoomView = Callable[..., HttpResponse]


def in_room(*methods: str, everywhere: bool = False) -> Callable[[RoomView], Callable[..., HttpResponse]]:
    """A view for who holds an access to the room of `number`.

    `everywhere`: also while the screen is masked or the room not yet confirmed, for the pages that settle just that.
    """

    def decorate(view: RoomView) -> Callable[..., HttpResponse]:
        @login_not_required
        @require_http_methods(list(methods))
        @wraps(view)
        def wrapper(request: HttpRequest, number: int, **kwargs: Any) -> HttpResponse:
            visit = visit_of(request, number)
            if isinstance(visit, HttpResponse):
                return visit
            try:
                _require_own(visit)
                if not everywhere:
                    _require_settled(visit)
                return view(visit, **kwargs)
            except DomainError as error:
                return refused(visit, error, kwargs.get("candidate_id"))

        return wrapper

    return decorate


def _require_own(visit: Visit) -> None:
    """What a page does is done by the access that it was shown to, not by whoever watches from this browser since.

    The same person may have come in again meanwhile. Who names none speaks for himself (outside programs).
    """
    told = visit.post.get("access", visit.own_id)
    if told != visit.own_id and same_person(visit.access, told) is None:
        raise refuse("other_access")


def _require_settled(visit: Visit) -> None:
    """Before any act: the right room and day (R1), and a screen that shows whom one acts on (R3)."""
    if visit.access.room_confirmed_at is None:
        raise refuse("room_not_confirmed")
    if not visit.names_shown:
        raise DomainError("names_not_shown", "La liste s’affichera 24 heures avant le début de la session.")
    if visit.access.masked_at is not None:
        raise refuse("masked")
