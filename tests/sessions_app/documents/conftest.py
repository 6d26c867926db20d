"""A session whose list holds every odd name, and what poppler and zbar read in a PDF."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessions_app.models import Candidate, Session
from tests import factories

ODD = [
    ("DE LA ROCHEFOUCAULD-MONTMORENCY-LAVAL D’HUMIÈRES", "Marie-Antoinette Joséphine Clémentine"),
    ("NGUYỄN", "Thị Ánh"),
    ("ШЕВЧЕНКО", "Ольга"),
    ("李", "小龙"),
    ("D’ARTAGNAN", "Loïc"),
    ('#import "vol.typ"', "$a$ @b <c> ]"),
    ("A" * 100, "b" * 100),
    ("ÉMOTION", "Zoé 😀"),
    ("O'CONNOR", "Sœur"),
]
TOOLS = ("pdftotext", "pdftoppm", "zbarimg")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    absent = [tool for tool in TOOLS if not shutil.which(tool)]
    for item in items if absent else []:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=f"no {', '.join(absent)}"))


@pytest.fixture
def planned(db: None) -> Session:
    """10h00 in Paris, with its proctors."""
    return factories.SessionFactory(
        establishment=factories.EstablishmentFactory(name="Collège Les Tilleuls"),
        starts_at=datetime(2026, 3, 14, 9, 0, tzinfo=UTC),
        proctor_names="Perrine Dubois, Karim Haddad",
    )


@pytest.fixture
def odd(planned: Session) -> list[Candidate]:
    return [
        factories.CandidateFactory(
            session=planned, last_name=last, first_name=first, local_id=f"ID-{rank}", class_name=""
        )
        for rank, (last, first) in enumerate(ODD)
    ]


@pytest.fixture
def words_of(tmp_path: Path) -> Callable[[bytes], list[str]]:
    """The text of each page, as a reader selects it: single spaces, no mark that only allows a line to break."""

    def read(pdf: bytes) -> list[str]:
        (tmp_path / "read.pdf").write_bytes(pdf)
        done = subprocess.run(
            ["pdftotext", "-raw", "-enc", "UTF-8", str(tmp_path / "read.pdf"), "-"],
            capture_output=True,
            check=True,
        )
        pages = done.stdout.decode().replace("\u200b", "").split("\f")[:-1]
        return [re.sub(r"\s+", " ", page) for page in pages]

    return read


@pytest.fixture
def qr_of(tmp_path: Path) -> Callable[[bytes], str]:
    """What a phone reads on the first page, printed."""

    def read(pdf: bytes) -> str:
        (tmp_path / "qr.pdf").write_bytes(pdf)
        subprocess.run(
            [
                "pdftoppm",
                "-r",
                "110",
                "-l",
                "1",
                "-gray",
                "-png",
                str(tmp_path / "qr.pdf"),
                str(tmp_path / "qr"),
            ],
            capture_output=True,
            check=True,
        )
        picture = next(tmp_path.glob("qr-*.png"))
        done = subprocess.run(["zbarimg", "-q", "--raw", str(picture)], capture_output=True, check=True)
        return done.stdout.decode().strip()

    return read
