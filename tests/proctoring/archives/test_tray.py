"""The tray: its filters, whom to chase, receipts of one or many, and what a search finds (I5, I8)."""

import re
import uuid
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.models import Receipt
from sessions_app.enums import SessionKind, SessionState
from sessions_app.models import Account, Establishment, Session
from tests import factories
from tests.proctoring.archives.conftest import closed_days_ago, received, watched


def shown(client: Client, query: str = "filtre=toutes") -> set[int]:
    """The numbers of the sessions of the list."""
    page = client.get(f"/archives/?{query}", follow=True).content.decode()
    return {int(number) for number in re.findall(r'id="session-(\d+)"', page)}


def counts(client: Client) -> dict[str, int]:
    page = client.get("/archives/").content.decode()
    found = re.findall(r"filtre=([a-z-]+)\"[^>]*>[^<]+ <b>(\d+)</b>", page)
    return {shelf: int(count) for shelf, count in found}


def eliminated(session: Session) -> Session:
    session.state, session.eliminating_at = SessionState.ELIMINATED, clock.now()
    session.save(update_fields=["state", "eliminating_at"])
    return session


@pytest.fixture
def one_of_each(school: Establishment) -> dict[str, Session]:
    made = {
        name: factories.SessionFactory(establishment=school, closed=True)
        for name in ("fresh", "late", "received", "incomplete", "eliminated")
    }
    closed_days_ago(made["fresh"], 6)
    closed_days_ago(made["late"], 8)
    received(made["received"])
    received(closed_days_ago(made["incomplete"], 30), complete=False)
    eliminated(made["eliminated"])
    return made


@pytest.mark.parametrize(
    ("shelf", "names"),
    [
        ("toutes", {"fresh", "late", "received", "incomplete", "eliminated"}),
        ("a-recevoir", {"fresh", "late"}),
        ("recus", {"received"}),
        ("incomplets", {"incomplete"}),
        ("en-retard", {"late"}),
        ("eliminees", {"eliminated"}),
        ("", {"fresh", "late"}),
    ],
)
def test_filter_shows_its_sessions(
    office: Client, one_of_each: dict[str, Session], shelf: str, names: set[str]
) -> None:
    assert shown(office, f"filtre={shelf}") == {one_of_each[name].number for name in names}


def test_filters_are_counted(office: Client, one_of_each: dict[str, Session]) -> None:
    assert counts(office) == {
        "toutes": 5,
        "a-recevoir": 2,
        "recus": 1,
        "incomplets": 1,
        "en-retard": 1,
        "eliminees": 1,
    }


def test_row_says_what_is_missing_and_where_the_rest_is(office: Client, kept: Session) -> None:
    received(kept, "2026-B7", complete=False)
    watched(kept, "Élisa Essai")

    page = office.get("/archives/?filtre=incomplets").content.decode()

    for words in ("Incomplet", "Manque\u00a0: PV d’incident signé", "2026-B7", "C04", "Élisa Essai", "0/0"):
        assert words in page


def test_white_exam_is_marked(office: Client, school: Establishment) -> None:
    factories.SessionFactory(establishment=school, closed=True, kind=SessionKind.WHITE_EXAM)

    assert "Certification blanche" in office.get("/archives/").content.decode()


def test_session_that_nobody_closed_is_chased_once_its_day_is_over(
    office: Client, school: Establishment, session: Session
) -> None:
    session.starts_at = clock.now() - timedelta(days=2)
    session.proctor_names = "Perrine Essai"
    session.save(update_fields=["starts_at", "proctor_names"])
    factories.SessionFactory(
        establishment=school, kind=SessionKind.REHEARSAL, starts_at=clock.now() - timedelta(days=2)
    )

    page = office.get("/archives/?filtre=en-retard").content.decode()

    assert counts(office)["en-retard"] == 1
    assert f"/archives/{session.number}/relancer/" in page
    assert "Perrine Essai" in page


@pytest.mark.parametrize("many", [1, 12])
def test_tray_costs_the_same_for_one_and_for_many(
    office: Client, school: Establishment, many: int, django_assert_num_queries
) -> None:
    for n in range(many):
        one = factories.SessionFactory(establishment=school, closed=True)
        factories.CandidateFactory(session=one, last_name="DUPONT")
        watched(one, f"Surveillant {n}")
        if n % 2:
            received(one)
    found = office.post("/archives/", {"q": "dupont"})["Location"]

    with django_assert_num_queries(16):
        page = office.get(found)

    assert page.content.decode().count("<b>DUPONT</b>") == many


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dupont", True),
        ("DUPO", True),
        ("eloïse", True),
        ("Dupont Élo", True),
        ("éloïse dupont", True),
        ("upont", False),
        ("c04", True),
        ("salle C0", True),
        ("04", False),
        ("karim", True),
        ("ELISA ess", True),
        ("boite 3", True),
        ("!!!", False),
        ("personne", False),
        ("d", False),
    ],
)
def test_search_finds_pupil_room_proctor_and_box(
    office: Client, kept: Session, typed: str, found: bool
) -> None:
    factories.CandidateFactory(session=kept, last_name="DUPONT", first_name="Éloïse")
    watched(kept, "Élisa Essai")
    kept.proctor_names = "Karim Essai, Anna Essai"
    kept.save(update_fields=["proctor_names"])
    received(kept, "Boîte 3")

    assert shown(office, f"q={typed}") == ({kept.number} if found else set())


