"""The archive read from a copy: what goes there, what never does, and what happens when it is late or gone.

The copy here is the same database under another name; tests/crash/test_replica.py has a real one.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import OperationalError, ProgrammingError, connection, connections, router
from django.test import Client
from django.test.utils import CaptureQueriesContext

from proctoring.archives import replica
from proctoring.models import Export
from proctoring.report.reading import hidden_in
from sessions_app import checks, standby
from sessions_app.documents import bundle
from sessions_app.models import Account, Membership, Session, StoredFile
from sessions_app.standby import Place, Standing
from tests.proctoring.archives.conftest import Seal
from tests.proctoring.archives.exports.archives import verified

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", replica.ALIAS])

# Addresses under /archives/, of one session and of the whole school.
FROM_THE_COPY = (
    "?q=dupont", "recapitulatif/", "recapitulatif.ods", "etiquette.pdf?session={0}", "exports/choix/?session={0}",
    "{0}/", "{0}/pv.pdf", "{0}/additif-1.pdf", "{0}/emargement.pdf", "{0}/kit.pdf", "{0}/feuilles/{1}.pdf",
)  # fmt: skip
# Forms of acts, what is withheld, what is destroyed.
FROM_THE_PRIMARY = (
    "accuser/?session={0}", "exports/", "durees/", "{0}/relancer/", "{0}/feuilles/", "{0}/occulter/", "{0}/extraits/",
)  # fmt: skip
HERE = Place("0/0", cluster=1, database=1, timeline=1)
READS = ("SELECT", "DECLARE")  # a cursor reads too


class Copy:
    """What was asked of it; `late` and `gone` are set by a test."""

    def __init__(self) -> None:
        self.late = self.gone = False
        self.looks = 0

    def has_replayed(self, there: Place) -> bool:
        self.looks += 1
        if self.gone:
            raise OperationalError("connection refused")
        return not self.late


@pytest.fixture(scope="module", autouse=True)
def _alias(django_db_setup: None) -> Iterator[None]:
    """Before each test asks for the databases that it may open."""
    told = connection.settings_dict
    options = {name: value for name, value in told["OPTIONS"].items() if name != "pool"}
    test = {**told["TEST"], "MIRROR": "default"}
    connections.settings[replica.ALIAS] = {**told, "OPTIONS": options, "TEST": test}
    yield
    connections[replica.ALIAS].close()
    del connections[replica.ALIAS]
    del connections.settings[replica.ALIAS]


@pytest.fixture
def copy(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    made = Copy()
    settings.DATABASE_ROUTERS = ["proctoring.archives.replica.Router"]
    monkeypatch.setattr(replica, "committed", lambda: HERE)
    monkeypatch.setattr(replica, "has_replayed", made.has_replayed)
    monkeypatch.setattr(bundle, "typeset", lambda *_, **__: b"%PDF made again")
    monkeypatch.setattr("proctoring.archives.tray.label.typeset", lambda *_, **__: b"%PDF label")
    replica.trust.restore()
    yield made
    replica.trust.restore()


@pytest.fixture
def filed(copy: Copy, sealed: Seal, school: Any) -> Session:
    return sealed(establishment=school)


def asked(client: Client, address: str, filed: Session) -> tuple[Any, list[str]]:
    """The answer, and the statements that the copy was asked."""
    scan = StoredFile.objects.get(session=filed, purpose="scan")
    with CaptureQueriesContext(connections[replica.ALIAS]) as there:
        # A search seals its words in the address first.
        answer = client.get("/archives/" + address.format(filed.number, scan.pk), follow=True)
    return answer, [one["sql"] for one in there.captured_queries]


def test_archive_is_read_from_the_copy(office: Client, filed: Session) -> None:
    for address in FROM_THE_COPY:
        answer, there = asked(office, address, filed)
        assert answer.status_code == 200, address
        assert there, address
        assert all(statement.startswith(READS) for statement in there), address
        for table in ("sessions_app_account", "sessions_app_membership", "django_session"):
            assert not [statement for statement in there if f'FROM "{table}"' in statement], address


def test_acts_and_what_is_withheld_are_asked_of_the_primary(
    office: Client, filed: Session, copy: Copy
) -> None:
    for address in FROM_THE_PRIMARY:
        answer, there = asked(office, address, filed)
        assert (answer.status_code, there, copy.looks) == (200, [], 0), address


def test_primary_answers_for_a_copy_that_cannot_be_believed(
    office: Client, filed: Session, copy: Copy, caplog: pytest.LogCaptureFixture
) -> None:
    for trouble, words in (("late", "0.2 s late"), ("gone", "does not answer")):
        caplog.clear()
        copy.looks = 0
        setattr(copy, trouble, True)
        for _ in range(3):
            answer, there = asked(office, "?q=dupont", filed)
            assert (answer.status_code, there) == (200, [])
            assert str(filed.number) in answer.content.decode()
        # It was looked at once, and said once.
        assert copy.looks == 1
        [record] = caplog.records
        assert record.name == "pixsurv.replica" and words in record.getMessage()
        replica.trust.restore()
        setattr(copy, trouble, False)
        assert asked(office, "?q=dupont", filed)[1]


def test_page_is_made_again_when_the_copy_fails_in_its_middle(
    office: Client, filed: Session, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A standby gives up a query that holds its replay back."""
    there = connections[replica.ALIAS]
    with there.cursor():
        pass

    def refused(*_: object) -> None:
        raise OperationalError("canceling statement due to conflict with recovery")

    monkeypatch.setattr(there, "create_cursor", refused)
    answer = office.get(f"/archives/{filed.number}/")
    assert answer.status_code == 200
    assert not replica.trust.holds()


