"""Whatever was written about whom: an extract never names another candidate (I5, I7)."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pixsurv.kernel.identity import fold
from proctoring.report.extract import extract_of
from proctoring.report.masking import PARTICLES, SHORT
from tests.proctoring.report.events import Journal

# Names that look alike, overlap and nest; none is a word of the report itself.
WORDS = [
    "Zorbec",
    "Élouan",
    "zorbeca",
    "D’Ylva",
    "Oumkir",
    "Nguyễn",
    "Li",
    "de",
    "la",
    "Sœurette",
    "Brœ",
    "Mac",
]
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda parts: "-".join(parts))
people = st.lists(st.tuples(names, names), min_size=2, max_size=4)
cases = st.sampled_from([str.upper, str.lower, str.title, str])
joints = st.sampled_from([" ", "-", ", ", "\u00a0", " et ", "."])


def texts(listed: list[tuple[str, str]]) -> st.SearchStrategy[str]:
    word = st.sampled_from([part for name in listed for part in name] + ["a vu", "puis"])
    written = st.tuples(word, cases, joints).map(lambda one: one[1](one[0]) + one[2])
    return st.lists(written, max_size=8).map("".join)


def told_words(text: str) -> set[str]:
    return {fold(word) for word in re.findall(r"[^\W_]+", text)}


def telling(names: tuple[str, str]) -> set[str]:
    found = told_words(" ".join(names))
    return {word for word in found if len(word) >= SHORT and word not in PARTICLES}


@settings(max_examples=60, deadline=None, derandomize=True, print_blob=False)
@given(data=st.data(), listed=people)
def test_extract_never_holds_a_name_of_another_candidate(data: Any, listed: list[tuple[str, str]]) -> None:
    told = Journal().list_of(*[(rank, *name) for rank, name in enumerate(listed, start=1)])
    ranks = range(1, len(listed) + 1)
    for rank in ranks:
        told.say("presence_confirmed", 0, rank).say("started", 1, rank)
        told.say(
            "incident_reported", 2, rank, incident=rank, category="C7", description=data.draw(texts(listed))
        )
        told.say("minutes_given", 3, rank, minutes=5, reason="panne")
    told.say("comment_changed", 4, text=data.draw(texts(listed)))
    told.say("closed", 5)
    told.say("addendum", 6, text=data.draw(texts(listed)))
    report = told.report
    for rank, name in zip(ranks, listed, strict=True):
        found = extract_of(report, rank)
        assert found is not None
        shown = [line.words for line in found.lines] + [value for _, value in found.own]
        shown += [found.comment, *[words for _, words in found.addenda]]
        others = {word for one in listed for word in telling(one)} - told_words(" ".join(name))
        assert not told_words(" ".join(shown)) & others
        assert telling(name) <= told_words(" ".join(shown))