def test_search_finds_a_number_and_tells_the_pupils_line(office: Client, kept: Session) -> None:
    factories.CandidateFactory(session=kept, last_name="DUPONT", first_name="Paul")
    factories.CandidateFactory(session=kept, last_name="AUTRE")

    assert shown(office, f"q={kept.number}") == {kept.number}
    page = office.get("/archives/?q=dupont", follow=True).content.decode()
    assert re.search(r"<b>DUPONT</b> Paul.* · Absent", page)
    assert "AUTRE" not in page


def test_search_by_period_and_school_year(office: Client, kept: Session, school: Establishment) -> None:
    day = school.zone and kept.local(kept.starts_at).date()
    old = closed_days_ago(factories.SessionFactory(establishment=school, closed=True), 800)

    assert shown(office, f"filtre=toutes&du={day}&au={day}") == {kept.number}
    assert shown(office, f"filtre=toutes&au={day - timedelta(days=1)}") == {old.number}
    year = kept.starts_at.year if day.month >= 8 else kept.starts_at.year - 1
    assert shown(office, f"filtre=toutes&annee={year}") == {kept.number}


def test_nonsense_is_told_and_breaks_nothing(office: Client, kept: Session) -> None:
    response = office.get("/archives/?du=hier&annee=x&filtre=rien&page=zéro")

    assert response.status_code == 422


def test_eliminated_pupil_is_not_found_by_name(office: Client, kept: Session) -> None:
    factories.CandidateFactory(session=kept, last_name="DUPONT")
    eliminated(kept)

    assert shown(office, "q=dupont&filtre=toutes") == set()


def test_search_stays_within_the_school(office: Client) -> None:
    elsewhere = factories.SessionFactory(closed=True, room="Z99")
    factories.CandidateFactory(session=elsewhere, last_name="DUPONT")

    for typed in ("dupont", "Z99", str(elsewhere.number)):
        assert shown(office, f"q={typed}") == set()


def test_receipt_of_several_sessions_in_one_form(office: Client, school: Establishment) -> None:
    some = [factories.SessionFactory(establishment=school, closed=True) for _ in range(2)]
    address = "/archives/accuser/?" + "&".join(f"session={one.number}" for one in some)
    form = {"papers": ["attendance", "report"], "box": "2026-A3", "once": str(uuid.uuid4())}

    for _ in range(2):  # a double click
        response = office.post(address, form)

        assert (response.status_code, response.headers["Location"].split("?")[0]) == (303, "/archives/")
    assert list(Receipt.objects.values_list("box", "sequence")) == [("2026-A3", 1)] * 2


def test_refused_receipt_keeps_what_was_typed(office: Client, kept: Session) -> None:
    response = office.post(
        f"/archives/accuser/?session={kept.number}", {"box": "Armoire 2", "once": str(uuid.uuid4())}
    )

    assert response.status_code == 422
    assert 'value="Armoire 2"' in response.content.decode()
    assert "Cochez au moins un papier reçu" in response.content.decode()
    assert not Receipt.objects.exists()


def test_receipt_form_starts_from_the_current_receipt(office: Client, kept: Session) -> None:
    received(kept, "A1", complete=False)

    page = office.get(f"/archives/accuser/?session={kept.number}").content.decode()

    assert 'value="A1"' in page
    assert re.search(r'value="attendance"[^>]*checked', page)
    assert not re.search(r'value="report"[^>]*checked', page)
    assert "Notez les faits observés. Pas d’opinion, rien sur la santé ou la famille." in page


@pytest.mark.parametrize("bad", ["0", "x", "999999999999", "²"])
def test_receipt_of_an_unknown_session_is_no_page(office: Client, kept: Session, bad: str) -> None:
    assert office.get(f"/archives/accuser/?session={kept.number}&session={bad}").status_code == 404


def test_receipt_without_a_session_goes_back_to_the_tray(office: Client, school: Establishment) -> None:
    assert office.get("/archives/accuser/").headers["Location"].startswith("/archives/?etablissement=")


def test_chasing_names_the_people_and_writes_the_message(
    office: Client, kept: Session, admin: Account, proctor_account: Account
) -> None:
    watched(kept, "Élisa Essai", proctor_account)
    factories.CandidateFactory(session=kept, last_name="DUPONT")

    page = office.get(f"/archives/{kept.number}/relancer/").content.decode()

    for words in ("Élisa Essai", admin.email, proctor_account.email, "feuille d’émargement signée"):
        assert words in page
    mailto = re.search(r'href="(mailto:[^"]*subject=[^"]*)"', page)
    assert mailto
    assert admin.email in mailto[1]
    assert str(kept.number) in unquote(mailto[1])
    assert "DUPONT" not in page


def test_nobody_is_chased_for_what_was_received(office: Client, kept: Session, session: Session) -> None:
    received(kept)

    assert office.get(f"/archives/{kept.number}/relancer/").status_code == 404
    assert office.get(f"/archives/{session.number}/relancer/").status_code == 404  # today's
