"""« Créer les séances d’une ou plusieurs classes »: asked, shown, then done."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app import selectors
from sessions_app.models import Session
from sessions_app.models.pupil import school_year_of, school_year_words
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.school_year import classes_of
from sessions_app.services.class_sessions import Made, create_class_sessions
from sessions_app.splitting.forms import RoomFormSet, Rooms, SplitForm
from sessions_app.splitting.proposal import Proposal, Wish, propose
from sessions_app.splitting.rooms import usual
from sessions_app.views import Here, actor_of, at, see, where

NOT_OURS = {"csrfmiddlewaretoken", "confirmer", "modifier", "once", "seen"}
PAUSE = timedelta(minutes=30)  # between two sessions in one room, where nobody has extra time
QUARTER = 15


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def create(request: HttpRequest) -> HttpResponse:
    """The form; sent, the split that it leads to; confirmed, the sessions."""
    here = where(request)
    form, rooms = _forms(request, here)
    if request.method != "POST" or "modifier" in request.POST:
        return _page(request, here, form, rooms)
    if not (form.is_valid() & rooms.is_valid()):
        return _page(request, here, form, rooms, status=422)
    wish = form.wish(rooms.chosen(form.cleaned_data["site"]))
    if "confirmer" not in request.POST:
        return _preview(request, here, wish)
    return _create(request, here, wish)


def _create(request: HttpRequest, here: Here, wish: Wish) -> HttpResponse:
    try:
        made = create_class_sessions(
            establishment=here.establishment,
            wish=wish,
            seen=request.POST.get("seen", ""),
            once=_once(request),
            actor=actor_of(request),
            now=clock.now(),
        )
    except DomainError as error:
        if error.code not in {"proposal_changed", "nothing_to_create"}:
            raise
        return _preview(request, here, wish, error)
    return _made(request, here, made)


def _forms(request: HttpRequest, here: Here) -> tuple[SplitForm, Rooms]:
    establishment = here.establishment
    year = school_year_of(clock.now().astimezone(establishment.zone).date())
    known = usual(establishment)
    sent = request.POST if request.method == "POST" else None
    classes = classes_of(establishment, year)
    form = SplitForm(sent, establishment=establishment, school_year=year, classes=classes, usual=known)
    return form, RoomFormSet(sent, usual=known)


def _page(
    request: HttpRequest, here: Here, form: SplitForm, rooms: Rooms, *, status: int = 200
) -> HttpResponse:
    context = {
        "here": here,
        "form": form,
        "rooms": rooms,
        "known": [row for row in rooms if row.known_room],
        "more": [row for row in rooms if not row.known_room],
        "year": school_year_words(form.school_year),
        "back": at("establishment:sessions", here.establishment),
    }
    return render(request, "establishment/splitting/form.html", context, status=status)


def _preview(request: HttpRequest, here: Here, wish: Wish, error: DomainError | None = None) -> HttpResponse:
    proposal = propose(here.establishment, wish)
    context = {
        "here": here,
        "wish": wish,
        "proposal": proposal,
        "next_hour": _next_hour(wish, proposal, here),
        "sent": [
            (name, value)
            for name in request.POST
            if name not in NOT_OURS
            for value in request.POST.getlist(name)
        ],
        "once": uuid4(),
        "refusal": error,
    }
    status = error.status if error else 200
    return render(request, "establishment/splitting/preview.html", context, status=status)


def _next_hour(wish: Wish, proposal: Proposal, here: Here) -> str:
    """« 13h15 »: the first quarter of an hour after a pause, when somebody is left over."""
    if not proposal.left:
        return ""
    last = max([one.last_end for one in proposal.sessions] or wish.starts) + PAUSE
    local = last.astimezone(here.establishment.zone)
    local += timedelta(minutes=-local.minute % QUARTER)
    return f"{local.hour}h{local.minute:02d}"


def _made(request: HttpRequest, here: Here, made: Made) -> HttpResponse:
    """To the list of sessions, with the way to their papers."""
    if made.again:
        messages.info(request, "Ces séances sont déjà créées\u00a0: rien n’a changé.")
    else:
        count, people = len(made.sessions), made.candidates
        words = "séances sont créées" if count > 1 else "séance est créée"
        messages.success(
            request,
            format_html(
                '{} {}, {} élève{} inscrit{}. <a href="{}">Imprimer leurs documents</a>',
                count,
                words,
                people,
                "s" if people > 1 else "",
                "s" if people > 1 else "",
                _papers(here, made.sessions),
            ),
        )
    first = made.sessions[0]
    return see(f"{at('establishment:sessions', here.establishment)}&filtre={_shelf(first)}")


def _papers(here: Here, sessions: list[Session]) -> str:
    asked = {
        "etablissement": here.establishment.pk,
        "filtre": _shelf(sessions[0]),
        "session": [session.number for session in sessions],
    }
    return f"{reverse('establishment:papers')}?{urlencode(asked, doseq=True)}"


def _shelf(session: Session) -> str:
    """The filter of the list that shows this planned session."""
    today = session.local(clock.now()).date()
    day = session.local(session.starts_at).date()
    if day == today:
        return selectors.Shelf.TODAY.value
    return (selectors.Shelf.UPCOMING if day > today else selectors.Shelf.TO_CLOSE).value


def _once(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return uuid4()
