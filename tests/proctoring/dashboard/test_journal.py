"""The journal of a session and of an account: who, what, when, from where (A2)."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import lxml.html
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from proctoring.services import access as accesses
from proctoring.services import closing, minutes, presence
from proctoring.services.cases.answering import answer_case
from proctoring.services.cases.asking import Identity, ask_to_transfer
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, Role
from sessions_app.models import Account, Candidate, Event, Membership, Session
from sessions_app.services.candidate_list import remove_candidate
from sessions_app.services.enrolment import enrol, new_candidate
from sessions_app.services.journal import locked_session
from tests import factories

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)  # 10h30 in Paris
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _at_half_past_ten() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def of_session(session: Session, ending: str = "/") -> str:
    return f"/etablissement/sessions/{session.number}/journal{ending}"


def of_member(account: Account, session: Session, ending: str = "/") -> str:
    membership = Membership.objects.get(account=account, establishment=session.establishment)
    return f"/etablissement/equipe/{membership.pk}/journal{ending}"


def of_oneself(ending: str = "/") -> str:
    return f"/etablissement/compte/journal{ending}"


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def acts(client: Client, address: str, **query: str) -> list[list[str]]:
    """The rows of the page, cell by cell."""
    answer = client.get(address, query, follow=True)
    assert answer.status_code == 200, answer.status_code
    tree = lxml.html.document_fromstring(answer.content.decode().replace("\u00a0", " "))
    rows = tree.xpath("//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def sentences(client: Client, address: str, **query: str) -> list[str]:
    return [row[0] for row in acts(client, address, **query)]


def tick(candidate: Candidate, actor: Actor = factories.PROCTOR, **more: Any) -> None:
    presence.confirm_presence(
        session_id=candidate.session_id, candidate_id=candidate.pk, actor=actor, **{"now": NOW, **more}
    )


def in_the_room(session: Session, account: Account | None = None, name: str = "Perrine Essai") -> Actor:
    access, _ = accesses.enter(session=session, name=name, account=account, device=FIREFOX, now=NOW)
    return accesses.actor_of(access)


def test_page_says_who_what_when_and_from_where(
    signed_in: Client, session: Session, candidate: Candidate
) -> None:
    tick(candidate, in_the_room(session))
    told = acts(signed_in, of_session(session))
    assert told == [
        [
            f"Présence confirmée : {candidate.full_name}.",
            "16/11/2026 10h30",
            "Perrine Essai Surveillant",
            "Firefox sur Linux",
        ],
        ["Entre dans la salle.", "16/11/2026 10h30", "Perrine Essai Surveillant", "Firefox sur Linux"],
    ]


def test_candidates_office_platform_and_clock_have_their_doors(
    signed_in: Client, session: Session, admin: Account
) -> None:
    one = factories.CandidateFactory(session=session)
    factories.put(one, "in_progress", now=NOW - timedelta(hours=25))
    accesses.enter(session=session, name="P", account=None, device="", now=NOW)
    told = {row[0].split(" :")[0]: row[2:] for row in acts(signed_in, of_session(session))}
    assert told["Délai de 24 h dépassé, test clos"] == ["Horloge", "—"]
    assert told["Test commencé"] == [f"{one.full_name} Candidat", "Page « Je passe le test »"]
    minutes.set_extra_time(
        session_id=session.pk,
        candidate_id=factories.CandidateFactory(session=session).pk,
        percent=20,
        actor=Actor(kind=ActorKind.ADMIN, name=admin.name, account_id=admin.pk),
        now=NOW,
    )
    assert acts(signed_in, of_session(session))[0][2:] == [
        f"{admin.name} Administration",
        "Espace établissement",
    ]


def test_times_that_differ_by_more_than_a_minute_are_both_told(signed_in: Client, session: Session) -> None:
    late, soon = factories.CandidateFactory.create_batch(2, session=session)
    tick(late, observed_at=NOW - timedelta(minutes=21))
    tick(soon, observed_at=NOW - timedelta(seconds=60))
    told = acts(signed_in, of_session(session))
    assert told[1][1] == "16/11/2026 10h09reçu à 10h30"
    assert told[0][1] == "16/11/2026 10h29"


def test_removed_candidate_keeps_his_name(signed_in: Client, session: Session) -> None:
    wanted = new_candidate(last_name="Dupont", first_name="Paul", birth_date=NOW.date().replace(year=2011))
    (paul,) = enrol(session_id=session.pk, candidates=[wanted], actor=factories.ADMIN, now=NOW)
    remove_candidate(session_id=session.pk, candidate_id=paul.pk, actor=factories.ADMIN, now=NOW)
    assert sentences(signed_in, of_session(session)) == [
        "Candidat retiré de la liste : Paul DUPONT.",
        "Candidat inscrit : Paul DUPONT (16/11/2011).",
    ]
    assert len(sentences(signed_in, of_session(session), candidat="dup")) == 2


def test_candidate_who_changed_rooms_keeps_his_name_in_both_journals(
    signed_in: Client, session: Session, admin: Account
) -> None:
    left = factories.SessionFactory(establishment=session.establishment, starts_at=session.starts_at)
    paul = factories.CandidateFactory(session=left, last_name="Dupont", first_name="Paul")
    case = ask_to_transfer(
        session_id=session.pk,
        who=Identity("Dupont", "Paul", paul.birth_date),
        from_number=left.number,
        reason="",
        actor=factories.PROCTOR,
        now=NOW,
    )
    assert sentences(signed_in, of_session(session)) == [
        f"Demande à la direction : Paul DUPONT (élève d’une autre salle, session {left.number})."
    ]
    boss = Actor(kind=ActorKind.ADMIN, name=admin.name, account_id=admin.pk)
    answer_case(case_id=case.pk, accepted=True, actor=boss, now=NOW)
    moved = f"Changé de salle : Paul DUPONT (de la session {left.number} à la session {session.number})."
    for room in (left, session):
        assert moved in sentences(signed_in, of_session(room))
        assert moved in sentences(signed_in, of_session(room), candidat="dup")


def test_filters_by_kind_candidate_actor_and_period(signed_in: Client, session: Session) -> None:
    paul = factories.CandidateFactory(session=session, last_name="Dupont", first_name="Paul")
    zoe = factories.CandidateFactory(session=session, last_name="Œillet", first_name="Zoé")
    perrine, luc = in_the_room(session), in_the_room(session, name="Luc Essai")
    tick(paul, perrine)
    tick(zoe, luc, now=NOW + timedelta(minutes=10))
    factories.put(factories.CandidateFactory(session=session), "in_progress", now=NOW)
    here = of_session(session)

    def found(**query: str) -> set[str]:
        return {text.split(" :")[0] for text in sentences(signed_in, here, **query)}

    assert found(acte="presence") == {"Présence confirmée"}
    assert found(acte="started") == {"Test commencé"}
    assert [text[-11:] for text in sentences(signed_in, here, candidat="oeillet z")] == ["Zoé ŒILLET."]
    assert sentences(signed_in, here, candidat="zzz") == []
    assert found(acteur="nom:Luc Essai") == {"Entre dans la salle.", "Présence confirmée"}
    assert found(acteur="candidats") == {"Test commencé"}
    assert found(acteur="horloge") == set()
    assert len(sentences(signed_in, here, du="2026-11-16T10:40")) == 1
    assert len(sentences(signed_in, here, du="2026-11-16T10:41")) == 0
    # The minute that is named is in it.
    assert len(sentences(signed_in, here, au="2026-11-16T10:30")) == 5
    assert len(sentences(signed_in, here)) == 6


@pytest.mark.parametrize("query", [{"du": "hier"}, {"acte": "nonsense"}, {"acteur": "nom:Personne"}])
def test_nonsense_is_told_and_filters_nothing(
    signed_in: Client, session: Session, query: dict[str, str]
) -> None:
    tick(factories.CandidateFactory(session=session))
    answer = signed_in.get(of_session(session), query, follow=True)
    assert answer.status_code == 422
    assert "message-erreur" in answer.content.decode()


def eliminate(session: Session, on: datetime) -> None:
    Session.objects.filter(pk=session.pk).update(eliminating_at=on)
    Event.objects.filter(session=session).update(facts=None, salt=None)


def test_eliminated_facts_are_shown_as_erased(signed_in: Client, session: Session) -> None:
    tick(factories.CandidateFactory(session=session, last_name="Dupont"))
    eliminate(session, datetime(2031, 2, 3, 23, 30, tzinfo=UTC))
    told = acts(signed_in, of_session(session))
    assert told == [["Présence confirmée : effacé le 04/02/2031", "16/11/2026 10h30", "—", "—"]]
    assert sentences(signed_in, of_session(session), candidat="dupont")[0].endswith("effacé le 04/02/2031")
    assert b"DUPONT" not in signed_in.get(of_session(session, ".csv")).content


def test_csv_opens_in_a_french_spreadsheet(signed_in: Client, session: Session) -> None:
    evil = factories.CandidateFactory(session=session, last_name="=SOMME(A1)", first_name="@Paul")
    tick(evil, in_the_room(session, name="+33 Essai"), observed_at=NOW - timedelta(minutes=5))
    answer = signed_in.get(of_session(session, ".csv"), {"acte": "presence"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="journal-session-{session.number}.csv"' in answer.headers["Content-Disposition"]
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    head, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    told = dict(zip(head, row, strict=True))
    assert told["Observé"] == "16/11/2026 10:25:00"
    assert told["Reçu"] == "16/11/2026 10:30:00"
    assert told["Qui"] == "'+33 Essai"
    assert told["Candidat"] == "'@Paul =SOMME(A1)"
    assert told["Session"] == str(session.number)


def test_ods_has_real_hours(signed_in: Client, session: Session) -> None:
    tick(factories.CandidateFactory(session=session))
    answer = signed_in.get(of_session(session, ".ods"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        content = archive.read("content.xml").decode()
    assert 'office:date-value="2026-11-16T10:30:00"' in content
    assert content.count('office:value-type="date"') == 2
    assert f'office:value="{session.number}"' in content
    assert "Présence confirmée\u00a0: " in content  # a space that does not break is a space


def test_files_hold_what_the_page_was_asked_in_the_order_it_happened(
    signed_in: Client, session: Session
) -> None:
    for index in range(60):
        tick(factories.CandidateFactory(session=session), now=NOW + timedelta(seconds=index))
    in_the_room(session)
    page = signed_in.get(of_session(session), {"acte": "presence"}).content.decode()
    (address,) = lxml.html.document_fromstring(page).xpath("//a[contains(@href, '.csv')]/@href")
    rows = list(csv.reader(io.StringIO(signed_in.get(address).content.decode()), delimiter=";"))
    assert [int(row[1]) for row in rows[1:]] == list(range(1, 61))


def write_many(session: Session, count: int, account: Account) -> None:
    """A long journal, through its only writer."""
    people = factories.CandidateFactory.create_batch(5, session=session)
    entry = factories.open_entry_for(people[0], now=NOW)
    by = [
        Actor(kind=ActorKind.PROCTOR, name="Perrine Essai"),
        Actor(kind=ActorKind.ADMIN, name=account.name, account_id=account.pk),
        Actor(kind=ActorKind.CANDIDATE, name="P", entry_id=str(entry.pk)),
        Actor(kind=ActorKind.CANDIDATE, name="P", entry_id=str(uuid4())),
    ]
    with locked_session(session.pk, now=NOW) as lock:
        for index in range(count):
            lock.record(
                EventKind.WORKSTATION_CHANGED,
                actor=by[index % 4],
                candidate_id=people[index % 5].pk,
                facts={"before": "", "after": str(index)},
            )


def queries(client: Client, address: str, **query: str) -> int:
    sealed = client.get(address, query)["Location"]
    with CaptureQueriesContext(connection) as captured:
        assert client.get(sealed).status_code == 200
    return len(captured)


def test_long_journal_costs_as_many_queries_as_a_short_one(
    signed_in: Client, session: Session, admin: Account
) -> None:
    addresses = [
        of_session(session),
        of_session(session, ".csv"),
        of_oneself(),
        of_oneself(".ods"),
        of_member(admin, session),
    ]
    asked = {"candidat": "e"}
    write_many(session, 8, admin)
    short = [queries(signed_in, one, **asked) for one in addresses]
    write_many(session, 600, admin)
    assert [queries(signed_in, one, **asked) for one in addresses] == short
    assert max(short) <= 14
    last = acts(signed_in, of_session(session), page="13")
    assert len(last) == 8
    assert len(acts(signed_in, of_session(session))) == 50


# ---- the journal of an account ----
def test_own_journal_has_what_one_did_and_nothing_else(
    signed_in: Client, session: Session, admin: Account, candidate: Candidate
) -> None:
    tick(candidate, in_the_room(session, admin, name=admin.name))
    in_the_room(session)
    told = acts(signed_in, of_oneself())
    assert [row[0] for row in told] == [
        f"Présence confirmée : {candidate.full_name}.",
        "Entre dans la salle.",
    ]
    assert told[0][1:] == ["16/11/2026 10h30", f"{session.number} salle B12", "Firefox sur Linux"]


def test_own_journal_covers_every_school_that_one_belongs_to_now(
    signed_in: Client, session: Session, admin: Account
) -> None:
    second = factories.SessionFactory()
    role = factories.MembershipFactory(account=admin, establishment=second.establishment, role=Role.PROCTOR)
    in_the_room(session, admin)
    in_the_room(second, admin)
    assert len(acts(signed_in, of_oneself())) == 2
    role.delete()
    assert [row[2] for row in acts(signed_in, of_oneself())] == [f"{session.number} salle B12"]


def test_member_journal_stays_in_the_school(signed_in: Client, session: Session, admin: Account) -> None:
    colleague = factories.MembershipFactory(
        establishment=session.establishment, role=Role.PROCTOR, account__name="Luc Essai"
    ).account
    elsewhere = factories.SessionFactory()
    factories.MembershipFactory(account=colleague, establishment=elsewhere.establishment)
    in_the_room(session, colleague)
    in_the_room(elsewhere, colleague)
    told = acts(signed_in, of_member(colleague, session))
    assert [row[2] for row in told] == [f"{session.number} salle B12"]
    rows = signed_in.get(of_member(colleague, session, ".csv")).content.decode().splitlines()
    assert len(rows) == 2


def test_account_journal_is_of_this_school_year_unless_asked(
    signed_in: Client, session: Session, admin: Account
) -> None:
    actor = Actor(kind=ActorKind.ADMIN, name=admin.name, account_id=admin.pk)
    old = factories.SessionFactory(establishment=session.establishment)
    in_june = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
    Session.objects.filter(pk=old.pk).update(created_at=in_june)
    accesses.enter(session=old, name=admin.name, account=admin, device="", now=in_june)
    minutes.set_extra_time(
        session_id=session.pk,
        candidate_id=factories.CandidateFactory(session=session).pk,
        percent=20,
        actor=actor,
        now=NOW,
    )
    assert [row[2] for row in acts(signed_in, of_oneself())] == [f"{session.number} salle B12"]
    assert len(acts(signed_in, of_oneself(), du="2026-06-15")) == 2
    assert [row[2] for row in acts(signed_in, of_oneself(), du="2026-06-15", au="2026-06-15")] == [
        f"{old.number} salle B12"
    ]
    assert acts(signed_in, of_oneself(), candidat="zzz") == []


def test_last_day_of_a_period_is_in_it(signed_in: Client, session: Session, admin: Account) -> None:
    in_the_room(session, admin)
    assert len(acts(signed_in, of_oneself(), du="2026-11-16", au="2026-11-16")) == 1
    assert acts(signed_in, of_oneself(), du="2026-11-17") == []


# ---- who may read ----


def test_secretariat_reads_why_it_is_too_early(
    client: Client, session: Session, secretariat: Account
) -> None:
    client.force_login(secretariat)
    assert "à sa clôture" in client.get(of_session(session)).content.decode()


def test_journal_for_the_secretariat_leads_to_no_page_of_admins(
    client: Client, session: Session, secretariat: Account
) -> None:
    closing.close_session(session_id=session.pk, actor=factories.PROCTOR, now=NOW)
    client.force_login(secretariat)
    assert "Retour à la session" not in client.get(of_session(session)).content.decode()


def test_account_journals_are_for_oneself_and_ones_admins(
    session: Session, admin: Account, secretariat: Account, proctor_account: Account, other_admin: Account
) -> None:
    for end in ("/", ".csv", ".ods"):
        where = of_member(proctor_account, session, end)
        assert Client().get(where).status_code == Client().get(of_oneself(end)).status_code == 302
        for account, expected in (
            (admin, 200), (secretariat, 403), (proctor_account, 403), (other_admin, 404),
        ):  # fmt: skip
            browser = Client()
            browser.force_login(account)
            assert browser.get(where).status_code == expected
            assert browser.get(of_oneself(end)).status_code == 200


def test_account_without_a_school_has_an_empty_journal(client: Client, db: None) -> None:
    client.force_login(factories.AccountFactory())
    assert acts(client, of_oneself()) == []


def test_journals_are_linked_from_where_they_are_looked_for(
    signed_in: Client, session: Session, admin: Account
) -> None:
    for page, link in (
        (f"/etablissement/sessions/{session.number}/", of_session(session)),
        ("/etablissement/compte/", of_oneself()),
        ("/etablissement/equipe/", of_member(admin, session)),
    ):
        assert f'href="{link}"' in signed_in.get(page).content.decode()


@pytest.mark.parametrize("name", ["du", "au"])
@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_day_at_the_end_of_the_calendar_is_refused(
    signed_in: Client, session: Session, name: str, year: str
) -> None:
    for address, value in ((of_session(session), f"{year}T23:59"), (of_oneself(), year)):
        answer = signed_in.get(address, {name: value})
        assert answer.status_code == 422
        assert "Écrivez une date entre 2000 et 2100." in answer.content.decode()
        assert signed_in.get(address.removesuffix("/") + ".csv", {name: value}).status_code < 500
