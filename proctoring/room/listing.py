"""How the page's list is asked for: sorted, searched, filtered (R5, R7), and the addresses that ask otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict

from pixsurv.kernel import sealed_words
from proctoring.enums import OVER, AttemptState
from proctoring.room.view_cookie import COMPACT
from proctoring.selectors.row import Row

BY_WORKSTATION = "poste"
SEARCH = ("q",)  # a name: sealed in the address
LONGEST_SEARCH = 100
# `?etat=` → the states that stay. The page's script filters by the same groups.
FILTERS: Mapping[str, frozenset[AttemptState]] = {
    "expected": frozenset({AttemptState.EXPECTED}),
    "present": frozenset({AttemptState.PRESENT}),
    "in_progress": frozenset({AttemptState.IN_PROGRESS}),
    "resume_authorised": frozenset({AttemptState.RESUME_AUTHORISED}),
    "over": OVER,
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What `?tri=`, `?r=` and `?etat=` say; nonsense says nothing.

    What is searched for stays sealed until it is shown or used: a refresh does neither.
    """

    room_url: str
    by_workstation: bool = False
    sealed: str = ""
    shown: str = ""

    @classmethod
    def asked(cls, room_url: str, query: QueryDict) -> "Listing":
        shown = query.get("etat", "")
        return cls(
            room_url,
            by_workstation=query.get("tri") == BY_WORKSTATION,
            sealed=sealed_words.token_of(query),
            shown=shown if shown in FILTERS else "",
        )

    @property
    def search(self) -> str:
        words = sealed_words.opened(self.sealed, self.room_url)
        return words.get("q", "")[:LONGEST_SEARCH]

    @property
    def order(self) -> str:
        return "workstation" if self.by_workstation else "name"

    @property
    def url(self) -> str:
        """Its own address."""
        return self._at(self.room_url)

    def _at(self, address: str, **more: str) -> str:
        asked = {
            "tri": self.by_workstation and BY_WORKSTATION,
            sealed_words.SEALED: self.sealed,
            "etat": self.shown,
        }
        query = urlencode({name: value for name, value in {**asked, **more}.items() if value})
        return f"{address}?{query}" if query else address

    @property
    def other_order_url(self) -> str:
        return replace(self, by_workstation=not self.by_workstation).url

    @property
    def compact_url(self) -> str:
        """« Vue compacte »: this list, shown so from now on."""
        return self._at(f"{self.room_url}vue/", vue=COMPACT)

    @property
    def plain_url(self) -> str:
        """« Vue normale »."""
        return self._at(f"{self.room_url}vue/")

    @property
    def filter_urls(self) -> Mapping[str, str]:
        """The address of each filter; `all` of none."""
        return _filter_urls(replace(self, shown=""))

    def hidden(self, rows: list[Row]) -> frozenset[int]:
        """The rows that were not asked for. They stay in the page, hidden: a script may show them again."""
        states, search = FILTERS.get(self.shown), self.search
        return frozenset(
            row.id
            for row in rows
            if (states is not None and row.state not in states) or not row.matches(search)
        )


@lru_cache(maxsize=1_000)
def _filter_urls(everyone: Listing) -> Mapping[str, str]:
    """Remembered, for every refresh that brings a row asks for the same ones."""
    urls = {name: replace(everyone, shown=name).url for name in FILTERS}
    return {"all": everyone.url, **urls}
