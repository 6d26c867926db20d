"""« Relancer »: whom to ask for papers that have not come, and a sentence to send them."""

from dataclasses import dataclass
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pixsurv.kernel import clock
from proctoring.archives.access import Shelves, on_shelves
from proctoring.archives.tray.search import Criteria
from proctoring.archives.tray.shelf import Row, awaited, rows_of
from proctoring.enums import EXPECTED_PAPERS
from proctoring.models import ProctorAccess
from proctoring.selectors.journal_papers import HANDED_WORDS
from sessions_app.enums import Role, SessionState
from sessions_app.models import Membership, Session
from sessions_app.wording import NBSP, clock_time, day, in_room


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who may be asked; `email` only where he has an account of this school."""

    name: str
    what: str
    email: str


@dataclass(frozen=True, slots=True)
class Reminder:
    subject: str
    words: str

    def to(self, emails: list[str]) -> str:
        """A link that opens the reader's own mail: Pixsurv sends nothing."""
        return f"mailto:{quote(','.join(emails), safe='@,')}?subject={quote(self.subject)}&body={quote(self.words)}"


@require_safe
@on_shelves
def chase(request: HttpRequest, shelves: Shelves, number: int) -> HttpResponse:
    """The people, their addresses, and what to write to them; a session that waits for nothing is a 404."""
    now = clock.now()
    session = awaited(shelves.establishment, number, now)
    if session is None:
        raise Http404("session")
    (row,) = rows_of([session], shelves.establishment, Criteria(), now)
    people = _people(session)
    reminder = _reminder(row)
    context = {
        "shelves": shelves,
        "row": row,
        "session": session,
        "people": people,
        "reminder": reminder,
        "mailto": reminder.to(list(dict.fromkeys(one.email for one in people if one.email))),
        "is_open": session.state != SessionState.CLOSED,
    }
    return render(request, "archives/chase.html", context)


def _people(session: Session) -> list[Somebody]:
    """Who entered the room, else who was planned; then the admins. Two queries."""
    members = Membership.objects.filter(establishment=session.establishment).select_related("account")
    emails = {one.account_id: one.account.email for one in members.filter(account__is_active=True)}
    entered = ProctorAccess.objects.filter(session=session).order_by("created_at", "pk")
    watched = {
        one.name: Somebody(one.name, "a surveillé la session", emails.get(one.account_id or 0, ""))
        for one in entered
    }
    if not watched and session.proctor_names:
        watched = {"": Somebody(session.proctor_names, "surveillant prévu", "")}
    admins = [
        Somebody(one.account.name, "administration", one.account.email)
        for one in members.filter(role=Role.ADMIN, account__is_active=True).order_by("account__name", "pk")
    ]
    return [*watched.values(), *admins]


def _reminder(row: Row) -> Reminder:
    """Polite, exact, without a candidate's name."""
    session = row.session
    local = session.local(session.starts_at)
    which = (
        f"la session {session.number} du {day(local.date())} à {clock_time(local)}, {in_room(session.room)}"
    )
    if session.state != SessionState.CLOSED:
        asked = f"{which} n’est pas encore clôturée dans Pixsurv. Pouvez-vous la clôturer, puis remettre ses papiers"
    else:
        missing = row.receipt.missing_papers if row.receipt else EXPECTED_PAPERS
        papers = " et ".join(HANDED_WORDS[paper] for paper in missing)
        what = "ces papiers" if len(missing) > 1 else "ce papier"
        asked = f"il manque, pour {which}{NBSP}: {papers}. Pouvez-vous remettre {what}"
    return Reminder(
        f"Session {session.number}{NBSP}: papiers à remettre au secrétariat",
        f"Bonjour,\n\n{asked[0].upper()}{asked[1:]} au secrétariat de scolarité{NBSP}?\n\nMerci.\n",
    )
