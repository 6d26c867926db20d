"""« Exporter »: who may, what is offered, what is refused with a sentence."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pixsurv.kernel.errors import DomainError
from proctoring.archives.exports import choice
from proctoring.models import Export, ExportShape
from proctoring.services.exports import begin_export
from sessions_app.enums import SessionKind
from sessions_app.models import Account, Session
from tests.factories import EstablishmentFactory, MembershipFactory, SessionFactory
from tests.journal import NOW
from tests.proctoring.archives.conftest import Seal, eliminate
from tests.proctoring.archives.exports.archives import KEEPER, contents

PAGE, CONFIRM, FILE = "/archives/exports/", "/archives/exports/choix/", "/archives/exports/fichier/"
YEAR = {"quoi": "annee", "annee": "2025", "forme": "zip"}


@pytest.fixture
def kept(session: Session) -> Session:
    """Closed without a paper: enough for whatever is only counted."""
    return SessionFactory(establishment=session.establishment, closed=True, starts_at=NOW)


@pytest.fixture
def keeper(client: Client, secretariat: Account) -> Client:
    client.force_login(secretariat)
    return client


def selection(*sessions: Session) -> dict[str, Any]:
    return {"quoi": "selection", "forme": "zip", "session": [str(one.number) for one in sessions]}


@pytest.mark.parametrize(
    ("who", "status"), [("secretariat", 200), ("admin", 200), ("proctor_account", 403), ("other_admin", 200)]
)
def test_who_may_export(
    client: Client, kept: Session, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    """Another school's admin sees the page of his own school, and nothing of this one."""
    client.force_login(request.getfixturevalue(who))

    assert client.get(PAGE).status_code == status
    mine = {"secretariat", "admin"}
    for address in (CONFIRM, FILE):
        answer = client.post(address, YEAR)
        assert answer.status_code == (200 if who in mine else 403 if status == 403 else 422)
        assert client.post(address, selection(kept)).status_code == (
            200 if who in mine else 403 if status == 403 else 404
        )
        elsewhere = f"{address}?etablissement={kept.establishment_id}"
        assert client.post(elsewhere, YEAR).status_code == (
            200 if who in mine else 403 if status == 403 else 404
        )
    assert {export.account_id for export in Export.objects.all()} <= {request.getfixturevalue(who).pk}


@pytest.mark.parametrize(
    "kind", ["other school", "open", "rehearsal", "unknown", "nonsense", "twice as long"]
)
def test_a_crafted_number_exports_nothing(keeper: Client, kept: Session, session: Session, kind: str) -> None:
    crafted = {
        "other school": str(SessionFactory(closed=True).number),
        "open": str(session.number),
        "rehearsal": str(
            SessionFactory(
                establishment=session.establishment, closed=True, kind=SessionKind.REHEARSAL
            ).number
        ),
        "unknown": "1",
        "nonsense": "x' or 1=1",
        "twice as long": "9" * 40,
    }[kind]
    for address in (CONFIRM, FILE):
        sent = selection(kept)
        sent["session"].append(crafted)
        assert keeper.post(address, sent).status_code == 404
    assert not Export.objects.exists()


def test_the_confirmation_counts_and_nothing_leaves(keeper: Client, sealed: Seal, session: Session) -> None:
    first = sealed(establishment=session.establishment)
    gone = sealed(establishment=session.establishment)
    eliminate(gone)
    SessionFactory(
        establishment=session.establishment, closed=True, starts_at=NOW, kind=SessionKind.WHITE_EXAM
    )

    page = keeper.post(CONFIRM, YEAR).content.decode()

    assert "<h1>2 sessions à exporter</h1>" in page
    assert "<b>2 candidats</b>, <b>3 documents</b>" in page
    assert "1 session éliminée" in page
    assert f'value="{first.number}" checked' in page
    assert "<h1>3 sessions" in keeper.post(CONFIRM, {**YEAR, "blanches": "on"}).content.decode()
    assert not Export.objects.exists()
    assert keeper.get(CONFIRM).status_code == 302


def test_a_ticked_choice_leaves_as_a_zip_and_is_noted(
    keeper: Client, sealed: Seal, session: Session, secretariat: Account
) -> None:
    first = sealed(establishment=session.establishment)
    sealed(establishment=session.establishment)

    answer = keeper.post(FILE, selection(first))

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="archives-session-{first.number}.zip"'
    assert (answer["Cache-Control"], answer["Content-Encoding"]) == ("no-store", "identity")
    assert not Export.objects.get().digest
    files = contents(b"".join(answer))  # type: ignore[arg-type]
    assert {name.split("/")[1] for name in files if name.startswith("sessions/")} == {str(first.number)}
    export = Export.objects.get()
    assert (export.account, export.by, export.choice) == (
        secretariat,
        secretariat.name,
        f"Session {first.number}",
    )
    page = keeper.get(PAGE).content.decode()
    assert export.digest in page
    assert export.choice in page


