"""The label of a box: every session it holds, and until when it is kept (I8)."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from proctoring.archives.tray import label
from proctoring.archives.tray.label import Label, label_of
from sessions_app.enums import SessionKind
from sessions_app.models import Establishment, Session
from tests import factories
from tests.proctoring.archives.conftest import received


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[Label]:
    """The labels that were set last."""
    found: list[Label] = []
    monkeypatch.setattr(label, "typeset", lambda labels, **_: bytes(bool(found.extend(labels))))
    return found


def test_label_tells_box_school_years_sessions_and_term(school: Establishment) -> None:
    school.name, school.retention_years = "Collège d’essai", 5
    some = [
        factories.SessionFactory(
            establishment=school, closed=True, number=111111, starts_at=datetime(2024, 2, 29, 9, tzinfo=UTC)
        ),
        factories.SessionFactory(
            establishment=school,
            closed=True,
            number=222222,
            room="Salle des conseils",
            kind=SessionKind.WHITE_EXAM,
            starts_at=datetime(2023, 10, 2, 22, 30, tzinfo=UTC),  # the next day in Paris
        ),
    ]
    for one in some:
        one.establishment = school

    told = label_of(some, "2024-A3")

    assert (told.box, told.establishment, told.years) == ("2024-A3", "Collège d’essai", "2023-2024")
    assert told.until == "01/03/2029"
    assert told.sessions == [
        ["111111", "29/02/2024", "Salle B12"],
        ["222222", "03/10/2023", "Salle des conseils (blanche)"],
    ]


def test_label_of_a_box_holds_all_that_was_put_there(
    office: Client, school: Establishment, printed: list[Label]
) -> None:
    some = [factories.SessionFactory(establishment=school, closed=True) for _ in range(3)]
    received(some[0], "2026-A3")
    received(some[1], "2026 a3")
    received(some[2], "B1")
    received(factories.SessionFactory(closed=True), "2026-A3")  # another school's

    assert office.get("/archives/etiquette.pdf?boite=2026-A3").status_code == 200
    (one,) = printed
    assert one.box == "2026 a3"  # as it was written last
    assert {number for number, *_ in one.sessions} == {str(some[0].number), str(some[1].number)}


def test_ticked_sessions_make_a_label_a_box_and_one_without_a_name(
    office: Client, school: Establishment, printed: list[Label]
) -> None:
    some = [factories.SessionFactory(establishment=school, closed=True) for _ in range(3)]
    received(some[0], "A")
    received(some[1], "B")

    office.get("/archives/etiquette.pdf?" + "&".join(f"session={one.number}" for one in some))

    assert [(one.box, len(one.sessions)) for one in printed] == [("A", 1), ("B", 1), ("", 1)]


@pytest.mark.parametrize("query", ["boite=inconnue", "boite=-", "session=1"])
def test_label_of_nothing_is_no_page(office: Client, kept: Session, query: str) -> None:
    assert office.get(f"/archives/etiquette.pdf?{query}").status_code == 404


def test_label_of_nothing_ticked_says_what_to_do(office: Client, school: Establishment) -> None:
    answer = office.get(f"/archives/etiquette.pdf?etablissement={school.pk}")

    assert answer.status_code == 303
    assert "Cochez au moins une session." in office.get(answer["Location"]).content.decode()
