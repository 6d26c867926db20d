"""What a candidate types: who he is, and the answer to a question."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from pixsurv.kernel import clock
from pixsurv.kernel.identity import clean_name
from proctoring.models.ticket import DIGITS
from proctoring.questions.bank import Kind, Question, clean_response

OLDEST_BIRTH_YEAR = 1900
LONGEST_DATE = 30
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_FRENCH = re.compile(r"([0-9]{1,2})[-/.\s]+([0-9]{1,2})[-/.\s]+([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")


def read_birth_date(text: str) -> date | None:
    """What was typed or pasted: 21/05/2011, 21-05-2011, 21 5 2011, 21052011 or 2011-05-21; else None."""
    bare = " ".join(unicodedata.normalize("NFKC", text[:LONGEST_DATE]).split())
    if iso := _ISO.fullmatch(bare):
        year, month, day = iso.groups()
    elif french := _FRENCH.fullmatch(bare) or _COMPACT.fullmatch(bare):
        day, month, year = french.groups()
    else:
        return None
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if date(OLDEST_BIRTH_YEAR, 1, 1) <= found <= clock.now().date() else None


class BirthDateField(forms.CharField):
    """« Date de naissance » in one field: three would refuse a pasted date."""

    def clean(self, value: Any) -> date:
        typed = super().clean(value)
        found = read_birth_date(typed)
        if found is None:
            raise forms.ValidationError(
                "Écrivez le jour, le mois et l’année en chiffres, par exemple 21/05/2011.", code="date"
            )
        return found


class NameField(forms.CharField):
    def clean(self, value: Any) -> str:
        try:
            return clean_name(super().clean(value))
        except ValueError:
            raise forms.ValidationError("Ce nom contient un caractère interdit.", code="name") from None


class NumberField(forms.CharField):
    """The number of the session, however it is spaced."""

    def clean(self, value: Any) -> int:
        digits = re.sub(r"[\s.]|n°", "", unicodedata.normalize("NFKC", super().clean(value)).casefold())
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            raise forms.ValidationError("Le numéro de la session s’écrit en chiffres.", code="number")
        return int(digits)


def _attrs(**more: str) -> dict[str, str]:
    """Nothing of a pupil is offered to the next one at this computer."""
    return {"autocomplete": "off", "spellcheck": "false", **more}


class _Door(forms.Form):
    """What both ways in ask."""

    number = NumberField(
        label="Numéro de la session",
        max_length=20,
        help_text="Votre surveillant vous le donne.",
        widget=forms.TextInput(_attrs(inputmode="numeric", **{"class": "saisie saisie--code"})),
        error_messages={"required": "Écrivez le numéro de la session."},
    )
    workstation = forms.CharField(
        label="Numéro du poste",
        max_length=20,
        required=False,
        help_text="Il est écrit sur l’ordinateur ou sur la table.",
        widget=forms.TextInput(_attrs(**{"class": "saisie saisie--court"})),
    )

    def clean_workstation(self) -> str:
        try:
            return clean_name(self.cleaned_data["workstation"])
        except ValueError:
            return ""  # not worth stopping a pupil

    def focus_first_error(self) -> None:
        """The field to mend is where the cursor goes."""
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return


class JoinForm(_Door):
    """« Je passe le test » (D1)."""

    field_order = ("number", "last_name", "first_name", "birth_date", "workstation")

    last_name = NameField(
        label="Nom de naissance",
        max_length=100,
        help_text="Comme sur la feuille d’émargement.",
        widget=forms.TextInput(_attrs(autocapitalize="characters")),
        error_messages={"required": "Écrivez votre nom de naissance."},
    )
    first_name = NameField(
        label="Prénom",
        max_length=100,
        help_text="Comme sur la feuille d’émargement.",
        widget=forms.TextInput(_attrs(autocapitalize="words")),
        error_messages={"required": "Écrivez votre prénom."},
    )
    birth_date = BirthDateField(
        label="Date de naissance",
        max_length=LONGEST_DATE,
        help_text="Exemple\u00a0: 21/05/2011",
        widget=forms.TextInput(_attrs(inputmode="numeric")),
        error_messages={"required": "Écrivez votre date de naissance."},
    )


class TicketForm(_Door):
    """« J’ai un ticket » (R21)."""

    field_order = ("number", "ticket", "workstation")

    ticket = forms.CharField(
        label="Ticket",
        max_length=20,
        help_text="6 chiffres, montrés par votre surveillant.",
        widget=forms.TextInput(_attrs(inputmode="numeric", **{"class": "saisie saisie--code"})),
        error_messages={"required": "Écrivez les 6 chiffres du ticket."},
    )

    def clean_ticket(self) -> str:
        digits = "".join(unicodedata.normalize("NFKC", self.cleaned_data["ticket"]).split())
        if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
            raise forms.ValidationError("Un ticket s’écrit avec 6 chiffres.", code="ticket")
        return digits


@dataclass(frozen=True, slots=True)
class PostedAnswer:
    """What the form of a question sent: which question, and what was typed so far."""

    position: int
    response: tuple[str, ...]
    skipped: bool = False
    timed_out: bool = False

    @classmethod
    def read(cls, data: QueryDict) -> "PostedAnswer":
        position = data.get("position", "")
        return cls(
            position=int(position) if position.isascii() and position.isdigit() and len(position) < 5 else 0,
            response=tuple(value for value in data.getlist("response") if value),
            skipped=data.get("skip") == "1",
            timed_out=data.get("timed_out") == "1",
        )


def check_response(question: Question, response: Sequence[str]) -> tuple[list[str], str]:
    """The response as it may be stored, and the sentence that says why it can't."""
    try:
        return clean_response(question, response), ""
    except ValueError as error:
        if str(error) == "too_many":
            return [], "Choisissez une seule réponse."
    if question.kind is Kind.SHORT:
        return [], "Écrivez votre réponse, ou passez la question."
    if question.kind is Kind.MULTIPLE:
        return [], "Cochez au moins une réponse, ou passez la question."
    return [], "Choisissez une réponse, ou passez la question."
