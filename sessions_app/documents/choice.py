"""Which sessions and which papers somebody wants in one go (P8)."""

from dataclasses import dataclass

from django import forms
from django.db.models import TextChoices

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app import selectors
from sessions_app.documents.bundle import Wish
from sessions_app.documents.papers import Paper
from sessions_app.enums import SessionState
from sessions_app.models import Account, Establishment, Session

AT_MOST = 400  # sessions on the page, hence in one ZIP
PAGES_AT_MOST = 400  # of one PDF, which is laid out as a whole in memory: 14 sessions of 20 pupils take 240


class Shape(TextChoices):
    ONE_PDF = "pdf", "Un seul PDF à imprimer, dans l’ordre des salles"
    ZIP = "zip", "Un ZIP, un dossier par session"


class PapersForm(forms.Form):
    """« Documents »: the papers and what they come in. The sessions are ticked beside it."""

    papers = forms.MultipleChoiceField(
        label="Documents",
        choices=Paper.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins un document."},
    )
    shape = forms.ChoiceField(
        label="Sous quelle forme\u00a0?",
        choices=Shape.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un PDF ou un ZIP."},
    )
    by_class = forms.BooleanField(label="Convocations par classe (sinon par nom)", required=False)

    def wish(self) -> Wish:
        """In the order of a kit, whatever the order of the ticks."""
        wanted = set(self.cleaned_data["papers"])
        return Wish([paper for paper in Paper if paper in wanted], self.cleaned_data["by_class"])

    @property
    def one_pdf(self) -> bool:
        return self.cleaned_data.get("shape") == Shape.ONE_PDF


FIRST_CHOICE = {"papers": [Paper.KIT, Paper.ATTENDANCE], "shape": Shape.ONE_PDF}


@dataclass(frozen=True, slots=True)
class Offer:
    """The sessions of one filter that still have papers."""

    establishment: Establishment
    shelf: selectors.Shelf
    sessions: list[Session]


def offer(account: Account, establishment_id: str, shelf_name: str) -> Offer:
    """What the page lists. Raises `not_admin` (403); `not_found` (404) for another school."""
    establishments = selectors.managed_establishments(account)
    establishment = establishments[0]
    if establishment_id:
        found = [school for school in establishments if str(school.pk) == establishment_id]
        if not found:
            raise DomainError("not_found", "Cet établissement n’existe pas.", status=404)
        establishment = found[0]
    today = clock.now().astimezone(establishment.zone).date()
    if shelf_name in selectors.Shelf.values:
        shelf = selectors.Shelf(shelf_name)
    else:
        shelf = selectors.default_shelf(selectors.filters(establishment, today))
    sessions = list(
        selectors.sessions_on(shelf, establishment, today).exclude(state=SessionState.ELIMINATED)[:AT_MOST]
    )
    for session in sessions:
        session.establishment = establishment  # known: asking for it again would be a query a row
    return Offer(establishment, shelf, sessions)


def ticked(account: Account, establishment: Establishment, numbers: list[str]) -> list[Session]:
    """The sessions of these numbers, all of this school; one that is not makes the whole choice `not_found`."""
    wanted = {int(number) for number in numbers if number.isdecimal() and len(number) < 10}
    found = list(
        Session.objects.visible_to(account)
        .filter(establishment=establishment, number__in=wanted)
        .exclude(state=SessionState.ELIMINATED)
        .select_related("establishment")
    )
    if len(found) != len(set(numbers)):
        raise DomainError("not_found", "Une de ces sessions n’existe pas.", status=404)
    return found
