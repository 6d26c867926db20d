"""Fields for what people type on one line, or on several."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pixsurv.kernel.identity import clean_name, visible

UNREADABLE = "Ce texte contient un caractère qui ne se lit pas."


class LineField(forms.CharField):
    """One line, composed, single spaces; a control character is refused (mechanics §15)."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return clean_name(text)
        except ValueError as error:
            raise ValidationError(UNREADABLE, code="unreadable") from error


class TextField(forms.CharField):
    """Several lines."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> str:
        text = visible(super().clean(value)).replace("\r\n", "\n")
        if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in text):
            raise ValidationError(UNREADABLE, code="unreadable")
        return text
