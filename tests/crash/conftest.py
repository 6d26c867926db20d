"""A room at half past ten on either database, made once and copied for each test that breaks it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.crash import postgres
from tests.crash.crew import Crew
from tests.crash.postgres import Cluster
from tests.crash.web import Web, tell
from tests.throwaway import free_port

NAME = "pixsurv"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.crash)
            if not Path("/proc/self/task").exists():
                item.add_marker(pytest.mark.skip(reason="processes are told apart as Linux does"))


@dataclass
class Installation:
    """A database that is ours to break, and the server on it."""

    world: dict[str, Any]
    url: str
    log: Path
    cluster: Cluster | None = None
    file: Path | None = None
    web: Web = field(init=False)

    def __post_init__(self) -> None:
        self.web = Web(self.url, free_port(), self.log)

    def crew(self) -> Crew:
        return Crew(self.web.port, self.world)


type Install = Callable[..., Installation]


@contextmanager
def a_cluster(*, disk: Path | None = None) -> Iterator[Cluster]:
    """Of nothing yet; stopped and removed at the end."""
    folder = postgres.new_folder()
    cluster = Cluster(folder, disk=disk)
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The room in a file of SQLite."""
    file = tmp_path_factory.mktemp("room") / "room.sqlite3"
    return file, tell("world", f"sqlite:///{file}")


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Cluster, dict[str, Any]]]:
    """The room in a cluster of PostgreSQL, stopped."""
    with a_cluster() as cluster:
        cluster.init()
        cluster.start()
        cluster.ask("postgres", f"CREATE DATABASE {NAME}")
        world = tell("world", cluster.url(NAME))
        cluster.stop(fast=True)
        yield cluster, world


@pytest.fixture
def install(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Install]:
    """Called with « sqlite » or « postgresql »: the room there, with a server that runs."""
    with ExitStack() as stack:

        def installed(vendor: str, *, disk: Path | None = None) -> Installation:
            if vendor == "sqlite":
                file, world = request.getfixturevalue("embedded")
                copy = (disk or tmp_path) / "pixsurv.sqlite3"
                shutil.copy(file, copy)
                made = Installation(world, f"sqlite:///{copy}", tmp_path / "web.log", file=copy)
            else:
                model, world = request.getfixturevalue("served")
                cluster = stack.enter_context(a_cluster(disk=disk))
                cluster.copy_of(model)
                cluster.start()
                made = Installation(world, cluster.url(NAME), tmp_path / "web.log", cluster=cluster)
            stack.callback(made.web.kill)
            made.web.start()
            return made

        yield installed
