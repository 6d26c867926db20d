"""Who is meant by the free text of the proctors (P3, P11)."""

import pytest

from sessions_app.timetable.proctors import name_key, names_in, together, watches


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Perrine Essai", ["Perrine Essai"]),
        ("Perrine Essai, Luc Démo", ["Perrine Essai", "Luc Démo"]),
        ("Perrine Essai et Luc Démo", ["Perrine Essai", "Luc Démo"]),
        ("Perrine Essai ; Luc  Démo/Zoé", ["Perrine Essai", "Luc Démo", "Zoé"]),
        ("Colette Etienne ET Luc", ["Colette Etienne", "Luc"]),
        (" , ; ", []),
        ("", []),
    ],
)
def test_names_are_cut_at_what_stands_between_people(text: str, expected: list[str]) -> None:
    assert names_in(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Perrine Essai", "ESSAI Perrine"),
        ("Perrine Essai", "Mme Perrine ESSAI"),
        ("Élodie Œuvrard", "elodie oeuvrard"),
        ("Jean-Paul D’Essai", "jean paul d'essai"),
        ("Ω", "ω"),
    ],
)
def test_two_spellings_are_one_person(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Paul Essai", "Paule Essai"), ("M. Essai", "Mme Essai"), ("Ω", "Ψ")]
)
def test_two_people_stay_two(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_account_watches_where_all_its_words_are_in_one_name() -> None:
    assert watches("Perrine Essai", "Luc Démo et Mme ESSAI Perrine")
    assert watches("Perrine Essai", "Perrine ESSAI-DURAND")
    assert not watches("Perrine Essai", "Perrine Démo, Luc Essai")
    assert not watches("Ana Bel", "Anabelle Démo")
    assert not watches("Perrine Essai", "")


def test_together_keeps_every_name_once() -> None:
    assert together(["Perrine Essai, Luc", "ESSAI Perrine", "Zoé et Luc"]) == ["Perrine Essai", "Luc", "Zoé"]
