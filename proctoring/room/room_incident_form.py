"""The form of « Fin de l’incident »: two hours that can be corrected, and two lists of ticks (R23)."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from pixsurv.kernel import clock
from proctoring.room.forms import HOURS, REQUIRED
from proctoring.selectors.wording import clock_time
from proctoring.services.room_incident import Settlement
from sessions_app.models import Session

MESSAGES = {**REQUIRED, "invalid": "Écrivez l’heure ainsi\u00a0: 10:05."}


def _hour(label: str) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"class": "saisie", "type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, input_formats=HOURS, error_messages=MESSAGES, widget=widget)


class RoomIncidentForm(forms.Form):
    """An hour that was not touched means the instant that it stands for, seconds included."""

    since = _hour("Début")
    until = _hour("Fin")

    def __init__(
        self,
        *args: Any,
        session: Session,
        since: datetime,
        until: datetime,
        now: datetime,
        earliest: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        """`earliest`: the end of the incident before it, which it cannot reach back behind."""
        self.shown = {"since": since, "until": until}
        self.session, self.now, self.earliest = session, now, earliest
        initial = {name: session.local(instant).time() for name, instant in self.shown.items()}
        super().__init__(*args, **{"initial": initial, **kwargs})
        if earliest is not None:
            clock_hour = session.local(earliest)
            self.fields[
                "since"
            ].help_text = f"Pas avant {clock_time(clock_hour)}, fin de l’incident précédent."
            if clock_hour.date() == session.local(now).date():  # a browser knows hours, not days
                self.fields["since"].widget.attrs["min"] = clock_hour.strftime("%H:%M")

    def settlement(self, given_to: list[int], resuming: list[int]) -> Settlement:
        return Settlement(self._instant("since"), self._instant("until"), tuple(given_to), tuple(resuming))

    def _instant(self, name: str) -> datetime:
        """The last such hour that is past; today's where none is, which the service refuses with its reason."""
        typed, shown = self.cleaned_data[name], self.shown[name]
        local = self.session.local(shown)
        if (typed.hour, typed.minute) == (local.hour, local.minute):
            return shown
        if name == "since" and self.earliest is not None:
            first = self.session.local(self.earliest)
            if (typed.hour, typed.minute) == (first.hour, first.minute):
                return self.earliest  # the minute that is shown as the first, whose seconds nobody types
        today = self.session.local(self.now).date()
        at = [
            datetime.combine(today - timedelta(days=days), typed, tzinfo=self.session.zone) for days in (0, 1)
        ]
        earliest = shown - timedelta(hours=12)
        return next((one for one in at if earliest <= one <= self.now), at[0])


def instant_of(milliseconds: str, otherwise: datetime) -> datetime:
    """What a page carried; nonsense means `otherwise`."""
    if milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) <= 14:
        return clock.from_milliseconds(int(milliseconds))
    return otherwise
