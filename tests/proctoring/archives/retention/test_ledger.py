"""The ledger beside the database: written as eliminations happen, applied again after a restore."""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import call_command

from proctoring.enums import SlipState
from proctoring.models import Elimination, EliminationSlip
from proctoring.services.elimination import act, ledger
from proctoring.services.elimination.act import eliminate
from proctoring.services.elimination.again import apply_ledger
from proctoring.services.elimination.slips import draft_pupils_slip
from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Candidate, PupilDraft, Session
from sessions_app.services.journal import LockedSession, locked_session
from tests import factories
from tests.proctoring.archives.retention.conftest import KEEPER, NOW, OLD, kept_session, slip_of

pytestmark = pytest.mark.django_db


def told(session: Session) -> str:
    """A session's entry in the ledger, once eliminated."""
    eliminate(slip_id=slip_of(session).pk, actor=KEEPER, now=NOW)
    return json.dumps(
        {"format": 1, **ledger.asdict(ledger.entry_of(Elimination.objects.get(session=session)))}
    )


def test_ledger_leaves_another_session_of_the_same_number(ledger_file: Path) -> None:
    old = kept_session()
    with locked_session(old.pk, now=OLD) as lock:
        lock.record(EventKind.INSTRUCTIONS_READ, actor=KEEPER)
    line = json.loads(told(old))
    other = kept_session(establishment=old.establishment)
    with locked_session(other.pk, now=OLD) as lock:
        lock.record(EventKind.INSTRUCTIONS_READ, actor=KEEPER)
    ledger_file.write_text(json.dumps({**line, "number": other.number}) + "\n")

    applied = apply_ledger(ledger_file, now=NOW)

    assert applied.unlike == [other.number]
    other.refresh_from_db()
    assert other.state == SessionState.CLOSED


def test_ledger_applies_over_what_the_backup_had_drafted(ledger_file: Path) -> None:
    """The backup knows the slip before its visa, and the same session on none: both end up eliminated."""
    old = kept_session()
    factories.CandidateFactory(session=old)
    slip = slip_of(old, visa=False)
    entry = {"format": 1, "establishment": old.establishment_id, "slip": slip.rank, "kind": "archives"}
    entry |= {"visa": "AD 7", "visa_on": "2026-10-01", "at": NOW.isoformat(), "number": old.number}
    entry |= {"origin": "", "school_year": None}
    ledger_file.write_text(json.dumps(entry) + "\n" + '{"cut short')

    for expected in ([old.number], []):
        assert apply_ledger(ledger_file, now=NOW).sessions == expected

    slip.refresh_from_db()
    assert (slip.state, slip.visa_reference, slip.done_at) == (SlipState.DONE, "AD 7", NOW)
    assert Candidate.objects.get(session=old).last_name == "Candidat"


def test_ledger_brings_back_no_list_of_pupils(ledger_file: Path) -> None:
    pupil = factories.PupilFactory(school_year=2020)
    entry = {"format": 1, "establishment": pupil.establishment_id, "slip": 4, "kind": "pupils", "visa": ""}
    entry |= {"visa_on": "", "at": NOW.isoformat(), "number": None, "origin": "", "school_year": 2020}
    ledger_file.write_text(json.dumps(entry) + "\n")
    assert apply_ledger(ledger_file, now=NOW).school_years == [2020]
    assert not pupil.establishment.pupils.exists()
    assert apply_ledger(ledger_file, now=NOW).school_years == []


def test_ledger_is_completed_from_a_living_database(ledger_file: Path, tmp_path: Path) -> None:
    told(kept_session())
    ledger_file.write_text('{"cut short')
    out = StringIO()
    call_command("retention", "--ledger", str(ledger_file), stdout=out)
    assert "1 ligne de plus" in out.getvalue()
    assert len(ledger.read(ledger_file)) == 1
    assert "cut short" not in ledger_file.read_text()
    call_command("retention", "--ledger", str(tmp_path / "new.jsonl"), stdout=out)
    assert (tmp_path / "new.jsonl").read_text() == ledger_file.read_text()
    assert (tmp_path / "new.jsonl").stat().st_mode & 0o777 == 0o600


def test_interrupted_elimination_leaves_what_is_gone_in_the_ledger(
    monkeypatch: pytest.MonkeyPatch, ledger_file: Path
) -> None:
    one = kept_session()
    two = kept_session(establishment=one.establishment)
    first, second = sorted((one, two), key=lambda session: session.number)
    slip = slip_of(first, second)
    emptied = act._empty

    def power_cut(lock: LockedSession) -> None:
        if lock.session.pk == second.pk:
            raise KeyboardInterrupt
        emptied(lock)

    monkeypatch.setattr(act, "_empty", power_cut)
    with pytest.raises(KeyboardInterrupt):
        eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)

    assert [one.number for one in ledger.read(ledger_file)] == [first.number]
    monkeypatch.undo()
    eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW + timedelta(days=1))
    assert [one.number for one in ledger.read(ledger_file)] == [first.number, second.number]


def test_ledger_holds_a_session_once_whatever_its_slip(ledger_file: Path) -> None:
    """Eliminated again in a restored database, a session may stand on a slip of another number."""
    told(kept_session())
    (entry,) = ledger.read(ledger_file)
    ledger.note_quietly(replace(entry, slip=entry.slip + 1, at=(NOW + timedelta(days=1)).isoformat()))
    assert ledger.read(ledger_file) == [entry]
    assert ledger.complete() == 0


def test_ledger_leaves_a_list_of_pupils_that_was_imported_since() -> None:
    """A backup made after the elimination knows of it: what that year holds now is another list."""
    pupil = factories.PupilFactory(school_year=2020)
    given = {"establishment": pupil.establishment, "school_year": 2020}
    where = {"establishment_id": pupil.establishment_id, "school_year": 2020}
    eliminate(slip_id=draft_pupils_slip(**where, actor=KEEPER, now=NOW).pk, actor=KEEPER, now=NOW)
    assert not pupil.establishment.pupils.exists()
    factories.PupilFactory(**given)
    path = configured.ELIMINATION_LEDGER
    assert [one.school_year for one in ledger.read(path)] == [2020]

    assert apply_ledger(path, now=NOW + timedelta(days=1)).school_years == []
    assert pupil.establishment.pupils.count() == 1

    again = NOW + timedelta(days=2)
    eliminate(slip_id=draft_pupils_slip(**where, actor=KEEPER, now=again).pk, actor=KEEPER, now=again)
    assert [one.instant for one in ledger.read(path)] == [NOW, again]
    EliminationSlip.objects.filter(done_at=again).delete()  # a backup between the two
    factories.PupilFactory(**given)
    assert apply_ledger(path, now=again).school_years == [2020]
    assert not pupil.establishment.pupils.exists()


def test_ledger_sweeps_the_drafts_that_expired_since_the_backup(ledger_file: Path) -> None:
    told_of = kept_session()
    told(told_of)
    given = {
        "establishment": told_of.establishment,
        "file_name": "f",
        "rows": [[2, ["nom"]]],
        "header_line": 1,
    }
    old = {"created_at": NOW - timedelta(days=2), "school_year": 2025, "kind": "pupils"}
    PupilDraft.objects.create(**given, **old)
    fresh = PupilDraft.objects.create(**given, **{**old, "created_at": NOW})
    apply_ledger(ledger_file, now=NOW)
    assert list(PupilDraft.objects.all()) == [fresh]
