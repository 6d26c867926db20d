"""What the tests of the pupils' pages do again and again; all in the school year 2026-2027."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sessions_app.models import Account, Establishment, Pupil, PupilDraft, Session
from tests import factories
from tests.sessions_app.candidates.acts import form_of, words

TODAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
TITLES = "Nom;Prénom;Né(e) le;Classe\n"
COMPETENCES = [f"{area}.{number}" for area in range(1, 6) for number in range(1, 5)][:16]


@pytest.fixture
def today():
    """A November morning of 2026."""
    with time_machine.travel(TODAY, tick=False):
        yield TODAY


@pytest.fixture
def session(today, db: None) -> Session:
    """A session of next week."""
    return factories.SessionFactory(starts_at=datetime(2026, 12, 2, 9, tzinfo=UTC))


@pytest.fixture
def school(session: Session) -> Establishment:
    return session.establishment


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def page(school: Establishment, **asked: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse('establishment:pupils')}?etablissement={school.pk}&{query}"


def upload(
    client: Client, content: bytes | str, *, name: str = "liste.csv", year: int = 2026, **more: str
) -> Any:
    data = content.encode() if isinstance(content, str) else content
    address = f"{reverse('establishment:import_pupils')}?annee={year}"
    return client.post(address, {"file": SimpleUploadedFile(name, data), **more})


def uploaded(client: Client, content: bytes | str, **more: Any) -> PupilDraft:
    """The draft that an accepted file became."""
    response = upload(client, content, **more)
    assert response.status_code == 303, words(response)
    return PupilDraft.objects.get(pk=int(re.findall(r"\d+", response["Location"])[-1]))


def draft_page(draft: PupilDraft) -> str:
    return reverse("establishment:pupil_draft", args=[draft.pk])


def report(client: Client, draft: PupilDraft) -> str:
    return words(client.get(draft_page(draft)))


def confirm(client: Client, draft: PupilDraft, **changed: Any) -> Any:
    sent = form_of(client.get(draft_page(draft)))
    ticked = {"remove": [], "remove_all": []}
    return client.post(draft_page(draft), {**sent, **ticked, "confirm": "1", **changed})


def imported(client: Client, content: bytes | str, **changed: Any) -> str:
    """What the list says after a confirmed import."""
    response = confirm(client, uploaded(client, content), **changed)
    assert response.status_code == 303, words(response)
    return words(client.get(response["Location"]))


def people() -> list[tuple[str, str, date, str]]:
    found = Pupil.objects.order_by("sort_key", "birth_date")
    return list(found.values_list("last_name", "first_name", "birth_date", "class_name"))


def profile(
    last: str, first: str, competences: int | None, *, class_name: str = "3e A", **told: str
) -> list[str]:
    """A line of the export; `competences` None is a profile that was not sent."""
    if competences is None:
        cells = {"sent": "Non", "sent_on": "NA", "certifiable": "NA", "stated": "NA"}
        levels = ["NA"] * 32
    else:
        verdict = "Oui" if competences >= 5 else "Non"
        cells = {"sent": "Oui", "sent_on": "2026-11-02", "certifiable": verdict, "stated": str(competences)}
        levels = [cell for at in range(16) for cell in ("3" if at < competences else "0", "17")]
    cells |= told
    names = ["Collège", "12", "Collecte", last, first, class_name]
    middle = [cells["sent"], cells["sent_on"], "120", cells["certifiable"], cells["stated"]]
    return [*names, *middle, *levels]


def pix_orga(*profiles: list[str]) -> str:
    """The CSV of a « collecte de profils »: a mark, every text quoted, one line a participant."""
    titles = [
        "Nom de l'organisation", "ID Campagne", "Nom de la campagne", "Nom du Participant",
        "Prénom du Participant", "Classe", "Envoi (O/N)", "Date de l'envoi", "Nombre de pix total",
        "Certifiable (O/N)", "Nombre de compétences certifiables",
    ]  # fmt: skip
    for competence in COMPETENCES:
        titles += [
            f"Niveau pour la compétence {competence}",
            f"Nombre de pix pour la compétence {competence}",
        ]
    lines = [";".join(f'"{cell}"' for cell in line) for line in (titles, *profiles)]
    return "\ufeff" + "\n".join(lines) + "\n"
