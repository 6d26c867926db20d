"""The form of a link to the calendar of a school."""

from django import forms

from sessions_app.forms.lines import LineField


class FeedForm(forms.Form):
    name = LineField(
        label="Pour qui est ce lien",
        help_text="Par exemple «\u00a0Vie scolaire\u00a0». Un lien par usage\u00a0:"
        " vous pourrez en révoquer un sans les autres.",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Dites pour qui est ce lien."},
    )
