"""Passages hidden in copies: the fold of the journal, the report without them, the paper (I5)."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from proctoring.report.content import Report
from proctoring.report.copies import COPY, redacted_pdf
from proctoring.report.redaction import (
    HIDDEN_WORDS,
    Hidden,
    everywhere,
    found_in,
    hidden_of,
    passages_of,
    redacted_report,
)
from proctoring.report.seal import seal_words
from tests.proctoring.report.events import ADMIN, FACTS, PAUL, ZOE, Journal, journal, plain
from tests.proctoring.report.test_paper import assert_valid, squeezed
from tests.sessions_app.documents.conftest import words_of

__all__ = ["words_of"]

type Reader = Callable[[bytes], list[str]]


def kept() -> Journal:
    """Every kind of text that may be hidden."""
    told = journal().run(4, PAUL)
    told.say("alert_raised", 10, PAUL, question=7, kinds=["image"])
    told.say(
        "incident_reported", 20, PAUL, incident=1, category="C8", description="Malaise de Paul, asthme connu."
    )
    told.say("resume_authorised", 30, PAUL)
    told.say("comment_changed", 40, text="Paul a eu un malaise. Zoé a aidé. Un malaise bref.")
    told.say("ended", 50, PAUL)
    told.say("closed", 60, gaps=["Motif de fin non donné : DUPONT Paul."], attendance_signed=True)
    return told.say("addendum", 3000, actor=ADMIN, text="Le malaise de Paul est sans suite.")


def hide(told: Journal, section: str, key: int, passage: str = "") -> Journal:
    return told.say(
        "passage_hidden", 4000, actor=ADMIN, section=section, key=key, passage=passage, reason="santé"
    )


def redacted(told: Journal) -> Report:
    return redacted_report(told.report, hidden_of(FACTS, told.events))


def words(report: Report) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in passages_of(report):
        found.setdefault(one.section, []).append(plain(one.words))
    return found


def key_of(told: Journal, section: str) -> int:
    return next(one.key for one in passages_of(told.report) if one.section == section)


SECTIONS = ["deroulement", "incident", "signalement", "candidat", "commentaire", "manque", "additif"]


@pytest.mark.parametrize("section", SECTIONS)
def test_whole_text_is_hidden_and_nothing_else_changes(section: str) -> None:
    before = words(kept().report)

    told = kept()
    after = words(redacted(hide(told, section, key_of(told, section))))

    assert after == {**before, section: [HIDDEN_WORDS, *before[section][1:]]}


def test_hidden_line_keeps_its_hour_and_loses_its_code() -> None:
    told = kept()
    (line,) = redacted(hide(told, "incident", key_of(told, "incident"))).incidents
    assert (line.code, line.note, line.time) == ("", "", told.report.incidents[0].time)


def test_passage_is_hidden_everywhere_in_its_text_and_only_there() -> None:
    found = words(redacted(hide(kept(), "commentaire", 0, "malaise")))
    assert found["commentaire"] == [f"Paul a eu un {HIDDEN_WORDS}. Zoé a aidé. Un {HIDDEN_WORDS} bref."]
    assert "Malaise" in found["incident"][0]
    assert "malaise" in found["additif"][0]


def test_passage_stands_in_lines_that_only_an_extract_has_too() -> None:
    told = journal().run(4, PAUL).say("minutes_given", 25, PAUL, minutes=5, reason="Crise d’asthme.")
    told.say("incident_reported", 26, PAUL, incident=1, category="C7", description="Une crise d'asthme.")
    places = everywhere(told.report, "crise d'asthme")
    assert sorted((place[0], words) for place, words in places) == [
        ("deroulement", "Crise d’asthme"),
        ("incident", "crise d'asthme"),
    ]
    ticked = next(line for line in told.report.lines if "présence cochée" in line.words)
    assert not ticked.in_course
    hide(told, "deroulement", ticked.sequence, "présence")
    assert HIDDEN_WORDS in next(
        line.words for line in redacted(told).lines_of(PAUL) if line.sequence == ticked.sequence
    )


def test_passages_that_overlap_are_one() -> None:
    told = hide(hide(kept(), "commentaire", 0, "eu un malaise"), "commentaire", 0, "un malaise. Zoé")
    assert words(redacted(told))["commentaire"] == [f"Paul a {HIDDEN_WORDS} a aidé. Un malaise bref."]


def test_passage_that_its_text_no_longer_holds_hides_all_of_it() -> None:
    assert words(redacted(hide(kept(), "commentaire", 0, "autre chose")))["commentaire"] == [HIDDEN_WORDS]


def test_passage_given_back_is_shown_again() -> None:
    told = hide(kept(), "commentaire", 0, "malaise")
    (one,) = hidden_of(FACTS, told.events)
    assert (one.reason, one.by, one.title) == ("santé", "Andréa Essai", "Commentaire")
    told.say("passage_shown", 4001, actor=ADMIN, hidden=one.sequence)
    assert hidden_of(FACTS, told.events) == []
    assert redacted(told) == told.report


def test_report_itself_never_changes_for_what_copies_hide() -> None:
    told = kept()
    before = words(told.report)
    assert words(hide(told, "commentaire", 0).report) == before


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("un malaise", "un\u00a0malaise"), ("  l'élève  ", "l’élève"), ("élève \n a", "élève\u202f\u00a0a"),
        ("Malaise", ""), ("", ""), ("   ", ""),
    ],
)  # fmt: skip
def test_typed_passage_is_found_whatever_its_spaces_and_apostrophes(typed: str, found: str) -> None:
    text = "un\u00a0malaise, l’élève\u202f\u00a0a"
    assert found_in(text, typed.replace(" \n ", "  ")) == found


def test_copy_says_so_on_each_page_cites_the_seal_and_holds_no_hidden_word(
    words_of: Reader, tmp_path: Path
) -> None:
    told = kept()
    for section in SECTIONS:
        hide(told, section, key_of(told, section), "" if section != "commentaire" else "malaise")
    told.events = [one for one in told.events if one.kind != "candidate_enrolled" or one.candidate_id != ZOE]
    hidden: list[Hidden] = hidden_of(FACTS, told.events)

    made = redacted_pdf(told.report, hidden)

    assert_valid(made)
    pages = words_of(made)
    text = " ".join(pages)
    assert all(page.count(COPY) >= 1 for page in pages)
    assert f"{len(SECTIONS)} passages sont occultés" in text
    assert "ne porte pas de sceau" in text
    assert "Sceau de la clôture" not in text
    closing = told.report.closing
    assert closing is not None
    assert seal_words(closing.seal).replace(" ", "") in squeezed(pages)
    for secret in ("malaise", "asthme", "Motif de fin", "image qui ne"):
        assert secret.lower() not in text.lower(), secret
    (tmp_path / "copy.pdf").write_bytes(made)
    raw = subprocess.run(
        ["strings", "-n", "4", tmp_path / "copy.pdf"], capture_output=True, check=False
    ).stdout
    assert b"asthme" not in raw
    assert redacted_pdf(told.report, hidden) == made