def test_trouble_of_the_primary_is_still_told(
    copy: Copy, filed: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("the primary")

    with pytest.raises(OperationalError, match="the primary"):
        replica.read(away)


def test_export_reads_the_copy_and_notes_its_digest_on_the_primary(
    office: Client, filed: Session, copy: Copy, tmp_path: Any
) -> None:
    sent = {"quoi": "selection", "forme": "zip", "session": [filed.number]}
    with CaptureQueriesContext(connections[replica.ALIAS]) as there:
        answer = office.post("/archives/exports/fichier/", sent)
        assert answer.status_code == 200, answer.content
        packed = b"".join(answer.streaming_content)  # type: ignore[arg-type, attr-defined]
    assert any("sessions_app_event" in one["sql"] for one in there.captured_queries)
    assert any('"content"' in one["sql"] for one in there.captured_queries)
    assert all(one["sql"].startswith(READS) for one in there.captured_queries)
    assert not verified(packed, tmp_path).faults
    assert Export.objects.get().digest


def test_nothing_is_written_or_migrated_there(copy: Copy, filed: Session, secretariat: Account) -> None:
    with replica._on_replica():
        found = Session.objects.get(pk=filed.pk)
        assert found._state.db == replica.ALIAS
        assert router.db_for_write(Session, instance=found) == "default"
        assert Membership.objects.filter(account=secretariat).db == "default"
    assert router.db_for_read(Session, instance=found) == "default"
    assert hidden_in(found) == []
    assert not router.allow_migrate(replica.ALIAS, "sessions_app")
    assert router.allow_migrate("default", "sessions_app")


def test_check_refuses_a_copy_that_does_not_follow(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_told", lambda *_: "2s")
    monkeypatch.setattr(standby, "place", lambda _: HERE)
    for follows in (False, True):
        monkeypatch.setattr(standby, "standing", lambda *_, it=follows: Standing(it, 0.0))
        assert ("sessions_app.E003" in [one.id for one in run_checks(databases=["replica"])]) is not follows
        assert "sessions_app.E003" not in [one.id for one in run_checks(databases=["default"])]


@pytest.mark.parametrize(
    ("found", "is_there", "lacks"),
    [
        (Standing(True, 0.0), True, 0.0),
        (Standing(True, -8.0), True, 0.0),
        (Standing(True, 8.0), False, 8.0),
        (Standing(True, None), False, None),
        (Standing(False, -8.0), False, None),
    ],
)
def test_what_does_not_follow_is_not_believed_however_far_it_is(
    monkeypatch: pytest.MonkeyPatch, found: Standing, is_there: bool, lacks: float | None
) -> None:
    monkeypatch.setattr(standby, "place", lambda _: HERE)
    monkeypatch.setattr(standby, "standing", lambda *_: found)
    assert replica.has_replayed(HERE) is is_there
    assert replica.behind() == lacks


def test_right_that_is_missing_leaves_the_page_to_the_primary(
    office: Client, filed: Session, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> bool:
        raise ProgrammingError("permission denied for function pg_control_system")

    monkeypatch.setattr(replica, "has_replayed", refused)
    answer, there = asked(office, "?q=dupont", filed)
    assert (answer.status_code, there) == (200, [])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL where its log is")
def test_ordinary_account_may_ask_and_is_asked_once(transactional_db: None) -> None:
    """The copy, which is the database itself, replays nothing: it does not follow, whatever its log says."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pg_signal_backend")  # an account without rights here
    try:
        with CaptureQueriesContext(connection) as here:
            found = standby.place(connection)
            assert not standby.standing(connection, found).follows
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert len(here) == 2
    assert found.cluster and found.database and found.timeline >= 1
