"""The report on paper: tagged PDF/A, a draft that says so, names whole, a seal that a phone reads (I2, I4)."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from page import validate_pdf_bytes

from proctoring.report.content import Report
from proctoring.report.paper import addendum_pdf, report_pdf
from proctoring.report.seal import seal_words, typed_seal, verify_address, verify_link
from tests.proctoring.report.events import ADMIN, FACTS, PAUL, ZOE, Journal, journal
from tests.sessions_app.documents.conftest import ODD, words_of

__all__ = ["words_of"]  # the fixture of the other papers

type Reader = Callable[[bytes], list[str]]


def closed(told: Journal) -> Report:
    told.say("closed", 125, signature="Perrine Essai", attendance_signed=True, gaps=["Un manque."])
    told.events[-1].hash = "0123456789abcdef" * 4
    return told.report


def odd(count: int) -> Journal:
    """Every odd name, and so many incidents with the longest text that one may type."""
    told = Journal().list_of(*[(rank, last, first) for rank, (last, first) in enumerate(ODD, start=1)])
    for rank in range(count):
        told.say(
            "incident_reported", rank, 1 + rank % len(ODD), incident=rank, category="C7",
            workstation="14", question=12, description=f"#import “x” $a$ {'Texte. ' * 70}"[:500],
        )  # fmt: skip
    return told


VARIANTS: dict[str, Callable[[], Report]] = {
    "empty draft": lambda: Journal().report,
    "draft": lambda: journal().run(4, PAUL).say("ended", 60, PAUL).report,
    "sealed, no incident": lambda: closed(journal().run(4, PAUL, ZOE)),
    "sealed, one incident": lambda: closed(odd(1)),
    "sealed, sixty incidents": lambda: closed(odd(60)),
    "cancelled": lambda: replace(journal().report, session=replace(FACTS, cancelled="Séance annulée. Grève")),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_report_is_pdf_a_and_pdf_ua(variant: str) -> None:
    assert_valid(report_pdf(VARIANTS[variant]()))


def test_addendum_is_pdf_a_and_pdf_ua_and_names_the_original(words_of: Reader) -> None:
    told = journal()
    closed(told)
    told.say("addendum", 3000, actor=ADMIN, text="Le nom s’écrit DUPOND.\n\nPièce d’identité vue.")
    told.events[-1].hash = "fedcba9876543210" * 4
    report = told.report
    made = addendum_pdf(report, report.addenda[0])
    assert_valid(made)
    text = squeezed(words_of(made))
    for words in (
        "Additifn°1",
        "DUPOND",
        "Pièced’identité",
        "fedcba9876543210",
        "0123456789abcdef",
        "AndréaEssai",
    ):
        assert words in text


def assert_valid(pdf: bytes) -> None:
    for profile in ("pdfa-2a", "pdfua-1"):
        report = validate_pdf_bytes(pdf, profile=profile)
        # See tests/sessions_app/documents/test_papers.py for the one rule left out.
        failures = [found for found in report.failures if not found.rule_id.endswith("STREAM-LENGTH-001")]
        assert not failures, [found.message for found in failures]


def squeezed(pages: list[str]) -> str:
    return "".join(" ".join(pages).split())


def test_draft_says_so_on_every_page_and_has_no_seal(words_of: Reader) -> None:
    told = odd(20)
    pages = words_of(report_pdf(told.report))
    assert len(pages) > 2
    assert all("PROJET — session non clôturée" in page for page in pages)
    assert "Sceau" not in " ".join(pages)


def seal_on(pdf: bytes, folder: Path) -> str:
    """What a phone reads on the page that has the square, printed."""
    (folder / "seal.pdf").write_bytes(pdf)
    draw = ["pdftoppm", "-r", "150", "-gray", "-png", str(folder / "seal.pdf"), str(folder / "seal")]
    subprocess.run(draw, capture_output=True, check=True)
    pictures = [str(picture) for picture in sorted(folder.glob("seal-*.png"))]
    done = subprocess.run(["zbarimg", "-q", "--raw", *pictures], capture_output=True, check=False)
    return done.stdout.decode().strip()


def test_sealed_report_prints_what_the_screen_says(words_of: Reader, tmp_path: Path) -> None:
    told = journal().run(4, PAUL).say("instructions_read", 2).say("comment_changed", 90, text="Rien à dire.")
    report = closed(told.say("completed", 80, PAUL))
    made = report_pdf(report)
    text = " ".join(words_of(made))
    assert "PROJET" not in text
    for words in (
        *("Collège Les Tilleuls", "82690 · Certification", "prévue à 10h00, lancée à 10h04", "Lues à 10h02"),
        *(
            "1 sur 2 candidats",
            "Rien à dire.",
            "Un manque.",
            "Signature simple",
            "Perrine Essai",
            "DUPONT Paul",
        ),
        *("Session clôturée le 14/03/2026 à 12h05", "MARTIN Zoé", "0123 4567 89ab cdef"),
    ):
        assert words in text, words
    assert seal_on(made, tmp_path) == verify_link(82690, "0123456789abcdef" * 4)


def test_names_are_whole_and_free_text_is_literal(words_of: Reader) -> None:
    text = squeezed(words_of(report_pdf(odd(2).report)))
    assert "DELAROCHEFOUCAULD-MONTMORENCY-LAVALD’HUMIÈRES" in text
    assert "#import“x”$a$" in text
    assert "A" * 100 in text
    assert "□remplaceuncaractère" in text


def test_words_and_the_address_are_found_by_a_search(tmp_path: Path) -> None:
    told = journal().say("comment_changed", 90, text="Les administrateurs de l’établissement.")
    (tmp_path / "read.pdf").write_bytes(report_pdf(closed(told)))
    done = subprocess.run(["pdftotext", tmp_path / "read.pdf", "-"], capture_output=True, check=True)
    text = done.stdout.decode()
    assert "\u200b" not in text
    assert "administrateurs" in text
    assert verify_address(82690) in text.replace("\n", "")


def test_same_report_gives_the_same_bytes() -> None:
    assert report_pdf(closed(odd(3))) == report_pdf(closed(odd(3)))


def test_rehearsal_and_cancelled_session_are_never_sealed_papers(words_of: Reader) -> None:
    rehearsed = closed(Journal(session=replace(FACTS, is_rehearsal=True)))
    for report, mark in (
        (rehearsed, "ENTRAÎNEMENT — sans valeur"),
        (VARIANTS["cancelled"](), "SÉANCE ANNULÉE"),
    ):
        text = " ".join(words_of(report_pdf(report)))
        assert mark in text
        assert "Sceau" not in text


def test_seal_is_read_back_as_it_was_printed() -> None:
    seal = "0123456789abcdef" * 4
    assert len(seal_words(seal).split()) == 16
    assert typed_seal(seal_words(seal)) == seal
    assert typed_seal(f"  {seal.upper()}\n") == seal
    assert typed_seal(seal[:-1]) == typed_seal("") == typed_seal("clôture") == ""
