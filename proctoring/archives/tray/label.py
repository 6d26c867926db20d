"""The label of a box: what it is called, what it holds, until when it is kept (I8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.identity import fold
from proctoring.archives.access import Shelves, archived, on_shelves
from proctoring.archives.replica import from_replica
from proctoring.archives.tray.kept import kept_until
from proctoring.archives.tray.receiving import ticked
from proctoring.archives.tray.shelf import receipt_of
from sessions_app.documents.typeset import typeset
from sessions_app.downloads import pdf_attachment
from sessions_app.enums import SessionKind, SessionState
from sessions_app.models import Session
from sessions_app.models.pupil import school_year_words
from sessions_app.selectors.school_year import year_of
from sessions_app.views import at
from sessions_app.wording import day, room_title

SESSIONS_AT_MOST = 500  # of one box: nobody fills one with more


@dataclass(frozen=True, slots=True)
class Label:
    """The names of these fields are those that `label.typ` reads."""

    box: str
    establishment: str
    years: str
    until: str
    sessions: list[list[str]]
    template: str = "etiquette"


@require_safe
@on_shelves
@from_replica
def label(request: HttpRequest, shelves: Shelves) -> HttpResponse:
    """One page a box: that of the address, or those in which the ticked sessions are put."""
    if not {"boite", "session"} & request.GET.keys():
        messages.warning(request, "Cochez au moins une session.")
        return HttpResponseRedirect(at("archives:tray", shelves.establishment), status=303)
    boxes = _boxes(request, shelves)
    if not boxes:
        raise Http404("box")
    now = clock.now()
    labels = [label_of(sessions, box) for box, sessions in boxes]
    title = "Étiquette de boîte" if len(labels) == 1 else "Étiquettes de boîtes"
    pdf = typeset(labels, title=f"{title} — {shelves.establishment.name}", stamp=now)
    return pdf_attachment(pdf, "etiquette-de-boite.pdf")


def label_of(sessions: list[Session], box: str) -> Label:
    """Kept until the last of its sessions may go: a box goes as a whole."""
    years = sorted({year_of(one) for one in sessions})
    return Label(
        box=box,
        establishment=sessions[0].establishment.name,
        years=", ".join(school_year_words(year) for year in years),
        until=day(max(kept_until(one) for one in sessions)),
        sessions=[
            [
                str(one.number),
                day(one.local(one.starts_at).date()),
                room_title(one.room) + (" (blanche)" if one.kind == SessionKind.WHITE_EXAM else ""),
            ]
            for one in sessions
        ],
    )


def _boxes(request: HttpRequest, shelves: Shelves) -> list[tuple[str, list[Session]]]:
    """Sessions that were ticked and stand in no box share one label, with an empty line for its name."""
    if box := request.GET.get("boite", ""):
        return _held([fold(box)], shelves)
    chosen = ticked(request, shelves)
    keys = sorted({one.box_key for session in chosen if (one := receipt_of(session)) and one.box_key})
    loose = [one for one in chosen if not getattr(receipt_of(one), "box_key", "")]
    return [*_held(keys, shelves), *([("", loose)] if loose else [])]


def _held(keys: Iterable[str], shelves: Shelves) -> list[tuple[str, list[Session]]]:
    """What each of these boxes holds, whatever was ticked; one query."""
    wanted = [key for key in keys if key]
    sessions = (
        archived(shelves.establishment)
        .filter(receipt__box_key__in=wanted, state=SessionState.CLOSED)
        .select_related("receipt", "establishment")
        .order_by("receipt__box_key", "starts_at", "number")
    )
    found: dict[str, list[Session]] = {}
    for one in sessions[: SESSIONS_AT_MOST * max(1, len(wanted))]:
        receipt = receipt_of(one)
        assert receipt is not None  # the filter above
        found.setdefault(receipt.box_key, []).append(one)
    return [(_name(some), some[:SESSIONS_AT_MOST]) for some in found.values()]


def _name(sessions: list[Session]) -> str:
    """As it was written last."""
    latest = max(sessions, key=lambda one: _received_at(one))
    return str(getattr(receipt_of(latest), "box", ""))


def _received_at(session: Session) -> datetime:
    receipt = receipt_of(session)
    assert receipt is not None
    return receipt.received_at
