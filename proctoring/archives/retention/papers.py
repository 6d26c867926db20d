"""The slip as PDF and spreadsheet, and the certificate: made of the ledger's rows, the same bytes each time."""

from dataclasses import dataclass

from proctoring.archives.retention.content import (
    GROUND,
    Content,
    Proof,
    facts_of,
    totals_of,
    visa_words,
)
from proctoring.enums import SlipKind, SlipState
from sessions_app.documents.typeset import typeset
from sessions_app.exports.ods import Column, Look, Title, Value, write_ods

SLIP, CERTIFICATE = "bordereau-elimination", "certificat-elimination"
COLUMNS = ("Session", "Date", "Lieu", "Nature", "Candidats", "Boîte ou cote", "Terme")


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """The names of these fields are those that `elimination.typ` reads."""

    number: str
    school: str
    state: str
    facts: list[list[str]]
    rows: list[list[str]]
    ground: list[str]
    needs_visa: bool
    visa: str
    template: str = SLIP


@dataclass(frozen=True, slots=True)
class CertificateSheet:
    number: str
    school: str
    facts: list[list[str]]
    proofs: list[Proof]
    ground: list[str]
    needs_visa: bool
    verify: str
    template: str = CERTIFICATE


def slip_pdf(content: Content) -> bytes:
    """« Bordereau d’élimination », with the lines that the head of the school and the archives sign."""
    slip = content.slip
    sheet = SlipSheet(
        number=slip.name,
        school=slip.school,
        state=slip.get_state_display(),
        facts=facts_of(content),
        rows=[
            [str(row.number), row.date, row.place, row.nature, str(row.candidates), row.box or "—"]
            for row in content.rows
        ],
        ground=GROUND[SlipKind(slip.kind)],
        needs_visa=slip.needs_visa,
        visa=visa_words(slip) if slip.visa_on is not None else "",
    )
    return typeset(
        [sheet], title=f"Bordereau d’élimination {slip.name} — {slip.school}", stamp=slip.drafted_at
    )


def slip_ods(content: Content) -> bytes:
    """The same for who files it in a spreadsheet: facts first, then a session a row."""
    rows: list[list[Value]] = [[Title(f"Bordereau d’élimination {content.slip.name}")]]
    rows += [[name, value] for name, value in facts_of(content)]
    rows += [["Fondement", words] for words in GROUND[SlipKind(content.slip.kind)]]
    rows += [[], [Title(name) for name in COLUMNS]]
    for row in content.rows:
        rows.append(
            [str(row.number), row.day, row.place, row.nature, row.candidates, row.box, row.term or "éliminée"]
        )
    looks = {1: Look.DATE}
    widths = (28, 42, 60, 48, 24, 30, 28)
    return write_ods(
        "Bordereau", [Column(width, looks.get(at, Look.TEXT)) for at, width in enumerate(widths)], rows
    )


def certificate_pdf(content: Content) -> bytes:
    """« Certificat d’élimination »: anonymous counts, digests, who did it under which visa."""
    slip = content.slip
    assert slip.state == SlipState.DONE
    assert slip.done_at is not None
    sheet = CertificateSheet(
        number=slip.name,
        school=slip.school,
        facts=_certified(content),
        proofs=content.proofs,
        ground=GROUND[SlipKind(slip.kind)],
        needs_visa=slip.needs_visa,
        verify="Le journal de chaque session se vérifie encore, événement par événement, à l’aide de ces"
        " empreintes\u00a0: manage.py verify_journal.",
    )
    return typeset([sheet], title=f"Certificat d’élimination {slip.name} — {slip.school}", stamp=slip.done_at)


def _certified(content: Content) -> list[list[str]]:
    facts = facts_of(content)
    if content.proofs:
        facts.append(["Éliminés", totals_of(content.proofs)])
    return facts
