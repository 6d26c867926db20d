"""What the archive is searched by: one field for everything, a period, a school year (I5)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Max, Min, Q, QuerySet
from django.http import QueryDict

from pixsurv.kernel.identity import fold
from pixsurv.kernel.wall_clock import day_bounds
from proctoring.enums import AttemptState
from proctoring.models import Attempt, ProctorAccess
from sessions_app.enums import SessionState
from sessions_app.models import Candidate, Establishment, Session
from sessions_app.models.pupil import school_year_of, school_year_words
from sessions_app.selectors.named import named_like, sessions_of
from sessions_app.selectors.school_year import in_year
from sessions_app.wording import room_title

LONGEST_NUMBER = 9  # digits
LETTERS_OF_A_PUPIL = 2  # one letter begins somebody's name in every session
PUPILS_A_SESSION = 5  # lines under one session; the others are counted
_FAR = "Écrivez une date entre 2000 et 2100."
_DAYS = (MinValueValidator(date(2000, 1, 1), _FAR), MaxValueValidator(date(2100, 1, 1), _FAR))


class CriteriaForm(forms.Form):
    """The head of the tray. Nonsense is told beside its field and filters nothing."""

    q = forms.CharField(label="Élève, surveillant, salle, numéro ou boîte", required=False, max_length=100)
    du = forms.DateField(
        label="Du", required=False, validators=_DAYS, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    au = forms.DateField(
        label="Au", required=False, validators=_DAYS, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    annee = forms.TypedChoiceField(
        label="Année scolaire", required=False, coerce=int, empty_value=None, choices=()
    )

    def __init__(self, data: QueryDict, *, years: list[int]) -> None:
        super().__init__(data)
        self.fields["q"].widget.attrs |= {"type": "search", "autocomplete": "off", "spellcheck": "false"}
        field = self.fields["annee"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Toutes"), *((str(year), school_year_words(year)) for year in years)]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; all of it empty finds everything."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    year: int | None = None

    @classmethod
    def of(cls, form: CriteriaForm) -> "Criteria":
        data: dict[str, Any] = form.cleaned_data
        return cls(data["q"].strip(), data["du"], data["au"], data["annee"])

    def __bool__(self) -> bool:
        return bool(self.text or self.since or self.until or self.year)

    @property
    def folded(self) -> str:
        return fold(self.text)


@dataclass(frozen=True, slots=True)
class PupilLine:
    """A pupil who was looked for: « DUPONT Paul, 21/05/2011, 3e A », and what became of his test."""

    candidate: Candidate
    state: str


def years_of(establishment: Establishment, sessions: QuerySet[Session], today: date) -> list[int]:
    """The school years of these sessions and the present one, the latest first."""
    ends = sessions.aggregate(first=Min("starts_at"), last=Max("starts_at"))
    here = school_year_of(today)
    years = [
        school_year_of(instant.astimezone(establishment.zone).date()) for instant in ends.values() if instant
    ]
    return list(range(max([*years, here]), min([*years, here]) - 1, -1))


def asked_for(criteria: Criteria, establishment: Establishment) -> Q:
    """Which sessions of this school; names and rooms in any case and accent, an eliminated pupil by nothing."""
    found = Q()
    if criteria.year is not None:
        found &= in_year(establishment, criteria.year)
    if criteria.since is not None:
        found &= Q(starts_at__gte=day_bounds(criteria.since, establishment.zone)[0])
    if criteria.until is not None:
        found &= Q(starts_at__lt=day_bounds(criteria.until, establishment.zone)[1])
    return found & _mentions(criteria, establishment) if criteria.text else found


def pupils_in(sessions: list[Session], criteria: Criteria) -> dict[int, list[PupilLine]]:
    """The pupils who answer to the text, by session: at most two queries, none without a text."""
    if len(criteria.folded) < LETTERS_OF_A_PUPIL or not sessions:
        return {}
    kept = [one.pk for one in sessions if one.state != SessionState.ELIMINATED]
    people = list(
        Candidate.objects.filter(named_like(criteria.folded), session__in=kept).order_by("sort_key", "pk")
    )
    states = dict(
        Attempt.objects.filter(candidate__in=[one.pk for one in people]).values_list("candidate_id", "state")
    )
    found: dict[int, list[PupilLine]] = {}
    for one in people:
        state = AttemptState(states.get(one.pk, AttemptState.EXPECTED))
        found.setdefault(one.session_id, []).append(PupilLine(one, STATE_WORDS[state]))
    return found


# As they stand once a session is closed: nobody is « à cocher » any more.
STATE_WORDS: dict[AttemptState, str] = {
    **{state: str(state.label) for state in AttemptState},
    AttemptState.EXPECTED: "Absent",
    AttemptState.PRESENT: "Présent, n’a pas commencé",
}


def _mentions(criteria: Criteria, establishment: Establishment) -> Q:
    """A pupil, a proctor, a room, a box or a number. Rooms and proctors are few: they are compared here."""
    folded = criteria.folded
    if not folded:  # only signs: nobody is called so
        return Q(pk__in=[])
    sessions = Session.objects.filter(establishment=establishment)
    found = Q(receipt__box_key__startswith=folded)
    if len(folded) >= LETTERS_OF_A_PUPIL:
        found |= sessions_of(folded) & ~Q(state=SessionState.ELIMINATED)
    rooms = sessions.order_by().values_list("room", flat=True).distinct()
    if matching := [one for one in rooms if _is_room(one, folded)]:
        found |= Q(room__in=matching)
    planned = sessions.order_by().values_list("proctor_names", flat=True).distinct()
    if matching := [one for one in planned if folded in fold(one)]:
        found |= Q(proctor_names__in=matching)
    entered = ProctorAccess.objects.filter(session__establishment=establishment).order_by()
    if matching := [one for one in entered.values_list("name", flat=True).distinct() if folded in fold(one)]:
        found |= Q(pk__in=entered.filter(name__in=matching).values("session_id"))
    if criteria.text.isdecimal() and len(criteria.text) <= LONGEST_NUMBER:
        found |= Q(number=int(criteria.text))
    return found


def _is_room(room: str, folded: str) -> bool:
    return fold(room).startswith(folded) or fold(room_title(room)).startswith(folded)
