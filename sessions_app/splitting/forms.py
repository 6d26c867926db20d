"""The classes, the hours and the rooms of « Créer les séances d’une ou plusieurs classes »."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError

from pixsurv.kernel import wall_clock
from sessions_app.enums import Followed, SessionKind
from sessions_app.forms.lines import LineField
from sessions_app.forms.planning import FIRST_DAY, KINDS, LAST_DAY, HourField
from sessions_app.models import Establishment
from sessions_app.models.pupil import school_year_of, school_year_words
from sessions_app.rules import occupied_until
from sessions_app.selectors.school_year import ClassOfYear
from sessions_app.splitting.proposal import Scope, Wish
from sessions_app.splitting.rooms import Room, Usual

HOURS = ("hour", "hour_2", "hour_3")
NO_CLASS = "-"  # on the form: pupils without a class
MORE_ROOMS = 8  # empty rows
MOST_ROOMS = 100


class SplitForm(forms.Form):
    """Everything but the rooms. Date and hours are those of the clocks of the establishment (P3)."""

    classes = forms.MultipleChoiceField(
        label="Classes",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une classe."},
    )
    scope = forms.ChoiceField(
        label="Quels élèves de ces classes\u00a0?",
        choices=Scope.choices,
        initial=Scope.NOT_ENROLLED,
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label="Nature", choices=KINDS, initial=SessionKind.CERTIFICATION)
    day = forms.DateField(
        label="Date",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    duration = forms.IntegerField(label="Durée en minutes", min_value=15, max_value=240, initial=105)
    hour = HourField(label="Heure de début", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    hour_2 = HourField(
        label="Deuxième heure",
        help_text="Ne sert que si les salles ne suffisent pas.",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    hour_3 = HourField(
        label="Troisième heure",
        help_text="De même.",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    site = LineField(label="Site", max_length=200)
    followed = forms.ChoiceField(label="Suivi des tests", choices=Followed.choices)

    def __init__(
        self,
        *args: Any,
        establishment: Establishment,
        school_year: int,
        classes: Sequence[ClassOfYear],
        usual: Usual,
        **kwargs: Any,
    ) -> None:
        self.establishment, self.school_year = establishment, school_year
        first = {"site": usual.site, "followed": usual.followed}
        kwargs["initial"] = {**first, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field = self.fields["classes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.name or NO_CLASS, f"{one.words} ({one.pupils})") for one in classes]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_DAY <= day < LAST_DAY:
            raise ValidationError("Cette date n’est pas une date de session.")
        if school_year_of(day) != self.school_year:
            raise ValidationError(
                f"Cette date n’est pas dans l’année {school_year_words(self.school_year)}, dont voici les classes."
            )
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["starts"] = []
        if "day" in data:
            for name in HOURS:
                if hour := data.get(name):
                    self._add_start(name, data["day"], hour)
        return data

    def wish(self, rooms: list[Room]) -> Wish:
        data = self.cleaned_data
        return Wish(
            school_year=self.school_year,
            classes=["" if name == NO_CLASS else name for name in data["classes"]],
            scope=Scope(data["scope"]),
            kind=SessionKind(data["kind"]),
            followed=Followed(data["followed"]),
            starts=data["starts"],
            duration=data["duration"],
            rooms=rooms,
        )

    def _add_start(self, name: str, day: date, hour: time) -> None:
        """An hour after the session before has ended: the rooms are the same."""
        try:
            start = wall_clock.instant_of(day, hour, self.establishment.zone)
        except wall_clock.NoSuchHour:
            self.add_error(
                name,
                "Cette heure n’existe pas ce jour-là\u00a0: on passe à l’heure d’été, les montres avancent.",
            )
            return
        starts: list[datetime] = self.cleaned_data["starts"]
        duration = self.cleaned_data.get("duration") or 0
        if starts and start < occupied_until(starts_at=starts[-1], duration=duration, extra_percent=0):
            self.add_error(
                name, "À cette heure-là, la séance précédente n’est pas finie dans les mêmes salles."
            )
            return
        starts.append(start)


class RoomForm(forms.Form):
    """One row: a room known by its last session, or a name to type."""

    use = forms.BooleanField(label="Utiliser", required=False)
    site = LineField(max_length=200, required=False, widget=forms.HiddenInput)
    room = LineField(label="Salle", max_length=100, required=False)
    workstations = forms.IntegerField(label="Postes", min_value=1, max_value=500, required=False)
    spare = forms.IntegerField(label="dont secours", min_value=0, max_value=500, initial=1, required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.is_used:
            return data
        seats, spare = data.get("workstations"), data.get("spare") or 0
        if seats is None and "workstations" not in self.errors:
            self.add_error("workstations", "Dites combien la salle a de postes.")
        elif seats is not None and spare >= seats:
            self.add_error("spare", "Il faut au moins un poste qui ne soit pas de secours.")
        return data

    @property
    def is_used(self) -> bool:
        """A known room when it is ticked, a new one as soon as it has a name."""
        data = self.cleaned_data
        return bool(data.get("room")) and (data.get("use") or not data.get("site"))

    @property
    def known_room(self) -> str:
        """The name of a known room, which is not typed again."""
        return str(self["room"].value() or "") if self["site"].value() else ""


if TYPE_CHECKING:
    _Rows = forms.BaseFormSet[RoomForm]
else:
    _Rows = forms.BaseFormSet  # has no subscript when it runs


class Rooms(_Rows):
    """The rows: known rooms first, then empty ones."""

    def __init__(self, *args: Any, usual: Usual, **kwargs: Any) -> None:
        self.several_sites = len({room.key[0] for room in usual.rooms}) > 1
        known = [
            {
                "site": room.site,
                "room": room.room,
                "workstations": room.workstations,
                "spare": room.spare,
            }
            for room in usual.rooms
        ]
        kwargs |= {"initial": known, "prefix": "salle"}
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        if any(self.errors):
            return
        rooms = self.chosen("")
        if not rooms:
            raise ValidationError("Cochez ou nommez au moins une salle.")
        if len({room.key for room in rooms}) < len(rooms):
            raise ValidationError("La même salle est là deux fois.")

    def chosen(self, site: str) -> list[Room]:
        """The rooms to use; a new one stands on the site of the form."""
        found = []
        for form in self.forms:
            data = form.cleaned_data
            if form.is_used:
                found.append(
                    Room(data["site"] or site, data["room"], data["workstations"], data["spare"] or 0)
                )
        return found


RoomFormSet = cast(
    "type[Rooms]",
    forms.formset_factory(
        RoomForm, formset=Rooms, extra=MORE_ROOMS, max_num=MOST_ROOMS, absolute_max=MOST_ROOMS
    ),
)
