"""What a journal is asked for. Nonsense in the address is told beside its field, and filters nothing."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from pixsurv.kernel.identity import begins
from proctoring.dashboard.journal.rows import CLOCK, Name
from proctoring.selectors.journal_kinds import GROUPS, kinds_of
from sessions_app.actors import ActorKind
from sessions_app.models import Event
from sessions_app.models.pupil import school_year_of

EVERYTHING = [("", "Tous les actes")]
KINDS = [
    *EVERYTHING,
    *(
        (words, [(group, f"{words} (tout)"), *((kind.value, kind.label) for kind in kinds)])
        for group, (words, kinds) in GROUPS.items()
    ),
]
CANDIDATES = "candidats"
CLOCK_ACTS = "horloge"
# The first and the last year of the calendar can't be told in every zone, nor have a day after them.
FAR = "Écrivez une date entre 2000 et 2100."
DAYS = (MinValueValidator(date(2000, 1, 1), FAR), MaxValueValidator(date(2100, 1, 1), FAR))
MOMENTS = (
    MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC), FAR),
    MaxValueValidator(datetime(2100, 1, 1, tzinfo=UTC), FAR),
)


class JournalForm(forms.Form):
    """What every journal is filtered by."""

    acte = forms.ChoiceField(label="Acte", choices=KINDS, required=False)
    candidat = forms.CharField(
        label="Candidat",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Nom ou prénom"}),
    )

    def filtered(self, events: QuerySet[Event], names: Mapping[int, Name]) -> QuerySet[Event]:
        """Those asked for; `names` of all the candidates that they can be about."""
        kinds = kinds_of(self.value("acte"))
        if kinds:
            events = events.filter(kind__in=kinds)
        search = self.value("candidat").strip()
        if search:
            events = events.filter(candidate_id__in=_found(search, names))
        return self.within(events)

    def value(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    def within(self, events: QuerySet[Event]) -> QuerySet[Event]:
        raise NotImplementedError


class SessionJournalForm(JournalForm):
    """One session: by who acted, and by the minute."""

    acteur = forms.ChoiceField(label="Qui", required=False)
    du = forms.DateTimeField(
        label="Depuis",
        required=False,
        validators=MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"invalid": "Écrivez la date et l’heure, par exemple 14/03/2027 10:05."},
    )
    au = forms.DateTimeField(
        label="Jusqu’à",
        required=False,
        validators=MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"invalid": "Écrivez la date et l’heure, par exemple 14/03/2027 12:00."},
    )

    def __init__(self, data: QueryDict, *, actors: Iterable[str], zone: ZoneInfo) -> None:
        super().__init__(data)
        self.zone = zone
        field = self.fields["acteur"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", "Tout le monde"),
            *((f"nom:{name}", name) for name in actors),
            (CANDIDATES, "Les candidats"),
            (CLOCK_ACTS, CLOCK),
        ]

    def full_clean(self) -> None:
        with timezone.override(self.zone):  # what is typed is the school's clock
            super().full_clean()

    def within(self, events: QuerySet[Event]) -> QuerySet[Event]:
        since, until, who = (self.cleaned_data.get(name) for name in ("du", "au", "acteur"))
        if since:
            events = events.filter(observed_at__gte=since)
        if until:
            events = events.filter(observed_at__lt=until + timedelta(minutes=1))  # the minute itself, too
        if who == CANDIDATES:
            return events.filter(facts__actor__kind=ActorKind.CANDIDATE.value)
        if who == CLOCK_ACTS:
            return events.filter(facts__actor__kind=ActorKind.CLOCK.value)
        return events.filter(facts__actor__name=who.removeprefix("nom:")) if who else events


class AccountJournalForm(JournalForm):
    """Many sessions: by day, this school year unless asked otherwise."""

    du = forms.DateField(
        label="Du", required=False, validators=DAYS, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    au = forms.DateField(
        label="Au", required=False, validators=DAYS, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, data: QueryDict, *, zone: ZoneInfo, now: datetime) -> None:
        today = now.astimezone(zone).date()
        begin = today.replace(year=school_year_of(today), month=8, day=1)
        asked: dict[str, Any] = {"du": begin.isoformat(), "au": today.isoformat()}
        asked.update({name: data[name] for name in ("acte", "candidat", "du", "au") if data.get(name)})
        super().__init__(asked)
        self.zone, self.begin, self.today = zone, begin, today

    @property
    def period(self) -> tuple[datetime, datetime]:
        """From the first midnight to the one after the last day."""
        self.is_valid()
        first = self.cleaned_data.get("du") or self.begin
        last = self.cleaned_data.get("au") or self.today
        midnight = datetime.combine(first, time.min, tzinfo=self.zone)
        return midnight, datetime.combine(last, time.min, tzinfo=self.zone) + timedelta(days=1)

    def within(self, events: QuerySet[Event]) -> QuerySet[Event]:
        since, until = self.period
        return events.filter(received_at__gte=since, received_at__lt=until)


def actors_of(events: QuerySet[Event]) -> list[str]:
    """The people who acted in a session, candidates aside, by name."""
    who = events.exclude(facts__actor__kind__in=[ActorKind.CANDIDATE.value, ActorKind.CLOCK.value])
    names = who.order_by().values_list("facts__actor__name", flat=True).distinct()
    return sorted(name for name in names if name)


def _found(search: str, names: Mapping[int, Name]) -> list[int]:
    return [pk for pk, name in names.items() if begins(search, first=name.first, last=name.last)]
