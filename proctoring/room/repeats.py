"""Forms whose repeat would add: the second click is the first (mechanics §10)."""

from collections.abc import Callable

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.journal import Json
from proctoring.room.visit import Visit
from proctoring.services import once


def only_once(visit: Visit, what: str, body: Json, act: Callable[[], object]) -> None:
    """Run `act` once for the form's `once`; `what` names the gesture, `body` all that was asked."""
    key = visit.post.get("once", "")
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= 100:
        raise DomainError("once_missing", "Rouvrez ce formulaire\u00a0: il n’est plus valable.", status=422)

    def answer() -> once.Answer:
        act()
        return once.Answer(200)

    # The form is one of a kind: it goes on under the access that follows a lost login, and still counts once.
    scope = f"session:{visit.session.pk}/{what}"
    once.guard(scope=scope, key=key, body=body, now=visit.now, act=answer)
