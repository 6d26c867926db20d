"""THE MATRIX: every address, every method, every member of the cast (quality §3)."""

from dataclasses import replace

import pytest
from django.test import Client

from tests.everywhere import cast
from tests.everywhere.asking import NOT_ALLOWED, ask
from tests.everywhere.rows import ACT, ARCHIVIST, FORBIDDEN, IN, LOGIN, MANAGER, UNKNOWN, Row
from tests.everywhere.table import ROWS
from tests.everywhere.world import World

# Who may do what is ours to decide; that PostgreSQL answers every page, test_plans.py walks.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

REFUSALS = {LOGIN, FORBIDDEN, UNKNOWN, NOT_ALLOWED}
ASKED = [asked for row in ROWS for asked in (row, *map(row.at, row.also))]
METHODS = {
    row.name: {*(one for other in ROWS if other.name == row.name for one in other.methods)} for row in ROWS
}
ELSEWHERE = {"live": "their room", "planned": "their room", "by_hand": "their room", "closed": "their closed"}


def name_of(row: Row) -> str:
    return f"{row.name} {row.place}" + ("" if len(row.methods) > 1 else f" {row.methods[0]}")


@pytest.mark.parametrize("row", ASKED, ids=name_of)
def test_everybody_goes_where_he_may_and_nowhere_else(
    world: World, browsers: dict[str, Client], row: Row
) -> None:
    address, data = row.address(world), row.data(world)
    for method in row.methods:
        for member in cast.CAST:
            answer = ask(browsers[member], method, address, data)
            wanted, got = row.who[member], answer.outcome
            if row.kind == ACT and method == "GET":  # nothing but the way back, which is no secret
                assert got in REFUSALS or answer.status in {302, 303}, (method, member, answer.status)
            elif wanted == IN and set(row.who.values()) == {IN}:
                assert got in {IN, LOGIN}, (method, member, answer.status)  # a door may lead to another
            else:
                assert got == wanted, (method, member, answer.status, answer.location)
            if wanted != IN:
                assert not answer.written, (method, member)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_other_methods_are_refused_to_everybody(world: World, browsers: dict[str, Client], row: Row) -> None:
    """405, also to who may: a method that was not thought of does nothing."""
    allowed = [member for member in cast.CAST if row.who[member] == IN][:1]
    for method in {"GET", "POST", "PUT", "DELETE"} - METHODS[row.name]:
        for member in (cast.STRANGER, *allowed):
            answer = ask(browsers[member], method, row.address(world))
            assert answer.outcome in ({NOT_ALLOWED} if member in allowed else REFUSALS), (method, member)
            assert not answer.written


# What may have gone meanwhile is said to be gone: as for an id that never was.
GONE = {
    "establishment:import_draft": 410,
    "establishment:import_report": 410,
    "establishment:remove_candidate": 303,
}
CHILDREN = [
    (asked, argument)
    for asked in ASKED
    if "number" in asked.arguments and asked.place in ELSEWHERE
    for argument in asked.arguments
    if argument.endswith("_id")
]


@pytest.mark.parametrize(
    ("row", "argument"), CHILDREN, ids=lambda one: one if isinstance(one, str) else name_of(one)
)
def test_what_is_in_another_session_is_not_found_under_ours(
    world: World, browsers: dict[str, Client], row: Row, argument: str
) -> None:
    """The number of a session that one may open, and the id of a thing that is not in it."""
    foreign = world.of[ELSEWHERE[row.place]][
        row.named.get(argument, argument) if argument == "page_id" else argument
    ]
    for member in (one for one in cast.CAST if row.who[one] == IN):
        for method in row.methods:
            answer = ask(browsers[member], method, row.address(world, **{argument: foreign}), row.data(world))
            assert answer.status in {404, GONE.get(row.name)}, (method, member, answer.status)
            assert not answer.written


@pytest.mark.parametrize("row", [row for row in ROWS if row.who in (MANAGER, ARCHIVIST)], ids=name_of)
def test_another_school_is_not_chosen_by_its_number(
    world: World, browsers: dict[str, Client], row: Row
) -> None:
    """Pages of « the school that one manages » take it from their address."""
    theirs = replace(row, query={**row.query, "etablissement": str(world.other_school.pk)})
    for member in (one for one in cast.OURS if row.who[one] == IN):
        for method in row.methods:
            answer = ask(
                browsers[member], method, theirs.address(world), {"etablissement": world.other_school.pk}
            )
            assert answer.status == 404, (method, member, answer.status)
            assert not answer.written
