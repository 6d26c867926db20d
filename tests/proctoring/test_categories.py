"""Categories of incidents are data (I1), an independent copy of pix.md §7.2 and §3.9 here."""

from dataclasses import replace
from datetime import date

import pytest

from proctoring.categories import CATEGORIES, offered_for, usable

DAY = date(2026, 3, 16)
ALWAYS = {"E4", "E5", "E8", "E9", "E11", "E12"}


def codes(found: list) -> set[str]:  # type: ignore[type-arg]
    return {one.code for one in found}


def test_the_sixteen_categories_of_pix() -> None:
    questions = {f"E{number}" for number in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)}
    assert set(CATEGORIES) == {"C1", "C2", "C4", "C6", "C7", "C8", *questions}
    assert {code for code, one in CATEGORIES.items() if one.asks_question} == questions
    assert {code for code, one in CATEGORIES.items() if one.asks_description} == {
        "C1",
        "C2",
        "C4",
        "C7",
        "C8",
    }
    assert {code for code, one in CATEGORIES.items() if one.impactful} == {"C1", "C6", *questions}


@pytest.mark.parametrize(
    ("kinds", "more"),
    [
        ([], set()),
        (["image"], {"E1"}),
        (["embed"], {"E2"}),
        (["file"], {"E3"}),
        (["focus"], {"E10"}),
        (["image", "file", "other"], {"E1", "E3"}),
    ],
)
def test_what_an_alert_offers_depends_on_the_question(kinds: list[str], more: set[str]) -> None:
    assert codes(offered_for(kinds, DAY)) == ALWAYS | more


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        (date(2026, 3, 9), False),
        (date(2026, 3, 10), True),
        (date(2026, 3, 20), True),
        (date(2026, 3, 21), False),
    ],
)
def test_a_category_is_valid_between_its_dates(day: date, valid: bool) -> None:
    one = replace(CATEGORIES["E1"], valid_from=date(2026, 3, 10), valid_to=date(2026, 3, 20))
    assert one.is_valid_on(day) is valid


def test_the_room_has_technical_incidents_only() -> None:
    assert codes(usable(DAY, for_room=True)) == {"C7"}
    assert codes(usable(DAY)) == set(CATEGORIES)
