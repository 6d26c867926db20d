"""`manage.py verify_journal`: what it says, and its exit code."""

import io

import pytest
from django.core.management import CommandError, call_command

from sessions_app.models import Candidate, Event, Session
from tests.factories import CandidateFactory, SessionFactory, put
from tests.journal import NOW
from tests.sessions_app.services.test_verification import guard_lifted

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("verify_journal", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def refused(*arguments: str) -> tuple[str, str]:
    """What the command said before it failed, and its last word."""
    out = io.StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("verify_journal", *arguments, stdout=out, stderr=out)
    assert failure.value.returncode == 1
    return out.getvalue(), str(failure.value)


def test_verify_journal_counts_the_events_of_each_session(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    other = SessionFactory()
    put(CandidateFactory(session=other), "present", now=NOW)
    quiet = SessionFactory()

    assert sorted(said().splitlines()) == sorted(
        [
            f"Session {candidate.session.number}\u00a0: 2 événements vérifiés",
            f"Session {other.number}\u00a0: 1 événement vérifié",
            f"Session {quiet.number}\u00a0: 0 événement vérifié",
        ]
    )


def test_verify_journal_of_one_session(candidate: Candidate) -> None:
    put(candidate, "present", now=NOW)
    SessionFactory()

    said_of_one = said("--session", str(candidate.session.number))
    assert said_of_one == f"Session {candidate.session.number}\u00a0: 1 événement vérifié\n"


def test_verify_journal_says_when_facts_were_eliminated(candidate: Candidate) -> None:
    session = candidate.session
    put(candidate, "in_progress", now=NOW)
    # 23h30 in Paris is the day before at the clock of the school.
    establishment = session.establishment
    establishment.time_zone = "America/Cayenne"
    establishment.save()
    Session.objects.filter(pk=session.pk).update(eliminating_at=NOW.replace(hour=2))
    Event.objects.filter(session=session).update(facts=None, salt=None)

    assert said() == (
        f"Session {session.number}\u00a0: 2 événements vérifiés par empreinte, faits éliminés le 13/03/2026\n"
    )


def test_verify_journal_counts_apart_what_is_half_eliminated(candidate: Candidate) -> None:
    session = candidate.session
    put(candidate, "in_progress", now=NOW)
    Session.objects.filter(pk=session.pk).update(eliminating_at=NOW)
    Event.objects.filter(session=session, sequence=1).update(facts=None, salt=None)

    assert said() == (
        f"Session {session.number}\u00a0: 1 événement vérifié\u00a0;"
        " 1 événement vérifié par empreinte, faits éliminés le 14/03/2026\n"
    )


def test_verify_journal_fails_at_the_first_broken_event(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    intact = SessionFactory()
    with guard_lifted():
        Event.objects.filter(sequence=2).update(kind="ended")

    lines, last_word = refused()

    assert (
        f"Session {candidate.session.number}\u00a0: rompu à l’événement 2 (ended)\u00a0: il a été modifié\u00a0;"
        " 1 événement vérifié avant\n"
    ) in lines
    assert f"Session {intact.number}\u00a0: 0 événement vérifié\n" in lines
    assert last_word == "1 journal rompu."


def test_verify_journal_fails_for_a_cut_journal(candidate: Candidate) -> None:
    put(candidate, "in_progress", now=NOW)
    with guard_lifted():
        Event.objects.filter(sequence=2).delete()

    lines, _ = refused("--session", str(candidate.session.number))

    assert "rompu à l’événement 2\u00a0: il manque\u00a0; 1 événement vérifié avant" in lines


def test_verify_journal_refuses_an_unknown_session(db: None) -> None:
    assert refused("--session", "1")[1] == "La session 1 n’existe pas."
