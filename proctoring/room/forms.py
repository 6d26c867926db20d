"""Forms of the room: what is typed becomes what services take."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from pixsurv.kernel.identity import clean_name
from proctoring import rules
from proctoring.enums import Source
from sessions_app.models import Session

# An hour as people type it.
HOURS = ["%H:%M", "%Hh%M", "%H.%M", "%H h %M", "%Hh", "%H h"]
REQUIRED = {"required": "Ce champ est obligatoire."}


class NamedForm(forms.Form):
    """Who comes into a room says his name; all that is asked of who takes it over (A3)."""

    name = forms.CharField(
        label="Vos nom et prénom",
        max_length=200,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"class": "saisie", "autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"])
        except ValueError as error:
            raise forms.ValidationError("Ce nom contient un caractère qui ne se lit pas.") from error


class LoginForm(NamedForm):
    """R1."""

    field_order = ("number", "password", "name")

    number = forms.CharField(
        label="Numéro de la session",
        help_text="Au n°\u00a01 du kit surveillant.",
        max_length=20,
        error_messages=REQUIRED,
        widget=forms.TextInput(
            attrs={"class": "saisie saisie--code", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    password = forms.CharField(
        label="Mot de passe de la session",
        help_text="Au n°\u00a02 du kit. Exemple\u00a0: C-K7MPQR",
        max_length=50,
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(
            attrs={
                "class": "saisie saisie--code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            },
        ),
    )

    def clean_number(self) -> str:
        return "".join(self.cleaned_data["number"].split())

    def clean(self) -> None:
        # No page carries a password back: who mistyped the rest is told so, not left before an empty field.
        if self.errors and "password" not in self.errors:
            self.add_error(
                "password", "Tapez-le de nouveau\u00a0: un mot de passe ne revient jamais du serveur."
            )


class MinutesForm(forms.Form):
    """« Minutes perdues » for one candidate or a selection (R13)."""

    minutes = forms.IntegerField(
        label="Minutes à rendre",
        min_value=1,
        max_value=120,
        error_messages={**REQUIRED, "invalid": "Donnez un nombre de minutes.", "min_value": "Au moins 1 minute.",
                        "max_value": "Au plus 120 minutes."},
        widget=forms.NumberInput(attrs={"class": "saisie", "inputmode": "numeric"}),
    )  # fmt: skip


class ExtraTimeForm(forms.Form):
    """« Temps majoré » (R13)."""

    percent = forms.IntegerField(
        label="Temps majoré, en % de la durée",
        min_value=0,
        max_value=300,
        error_messages={**REQUIRED, "invalid": "Donnez un pourcentage, par exemple 33.",
                        "min_value": "Au moins 0 %%.", "max_value": "Au plus 300 %%."},
        widget=forms.NumberInput(attrs={"class": "saisie", "inputmode": "numeric"}),
    )  # fmt: skip


class ByHandForm(forms.Form):
    """An hour of the session's day, at the clock of the establishment (R22)."""

    at = forms.TimeField(
        label="Heure",
        input_formats=HOURS,
        error_messages={**REQUIRED, "invalid": "Écrivez l’heure ainsi\u00a0: 10:05."},
        widget=forms.TimeInput(attrs={"class": "saisie", "type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, session: Session, source: Source, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.source = source
        self.now = now

    def instant(self) -> datetime:
        """The instant meant, of the session's day on; midnight may have passed since.

        What is seen just happened. What stood on paper happened on the session's day, whenever it is keyed.
        """
        planned = self.session.local(self.session.starts_at).date()
        today = self.session.local(self.now).date()
        yesterday = today - timedelta(days=1)
        days = [planned, planned + timedelta(days=1)] if self.source == Source.PAPER else [today, yesterday]
        for day in days:
            typed = self._on(day)
            if day >= planned and rules.earliest(self.session) <= typed <= self.now:
                return typed
        return self._on(days[0])  # which the service refuses, with its reason

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.cleaned_data["at"], tzinfo=self.session.zone)
