"""The pupils of a school year as their page shows them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.enums import TextChoices
from django.db.models.functions import Concat, Replace, StrIndex, Substr

from pixsurv.kernel.identity import fold
from sessions_app.enums import SessionState
from sessions_app.models import Account, Candidate, Establishment, Pupil
from sessions_app.models.candidate import COMPETENCES_NEEDED
from sessions_app.models.pupil import school_year_of, school_year_words
from sessions_app.pupils.wording import certifiable_words
from sessions_app.selectors import require_admin

PAGE = 100
NO_CLASS = "-"  # in the address, for « Sans classe »
NEXT_YEAR_FROM = 5  # in May a school begins to prepare the next one


class ProfileFilter(TextChoices):
    """The filters; the value is the word in the address."""

    CERTIFIABLE = "certifiables", "Certifiable"
    NOT_YET = "pas-encore", "Pas encore certifiable"
    UNKNOWN = "non-verifies", "Non vérifié"


_IS: dict[ProfileFilter, Q] = {
    ProfileFilter.CERTIFIABLE: Q(certifiable_competences__gte=COMPETENCES_NEEDED),
    ProfileFilter.NOT_YET: Q(certifiable_competences__lt=COMPETENCES_NEEDED),
    ProfileFilter.UNKNOWN: Q(certifiable_competences=None),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter, with its count."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; what it does not know is asked for by nobody."""

    year: int
    class_name: str
    profile: str
    search: str


@dataclass(frozen=True, slots=True)
class Row:
    pupil: Pupil
    profile: str
    enrolments: list[Candidate]


@dataclass(frozen=True, slots=True)
class Class:
    """The rows of one class on this page."""

    name: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Listing:
    wanted: Wanted
    total: int
    classes: list[Choice]
    profiles: list[Choice]
    found: int
    page: Page[Pupil]
    groups: list[Class]


def list_pupils(establishment: Establishment, wanted: Wanted, page: str | None) -> Listing:
    """Four queries, whatever the number of pupils."""
    of_year = Pupil.objects.filter(establishment=establishment, school_year=wanted.year)
    sizes = of_year.values_list("class_name").annotate(Count("pk")).order_by("class_name")
    classes = [Choice(name or NO_CLASS, name or "Sans classe", count) for name, count in sizes]
    listed = _searched(of_year, wanted)
    counts = listed.aggregate(**{profile.name: Count("pk", filter=_IS[profile]) for profile in ProfileFilter})
    profiles = [Choice(profile.value, profile.label, counts[profile.name]) for profile in ProfileFilter]
    if wanted.profile:
        listed = listed.filter(_IS[ProfileFilter(wanted.profile)])
    pages = Paginator(listed.order_by("class_name", "sort_key", "pk"), PAGE)
    # Counted already: asking the database again would be a query.
    found = sum(one.count for one in profiles if wanted.profile in {"", one.value})
    pages.count = found
    shown = pages.get_page(page)
    return Listing(
        wanted=wanted,
        total=sum(one.count for one in classes),
        classes=classes,
        profiles=profiles,
        found=found,
        page=shown,
        groups=_groups(list(shown)),
    )


def _searched(pupils: QuerySet[Pupil], wanted: Wanted) -> QuerySet[Pupil]:
    if wanted.class_name:
        pupils = pupils.filter(class_name="" if wanted.class_name == NO_CLASS else wanted.class_name)
    if not (needle := fold(wanted.search)):
        return pupils
    first = Substr("sort_key", StrIndex(F("sort_key"), Value(" ")) + 1)
    return pupils.annotate(
        last_first=Replace("sort_key", Value(" "), Value("")), first_last=Concat(first, F("last_name_key"))
    ).filter(Q(last_first__startswith=needle) | Q(first_last__startswith=needle))


def _groups(pupils: Sequence[Pupil]) -> list[Class]:
    """By class, in their order, each with the sessions that have not been cancelled."""
    enrolments: dict[int, list[Candidate]] = defaultdict(list)
    candidates = (
        Candidate.objects.filter(pupil__in=[pupil.pk for pupil in pupils])
        .exclude(session__state=SessionState.CANCELLED)
        .select_related("session__establishment")
        .order_by("session__starts_at", "pk")
    )
    for candidate in candidates:
        enrolments[candidate.pupil_id or 0].append(candidate)
    groups: list[Class] = []
    for pupil in pupils:
        if not groups or groups[-1].name != pupil.class_name:
            groups.append(Class(pupil.class_name, []))
        profile = certifiable_words(pupil.certifiable_competences)
        groups[-1].rows.append(Row(pupil, profile, enrolments[pupil.pk]))
    return groups


def years_offered(establishment: Establishment, today: date) -> list[tuple[int, str]]:
    """The current one, the next one when it is being prepared, and those that have pupils; latest first."""
    current = school_year_of(today)
    held = Pupil.objects.filter(establishment=establishment).order_by().values_list("school_year", flat=True)
    years = {current, *held.distinct()}
    if today.month >= NEXT_YEAR_FROM and current < today.year:
        years.add(current + 1)
    return [(year, school_year_words(year)) for year in sorted(years, reverse=True)]


def managed_pupil(account: Account, pk: int) -> Pupil:
    """Fetched for an admin of its school; raises 404 or `not_admin` as `require_admin` does."""
    pupil = Pupil.objects.select_related("establishment").filter(pk=pk).first()
    require_admin(account, pupil.establishment if pupil else None)
    assert pupil is not None
    return pupil
