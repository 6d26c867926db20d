"""What every test may rely on: a fixed cast, and a flush that the journal's triggers let through."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as drawing

from pixsurv.context import demonstration
from sessions_app import triggers
from sessions_app.enums import Role
from sessions_app.models import Account, Candidate, Session
from tests import factories, soak

HERE = Path(__file__).parent
# They ask again, by the hundred, for what the tests of each part have asked already: watching every line that they pass
# took minutes and found none that was not passed before.
WALKS = {"everywhere", "hostile", "race", "bench"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What opens no database cannot depend on which: pytest-django refuses a query to a test without these."""
    if not soak.asked():
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("soak")])
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
    for item in items:
        if HERE in Path(item.path).parents and Path(item.path).relative_to(HERE).parts[0] in WALKS:
            item.add_marker(pytest.mark.no_cover)
        opens = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        if not opens and not any(map(item.get_closest_marker, ("django_db", "browser", "postgres"))):
            item.add_marker(pytest.mark.any_database)


@pytest.fixture(scope="session", autouse=True)
def _flush_by_delete() -> Iterator[None]:
    """TRUNCATE makes new files of every table and index and waits for the disk: for a few rows, DELETE is nothing.

    In any order: our foreign keys are checked when the flush commits.
    """

    def sql_flush(self: DatabaseOperations, style: Any, tables: list[str], **_: bool) -> list[str]:
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]  # noqa: S608 (our own tables)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


# No timed test: on a busy machine Hypothesis would call a slow draw, or a slow example, a fault.
drawing.register_profile(
    "house", drawing.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
drawing.load_profile("house")


@pytest.fixture
def share(request: pytest.FixtureRequest) -> soak.Share:
    """What this soak test has of the time that is left: it goes on while `share.lasts`."""
    soaking = [item for item in request.session.items if item.get_closest_marker("soak")]
    return soak.Share.among(len(soaking) - soaking.index(request.node))


@pytest.fixture(autouse=True)
def _lift_journal_guard_for_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """Transactional tests end with a flush, which the append-only triggers rightly refuse.

    This ends before `transactional_db` flushes; the flush's own `post_migrate` puts the guard back.
    """
    transactional = {"transactional_db", "live_server"} & set(request.fixturenames) or (
        (marker := request.node.get_closest_marker("django_db")) and marker.kwargs.get("transaction")
    )
    if not transactional:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    triggers.remove(connection)


@pytest.fixture(autouse=True)
def _no_demonstration_banner() -> None:
    """The banner's flag is asked of the database once a minute: no test may be the one that pays the query."""
    demonstration.remember(False)


@pytest.fixture(autouse=True)
def _asked_once_a_process(request: pytest.FixtureRequest) -> None:
    """Django asks SQLite whether it knows JSON when it first meets some: no statement of the page that is counted."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
        assert connection.features.supports_json_field


@pytest.fixture
def session(db: None) -> Session:
    return factories.SessionFactory()


@pytest.fixture
def candidate(session: Session) -> Candidate:
    return factories.CandidateFactory(session=session)


@pytest.fixture
def admin(session: Session) -> Account:
    """An admin of the session's establishment."""
    return factories.MembershipFactory(establishment=session.establishment).account


@pytest.fixture
def other_admin(db: None) -> Account:
    """An admin of another school."""
    return factories.MembershipFactory().account


@pytest.fixture
def secretariat(session: Session) -> Account:
    return factories.MembershipFactory(establishment=session.establishment, role=Role.SECRETARIAT).account


@pytest.fixture
def proctor_account(session: Session) -> Account:
    """A member whose only role is to watch."""
    return factories.MembershipFactory(establishment=session.establishment, role=Role.PROCTOR).account
