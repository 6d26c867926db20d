"""Forms about one session."""

import re
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from pixsurv.kernel import wall_clock
from sessions_app.enums import Followed, SessionKind
from sessions_app.forms.lines import LineField, TextField
from sessions_app.models import Session
from sessions_app.services.planning import ALWAYS, Plan

# A rehearsal is made by its own button, never here.
KINDS = [(kind.value, kind.label) for kind in (SessionKind.CERTIFICATION, SessionKind.WHITE_EXAM)]
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


class HourField(forms.TimeField):
    """« 13:45 », or « 13h45 » as people write it."""

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str) and (found := re.fullmatch(r"\s*(\d{1,2})\s*[hH:]\s*(\d{2})?\s*", value)):
            value = f"{found[1]}:{found[2] or '00'}"
        return super().to_python(value)


class SessionForm(forms.Form):
    """Date and hour are those of the clocks of the establishment (P3)."""

    day = forms.DateField(
        label="Date",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    hour = HourField(label="Heure de début", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    duration = forms.IntegerField(
        label="Durée en minutes", min_value=15, max_value=240, initial=105, help_text="De 15 à 240."
    )
    site = LineField(label="Site", max_length=200)
    room = LineField(label="Salle", max_length=100)
    workstations = forms.IntegerField(
        label="Postes dans la salle", min_value=1, max_value=500, required=False
    )
    spare_workstations = forms.IntegerField(
        label="dont postes de secours", min_value=0, max_value=500, initial=1
    )
    kind = forms.ChoiceField(label="Nature", choices=KINDS, initial=SessionKind.CERTIFICATION)
    followed = forms.ChoiceField(label="Suivi des tests", choices=Followed.choices, initial=Followed.PIXSURV)
    proctor_names = LineField(label="Surveillants", max_length=300, required=False)
    observations = TextField(
        label="Observations",
        max_length=2000,
        required=False,
        help_text="Notez les faits utiles. Pas d’opinion, rien sur la santé ou la famille.",
    )
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, zone: ZoneInfo, session: Session | None = None, begun: bool = False, **kwargs: Any
    ) -> None:
        self.zone, self.session = zone, session
        known = initial_of(session) if session is not None else {}
        kwargs["initial"] = {"once": uuid4(), **known, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        if begun:
            for name in set(self.fields) - ALWAYS:
                del self.fields[name]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_DAY <= day < LAST_DAY:
            raise ValidationError("Cette date n’est pas une date de session.")
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "day" in data and "hour" in data:
            try:
                data["starts_at"] = self._start(data["day"], data["hour"])
            except wall_clock.NoSuchHour:
                self.add_error(
                    "hour",
                    "Cette heure n’existe pas ce jour-là\u00a0: on passe à l’heure d’été, les montres avancent.",
                )
        spare, seats = data.get("spare_workstations"), data.get("workstations")
        if seats is not None and spare is not None and spare >= seats:
            self.add_error("spare_workstations", "Il faut au moins un poste qui ne soit pas de secours.")
        return data

    def plan(self) -> Plan:
        """What the form says; what it may not change any more stays as it is."""
        data = self.cleaned_data
        if self.session is not None:
            data = {**plan_of(self.session), **data}
        return Plan(**{name: data[name] for name in Plan.__dataclass_fields__})

    @property
    def shown_twice(self) -> bool:
        """The clocks show the chosen hour twice that night."""
        start = self.cleaned_data.get("starts_at")
        return start is not None and wall_clock.shown_twice(start, self.zone)

    def once_value(self) -> UUID:
        """The same for a form that is sent twice."""
        return self.cleaned_data.get("once") or uuid4()

    def _start(self, day: date, hour: time) -> datetime:
        """The instant; the session's own when neither date nor hour was touched."""
        if self.session is not None:
            local = self.session.starts_at.astimezone(self.zone)
            if (local.date(), local.hour, local.minute) == (day, hour.hour, hour.minute):
                return self.session.starts_at
        return wall_clock.instant_of(day, hour, self.zone)


class CancelForm(forms.Form):
    """« Annuler la séance »: why."""

    reason = LineField(
        label="Pourquoi cette séance est annulée",
        help_text="Au plus 200 caractères. Pas d’opinion, rien sur la santé ou la famille.",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Dites pourquoi cette séance est annulée."},
    )


def plan_of(session: Session) -> dict[str, Any]:
    return {name: getattr(session, name) for name in Plan.__dataclass_fields__}


def initial_of(session: Session) -> dict[str, Any]:
    local = session.local(session.starts_at)
    return {**plan_of(session), "day": local.date(), "hour": local.time().replace(second=0, microsecond=0)}
