"""After an elimination nobody's name, birth date or words are left in any table: the promise of I6."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from pixsurv.kernel.journal import Json
from proctoring.demo.history import live_through
from proctoring.models import (
    Alert,
    Answer,
    Attempt,
    Case,
    Elimination,
    FraudSheet,
    HandOver,
    Incident,
    Once,
    PaperPage,
    Receipt,
    TicketDoor,
)
from proctoring.services.elimination import fate
from proctoring.services.elimination.act import eliminate
from proctoring.services.elimination.slips import draft_pupils_slip
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, SessionState
from sessions_app.models import Candidate, Event, ImportDraft, Pupil, PupilDraft, Session, SessionsDraft
from sessions_app.services.journal import locked_session
from sessions_app.services.verification import verify_session
from tests import factories
from tests.proctoring.archives.retention.conftest import KEEPER, NOW, OLD, slip_of

pytestmark = pytest.mark.django_db

MARK = "Zxq"  # begins every planted word; no word of ours does
ADMIN = Actor(kind=ActorKind.ADMIN, name=f"{MARK}direction")
PROCTORS = ("Perrine", "Luc D")  # who watched the lived session; JSON escapes accents
BIRTHS = [date(1987, 3, 1) + timedelta(days=index) for index in range(12)]

# Models of ours that hold no text of a session or of its pupils: the school's own, its members', and the proof.
NOT_OF_A_SESSION = {
    *("Establishment", "ApiKey", "Contact", "HelpText", "CalendarFeed", "ImportMapping", "Invitation"),
    *(
        "Account",
        "Membership",
        "LinkedIdentity",
        "SignIn",
        "SecondFactor",
        "EliminationSlip",
        "Elimination",
        "Export",
        "Rehearsal",
    ),
}
# Emptied by name in `act`: facts of the journal, lists of a day, answers of two days, the pupils of a year.
ON_THEIR_OWN = {"Event", "SessionsDraft", "PupilDraft", "Once", "Pupil"}
# Ids, numbers, times, digests of opaque ids and words of a closed list.
NO_TEXT = {"GuessPool"}


def of_ours() -> set[type[models.Model]]:
    return {
        model for label in ("sessions_app", "proctoring") for model in apps.get_app_config(label).get_models()
    }


def free_text(model: type[models.Model]) -> list[str]:
    """Fields in which anybody's words could stand: texts without a closed list, JSON, bytes."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and not field.unique
    ]


def marked(field: Any, at: int) -> Any:
    word = f"{MARK}{field.model.__name__}{at}"
    if isinstance(field, models.JSONField):
        return [word]
    if isinstance(field, models.BinaryField):
        return word.encode()
    return word[: field.max_length]


def dump() -> str:
    """Every value of every table, as text."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows += [f"{table}: {[_text(value) for value in row]}" for row in cursor.fetchall()]
    return "\n".join(rows)


def _text(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def lived() -> Session:
    """A day of 2021 with everything in it: the demonstration's, and a row of every model that a session may have."""
    session = factories.SessionFactory(starts_at=OLD)
    pupils = [
        factories.PupilFactory(
            establishment=session.establishment,
            school_year=2020,
            last_name=f"{MARK}nom{index}",
            first_name=f"{MARK}prenom{index}",
            birth_date=born,
        )
        for index, born in enumerate(BIRTHS)
    ]
    for pupil in pupils:
        names = {"last_name": pupil.last_name, "first_name": pupil.first_name, "pupil": pupil}
        factories.CandidateFactory(session=session, birth_date=pupil.birth_date, **names)
    live_through(session, admin=ADMIN)
    words: dict[str, Json] = {"text": f"{MARK}faits"}
    with locked_session(session.pk, now=OLD + timedelta(hours=4)) as lock:
        lock.record(EventKind.ADDENDUM, actor=ADMIN, facts=words)
    other_rows(session)
    session.refresh_from_db()
    return session


