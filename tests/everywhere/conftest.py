"""The world is built once a file, in a transaction of its own; what a request writes is taken back after it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.everywhere import cast
from tests.everywhere import world as worlds
from tests.everywhere.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(world: World) -> dict[str, Client]:
    """One for each of the cast, signed in where he has an account."""
    return cast.sign_everybody_in(world)
