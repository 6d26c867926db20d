"""The papers of the archive, really set once: what typst makes of them is the standard form for archives."""

import pytest

from proctoring.archives.tray.label import Label
from proctoring.archives.tray.recap_files import RecapSheet
from sessions_app.documents import data
from sessions_app.documents.school import School
from sessions_app.documents.typeset import typeset
from sessions_app.models import Candidate
from tests.journal import NOW

pytestmark = pytest.mark.django_db

SESSIONS = [[f"{number}", "14/03/2026", "Salle B12"] for number in range(111111, 111111 + 90)]


def test_labels_and_recap_can_be_set() -> None:
    """A label of one session, of two columns, of several pages; a recap with and without a line."""
    labels = [Label("Ça & là", "Collège", "2025-2026", "14/03/2031", SESSIONS[:many]) for many in (1, 20, 90)]
    line = [
        "14/03/2026",
        "10h00",
        "111111",
        "Salle B12",
        "blanche",
        *["1"] * 10,
        "Reçu",
        "15/03/2026",
        "A" * 60,
    ]
    sheets = [
        RecapSheet("Collège", "2025-2026", "15/03/2026 à 9h00", ["Nombre"] * 10, lines, ["1"] * 10)
        for lines in ([], [line] * 3)
    ]

    pdf = typeset([*labels, *sheets], title="Essai", stamp=NOW)

    assert pdf.startswith(b"%PDF")
    assert b"<pdfaid:part>2" in pdf


def test_struck_kit_and_reissued_sheet_can_be_set(candidate: Candidate) -> None:
    session = candidate.session
    session.state = "closed"
    parts = [
        data.struck_kit(session, [candidate], School()),
        data.reissued_attendance(session, [candidate], NOW),
    ]

    assert typeset(parts, title="Essai", stamp=NOW).startswith(b"%PDF")
