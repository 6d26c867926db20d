"""What a room types to the direction (R10, R12, R21)."""

from datetime import date
from typing import Any

from django import forms

from proctoring.services.cases.asking import LONGEST_REASON, Identity
from sessions_app.candidates.forms import PLAIN, read
from sessions_app.imports import values

FACTS = "Au plus 200 caractères. Notez les faits observés. Pas d’opinion, rien sur la santé ou la famille."


class ReasonForm(forms.Form):
    """Why the direction is asked. A reopening needs it, for the journal keeps it (R12)."""

    reason = forms.CharField(
        label="Pourquoi",
        help_text=FACTS,
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Dites pourquoi.", "max_length": "Au plus 200 caractères."},
    )

    def __init__(self, *args: Any, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed


class NotListedForm(ReasonForm):
    """« Élève absent de la liste »: his exact identity."""

    last_name = forms.CharField(
        label="Nom de naissance",
        max_length=100,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": "Le nom est obligatoire."},
    )
    first_name = forms.CharField(
        label="Prénom",
        max_length=100,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": "Le prénom est obligatoire."},
    )
    birth_date = forms.CharField(
        label="Date de naissance",
        help_text="JJ/MM/AAAA",
        max_length=30,
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "numeric"}),
        error_messages={"required": "La date de naissance est obligatoire."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_last_name(self) -> Any:
        return read(lambda: values.name_of(self.cleaned_data["last_name"], "Le nom", ""))

    def clean_first_name(self) -> Any:
        return read(lambda: values.name_of(self.cleaned_data["first_name"], "Le prénom", ""))

    def clean_birth_date(self) -> Any:
        return read(lambda: values.date_of(self.cleaned_data["birth_date"], self.today))

    def identity(self) -> Identity:
        typed = self.cleaned_data
        return Identity(typed["last_name"], typed["first_name"], typed["birth_date"])
