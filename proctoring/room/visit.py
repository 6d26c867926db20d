"""A request that comes from inside a room: fetched and authorised in one call (architecture §2)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from pixsurv.kernel import clock
from pixsurv.kernel.errors import Busy, Full
from proctoring import rules
from proctoring.models import ProctorAccess
from proctoring.rehearsal.driver import advance
from proctoring.room.listing import Listing
from proctoring.room_cookie import room_token
from proctoring.selectors.room import Version, find_access
from proctoring.selectors.wording import duration_words
from proctoring.services import access as accesses
from sessions_app.actors import Actor
from sessions_app.enums import SessionKind
from sessions_app.models import Session


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody in a room, now. `now` is frozen once a request."""

    request: HttpRequest
    access: ProctorAccess
    now: datetime

    @property
    def session(self) -> Session:
        return self.access.session

    @property
    def actor(self) -> Actor:
        return accesses.actor_of(self.access)

    @property
    def own_id(self) -> str:
        return str(self.access.pk)

    @property
    def is_htmx(self) -> bool:
        return self.request.headers.get("HX-Request") == "true"

    @property
    def post(self) -> QueryDict:
        return self.request.POST

    @property
    def room_url(self) -> str:
        return _room_url(self.session.number)

    @property
    def is_rehearsal(self) -> bool:
        return self.session.kind == SessionKind.REHEARSAL

    @property
    def milliseconds(self) -> int:
        """`now`, for a clock that the browser goes on running."""
        return clock.milliseconds(self.now)

    @property
    def starts(self) -> datetime:
        return self.wall_clock(self.session.starts_at)

    def wall_clock(self, instant: datetime) -> datetime:
        """At the clock of the establishment. Naive: a template shows an aware time at the server's own clock."""
        return self.session.local(instant).replace(tzinfo=None)

    @property
    def spelled_code(self) -> str:
        """Letter by letter, for a screen reader."""
        return " ".join(self.session.access_code)

    @property
    def code_letters(self) -> str:
        return self.session.access_code[:4]

    @property
    def code_digits(self) -> str:
        return self.session.access_code[4:]

    @property
    def duration_words(self) -> str:
        return duration_words(self.session.duration)

    @property
    def names_shown(self) -> bool:
        """No pupil's name earlier than 24 h before the start (R1)."""
        return self.now >= self.session.starts_at - rules.NAMES_SHOWN_BEFORE

    @property
    def listing(self) -> Listing:
        """As this page is sorted, searched and filtered; for an act, the page that it was made on."""
        request = self.request
        if self.is_htmx or request.method == "POST":
            sender = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
            with suppress(ValueError):
                parts = urlsplit(sender)
                if parts.path == self.room_url:
                    return Listing.asked(self.room_url, QueryDict(parts.query))
        return Listing.asked(self.room_url, request.GET)

    def observed_at(self) -> datetime | None:
        """When a queued gesture was made: not before the page was shown, not after it was received (mechanics §7).

        What the page says of itself is not believed either: nobody acts before he came in, nor half a day before the
        session. Every hour that a page sends along goes through here.
        """
        seen = Version.parse(self.post.get("v", ""))
        made = self.post.get("observed", "")
        if seen is None or not (made.isascii() and made.isdigit() and len(made) <= 15):
            return None
        told = max(clock.from_milliseconds(int(made)), seen.at, rules.earliest(self.session))
        if told < self.access.created_at:
            told = max(told, accesses.came_in_at(self.access))
        return min(told, self.now)


@lru_cache(maxsize=1_000)
def _room_url(number: int) -> str:
    return reverse("room:room", args=[number])


def visit_of(request: HttpRequest, number: int, seen: Version | None = None) -> Visit | HttpResponse:
    """The visit, or the answer to who has no access (any more)."""
    now = clock.now()
    token = room_token(request, number)
    access = find_access(number=number, token=token, seen=seen, now=now) if token else None
    if access is None:
        return lost(request, number)
    if access.ended_at is not None:
        return gone(request, number)
    due = access.session.next_due_at
    if due is not None and due <= now:
        try:
            advance(access.session, now=now)
        except Full:
            pass  # what fell due waits to be written; rules treat it as past already (mechanics §3)
        except Busy:
            return busy(request)
        access = find_access(number=number, token=token, seen=seen, now=now)
        if access is None:  # a rehearsal that was removed meanwhile
            return lost(request, number)
    return Visit(request, access, now)


def busy(request: HttpRequest) -> HttpResponse:
    """The session is locked by somebody else: for htmx, what asked stays in the page, to ask again."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=503, headers={"HX-Reswap": "none"})
    else:
        response = render(request, "503.html", status=503)
    response.headers["Retry-After"] = str(Busy.retry_after)
    return response


def lost(request: HttpRequest, number: int) -> HttpResponse:
    """No access in this browser: a dialog for htmx, so that what was typed stays; the login page otherwise."""
    if request.headers.get("HX-Request") == "true":
        response = render(request, "room/lost.html", {"number": number, "name": "", "form": None}, status=401)
        # Out of band only: the answer to a refresh or to an opened question must not swap away what asked.
        response.headers["HX-Reswap"] = "none"
        return response
    return HttpResponseRedirect(login_url(number))


def gone(request: HttpRequest, number: int) -> HttpResponse:
    """The access was ended for good."""
    url = f"{login_url(number)}&acces=termine"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def login_url(number: int) -> str:
    return f"{reverse('room:login')}?numero={number}"
