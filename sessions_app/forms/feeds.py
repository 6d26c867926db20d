"""The form of a link to the calendar of a school."""

from django import forms

from sessions_app.forms.lines import LineField


class FeedForm(forms.Form):
    name = LineField(
        label="Pour qui est ce lien",
        help_text="Par exemple « Vie scolaire ». Un lien par usage : vous pourrez en révoquer un sans les autres.",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Dites pour qui est ce lien."},
    )
