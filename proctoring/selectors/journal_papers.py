"""Sentences of what is kept after the closing: papers received, scanned, and what is hidden in copies."""

from collections.abc import Mapping
from types import MappingProxyType

from proctoring.enums import HandedPaper, SignedPaper
from proctoring.selectors.journal_facts import Sentence, Told, in_quotes, plain, quoted
from proctoring.selectors.wording import NBSP
from sessions_app.enums import EventKind

HANDED_WORDS: dict[str, str] = {
    paper.value: paper.label[:1].lower() + paper.label[1:] if paper != HandedPaper.REPORT else paper.label
    for paper in HandedPaper
}
SEALED_WORDS = {"report": "PV d’incident", "addendum": "additif"}
SIGNED_WORDS: dict[str, str] = {paper.value: str(paper.label) for paper in SignedPaper}


def _receipt(told: Told) -> str:
    """What came, what is still expected, where it was put, and the note."""
    received, missing = _papers(told, "received"), _papers(told, "missing")
    details = [
        *([f"{received}"] if received else []),
        *([f"manque{NBSP}: {missing}"] if missing else []),
        *([f"boîte {in_quotes(told.text('box'))}"] if told.text("box") else []),
        *([in_quotes(told.text("note"))] if told.text("note") else []),
    ]
    return f"Accusé de réception{NBSP}: {f'{NBSP}; '.join(details)}." if details else "Accusé de réception."


def _papers(told: Told, key: str) -> str:
    codes = told.facts.get(key)
    return (
        ", ".join(HANDED_WORDS[one] for one in codes if one in HANDED_WORDS)
        if isinstance(codes, list)
        else ""
    )


def _paper(words: str) -> Sentence:
    """Which paper, how many pages, and how its digest begins: enough to tell two scans of one sheet apart."""

    def said(told: Told) -> str:
        pages, digest = told.text("pages"), told.text("sha256")
        details = [SIGNED_WORDS.get(told.text("paper"), "")]
        details += [f"{pages}{NBSP}page{'s' if pages != '1' else ''}" if pages else ""]
        details += [f"empreinte {digest[:12]}…" if digest else ""]
        return plain(words, *[lambda _, text=text: text for text in details])(told)

    return said


def _sealed(told: Told) -> str:
    """Which paper, and how its digest begins: the one that `sha256sum` says of the PDF."""
    digest = told.text("sha256")
    details = [SEALED_WORDS.get(told.text("purpose"), ""), f"empreinte {digest[:12]}…" if digest else ""]
    return plain("Papier scellé", *[lambda _, text=text: text for text in details])(told)


PAPER_SENTENCES: Mapping[EventKind, Sentence] = MappingProxyType(
    {
        EventKind.RECEIPT: _receipt,
        EventKind.PAPER_SEALED: _sealed,
        EventKind.PAPER_SCANNED: _paper("Papier signé numérisé"),
        EventKind.PAPER_REMOVED: _paper("Papier numérisé retiré"),
        # What is hidden in copies is not repeated here: the reason says enough.
        EventKind.PASSAGE_HIDDEN: plain("Passage occulté dans les copies", quoted("reason")),
        EventKind.PASSAGE_SHOWN: plain("Passage rendu aux copies"),
    }
)
