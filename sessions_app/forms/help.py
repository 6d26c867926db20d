"""« Que faire si… » and the logo, as a school fills them in (P9)."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from sessions_app.forms.lines import LineField
from sessions_app.help import LINK_LENGTH, TEXT_LENGTH
from sessions_app.models import HelpText

if TYPE_CHECKING:
    HelpBase = forms.ModelForm[HelpText]
else:  # not generic when it runs
    HelpBase = forms.ModelForm


class HelpTextForm(HelpBase):
    """One subject: the school's own words, a link, and when somebody last checked."""

    text = LineField(
        label="Votre texte",
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"{TEXT_LENGTH} caractères au plus\u00a0: il est imprimé au dos du kit. Vide, notre texte reste.",
    )
    link = forms.URLField(
        label="Lien",
        max_length=LINK_LENGTH,
        required=False,
        assume_scheme="https",
        help_text="Une page qui aide, par exemple un tutoriel. L’adresse commence par https://.",
    )
    checked_on = forms.DateField(
        label="Vérifié le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Le jour où quelqu’un a ouvert le lien et relu le texte. Après un an, il est à revérifier.",
    )

    class Meta:
        model = HelpText
        fields = ["text", "link", "checked_on"]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if link and not link.startswith("https://"):
            raise ValidationError(
                "Un lien commence par https://\u00a0: le navigateur d’un élève est au bout."
            )
        return link

    def clean_checked_on(self) -> date | None:
        day: date | None = self.cleaned_data["checked_on"]
        if day is not None and day > self.today:
            raise ValidationError("Ce jour n’est pas encore venu.")
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("link") and "checked_on" not in self.errors and not found.get("checked_on"):
            self.add_error("checked_on", "Dites quand quelqu’un a ouvert ce lien.")
        return found


class LogoForm(forms.Form):
    """The file is judged where it is drawn anew (documents/logo.py)."""

    picture = forms.FileField(
        label="Image du logo",
        help_text="PNG ou JPEG, 1 Mo au plus. Imprimé en tête du kit et des convocations, 4 cm sur 1,4 au plus.",
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide.",
        },
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
