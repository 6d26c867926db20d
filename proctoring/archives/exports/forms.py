"""« Exporter »: what, and in which shape."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import TextChoices
from django.http import QueryDict

from proctoring.archives.exports import choice
from proctoring.models import ExportShape
from sessions_app.models import Establishment
from sessions_app.models.pupil import school_year_words

FAR = "Écrivez une date entre 2000 et 2100."
DAYS = (MinValueValidator(date(2000, 1, 1), FAR), MaxValueValidator(date(2100, 1, 1), FAR))


class What(TextChoices):
    YEAR = "annee", "Une année scolaire"
    PERIOD = "periode", "Une période"
    TICKED = "selection", "Des sessions choisies"


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        validators=DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Écrivez une date, par exemple 14/03/2027."},
    )


class ExportForm(forms.Form):
    """The sessions are ticked beside it (`session`), by who comes from a list of them."""

    quoi = forms.ChoiceField(
        label="Quelles sessions\u00a0?",
        choices=[(one.value, one.label) for one in (What.YEAR, What.PERIOD)],
        initial=What.YEAR,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une année scolaire ou une période."},
    )
    annee = forms.TypedChoiceField(label="Année scolaire", coerce=int, required=False)
    du = _day("Période, du")
    au = _day("Période, au")
    blanches = forms.BooleanField(label="Prendre aussi les certifications blanches", required=False)
    forme = forms.ChoiceField(
        label="Sous quelle forme\u00a0?",
        choices=ExportShape.choices,
        initial=ExportShape.ZIP,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une forme."},
    )

    def __init__(
        self, sent: QueryDict | None = None, *, establishment: Establishment, years: Iterable[int]
    ) -> None:
        super().__init__(sent)
        self.establishment = establishment
        self.numbers = sent.getlist("session") if sent is not None else []
        years_field, what = self.fields["annee"], self.fields["quoi"]
        assert isinstance(years_field, forms.TypedChoiceField) and isinstance(what, forms.ChoiceField)
        years_field.choices = [(str(year), school_year_words(year)) for year in years]
        if sent is not None and sent.get("quoi") == What.TICKED:
            what.choices = What.choices

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        what = told.get("quoi")
        if what == What.YEAR and not told.get("annee") and "annee" not in self.errors:
            self.add_error("annee", "Choisissez une année scolaire.")
        if what == What.PERIOD:
            for name in ("du", "au"):
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, "Écrivez cette date.")
            if told.get("du") and told.get("au") and told["du"] > told["au"]:
                self.add_error("au", "Cette date vient avant l’autre.")
        if what == What.TICKED and not self.numbers:
            raise ValidationError("Cochez au moins une session.")
        return told

    def wanted(self) -> choice.Choice:
        """Once valid. Raises `not_found` (404) for a session that this school does not keep."""
        told = self.cleaned_data
        if told["quoi"] == What.TICKED:
            return choice.of_ticked(self.establishment, self.numbers)
        white_exams = told["blanches"]
        if told["quoi"] == What.YEAR:
            return choice.of_year(self.establishment, told["annee"], white_exams=white_exams)
        return choice.of_period(self.establishment, told["du"], told["au"], white_exams=white_exams)

    @property
    def shape(self) -> ExportShape:
        return ExportShape(self.cleaned_data["forme"])

    def span(self) -> list[forms.BoundField]:
        """Needed or not by what is chosen above them: none is « facultatif » by itself."""
        return [self["annee"], self["du"], self["au"]]

    def hidden(self) -> list[tuple[str, str]]:
        """What was asked for, to be sent again once it is confirmed."""
        kept = [(name, self.data[name]) for name in self.fields if self.data.get(name)]
        return [*kept, *(("session", number) for number in self.numbers)]