def other_rows(session: Session) -> None:
    attempt = Attempt.objects.filter(session=session, started_at__isnull=False).earliest("pk")
    access = session.accesses.earliest("pk")  # type: ignore[attr-defined]
    Answer.objects.create(attempt=attempt, position=1, question_id="q", answered_at=OLD)
    incident = Incident.objects.filter(session=session).earliest("pk")
    FraudSheet.objects.create(incident=incident, sequence=1, written_at=OLD)
    Case.objects.create(session=session, kind="not_listed", asked_at=OLD, asked_by=access, raised_sequence=1)
    TicketDoor.objects.create(session=session, counted_since=OLD)
    given = {"nonce": "n", "fingerprint": "f", "made_at": OLD, "expires_at": OLD}
    HandOver.objects.create(session=session, **given)
    page = {"holder": "h", "position": 1, "source": "a", "width": 1, "height": 1, "created_at": NOW}
    PaperPage.objects.create(session=session, content=b"", small=b"", **page)
    Receipt.objects.create(session=session, sequence=1, received_at=NOW, missing="report")
    drafts = {"header_line": 1, "created_at": OLD, "file_name": "f", "rows": [[2, [f"{MARK}ligne"]]]}
    ImportDraft.objects.create(session=session, **drafts)
    school = {"establishment": session.establishment}
    PupilDraft.objects.create(**school, **drafts, school_year=2020, kind="pupils")
    drafts.pop("header_line")
    SessionsDraft.objects.create(**school, **drafts)
    for scope in (f"session:{session.pk}/x", f"access:{access.pk}/x", "key:1/x"):
        at = OLD if scope.startswith("key") else NOW
        Once.objects.create(scope=scope, key=MARK, body_fingerprint="b", status=200, created_at=at)


def plant(session: Session) -> None:
    """A word of ours in every field of the session's rows that could hold one."""
    for model, lookup, *_ in (*fate.DELETED, *fate.BLANKED):
        rows = list(model._default_manager.filter(**{lookup: session.pk}).order_by("pk"))
        assert rows, f"no {model.__name__} to eliminate: the test proves nothing of it"
        for at, row in enumerate(rows):
            names = [name for name in free_text(model) if name not in UNMARKED.get(model.__name__, ())]
            values = {name: marked(model._meta.get_field(name), at) for name in names}
            if values:
                model._default_manager.filter(pk=row.pk).update(**values)


# Kept on purpose, or held by a constraint: neither is anybody's word.
UNMARKED: dict[str, set[str]] = {
    "Session": {"site", "room", "seal", "head_hash"},
    "Attempt": {"state_before_end", "arrival"},
    "Incident": {"category"},
    "Candidate": {"last_name", "first_name"},  # marked already, each with his own
    "Receipt": {"missing"},
    "StoredFile": {"sha256"},  # the certificate keeps it
}


def test_every_model_has_its_fate() -> None:
    """A new model says here what becomes of it, or nobody would notice that it keeps a name."""
    told = {model.__name__ for model, *_ in (*fate.DELETED, *fate.BLANKED)}
    groups = [told, NOT_OF_A_SESSION, ON_THEIR_OWN, NO_TEXT]
    assert {model.__name__ for model in of_ours()} == set().union(*groups)
    assert sum(len(group) for group in groups) == len(set().union(*groups))


@pytest.mark.parametrize(
    ("model", "lookup", "blank"), fate.BLANKED, ids=[m.__name__ for m, *_ in fate.BLANKED]
)
def test_every_text_of_a_blanked_row_is_blanked(
    model: type[models.Model], lookup: str, blank: dict[str, Any]
) -> None:
    kept = UNMARKED.get(model.__name__, set()) - set(blank)
    assert set(free_text(model)) - kept == set(blank) & set(free_text(model))


def test_elimination_leaves_nobody_in_any_table() -> None:
    session = lived()
    plant(session)
    slip = slip_of(session)
    before = dump()
    before_counts = (
        12,
        Attempt.objects.exclude(state="expected").count(),
        Incident.objects.filter(deleted_at=None).count(),
    )
    wanted = [MARK, *PROCTORS, *(born.isoformat() for born in BIRTHS)]
    assert [word for word in wanted if word not in before] == []

    eliminate(slip_id=slip.pk, actor=KEEPER, now=NOW)
    year = draft_pupils_slip(
        establishment_id=session.establishment_id, school_year=2020, actor=KEEPER, now=NOW
    )
    eliminate(slip_id=year.pk, actor=KEEPER, now=NOW)

    after = dump()
    assert [line[:200] for line in after.splitlines() for word in wanted if word in line] == []
    assert f"{session.number}" in after
    assert KEEPER.name in after
    assert Pupil.objects.count() == 0
    assert Candidate.objects.filter(session=session).count() == 12
    assert [model.__name__ for model in (Attempt, Incident, Alert) if model._default_manager.exists()] == []
    counted = Elimination.objects.get(session=session).counts
    assert (counted["candidates"], counted["present"], sum(counted["incidents"].values())) == before_counts
    session.refresh_from_db()
    assert session.state == SessionState.ELIMINATED
    proved = verify_session(session)
    assert proved.broken is None
    assert proved.by_digest == proved.events == Event.objects.filter(session=session).count() > 50
