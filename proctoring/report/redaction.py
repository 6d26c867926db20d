"""Passages left out of copies, the original unchanged (I5): what may be hidden, what is, and the report without it.

Two events of the session's own journal say who hid what, when and why (decision 0021); all here is a fold of them,
and of the report: no query, no clock.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from proctoring.report.content import Addendum, Comment, Line, Report, SessionFacts
from proctoring.report.paper import situation_of
from proctoring.report.story import Act, Recorded, as_sealed

HIDDEN_WORDS = "[passage occulté]"

# Word of the address and of the facts → words on the screen.
SECTIONS = {
    "deroulement": "Déroulement",
    "incident": "Incidents",
    "signalement": "Signalements",
    "candidat": "Situation d’un candidat",
    "commentaire": "Commentaire",
    "manque": "Manques déclarés",
    "additif": "Additifs",
}

type Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of the report of which all or a part may be hidden. `key`: sequence, candidate or rank in its section."""

    section: str
    key: int
    words: str
    time: str = ""
    code: str = ""
    about: str = ""

    @property
    def place(self) -> Place:
        return (self.section, self.key)


@dataclass(frozen=True, slots=True)
class Hidden:
    """`passage`: the words to hide; empty for the whole text. `sequence`: of the event, which undoing names."""

    sequence: int
    section: str
    key: int
    passage: str
    reason: str
    by: str
    when: str

    @property
    def place(self) -> Place:
        return (self.section, self.key)

    @property
    def title(self) -> str:
        return SECTIONS.get(self.section, self.section)


def passages_of(report: Report) -> list[Passage]:
    """All that may be hidden, in the order of the paper."""
    found = _of_lines("deroulement", report.course) + _of_lines("incident", report.incidents)
    found += _of_lines("signalement", report.alerts)
    found += [Passage("candidat", one.id, situation_of(one, report), about=one.name) for one in report.people]
    if report.comment.text:
        found.append(Passage("commentaire", 0, report.comment.text, time=report.comment.time))
    gaps = report.closing.gaps if report.closing is not None else ()
    found += [Passage("manque", rank, gap) for rank, gap in enumerate(gaps, start=1)]
    found += [Passage("additif", one.rank, one.text, time=one.when) for one in report.addenda]
    return found


def texts_of(report: Report) -> list[Passage]:
    """`passages_of`, and the lines of candidates that « Déroulement » leaves out: an extract has them."""
    rest = [line for line in report.lines if not line.in_course]
    return passages_of(report) + _of_lines("deroulement", rest)


def everywhere(report: Report, passage: str) -> list[tuple[Place, str]]:
    """Each text that holds this passage, in any case, with the words as they stand there."""
    wanted = re.compile(re.escape(_plain(passage)), re.IGNORECASE)
    return [
        (text.place, words)
        for text in texts_of(report)
        for words in dict.fromkeys(
            text.words[found.start() : found.end()] for found in wanted.finditer(_plain(text.words))
        )
    ]


def hidden_of(session: SessionFacts, events: Iterable[Recorded]) -> list[Hidden]:
    """What is hidden now, in the order in which it was; eliminated facts hide nothing, for nothing is left."""
    standing: dict[int, Hidden] = {}
    told = list(events)
    session = as_sealed(session, told)
    for event in told:
        act = Act.of(event)
        if act.kind == "passage_shown":
            standing.pop(act.number("hidden"), None)
        elif act.kind == "passage_hidden" and act.text("section") in SECTIONS:
            standing[act.sequence] = Hidden(
                act.sequence,
                act.text("section"),
                act.number("key"),
                act.text("passage"),
                act.text("reason"),
                act.by,
                session.full(act.received_at),
            )
    return list(standing.values())


def redacted_report(report: Report, hidden: Iterable[Hidden]) -> Report:
    """The same report with `HIDDEN_WORDS` where something is hidden: nothing of it is left in the data.

    A passage that its text does not hold any more hides the whole text: what was asked to be hidden never reappears
    because a sentence of ours was worded anew.
    """
    by_place: dict[Place, list[Hidden]] = {}
    for one in hidden:
        by_place.setdefault(one.place, []).append(one)
    if not by_place:
        return report
    return replace(
        report,
        lines=[_line("deroulement", line, by_place) for line in report.lines],
        incidents=[_line("incident", line, by_place) for line in report.incidents],
        alerts=[_line("signalement", line, by_place) for line in report.alerts],
        people=[
            replace(one, hidden=_words(situation_of(one, report), found))
            if (found := by_place.get(("candidat", one.id)))
            else one
            for one in report.people
        ],
        comment=_comment(report.comment, by_place.get(("commentaire", 0), [])),
        closing=replace(
            report.closing,
            gaps=tuple(
                _words(gap, by_place.get(("manque", rank), []))
                for rank, gap in enumerate(report.closing.gaps, start=1)
            ),
        )
        if report.closing is not None
        else None,
        addenda=[_addendum(one, by_place.get(("additif", one.rank), [])) for one in report.addenda],
    )


def found_in(words: str, typed: str) -> str:
    """The part of `words` that somebody copied, as it stands there; empty when it does not. Spaces are all alike."""
    wanted = _plain(typed).strip()
    at = _plain(words).find(wanted) if wanted else -1
    return words[at : at + len(wanted)] if at >= 0 else ""


def _plain(text: str) -> str:
    """One character for one, so that places agree: kinds of space and of apostrophe are not told apart."""
    return text.translate(_ALIKE)


_ALIKE = {0xA0: " ", 0x202F: " ", 0x2009: " ", 0x0A: " ", 0x0D: " ", 0x09: " ", 0x2019: "'"}


def _of_lines(section: str, lines: list[Line]) -> list[Passage]:
    """Those of an event: « la session est lancée » is ours, names nobody, and has none."""
    return [
        Passage(section, line.sequence, line.words, line.time, line.code) for line in lines if line.sequence
    ]


def _line(section: str, line: Line, by_place: dict[Place, list[Hidden]]) -> Line:
    found = by_place.get((section, line.sequence), [])
    words = _words(line.words, found)
    if words == HIDDEN_WORDS:  # whole: its code and its note would tell
        return replace(line, words=words, code="", note="")
    return replace(line, words=words) if found else line


def _comment(comment: Comment, found: list[Hidden]) -> Comment:
    return replace(comment, text=_words(comment.text, found)) if found else comment


def _addendum(addendum: Addendum, found: list[Hidden]) -> Addendum:
    return replace(addendum, text=_words(addendum.text, found)) if found else addendum


def _words(words: str, found: list[Hidden]) -> str:
    """Every occurrence of each passage; passages that overlap or touch are one."""
    if not found:
        return words
    covered = [False] * len(words)
    for one in found:
        if not one.passage or one.passage not in words:
            return HIDDEN_WORDS
        at = words.find(one.passage)
        while at >= 0:
            covered[at : at + len(one.passage)] = [True] * len(one.passage)
            at = words.find(one.passage, at + 1)
    return "".join(
        char if not covered[at] else HIDDEN_WORDS if at == 0 or not covered[at - 1] else ""
        for at, char in enumerate(words)
    )
