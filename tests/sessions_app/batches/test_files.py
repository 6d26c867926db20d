"""What is read and what is refused: encodings, separators, wrong files, and the model that is handed out."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from sessions_app.exports.sessions_file import TITLES, sessions_file
from sessions_app.models import Candidate, Establishment, Session, SessionsDraft
from tests import factories
from tests.sessions_app.batches.acts import (
    HEAD,
    NOON,
    TWO,
    UPLOAD,
    imported,
    line,
    made,
    page,
    text,
    upload,
    uploaded,
)
from tests.sessions_app.candidates.acts import signed_in, words
from tests.sessions_app.imports import files

__all__ = ["signed_in"]


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school(session: Session) -> Establishment:
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + timedelta(days=3))
    return session.establishment


def test_columns_that_are_not_kept_are_named_and_not_stored(signed_in: Client, school: Establishment) -> None:
    head = (
        HEAD
        + ";* Tarification part Pix (Gratuite, Prépayée ou Payante);CléA Numérique ('oui' ou laisser vide)"
    )
    draft = uploaded(signed_in, school, text([[*line(), "Gratuite", "oui"]], head=head))
    shown = words(signed_in.get(page(draft)))
    for title in ("Sexe (M ou F)", "E-mail de convocation", "Tarification part Pix", "CléA Numérique"):
        assert title in shown
    stored = str(draft.rows)
    assert "secret@exemple.fr" not in stored and "75056" not in stored and "Gratuite" not in stored


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(text(TWO).encode("cp1252"), id="Windows-1252"),
        pytest.param(text(TWO).encode(), id="UTF-8 without its mark"),
        pytest.param(text(TWO).replace(";", ",").encode(), id="commas"),
        pytest.param(text(TWO, separator="\t").encode("utf-16"), id="UTF-16, tabs"),
        pytest.param(
            files.xlsx([list(TITLES), *[[cell or None for cell in cells] for cells in TWO]]), id="XLSX"
        ),
    ],
)
def test_file_is_read_as_schools_send_it(signed_in: Client, school: Establishment, content: bytes) -> None:
    first, _ = made(imported(signed_in, school, content))
    assert first.site == "Collège" and first.candidates.count() == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier est vide"),
        (b"\x89PNG\r\n\x1a\n....", "Ce fichier est une image"),
        (files.xlsx([["a"]])[:200], "incomplet, abîmé"),
        ("é;è\r\n".encode() + "é;è\r\n".encode("cp1252"), "écrits de deux façons"),
        (HEAD.encode(), "personne en dessous"),
        (b"Nom;Classe\r\nDupont;3e A\r\n", "Il manque à ce fichier ces colonnes : « Nom du site »"),
        (text(TWO, head=HEAD.replace("* Heure", "Quand")).encode(), "cette colonne : « Heure de début »"),
        (text(TWO).replace("Bravo", '"Bravo').encode(), "Un guillemet n’est pas fermé"),
    ],
)
def test_file_that_is_not_one_is_refused_with_a_remedy(
    signed_in: Client, school: Establishment, content: bytes, sentence: str
) -> None:
    response = upload(signed_in, school, content)
    assert response.status_code == 422
    assert sentence in words(response)
    assert not SessionsDraft.objects.exists()


def test_too_big_a_file_is_refused(signed_in: Client, school: Establishment) -> None:
    response = upload(signed_in, school, b"x" * (6 * 1024 * 1024 + 1))
    assert response.status_code == 422 and "dépasse 5 Mio" in words(response)
    assert upload(signed_in, school, text(TWO), duration="5").status_code == 422


def test_model_has_the_exact_titles(signed_in: Client, school: Establishment) -> None:
    response = signed_in.get(f"{UPLOAD}modele.csv")
    assert response.content == ("\ufeff" + HEAD + "\r\n").encode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_filled_model_comes_back_as_it_went(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    factories.CandidateFactory(session=session, last_name="=Alpha", first_name="Ana", extra_time_percent=33)
    factories.CandidateFactory(session=factories.SessionFactory(establishment=school, starts_at=NOON))
    factories.CandidateFactory(session=factories.SessionFactory(starts_at=NOON + timedelta(days=1)))
    content = signed_in.get(f"{UPLOAD}a-completer.csv?etablissement={school.pk}").content
    assert content.count(b"\r\n") == 2 and b";'=Alpha;" in content and b";33%\r\n" in content
    draft = uploaded(signed_in, school, content)
    assert "rien ne change" in words(signed_in.get(page(draft)))


def test_cells_that_could_be_formulas_are_harmless() -> None:
    one = Candidate(
        session=Session(number=1), last_name="A", first_name="@x", birth_date=NOON.date(), local_id="+1"
    )
    written = sessions_file([one]).decode()
    assert ";'@x;" in written and ";'+1;" in written
