"""From a file to several sessions: report, confirmation, one transaction or nothing (P5)."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions_app.models import Candidate, Establishment, Event, Session, SessionsDraft
from sessions_app.services import batch
from tests import factories
from tests.journal import assert_sound, kinds
from tests.sessions_app.batches.acts import (
    NOON,
    TWO,
    confirm,
    imported,
    line,
    made,
    page,
    report,
    text,
    uploaded,
)
from tests.sessions_app.candidates.acts import close, form_of, names, signed_in, words

__all__ = ["signed_in"]


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def school(session: Session) -> Establishment:
    Session.objects.filter(pk=session.pk).update(starts_at=NOON + timedelta(days=3))
    return session.establishment


def unchanged(school: Establishment) -> bool:
    """Only the session that every test begins with is there, without candidates."""
    return Session.objects.count() == 1 and not Candidate.objects.exists() and not Event.objects.exists()


def test_import_is_report_then_confirmation(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, school, text(TWO))
    shown = words(signed_in.get(page(draft)))
    assert unchanged(school)
    for sentence in (
        "Rien n’est encore enregistré",
        "2 séances à créer",
        "salle C04",
        "1 candidat",
        "CHARLIE Cléo",
    ):
        assert sentence in shown
    response = confirm(signed_in, draft)
    assert response.status_code == 303
    shown = words(signed_in.get(response["Location"]))
    assert "2 séances créées" in shown and "3 candidats" in shown
    first, second = made(SessionsDraft.objects.get())
    assert names(first) == ["Alpha", "Bravo"]
    assert (second.room, second.proctor_names, second.observations) == ("C04", "Luc Démo", "Porte sud")
    assert first.candidates.get(last_name="Alpha").extra_time_percent == 33
    assert first.password() != second.password() and first.access_code != second.access_code
    assert kinds(first) == ["candidate_enrolled"] * 2
    for one in (first, second):
        assert_sound(one)


def test_file_does_not_say_all_of_a_session(signed_in: Client, school: Establishment) -> None:
    chosen = {"kind": "white_exam", "followed": "by_hand", "duration": "60", "workstations": "18"}
    [first, _] = made(imported(signed_in, school, text(TWO), **chosen))
    assert (first.kind, first.followed, first.duration, first.workstations) == (
        "white_exam",
        "by_hand",
        60,
        18,
    )


def test_confirming_twice_makes_them_once(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, school, text(TWO))
    sent = [confirm(signed_in, draft), signed_in.post(page(draft), {"seen": "x"})]
    assert [one.status_code for one in sent] == [303, 303]
    assert Session.objects.count() == 3
    draft.refresh_from_db()
    assert draft.rows == [] and len(draft.made) == 2


def test_importing_the_same_file_again_doubles_nothing(signed_in: Client, school: Establishment) -> None:
    first = imported(signed_in, school, text(TWO))
    draft = uploaded(signed_in, school, text(TWO))
    shown = words(signed_in.get(page(draft)))
    for number in first.made:
        assert f"La session {number} existe déjà" in shown
    assert "Inscrit au même moment" not in shown  # said once is enough
    assert signed_in.post(page(draft), {"seen": ""}).status_code == 422
    assert Session.objects.count() == 3


def test_two_reports_of_one_file_make_its_sessions_once(signed_in: Client, school: Establishment) -> None:
    one, two = (uploaded(signed_in, school, text(TWO)) for _ in range(2))
    sent = form_of(signed_in.get(page(two)))
    assert confirm(signed_in, one).status_code == 303
    response = signed_in.post(page(two), sent)
    assert response.status_code == 422
    assert "existe déjà" in words(response)
    assert Session.objects.count() == 3


def test_a_cancelled_session_may_be_made_again(signed_in: Client, school: Establishment) -> None:
    imported(signed_in, school, text(TWO))
    Session.objects.filter(room="C04").update(state="cancelled", cancelled_at=NOON)
    draft = imported(signed_in, school, text(TWO[2:]))
    assert len(draft.made) == 1


def test_one_error_and_nothing_is_made(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, school, text([*TWO, line("Delta", hour="25:00")]))
    shown = signed_in.get(page(draft))
    assert "1 erreur empêche l’import" in words(shown)
    assert 'name="seen"' not in shown.content.decode()
    assert signed_in.post(page(draft), {"seen": ""}).status_code == 422
    assert unchanged(school)
    assert signed_in.get(f"{page(draft)}rapport.ods").content.startswith(b"PK")
    assert "25:00" not in words(signed_in.get(f"{page(draft)}?voir=avertissements"))


def test_failure_in_the_middle_leaves_nothing(
    signed_in: Client, school: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = uploaded(signed_in, school, text(TWO))

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(batch, "apply_changes", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        confirm(signed_in, draft)
    assert unchanged(school)
    draft.refresh_from_db()
    assert draft.imported_at is None and draft.rows


def test_list_of_a_session_is_replaced_by_its_number(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    stays = factories.CandidateFactory(session=session, last_name="Alpha", first_name="Ana", local_id="old")
    factories.CandidateFactory(session=session, last_name="Gone", first_name="Gus")
    birth = f"{stays.birth_date:%d/%m/%Y}"
    number = str(session.number)
    lines = [
        line("ALPHA", "Ana", birth, number=number),
        line("Bravo", "Bo", number=number),
        line("Charlie", room="C04"),
    ]
    draft = uploaded(signed_in, school, text(lines))
    shown = words(signed_in.get(page(draft)))
    for sentence in ("1 inscrit, 1 corrigé, 1 retiré", "Retiré : GONE Gus", "Inscrit : BRAVO Bo", "old → X1"):
        assert sentence in shown
    response = confirm(signed_in, draft)
    assert "1 séance créée, 1 liste changée" in words(signed_in.get(response["Location"]))
    assert names(session) == ["ALPHA", "Bravo"]
    stays.refresh_from_db()
    assert stays.local_id == "X1"
    assert kinds(session) == ["candidate_corrected", "candidate_corrected", "candidate_enrolled"]
    assert_sound(session)


def test_list_changed_since_the_report_is_shown_again(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    draft = uploaded(signed_in, school, text([line(number=str(session.number))]))
    seen = signed_in.get(page(draft)).content.decode()
    factories.CandidateFactory(session=session)
    old = seen.split('name="seen" value="')[1].split('"')[0]
    response = signed_in.post(page(draft), {"seen": old})
    assert response.status_code == 409 and "a changé depuis ce rapport" in words(response)
    assert session.candidates.count() == 1
    assert confirm(signed_in, draft).status_code == 303


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("entered", "Un candidat y est déjà entré"),
        ("closed", "Cette session est clôturée"),
        ("foreign", "n’existe pas dans cet établissement"),
        ("unknown", "n’existe pas dans cet établissement"),
    ],
)
def test_list_that_can_not_be_replaced_is_refused(
    signed_in: Client, school: Establishment, session: Session, state: str, sentence: str
) -> None:
    number = session.number
    if state == "entered":
        Session.objects.filter(pk=session.pk).update(first_entry_at=NOON)
    elif state == "closed":
        close(session)
    elif state == "foreign":
        number = factories.SessionFactory().number
    else:
        number = 99_999
    draft = uploaded(signed_in, school, text([line(number=str(number))]))
    assert sentence in words(signed_in.get(page(draft)))
    assert signed_in.post(page(draft), {"seen": ""}).status_code == 422
    assert not Candidate.objects.exists()


def test_what_crosses_in_time_is_told(signed_in: Client, school: Establishment) -> None:
    here = factories.SessionFactory(
        establishment=school,
        site="Collège",
        starts_at=NOON.replace(day=17, hour=10),
        proctor_names="Zoé",
        room="B12",
    )
    factories.CandidateFactory(
        session=here, last_name="Alpha", first_name="Ana", birth_date=date(2011, 5, 21)
    )
    shown = report(signed_in, school, [
        line("Alpha", "Ana"),
        line("Bravo", "Bo", room="C04", proctors="Perrine Essai"),
        line("Alpha", "Ana", room="C04"),
    ])  # fmt: skip
    assert f"avec la même salle : session {here.number}, salle B12, le 17/03 à 11h00" in shown
    assert "avec un même surveillant : ligne 2, salle B12, le 17/03 à 10h00" in shown
    assert f"Inscrit au même moment : ligne 2, salle B12, le 17/03 à 10h00 ; session {here.number}" in shown
    assert "Rien n’est encore enregistré" in shown  # warnings do not block


def test_file_that_changes_nothing_can_not_be_confirmed(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    draft = uploaded(signed_in, school, text([line("", "", "", number=str(session.number))]))
    assert "sa liste n’est pas changée" in words(signed_in.get(page(draft)))
    assert signed_in.post(page(draft), {"seen": ""}).status_code == 422


def test_draft_lasts_a_day(signed_in: Client, school: Establishment) -> None:
    draft = uploaded(signed_in, school, text(TWO))
    with time_machine.travel(NOON + timedelta(hours=24), tick=False):
        signed_in.force_login(draft.account)  # the sign-in has ended too
        assert signed_in.get(page(draft)).status_code == 410
        uploaded(signed_in, school, text(TWO))
    assert SessionsDraft.objects.count() == 1


def test_number_of_statements_does_not_grow(signed_in: Client, school: Establishment) -> None:
    def asked(sessions: int, day: int) -> tuple[int, int]:
        lines = [
            line(f"N{chr(65 + who)}", "Bo", room=f"R{room}", day=f"{day:02d}/03/2026")
            for room in range(sessions)
            for who in range(3)
        ]
        old = factories.SessionFactory(establishment=school, starts_at=NOON + timedelta(days=40 + day))
        factories.CandidateFactory(session=old)
        lines += [line(number=str(old.number))]
        draft = uploaded(signed_in, school, text(lines))
        with CaptureQueriesContext(connection) as shown:
            seen = signed_in.get(page(draft)).content.decode().split('name="seen" value="')[1].split('"')[0]
        with CaptureQueriesContext(connection) as confirmed:
            assert signed_in.post(page(draft), {"seen": seen}).status_code == 303
        return len(shown), len(confirmed)

    asked(1, 20)
    few = asked(1, 21)
    assert asked(12, 22) == few
    assert few[0] <= 10


def test_numbers_drawn_are_free_and_different(db: None) -> None:
    drawn = batch.free_numbers(500)
    assert len(set(drawn)) == 500


def test_number_taken_meanwhile_is_drawn_again(
    signed_in: Client, school: Establishment, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[session.number, 111_111], [222_222, 333_333]])
    monkeypatch.setattr(batch, "free_numbers", lambda count: next(answers))
    draft = imported(signed_in, school, text(TWO))
    assert sorted(draft.made) == [222_222, 333_333]


def test_papers_of_what_was_made_are_one_press_away(signed_in: Client, school: Establishment) -> None:
    draft = imported(signed_in, school, text(TWO))
    page_of = signed_in.get(page(draft)).content.decode()
    for number in draft.made:
        assert f'name="session" value="{number}"' in page_of
    sent = {
        "etablissement": str(school.pk),
        "filtre": "a-venir",
        "session": draft.made,
        "papers": ["kit"],
        "shape": "pdf",
    }
    response = signed_in.post("/etablissement/documents/", sent)
    assert response["Content-Type"] == "application/pdf"
