"""Copies on paper: with passages hidden, and the extract of one candidate (I5, I7). Both cite the seal."""

from dataclasses import dataclass, replace

from proctoring.report.content import Report
from proctoring.report.extract import Extract
from proctoring.report.paper import Printed, head_of, printed, sheet_of
from proctoring.report.redaction import HIDDEN_WORDS, Hidden, redacted_report
from proctoring.report.seal import seal_words
from sessions_app.documents.content import Head
from sessions_app.documents.typeset import typeset
from sessions_app.wording import NBSP

COPY = "COPIE AVEC PASSAGES OCCULTÉS"
EXTRACT = "EXTRAIT INDIVIDUEL — droit d’accès (RGPD, article 15)"


@dataclass(frozen=True, slots=True)
class ExtractSheet:
    """The names of these fields are those that `incident-report.typ` reads."""

    head: Head
    mark: str
    facts: list[list[str]]
    own: list[list[str]]
    lines: list[Printed]
    comment: str
    addenda: list[list[str]]
    notes: list[str]
    original: str
    template: str = "extrait"


def redacted_pdf(report: Report, hidden: list[Hidden]) -> bytes:
    """The report without what is hidden, marked so at the head and foot of each page; no such word is in the file."""
    copy = redacted_report(report, hidden)
    sheet = replace(
        sheet_of(copy),
        seal="",
        copy=COPY,
        copy_words=hidden_words(len(hidden)),
        addenda=[
            [f"Additif n°{NBSP}{one.rank}, du {one.when}, par {one.by}", one.text] for one in copy.addenda
        ],
        original=original_seal(report),
    )
    title = f"Copie avec passages occultés du PV d’incident — session {report.session.number}"
    return typeset([sheet], title=title, stamp=report.last_at or report.session.starts_at)


def extract_pdf(extract: Extract) -> bytes:
    report = extract.report
    sheet = ExtractSheet(
        head=head_of(report),
        mark=EXTRACT,
        facts=extract.facts,
        own=extract.own,
        lines=printed(extract.lines),
        comment=extract.comment,
        addenda=[[title, words] for title, words in extract.addenda],
        notes=list(extract.notes),
        original=original_seal(report),
    )
    title = f"Extrait individuel du PV d’incident — session {report.session.number}"
    return typeset([sheet], title=title, stamp=report.last_at or report.session.starts_at)


def hidden_words(count: int) -> str:
    """« Dans cette copie, 2 passages sont occultés. … »."""
    plural = "s" if count > 1 else ""
    many = f"{count} passages sont occultés" if plural else "1 passage est occulté"
    replaced = f"remplacé{plural} par {HIDDEN_WORDS}"
    return f"Dans cette copie, {many}, et {replaced}. Elle ne porte pas de sceau."


def original_seal(report: Report) -> str:
    return seal_words(report.closing.seal) if report.closing is not None else ""
