"""What the sheets say of one school."""

from datetime import UTC, datetime

import pytest
from page import validate_pdf_bytes

from pixsurv.kernel.operator import Operator
from sessions_app.models import Establishment
from sessions_app.notices.content import MISSING, impact_sheet, register_sheet
from sessions_app.notices.papers import sheet_pdf


def rows(school: Establishment, operator: Operator) -> dict[str, str]:
    return dict(row for section in register_sheet(school, operator) for row in section.rows)


def test_register_sheet_is_filled_from_the_settings() -> None:
    school = Establishment(
        name="Collège d’essai", controller="la principale", data_officer="dpd@essai.example"
    )

    found = rows(school, Operator(host="Machine d’essai"))

    assert found["Responsable"] == "Collège d’essai, la principale"
    assert found["Délégué"] == "dpd@essai.example"
    assert found["Hébergeur"] == "Machine d’essai"


def test_register_sheet_says_what_is_left_to_complete() -> None:
    found = rows(Establishment(name="Collège d’essai"), Operator())

    assert found["Responsable"].endswith("le chef d’établissement")
    assert found["Délégué"] == found["Hébergeur"] == MISSING


def test_impact_sheet_answers_the_nine_criteria_and_leaves_the_decision() -> None:
    sections = {section.title: section for section in impact_sheet(Establishment(name="Collège d’essai"))}

    assert len(sections["Les neuf critères"].rows) == 9
    assert sum("☐" in words for words in sections["Décision"].words) == 1


@pytest.mark.parametrize("profile", ["pdfa-2a", "pdfua-1"])
def test_sheet_is_pdf_a_and_pdf_ua(profile: str) -> None:
    school = Establishment(name="Collège d’essai")
    now = datetime(2026, 3, 10, 9, tzinfo=UTC)

    pdf = sheet_pdf(school, "Fiche de registre", register_sheet(school, Operator()), now)

    report = validate_pdf_bytes(pdf, profile=profile)
    # As in test_papers: this validator miscounts a stream that ends in a carriage return.
    assert [one.message for one in report.failures if not one.rule_id.endswith("STREAM-LENGTH-001")] == []
