"""The table is whole: one row at least for each pattern of the resolver, and none that leads nowhere."""

import pytest
from django.urls import resolve

from tests.everywhere import cast
from tests.everywhere.resolver import patterns
from tests.everywhere.table import ROWS, pages_of
from tests.everywhere.world import World

pytestmark = pytest.mark.django_db


def test_every_pattern_has_a_row() -> None:
    missing = {one.name for one in patterns()} - {row.name for row in ROWS}
    assert not missing, "add a row to tests/everywhere/table.py: who may go there?"


def test_every_row_has_a_pattern() -> None:
    assert not {row.name for row in ROWS} - {one.name for one in patterns()}


def test_every_row_leads_to_its_own_pattern(world: World) -> None:
    routes = {one.name: one.route for one in patterns()}
    for row in ROWS:
        for asked in (row, *map(row.at, row.also)):
            assert resolve(asked.address(world).split("?")[0]).route == routes[row.name], row.name


def test_everybody_has_somewhere_to_go(world: World) -> None:
    """What a walk in a browser takes: pages alone, and more of them than those for everybody."""
    everywhere = set(pages_of(world, cast.STRANGER))
    assert len(everywhere) > 10
    for member in (cast.CANDIDATE, cast.PROCTOR, cast.ADMIN, cast.SECRETARIAT, cast.PROCTOR_ACCOUNT):
        assert set(pages_of(world, member)) > everywhere, member
