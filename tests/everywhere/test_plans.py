"""No page reads a table from end to end that grows with the years: an index serves every statement of each.

Every address of the table, so that a page added there is looked at too. Among sessions of `bench.country`: where there
are only a few rows, any way to them is as good. That PostgreSQL does take these indexes among 400,000 candidates is
measured by `make bench-growth`.
"""

from typing import Any

import pytest
from django.test import Client

from bench import country
from proctoring.archives.tray.shelf import Shelf
from sessions_app.selectors import Shelf as SessionShelf
from tests.everywhere import cast
from tests.everywhere.asking import ask
from tests.everywhere.plans import believe_grown, collected, whole_tables
from tests.everywhere.rows import FILE, IN, Row
from tests.everywhere.table import ROWS
from tests.everywhere.test_access import name_of
from tests.everywhere.world import World

pytestmark = pytest.mark.django_db

# A paper is made of what its page has asked for already; printing it costs more than the rest of this walk.
WALKED = [row for row in ROWS if IN in row.who.values() and row.kind != FILE]


@pytest.fixture(scope="module", autouse=True)
def _years(world: World) -> None:
    country.grow(country.Shape(sessions=200, schools=3, first=100, candidates=12), world.now)
    believe_grown()


@pytest.mark.parametrize("row", WALKED, ids=name_of)
def test_an_index_serves_every_statement_of_a_page(
    world: World, browsers: dict[str, Client], row: Row
) -> None:
    member = next(one for one in reversed(cast.CAST) if row.who[one] == IN)
    with collected() as statements:
        for method in row.methods:
            answer = ask(browsers[member], method, row.address(world), row.data(world))
            if row.body and answer.location.startswith(
                "/"
            ):  # what was searched for stands in the next address
                ask(browsers[member], "GET", answer.location)
    require_indexes(statements)


# Lists that another address filters, of the admin.
FILTERED = [
    *(f"/etablissement/sessions/?filtre={one}" for one in SessionShelf.values),
    *(f"/archives/?filtre={one}" for one in Shelf.values),
    "/archives/?annee=2025",
    "/archives/?du=2025-01-01&au=2025-03-31",
    "/archives/recapitulatif/?annee=2025",
    "/etablissement/planning/?vue=jour&jour=2026-01-15",
    "/etablissement/eleves/?annee=2025",
]
SEARCHED = ["BAC", "NOMBRE0", "B07", "A3", "200003", "Perrine Essai"]


@pytest.mark.parametrize("address", FILTERED)
def test_an_index_serves_every_statement_of_a_filtered_list(
    browsers: dict[str, Client], address: str
) -> None:
    with collected() as statements:
        ask(browsers[cast.ADMIN], "GET", address)
    require_indexes(statements)


@pytest.mark.parametrize("words", SEARCHED)
def test_an_index_serves_every_statement_of_a_search(browsers: dict[str, Client], words: str) -> None:
    """A pupil, nobody, a room, a box, a number, a proctor."""
    with collected() as statements:
        answer = ask(browsers[cast.ADMIN], "POST", "/archives/", {"q": words})
        ask(browsers[cast.ADMIN], "GET", answer.location)
    require_indexes(statements)


def require_indexes(statements: dict[str, Any]) -> None:
    read = {sql: whole_tables(sql, params) for sql, params in statements.items()}
    assert not {sql: tables for sql, tables in read.items() if tables}
