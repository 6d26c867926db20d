"""The tray: what is to be received, what was, what is missing, and whom to ask (I8)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.db.models.enums import TextChoices

from pixsurv.kernel.wall_clock import day_bounds
from proctoring.archives.access import archived
from proctoring.archives.tray.search import PUPILS_A_SESSION, Criteria, PupilLine, asked_for, pupils_in
from proctoring.enums import AttemptState
from proctoring.models import Attempt, ProctorAccess, Receipt
from proctoring.selectors.journal_papers import HANDED_WORDS
from proctoring.selectors.retention import counts_of_eliminated
from sessions_app.enums import SessionKind, SessionState
from sessions_app.models import Candidate, Establishment, Session

PAGE = 50
LATE_AFTER = timedelta(days=7)  # after the closing: the papers cross a courtyard, not a country
OVERDUE_AT_MOST = 30  # shown; all are counted


class Shelf(TextChoices):
    """The filters of the tray; the value is the word in the address."""

    ALL = "toutes", "Toutes"
    TO_RECEIVE = "a-recevoir", "À recevoir"
    RECEIVED = "recus", "Reçus"
    INCOMPLETE = "incomplets", "Incomplets"
    LATE = "en-retard", "En retard"
    ELIMINATED = "eliminees", "Éliminées"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter with its count."""

    shelf: Shelf
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands with the secretariat: the word, the class of its badge, its icon."""

    word: str
    colour: str
    icon: str


TO_RECEIVE = Standing("À recevoir", "jaune", "horloge")
LATE = Standing("En retard", "rouge", "alerte")
RECEIVED = Standing("Reçu", "vert", "oui")
INCOMPLETE = Standing("Incomplet", "rouge", "alerte")
ELIMINATED = Standing("Éliminée", "gris", "boite")


@dataclass(slots=True)
class Row:
    """One session of the list; no query runs after it was made. `present` None: eliminated, and nothing counts them."""

    session: Session
    receipt: Receipt | None
    standing: Standing
    candidates: int = 0
    present: int | None = 0
    proctors: list[str] = field(default_factory=list)
    pupils: list[PupilLine] = field(default_factory=list)
    pupils_more: int = 0

    @property
    def is_white(self) -> bool:
        return self.session.kind == SessionKind.WHITE_EXAM

    @property
    def may_be_received(self) -> bool:
        return self.session.state == SessionState.CLOSED

    @property
    def is_awaited(self) -> bool:
        """Somebody can be reminded of it."""
        return self.standing in {TO_RECEIVE, LATE, INCOMPLETE}

    @property
    def missing(self) -> str:
        """« feuille d’émargement signée »."""
        return ", ".join(HANDED_WORDS[paper] for paper in self.receipt.missing_papers) if self.receipt else ""


@dataclass(frozen=True, slots=True)
class Tray:
    """What the page shows."""

    shelf: Shelf
    filters: list[Filter]
    page: Page[Session]
    rows: list[Row]
    overdue: list[Row]
    overdue_count: int


def tray_of(
    establishment: Establishment, criteria: Criteria, asked: str, page: str | None, now: datetime
) -> Tray:
    """The sessions that answer to the criteria, with every filter counted; bounded, whatever their number."""
    wanted = asked_for(criteria, establishment)
    found = archived(establishment).filter(wanted)
    counts = found.aggregate(**{one.name: Count("pk", filter=_on(one, now)) for one in Shelf})
    late = _overdue(establishment, now).filter(wanted)
    overdue_count = late.count()
    counts[Shelf.LATE.name] += overdue_count
    filters = [Filter(one, counts[one.name]) for one in Shelf]
    shelf = _chosen(asked, criteria, filters)
    pages = Paginator(
        found.filter(_on(shelf, now)).select_related("receipt").order_by("-starts_at", "-number"), PAGE
    )
    # Counted already: asking the database again would be a query.
    pages.count = counts[shelf.name] - (overdue_count if shelf == Shelf.LATE else 0)
    shown = pages.get_page(page)
    waiting: list[Session] = []
    if overdue_count and shelf == Shelf.LATE:
        waiting = list(late.order_by("starts_at", "number")[:OVERDUE_AT_MOST])
    everything = rows_of([*shown, *waiting], establishment, criteria, now)
    return Tray(shelf, filters, shown, everything[: len(shown)], everything[len(shown) :], overdue_count)


def rows_of(
    sessions: Iterable[Session], establishment: Establishment, criteria: Criteria, now: datetime
) -> list[Row]:
    """In their order: six queries at most, whatever their number."""
    listed = list(sessions)
    ids = [one.pk for one in listed]
    candidates = _counted(Candidate.objects.filter(session__in=ids))
    came = Attempt.objects.filter(session__in=ids).exclude(state=AttemptState.EXPECTED)
    present: dict[int, int | None] = {**_counted(came)}
    present |= {pk: counts.present for pk, counts in counts_of_eliminated(listed).items()}
    watched = watched_by(ids)
    pupils = pupils_in(listed, criteria)
    rows = []
    for session in listed:
        session.establishment = establishment  # known: asking for it again would be a query a row
        receipt = receipt_of(session)
        people = pupils.get(session.pk, [])
        rows.append(
            Row(
                session=session,
                receipt=receipt,
                standing=standing_of(session, receipt, now),
                candidates=candidates.get(session.pk, 0),
                present=present.get(session.pk, 0),
                proctors=watched.get(session.pk) or [session.proctor_names] * bool(session.proctor_names),
                pupils=people[:PUPILS_A_SESSION],
                pupils_more=max(0, len(people) - PUPILS_A_SESSION),
            )
        )
    return rows


def receipt_of(session: Session) -> Receipt | None:
    """The current one; no query where the session was fetched with it."""
    found: Receipt | None = getattr(session, "receipt", None)
    return found


def standing_of(session: Session, receipt: Receipt | None, now: datetime) -> Standing:
    """Late a week after the closing; a session that should have been closed is late from the next day on."""
    if session.state == SessionState.ELIMINATED:
        return ELIMINATED
    if receipt is not None:
        return RECEIVED if receipt.is_complete else INCOMPLETE
    return LATE if session.closed_at is None or session.closed_at < now - LATE_AFTER else TO_RECEIVE


def watched_by(ids: Iterable[int]) -> dict[int, list[str]]:
    """Who entered each of these rooms, once, in the order in which they came."""
    found: dict[int, list[str]] = defaultdict(list)
    entered = ProctorAccess.objects.filter(session__in=list(ids)).order_by("created_at", "pk")
    for session_id, name in entered.values_list("session_id", "name"):
        if name not in found[session_id]:
            found[session_id].append(name)
    return found


def awaited(establishment: Establishment, number: int, now: datetime) -> Session | None:
    """A session that somebody may be reminded of: not received, incomplete, or not closed though its day is over."""
    kept = archived(establishment).filter(state=SessionState.CLOSED).exclude(receipt__missing="")
    mine = {"number": number}
    return (
        kept.select_related("establishment", "receipt").filter(**mine).first()
        or _overdue(establishment, now).select_related("establishment", "receipt").filter(**mine).first()
    )


def _overdue(establishment: Establishment, now: datetime) -> QuerySet[Session]:
    """Their day is over and nobody has closed them: nothing can be handed over yet (R19 leaves rehearsals out)."""
    midnight = day_bounds(now.astimezone(establishment.zone).date(), establishment.zone)[0]
    return Session.objects.filter(
        establishment=establishment,
        state__in=[SessionState.PLANNED, SessionState.LAUNCHED],
        starts_at__lt=midnight,
    ).exclude(kind=SessionKind.REHEARSAL)


def _on(shelf: Shelf, now: datetime) -> Q:
    closed, unreceived = Q(state=SessionState.CLOSED), Q(receipt__isnull=True)
    return {
        Shelf.ALL: Q(),
        Shelf.TO_RECEIVE: closed & unreceived,
        Shelf.RECEIVED: closed & Q(receipt__missing=""),
        Shelf.INCOMPLETE: closed & Q(receipt__isnull=False) & ~Q(receipt__missing=""),
        Shelf.LATE: closed & unreceived & Q(closed_at__lt=now - LATE_AFTER),
        Shelf.ELIMINATED: Q(state=SessionState.ELIMINATED),
    }[shelf]


def _chosen(asked: str, criteria: Criteria, filters: list[Filter]) -> Shelf:
    """The one asked for; else all that a search finds, and what waits for somebody who only opens the page."""
    if asked in Shelf.values:
        return Shelf(asked)
    waiting = any(one.count for one in filters if one.shelf == Shelf.TO_RECEIVE)
    return Shelf.TO_RECEIVE if waiting and not criteria else Shelf.ALL


def _counted(rows: QuerySet[Candidate] | QuerySet[Attempt]) -> dict[int, int]:
    return dict(rows.order_by().values_list("session_id").annotate(Count("pk")))
