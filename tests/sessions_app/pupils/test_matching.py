"""Whose profile is it: by names and class, and otherwise asked (P2)."""

from datetime import date

import pytest

from sessions_app.imports.profiles import Profile
from sessions_app.models import Pupil
from sessions_app.pupils.matching import NOBODY, Matching, match


def pupil(pk: int, last: str, first: str, class_name: str = "", local_id: str = "") -> Pupil:
    found = Pupil(pk=pk, last_name=last, first_name=first, class_name=class_name, local_id=local_id)
    found.birth_date = date(2011, 1, pk)
    found.derive_keys()
    return found


def line(number: int, last: str, first: str, class_name: str = "", local_id: str = "") -> Profile:
    return Profile(number, last, first, class_name, local_id, None, 5)


def outcome(found: Matching) -> dict[int, int | str]:
    """{line: the pupil's id, « ? » while it is asked, « - » for nobody}."""
    told: dict[int, int | str] = {one.profile.line: one.pupil.pk for one in found.matches}
    told |= {one.profile.line: "?" for one in found.open_questions}
    return told | {profile.line: "-" for profile in found.unknown}


@pytest.mark.parametrize(
    ("last", "first", "expected"),
    [
        ("LE GOFF", "Œdipe", 1),
        ("le-goff", "OEDIPE", 1),
        ("LE GOFF", "Oed", "?"),  # begins alike
        ("LE GOFF", "Oedwige", "?"),
        ("Œdipe", "Le Goff", "?"),  # swapped
        ("LE GOFF-MARTIN", "Œdipe", "?"),  # two last names, one of them known
        ("LE GOFF", "Ana", "-"),
        ("GOFF", "Œdipe", "-"),
    ],
)
def test_one_name_is_matched_asked_or_unknown(last: str, first: str, expected: int | str) -> None:
    assert outcome(match([line(2, last, first)], [pupil(1, "Le Goff", "Œdipe")], {})) == {2: expected}


def test_class_that_differs_does_not_forbid_the_only_namesake() -> None:
    assert outcome(match([line(2, "A", "B", "3e A")], [pupil(1, "A", "B", "3A")], {})) == {2: 1}


def test_homonyms_are_told_apart_by_class_or_local_id() -> None:
    pupils = [pupil(1, "A", "B", "3e A"), pupil(2, "A", "B", "3e B")]
    assert outcome(match([line(2, "A", "B", "3E B"), line(3, "A", "B", "3e a")], pupils, {})) == {2: 2, 3: 1}
    pupils = [pupil(1, "A", "B", "3e A", "X1"), pupil(2, "A", "B", "3e A", "X2")]
    lines = [line(2, "A", "B", "3e A", "X2"), line(3, "A", "B", "3e A")]
    assert outcome(match(lines, pupils, {})) == {2: 2, 3: 1}


def test_homonyms_whom_nothing_tells_apart_are_asked() -> None:
    pupils = [pupil(1, "A", "B", "3e A"), pupil(2, "A", "B", "3e A")]
    found = match([line(2, "A", "B", "3e A")], pupils, {})
    assert outcome(found) == {2: "?"}
    assert [one.pk for one in found.questions[0].options] == [1, 2]


def test_two_lines_of_one_name_are_not_given_to_one_pupil() -> None:
    found = match([line(2, "A", "B"), line(3, "A", "B")], [pupil(1, "A", "B", "3e A")], {})
    assert outcome(found) == {2: "?", 3: "?"}
    assert outcome(
        match([line(2, "A", "B", "3e A"), line(3, "A", "B")], [pupil(1, "A", "B", "3e A")], {})
    ) == {
        2: 1,
        3: "-",
    }


def test_answers_settle_what_was_asked() -> None:
    pupils = [pupil(1, "A", "B"), pupil(2, "A", "B")]
    lines = [line(2, "A", "B"), line(3, "A", "B"), line(4, "A", "B")]
    assert outcome(match(lines, pupils, {"2": 2, "3": NOBODY})) == {2: 2, 3: "-", 4: "?"}
    # One pupil for two lines, a pupil who was never offered: asked again.
    assert outcome(match(lines, pupils, {"2": 1, "3": 1, "4": 9})) == {2: 1, 3: "?", 4: "?"}


def test_whoever_is_matched_is_not_offered_for_a_name_that_is_near() -> None:
    pupils = [pupil(1, "A", "Clara"), pupil(2, "A", "Clarisse")]
    found = match([line(2, "A", "Clar"), line(3, "A", "Clara")], pupils, {})
    assert outcome(found) == {2: "?", 3: 1}
    assert [one.pk for one in found.questions[0].options] == [2]
