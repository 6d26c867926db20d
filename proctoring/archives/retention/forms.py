"""The visa, and the word that lets an elimination go on."""

from typing import Any

from django import forms

from pixsurv.kernel.identity import fold
from proctoring.models.elimination import LONGEST_REFERENCE
from sessions_app.forms.lines import LineField

WORD = "ÉLIMINER"


class VisaForm(forms.Form):
    """« Visa des Archives », copied from their answer."""

    reference = LineField(
        label="Référence du visa",
        max_length=LONGEST_REFERENCE,
        help_text="Telle qu’elle est écrite sur le bordereau visé.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    visa_on = forms.DateField(
        label="Date du visa",
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class EliminateForm(forms.Form):
    """What is destroyed is typed: the number of sessions (of pupils), or the word."""

    typed = forms.CharField(
        label="", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, *args: Any, size: int, things: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.size = size
        self.fields["typed"].label = f"Nombre {things}, ou le mot {WORD}"

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"]).strip()
        if typed != str(self.size) and fold(typed) != fold(WORD):
            raise forms.ValidationError(f"Tapez {self.size}, ou {WORD}.", code="not_meant")
        return typed
