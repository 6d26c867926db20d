"""Coming in: identity to entry, entry to token (D1, R14, mechanics §10)."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from pixsurv.kernel.errors import Busy, DomainError
from proctoring.models import Entry
from proctoring.services import entries
from sessions_app.models import Candidate, Session
from tests.factories import PROCTOR, ApiKeyFactory, CandidateFactory, attempt_of, open_entry_for, put
from tests.journal import NOW, assert_sound, everything, kinds, last_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(session: Session) -> Candidate:
    return CandidateFactory(
        session=session, last_name="LE GŒFF", first_name="Anne-Marie", birth_date=date(2011, 5, 21)
    )


def come_in(session: Session, **changes: Any) -> Entry:
    identity = {"last_name": "le goeff", "first_name": "anne marie", "birth_date": date(2011, 5, 21)}
    return entries.open_entry(session=session, heartbeat=15, now=NOW, **{**identity, **changes})


def test_entry_is_found_by_identity_and_holds_nothing(candidate: Candidate) -> None:
    entry = come_in(candidate.session)
    assert (entry.candidate, entry.heartbeat, entry.held_at) == (candidate, 15, None)
    assert kinds(candidate.session) == []


@pytest.mark.parametrize(
    "change", [{"last_name": "Le Goff"}, {"first_name": "Anne"}, {"birth_date": date(2011, 5, 22)}], ids=str
)
def test_entry_is_the_same_refusal_for_every_mismatch(candidate: Candidate, change: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refusal:
        come_in(candidate.session, **change)
    assert (refusal.value.code, refusal.value.status, refusal.value.sentence) == (
        "no_match",
        404,
        "Ces informations ne correspondent à aucun élève inscrit à cette session.",
    )
    assert not Entry.objects.exists()
    assert Session.objects.get(pk=candidate.session_id).first_entry_at is None


def test_entry_of_another_session_is_no_match(candidate: Candidate) -> None:
    with pytest.raises(DomainError, match="no_match"):
        come_in(CandidateFactory().session)


def test_entry_into_a_session_that_is_over_is_refused_to_who_was_enrolled(candidate: Candidate) -> None:
    session = candidate.session
    Session.objects.filter(pk=session.pk).update(state="cancelled", cancelled_at=NOW)
    session.refresh_from_db()
    with pytest.raises(DomainError, match="session_closed") as refusal:
        come_in(session)
    assert refusal.value.status == 410
    with pytest.raises(DomainError, match="no_match"):
        come_in(session, first_name="Autre")


def test_entry_is_refused_to_who_is_not_certifiable(candidate: Candidate) -> None:
    Candidate.objects.filter(pk=candidate.pk).update(certifiable_competences=4)
    with pytest.raises(DomainError, match="not_certifiable") as refusal:
        come_in(candidate.session)
    assert refusal.value.status == 403


def test_first_entry_is_dated_once(candidate: Candidate) -> None:
    come_in(candidate.session)
    other = entries.open_entry(
        session=Session.objects.get(pk=candidate.session_id),
        last_name="Le Goeff",
        first_name="Anne-Marie",
        birth_date=date(2011, 5, 21),
        heartbeat=None,
        now=NOW + timedelta(minutes=1),
    )
    assert other.heartbeat is None
    assert Session.objects.get(pk=candidate.session_id).first_entry_at == NOW


def test_entry_of_a_platform_names_its_key(candidate: Candidate) -> None:
    key = ApiKeyFactory(establishment=candidate.session.establishment)
    assert come_in(candidate.session, api_key=key).api_key == key


def test_workstation_typed_at_the_door_is_an_event(candidate: Candidate) -> None:
    entry = come_in(candidate.session, workstation="  14  bis ")
    event = last_event(candidate.session)
    assert attempt_of(candidate).workstation == "14 bis"
    assert (event.kind, event.facts["before"], event.facts["after"]) == ("workstation_changed", "", "14 bis")
    assert event.facts["actor"] == {"kind": "candidate", "name": "Anne-Marie LE GŒFF", "entry": str(entry.pk)}
    assert attempt_of(candidate).state == "expected"
    assert_sound(candidate.session)


def test_entry_and_its_workstation_are_one(candidate: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session was busy: nothing was done, so that asking again with the same key does it all."""

    def busy(**_: Any) -> None:
        raise Busy

    entry_id = uuid.uuid4()
    with monkeypatch.context() as patched:
        patched.setattr(entries, "set_workstation", busy)
        with pytest.raises(Busy):
            come_in(candidate.session, workstation="14", entry_id=entry_id)
    assert not Entry.objects.exists()

    assert come_in(candidate.session, workstation="14", entry_id=entry_id).pk == entry_id


def test_entry_of_an_id_is_made_once(candidate: Candidate) -> None:
    entry_id = come_in(candidate.session).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        come_in(candidate.session, entry_id=entry_id)


def test_workstation_set_again_records_nothing(candidate: Candidate) -> None:
    where: dict[str, Any] = {
        "session_id": candidate.session_id,
        "candidate_id": candidate.pk,
        "actor": PROCTOR,
    }
    entries.set_workstation(**where, workstation="14", now=NOW)
    before = everything(candidate.session)
    entries.set_workstation(**where, workstation=" 14", now=NOW)
    assert everything(candidate.session) == before
    entries.set_workstation(**where, workstation="", now=NOW)
    assert last_event(candidate.session).facts["after"] == ""


@pytest.mark.parametrize("workstation", ["14\x00", "\ud800"], ids=["NUL", "half a pair"])
def test_workstation_that_cannot_be_kept_is_refused(candidate: Candidate, workstation: str) -> None:
    with pytest.raises(DomainError, match="invalid") as refusal:
        come_in(candidate.session, workstation=workstation)
    assert refusal.value.status == 422
    assert not Entry.objects.exists()


def test_workstation_longer_than_its_column_is_cut(candidate: Candidate) -> None:
    come_in(candidate.session, workstation="x" * 500)
    assert attempt_of(candidate).workstation == "x" * 20


def test_token_opens_its_entry_only(candidate: Candidate) -> None:
    entry, other = come_in(candidate.session), come_in(candidate.session)
    token = entries.token_of(entry)
    assert token == entries.token_of(Entry.objects.get(pk=entry.pk))  # derived: a replay gets the same one
    assert entries.entry_of(token) == entry
    forged = entries.token_of(other).partition(".")[0] + "." + token.partition(".")[2]
    assert entries.entry_of(forged) is None


@pytest.mark.parametrize(
    "token", ["", "pxe_", "pxe_.", ".", "pxe_nothex.abc", "é", f"pxe_{'0' * 32}.é", f"pxe_{'0' * 32}.\ud800"]
)
def test_forged_token_costs_no_query(
    candidate: Candidate, token: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert entries.entry_of(token) is None


def test_token_of_an_entry_that_is_gone_opens_nothing(candidate: Candidate) -> None:
    entry = come_in(candidate.session)
    token = entries.token_of(entry)
    entry.delete()
    assert entries.entry_of(token) is None


def test_entry_of_a_token_is_one_query(candidate: Candidate, django_assert_num_queries: Any) -> None:
    put(candidate, "present", now=NOW)
    token = entries.token_of(open_entry_for(candidate, now=NOW))
    with django_assert_num_queries(1):
        entry = entries.entry_of(token)
        assert entry is not None
        assert entry.session.establishment.name
        assert entry.candidate.attempt.state == "present"