@pytest.mark.parametrize(
    ("shape", "begins", "column"),
    [
        ("sessions_csv", "\ufeffSession;Date;Heure", "14/03/2026"),
        ("candidates_csv", "\ufeffSession;Date;Salle;Nom", "DUPONT"),
        ("sessions_ods", "PK", ""),
        ("candidates_ods", "PK", ""),
    ],
)
def test_a_list_leaves_alone(
    keeper: Client, sealed: Seal, session: Session, shape: str, begins: str, column: str
) -> None:
    sealed(establishment=session.establishment)

    answer = keeper.post(FILE, {**YEAR, "forme": shape})

    sent = b"".join(answer)  # type: ignore[arg-type]
    assert sent.startswith(begins.encode())
    assert column.encode() in sent
    assert answer["Content-Disposition"].endswith(f'2025-2026.{shape[-3:]}"')
    assert len(Export.objects.get().digest) == 64


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choisissez une année scolaire ou une période."),
        ({"quoi": "annee", "forme": "zip"}, "Choisissez une année scolaire."),
        ({"quoi": "annee", "annee": "1999", "forme": "zip"}, "Sélectionnez un choix valide"),
        ({"quoi": "periode", "forme": "zip"}, "Écrivez cette date."),
        (
            {"quoi": "periode", "du": "32/01/2026", "au": "01/02/2026", "forme": "zip"},
            "Écrivez une date, par exemple",
        ),
        (
            {"quoi": "periode", "du": "2026-03-15", "au": "2026-03-14", "forme": "zip"},
            "Cette date vient avant",
        ),
        ({"quoi": "periode", "du": "0001-01-01", "au": "9999-12-31", "forme": "zip"}, "entre 2000 et 2100"),
        (
            {"quoi": "periode", "du": "2026-03-15", "au": "2026-03-16", "forme": "zip"},
            "ne contient aucune session",
        ),
        ({"quoi": "selection", "forme": "zip"}, "Cochez au moins une session."),
        ({**YEAR, "forme": "docx"}, "Sélectionnez un choix valide"),
    ],
)
def test_a_choice_that_is_none_is_refused_with_a_sentence(
    keeper: Client, kept: Session, sent: dict[str, str], sentence: str
) -> None:
    for address in (CONFIRM, FILE):
        answer = keeper.post(address, sent)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("du", "au", "found"), [("2026-03-14", "2026-03-14", 1), ("2026-03-15", "2026-03-20", 0)]
)
def test_a_period_is_that_of_the_schools_clock(db: None, du: str, au: str, found: int) -> None:
    """23h30 in Paris is another day elsewhere."""
    from datetime import date

    school = EstablishmentFactory(time_zone="Indian/Reunion")
    SessionFactory(establishment=school, closed=True, starts_at=NOW + timedelta(hours=10, minutes=59))
    wanted = choice.of_period(school, date.fromisoformat(du), date.fromisoformat(au), white_exams=False)
    assert wanted.sessions.count() == found


def test_years_are_those_that_are_kept(db: None) -> None:
    school = EstablishmentFactory()
    assert choice.school_years(school) == []
    for days in (0, 3 * 365):
        SessionFactory(establishment=school, closed=True, starts_at=NOW - timedelta(days=days))
    assert choice.school_years(school) == [2025, 2022]


def test_a_keeper_of_two_schools_exports_the_one_that_he_sees(
    keeper: Client, kept: Session, secretariat: Account
) -> None:
    other = SessionFactory(closed=True, starts_at=NOW)
    MembershipFactory(account=secretariat, establishment=other.establishment)

    keeper.post(f"{FILE}?etablissement={other.establishment_id}", selection(other))

    assert Export.objects.get().establishment == other.establishment
    assert keeper.post(f"{FILE}?etablissement={other.establishment_id}", selection(kept)).status_code == 404


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (999_999, "moins de 1\u00a0Mo"),
        (1_000_001, "environ 2\u00a0Mo"),
        (10_000_000_001, "environ 11\u00a0Go"),
    ],
)
def test_a_size_is_told_roughly(size: int, words: str) -> None:
    assert choice.Weight(1, 0, 1, 1, size).words == words


def test_a_choice_that_emptied_before_the_file_leaves_is_refused(kept: Session) -> None:
    with pytest.raises(DomainError, match="empty"):
        begin_export(
            establishment=kept.establishment,
            shape=ExportShape.ZIP,
            choice="x",
            sessions=0,
            actor=KEEPER,
            now=NOW,
        )


def test_sessions_ticked_in_the_tray_come_to_the_confirmation(
    keeper: Client, sealed: Seal, session: Session
) -> None:
    sealed(session)

    page = keeper.get(CONFIRM, {"session": [str(session.number)]}).content.decode()

    assert f'name="session" value="{session.number}"' in page
    assert 'name="quoi" value="selection"' in page
    assert keeper.get(CONFIRM).status_code == 302
    assert keeper.get(CONFIRM, {"session": ["1"]}).status_code == 404
