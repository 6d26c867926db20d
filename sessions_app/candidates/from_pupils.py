"""« Inscrire depuis les élèves »: whom of the school's list, then what follows from it, then done (P5, P6)."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from pixsurv.kernel import clock, sealed_words
from pixsurv.kernel.errors import DomainError
from sessions_app.candidates.views import on_session, to_list
from sessions_app.models import Pupil, Session
from sessions_app.models.pupil import school_year_words
from sessions_app.selectors import school_year
from sessions_app.selectors.school_year import Offered
from sessions_app.services.pupil_enrolment import Enrolled, enrol_pupils
from sessions_app.views import actor_of

ALL = "*"  # of the choice of a class
NOBODY = "Cochez au moins un élève."
SEARCH = ("cherche",)  # a name: sealed in the address


@dataclass(frozen=True, slots=True)
class Choice:
    """Which pupils the page lists: of a class, or whose name begins like that."""

    class_name: str
    search: str
    sealed: str
    asked: bool

    @classmethod
    def of(cls, request: HttpRequest, session: Session) -> "Choice":
        sent = request.POST if request.method == "POST" else request.GET
        asked = sealed_words.asked(sent, SEARCH, _place(session))
        class_name, search = asked.get("classe", ALL), asked.get("cherche", "").strip()[:100]
        return cls(class_name, search, sealed_words.token_of(sent), "classe" in asked or bool(search))

    @property
    def query(self) -> str:
        return urlencode({"classe": self.class_name, sealed_words.SEALED: self.sealed})


@dataclass(frozen=True, slots=True)
class Consequences:
    """What enrolling these would do to the session."""

    new: list[Offered]
    already: int
    overlaps: list[Offered]
    not_certifiable: list[Offered]
    homonyms: set[str]
    candidates: int
    seats: int | None

    @property
    def too_many(self) -> int:
        return max(0, self.candidates - self.seats) if self.seats is not None else 0


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def choose(request: HttpRequest, session: Session) -> HttpResponse:
    """A class or a search, then boxes; what is ticked is read again before it is done."""
    _require_open(session)
    if searched := sealed_words.sent(request, SEARCH, _place(session)):
        return searched
    choice = Choice.of(request, session)
    if request.method != "POST":
        return _choice(request, session, choice)
    ticked = _ticked(request, session)
    if not ticked:
        return _choice(request, session, choice, error=NOBODY)
    found = _consequences(session, ticked)
    context = {"session": session, "choice": choice, "found": found, "back": _address(session, choice)}
    return render(request, "establishment/candidates/pupils_confirm.html", context)


@require_POST
@on_session
def confirm(request: HttpRequest, session: Session) -> HttpResponse:
    """In one transaction; sent twice, it says that they are on the list."""
    wanted = _ids(request)
    if not wanted:
        return _choice(request, session, Choice.of(request, session), error=NOBODY)
    done = enrol_pupils(session_id=session.pk, pupil_ids=wanted, actor=actor_of(request), now=clock.now())
    _tell(request, session, done)
    return to_list(session)


def _choice(request: HttpRequest, session: Session, choice: Choice, *, error: str = "") -> HttpResponse:
    establishment, year = session.establishment, school_year.year_of(session)
    classes = school_year.classes_of(establishment, year)
    rows: list[Offered] = []
    if choice.asked and choice.class_name in {ALL, *(one.name for one in classes)}:
        class_name = None if choice.class_name == ALL else choice.class_name
        pupils = school_year.pupils_of(establishment, year, class_name=class_name, search=choice.search)
        rows = school_year.offered_to(session, pupils[: school_year.AT_MOST + 1])
    ticked = _ids(request)
    tick_all = request.GET.get("coche") == "toutes"
    context = {
        "session": session,
        "choice": choice,
        "year": school_year_words(year),
        "classes": classes,
        "total": sum(one.pupils for one in classes),
        "rows": rows[: school_year.AT_MOST],
        "more": len(rows) > school_year.AT_MOST,
        "at_most": school_year.AT_MOST,
        "free": sum(not row.enrolled for row in rows),
        "ticked": {row.pupil.pk for row in rows if row.pupil.pk in ticked or (tick_all and not row.overlap)},
        "error": error,
        "seats": seats_of(session),
        "address": _address(session, choice),
        "enrolled": session.candidates.count(),
    }
    status = 422 if error else 200
    return render(request, "establishment/candidates/pupils.html", context, status=status)


def _consequences(session: Session, pupils: list[Pupil]) -> Consequences:
    offered = school_year.offered_to(session, pupils)
    new = [row for row in offered if not row.enrolled]
    here = Counter(session.candidates.values_list("last_name_key", flat=True))
    names = here + Counter(row.pupil.last_name_key for row in new)
    return Consequences(
        new=new,
        already=len(offered) - len(new),
        overlaps=[row for row in new if row.overlap],
        not_certifiable=[row for row in new if row.pupil.certifiable is False],
        homonyms={key for key, count in names.items() if count > 1},
        candidates=here.total() + len(new),
        seats=seats_of(session),
    )


def seats_of(session: Session) -> int | None:
    """Workstations minus spare ones; None when nobody said how many there are."""
    return None if session.workstations is None else max(0, session.workstations - session.spare_workstations)


def _tell(request: HttpRequest, session: Session, done: Enrolled) -> None:
    if not done.new:
        messages.info(request, "Ces élèves sont déjà inscrits\u00a0: rien n’a changé.")
        return
    count = len(done.new)
    already = f" {done.already} l’étai{'ent' if done.already > 1 else 't'} déjà." if done.already else ""
    words = f"{count} élèves sont inscrits." if count > 1 else f"{done.new[0].full_name} est inscrit."
    messages.success(request, words + already)
    seats, candidates = seats_of(session), session.candidates.count()
    if seats is not None and candidates > seats:
        messages.warning(request, f"{candidates} candidats pour {seats} postes, hors postes de secours.")


def _require_open(session: Session) -> None:
    if session.is_over:
        raise DomainError(
            "session_closed", "Cette session est clôturée\u00a0: plus rien ne peut y être changé."
        )


def _ids(request: HttpRequest) -> set[int]:
    return {int(one) for one in request.POST.getlist("eleve") if one.isdecimal() and len(one) < 19}


def _ticked(request: HttpRequest, session: Session) -> list[Pupil]:
    """Of this school and this year; any other id makes the whole choice `not_found`."""
    wanted = _ids(request)
    found = list(
        Pupil.objects.filter(
            pk__in=wanted,
            establishment=session.establishment_id,
            school_year=school_year.year_of(session),
        ).order_by("sort_key", "pk")
    )
    if len(found) != len(wanted):
        raise DomainError("not_found", "Un de ces élèves n’est pas dans la liste de l’année.", status=404)
    return found


def _address(session: Session, choice: Choice) -> str:
    address = reverse("establishment:enrol_pupils", args=[session.number])
    return f"{address}?{choice.query}"


def _place(session: Session) -> str:
    """What a search here is sealed for."""
    return f"pupils for session {session.pk}"
