"""What is typed about an incident, checked as far as a form can; the service checks it again, under the lock."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms

from proctoring import rules
from proctoring.categories import Category
from proctoring.enums import SENTENCES
from proctoring.models import Incident
from proctoring.models.incident import LAST_QUESTION, MOST_CHARACTERS
from proctoring.selectors.incidents import seen_on
from proctoring.services.incidents import Observed
from sessions_app.models import Session

FACTS_ONLY = "Notez les faits observés. Pas d’opinion, rien sur la santé ou la famille."
NOT_YET = "Cette heure n’est pas encore passée."
TOO_EARLY = "Cette heure est bien avant le début de la session."
DAY = timedelta(days=1)


class Words(forms.CharField):
    """Read as it is kept, on one line: a line end, which a browser counts once, comes as two characters."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class IncidentForm(forms.Form):
    """One category; the fields that it asks. The hour is of the session's clock; left alone, it is now."""

    question = forms.IntegerField(
        label="Numéro de la question",
        min_value=1,
        max_value=LAST_QUESTION,
        required=False,
        error_messages={
            "invalid": "Donnez un nombre.",
            "min_value": SENTENCES["question_out_of_range"],
            "max_value": SENTENCES["question_out_of_range"],
        },
        widget=forms.NumberInput(
            attrs={"inputmode": "numeric", "class": "saisie saisie--code", "data-pave-champ": True}
        ),
    )
    description = Words(
        label="Description",
        max_length=MOST_CHARACTERS,
        required=False,
        error_messages={
            "max_length": "La description tient en %(limit_value)d caractères\u00a0: il y en a %(show_value)d."
        },
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    at = forms.TimeField(
        label="Heure",
        required=False,
        input_formats=["%H:%M", "%Hh%M", "%H.%M", "%H h %M"],
        error_messages={"invalid": "Écrivez l’heure ainsi\u00a0: 10:05."},
        widget=forms.TimeInput(attrs={"type": "time", "class": "saisie saisie--court"}, format="%H:%M"),
    )

    def __init__(
        self,
        *args: Any,
        category: Category,
        session: Session,
        now: datetime,
        incident: Incident | None = None,
        **kwargs: Any,
    ) -> None:
        self.category, self.session, self.now = category, session, now
        self.seen = incident.observed_at if incident is not None else now
        kwargs.setdefault("auto_id", "incident-%s")
        kwargs["initial"] = {"at": seen_on(session, self.seen), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        if category.facts_apart or not category.asks_question:
            del self.fields["question"]
        if category.facts_apart:
            del self.fields["description"]
            return
        description = self.fields["description"]
        description.help_text = " ".join(part for part in (category.hint, FACTS_ONLY) if part)
        if category.asks_question:
            self.fields["question"].required = True
            self.fields["question"].error_messages["required"] = SENTENCES["question_missing"]
        if category.asks_description:
            description.required = True
            description.error_messages["required"] = SENTENCES["description_missing"]

    def observed(self, made_at: datetime | None = None) -> Observed:
        """As the service takes it; `made_at`: when a queued gesture was made."""
        given = self.cleaned_data
        return Observed(
            self.category.code,
            given.get("question"),
            given.get("description", ""),
            self._instant() or made_at,
        )

    def _instant(self) -> datetime | None:
        """None when the hour was left as it was shown; of a new incident that is this minute's."""
        typed = self.cleaned_data.get("at")
        if typed is None or self._untouched(typed):
            return None
        possible = [one for one in self._meant(typed) if self._may_be(one)]
        return min(possible, key=lambda one: abs(one - self.seen), default=None)

    def clean_at(self) -> time | None:
        """Refused: an hour that is not past yet, or that is before anything could happen in this session."""
        typed: time | None = self.cleaned_data.get("at")
        if typed is None or self._untouched(typed):
            return typed
        meant = self._meant(typed)
        if not any(self._may_be(one) for one in meant):
            future = meant[0] > self.now
            raise forms.ValidationError(NOT_YET if future else TOO_EARLY)
        return typed

    def _untouched(self, typed: time) -> bool:
        return typed.strftime("%H:%M") == seen_on(self.session, self.seen)

    def _meant(self, typed: time) -> list[datetime]:
        """The instants that this hour can mean, that of the day it was seen first: midnight may lie between."""
        day, planned = self.session.local(self.seen).date(), self.session.local(self.session.starts_at).date()
        days = [day, *(one for one in (day - DAY, day + DAY) if one >= planned)]
        return [datetime.combine(one, typed, tzinfo=self.session.zone) for one in days]

    def _may_be(self, instant: datetime) -> bool:
        return rules.earliest(self.session) <= instant <= self.now
