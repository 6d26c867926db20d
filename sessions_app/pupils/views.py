"""« Élèves »: the list of a school year, and a pupil typed, corrected, removed. `importing` has the files (P2)."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock, sealed_words
from pixsurv.kernel.errors import DomainError
from sessions_app.models import Establishment, Pupil
from sessions_app.models.pupil import school_year_of, school_year_words
from sessions_app.pupils.forms import PupilForm
from sessions_app.pupils.listing import ProfileFilter, Wanted, list_pupils, managed_pupil, years_offered
from sessions_app.pupils.report import fingerprint
from sessions_app.refusals import refusals_as_pages, with_retry
from sessions_app.services import pupils as services
from sessions_app.views import Here, account_of, actor_of, at, see, where
from sessions_app.views.confirm import Question, ask

SEARCH = ("q",)  # a name: sealed in the address


@dataclass(frozen=True, slots=True)
class Year:
    """The school and the school year that a page is about, among those that it offers."""

    here: Here
    year: int
    offered: list[tuple[int, str]]

    @property
    def words(self) -> str:
        return school_year_words(self.year)

    @property
    def query(self) -> str:
        return urlencode({"etablissement": self.here.establishment.pk, "annee": self.year})


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def pupils(request: HttpRequest) -> HttpResponse:
    """The pupils of one year, by class; searched and filtered by the address."""
    year = year_of(request)
    place = f"pupils {year.here.establishment.pk}"
    if searched := sealed_words.sent(request, SEARCH, place):
        return searched
    asked = sealed_words.asked(request.GET, SEARCH, place)
    profile = request.GET.get("profil", "")
    wanted = Wanted(
        year=year.year,
        class_name=request.GET.get("classe", "").replace("\x00", "")[:50],
        profile=profile if profile in ProfileFilter.values else "",
        search=asked.get("q", "")[:100],
    )
    listing = list_pupils(year.here.establishment, wanted, request.GET.get("page"))
    kept = {
        "classe": wanted.class_name,
        sealed_words.SEALED: sealed_words.token_of(asked) if wanted.search else "",
    }
    context = {
        "here": year.here,
        "year": year,
        "listing": listing,
        "kept": urlencode({name: value for name, value in kept.items() if value}),
    }
    return render(request, "establishment/pupils/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def add(request: HttpRequest) -> HttpResponse:
    """« Ajouter un élève »."""
    year = year_of(request)
    school, now = year.here.establishment, clock.now()
    form = PupilForm(request.POST or None, today=today_in(school))
    error = None
    if request.method == "POST" and form.is_valid():
        try:
            pupil = services.add_pupil(
                establishment=school,
                school_year=year.year,
                values=form.cleaned_data,
                actor=actor_of(request),
                now=now,
            )
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, f"{pupil.full_name} est dans la liste {year.words}.")
            return see(f"{at('establishment:pupils', school)}&annee={year.year}")
    title, back = "Ajouter un élève", f"{at('establishment:pupils', school)}&annee={year.year}"
    return _form_page(request, form, title, f"Année scolaire {year.words}", back, error)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def correct(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """« Corriger » a pupil; where he is enrolled, who he is stays as it was enrolled."""
    pupil = managed_pupil(account_of(request), pupil_id)
    today = today_in(pupil.establishment)
    form = PupilForm.of(pupil, request.POST or None, today=today)
    error = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.correct_pupil(
                pupil=pupil,
                values=form.cleaned_data,
                seen=request.POST.get("seen", ""),
                actor=actor_of(request),
                now=clock.now(),
            )
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            error = refusal
            if refusal.code == "pupil_changed":
                pupil = managed_pupil(account_of(request), pupil_id)
                form = PupilForm.of(pupil, today=today)
        else:
            words = "correction enregistrée" if changed else "rien n’a changé"
            messages.success(request, f"{form.full_name}\u00a0: {words}.")
            return see(list_of(pupil))
    title = f"Corriger {pupil.full_name}"
    subtitle = f"Année scolaire {school_year_words(pupil.school_year)}"
    return _form_page(request, form, title, subtitle, list_of(pupil), error, pupil)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def remove(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """« Retirer » a pupil: asked, then done. Asked again, he is gone already."""
    if request.method == "POST" and not Pupil.objects.filter(pk=pupil_id).exists():
        messages.info(request, "Cet élève n’est plus dans la liste.")
        return see(at("establishment:pupils", where(request).establishment))
    pupil = managed_pupil(account_of(request), pupil_id)
    if request.method == "POST":
        services.remove_pupil(pupil=pupil, actor=actor_of(request))
        messages.success(request, f"{pupil.full_name} n’est plus dans la liste.")
        return see(list_of(pupil))
    year = school_year_words(pupil.school_year)
    consequence = (
        f"{pupil.full_name}, {pupil.birth_date:%d/%m/%Y}, ne sera plus dans la liste {year}."
        " Là où il est inscrit à une session, il reste candidat."
    )
    return ask(request, Question(f"Retirer {pupil.full_name}\u00a0?", consequence, list_of(pupil)))


def year_of(request: HttpRequest) -> Year:
    """The school and the year of this page: those of its address, else the current year of the school."""
    here = where(request)
    today = today_in(here.establishment)
    offered = years_offered(here.establishment, today)
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 4 else school_year_of(today)
    if year not in {known for known, _ in offered}:
        raise Http404("school year")
    return Year(here, year, offered)


def today_in(establishment: Establishment) -> date:
    return clock.now().astimezone(establishment.zone).date()


def list_of(pupil: Pupil) -> str:
    return f"{at('establishment:pupils', pupil.establishment)}&annee={pupil.school_year}"


def _form_page(
    request: HttpRequest,
    form: PupilForm,
    title: str,
    subtitle: str,
    back: str,
    error: DomainError | None,
    pupil: Pupil | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "subtitle": subtitle,
        "back": back,
        "pupil": pupil,
        "seen": fingerprint([pupil]) if pupil else "",
        "refusal": error,
    }
    status = error.status if error else 422 if form.errors else 200
    response = render(request, "establishment/pupils/form.html", context, status=status)
    return with_retry(response, error) if error else response
