"""Forms of the live part of a session's page."""

from django import forms


class ReopenForm(forms.Form):
    """« Rouvrir le test »: why, in one sentence that goes to the journal (R12)."""

    reason = forms.CharField(
        label="Pourquoi ce test est rouvert",
        help_text="Au plus 200 caractères. Notez les faits observés. Pas d’opinion, rien sur la santé ou la"
        " famille.",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Dites pourquoi ce test est rouvert."},
    )
