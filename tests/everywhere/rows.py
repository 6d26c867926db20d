"""What a row of the table says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from tests.everywhere import cast
from tests.everywhere.resolver import patterns
from tests.everywhere.world import World

# What becomes of somebody: he is let in (whatever the page then says), asked who he is, known and refused, or told that
# there is no such thing.
IN, LOGIN, FORBIDDEN, UNKNOWN = "in", "login", "403", "404"

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
# What answers a GET: a page of its own, a piece of one, a file, data, or nothing but the way back.
PAGE, FRAGMENT, FILE, DATA, ACT = "page", "fragment", "file", "data", "act"

type Who = Mapping[str, str]


def who(unknown: str = LOGIN, ours: str = FORBIDDEN, theirs: str = FORBIDDEN, **named: str) -> Who:
    """`unknown`: who holds no account; `ours`, `theirs`: members of each school (who is of none as of the other)."""
    found = dict.fromkeys(cast.UNKNOWN, unknown)
    found |= dict.fromkeys(cast.OURS, ours) | dict.fromkeys((*cast.THEIRS, cast.SCHOOLLESS), theirs)
    return found | named


EVERYBODY = who(IN, IN, IN)
NOBODY = who(UNKNOWN, UNKNOWN, UNKNOWN)
ANY_ACCOUNT = who(LOGIN, IN, IN)
# About one thing of our school: for its admins, unknown to who belongs elsewhere.
ADMIN = who(theirs=UNKNOWN, admin=IN)
# The school that one manages, whichever: each admin comes to his own.
MANAGER = who(admin=IN, other_admin=IN)
# One kept session of our school, or the shelves of one's own school.
KEEPER = who(theirs=UNKNOWN, admin=IN, secretariat=IN)
ARCHIVIST = who(theirs=IN, admin=IN, secretariat=IN, schoolless=FORBIDDEN)
# Who holds the key of that room, that desk.
ROOM = who(LOGIN, LOGIN, LOGIN, proctor=IN)
DESK = who(LOGIN, LOGIN, LOGIN, candidate=IN)
PLATFORM = who(LOGIN, LOGIN, LOGIN, platform=IN)
ENTRY = who(LOGIN, LOGIN, LOGIN, entry=IN)


@dataclass(frozen=True)
class Row:
    """One pattern, with objects of `place` in its address. `also`: other places where it is asked too."""

    name: str
    methods: tuple[str, ...]
    place: str
    who: Who
    kind: str = PAGE
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        return ARGUMENTS[self.name]

    def at(self, place: str) -> "Row":
        """The same about another place, where objects have their usual names."""
        return replace(self, place=place, named={}, also=())

    def objects(self, world: World) -> dict[str, Any]:
        of = world.of.get(self.place, {})
        return {name: of[self.named.get(name, name)] for name in self.arguments}

    def address(self, world: World, **instead: Any) -> str:
        """`instead`: other arguments than this row's own."""
        if ":" not in self.name and "/" in self.name:  # without a name: its route is its address
            path = "/" + self.name.replace(".*$", "nulle-part")
        else:
            path = reverse(self.name, kwargs={**self.objects(world), **instead})
        query = self._filled(world, self.query)
        return f"{path}?{urlencode(query)}" if query else path

    def data(self, world: World) -> dict[str, Any]:
        """What a POST sends."""
        return self._filled(world, self.body)

    def _filled(self, world: World, said: Mapping[str, str]) -> dict[str, Any]:
        """A value that names an object of the place becomes its id."""
        of = world.of.get(self.place, {})
        return {name: of.get(value, value) for name, value in said.items()}


ARGUMENTS: Mapping[str, tuple[str, ...]] = {one.name: one.arguments for one in patterns()}


@dataclass(frozen=True)
class Area:
    """Rows that share a namespace, a place and who may; `but` says who is treated otherwise."""

    namespace: str
    place: str
    who: Who
    kind: str = PAGE
    also: tuple[str, ...] = ()

    def row(self, name: str, methods: tuple[str, ...] = GET, **said: Any) -> Row:
        """`place`, `who`, `but`, `kind`, `query`, `body`, `also`; any other word renames an argument."""
        about = {key: said.pop(key) for key in ("place", "kind", "query", "body", "also") if key in said}
        allowed = {**said.pop("who", self.who), **said.pop("but", {})}
        about.setdefault("also", () if "place" in about else self.also)
        return Row(
            f"{self.namespace}{name}",
            methods,
            about.pop("place", self.place),
            allowed,
            **{"kind": self.kind, **about},
            named=said,
        )
