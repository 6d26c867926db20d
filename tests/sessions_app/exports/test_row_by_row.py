"""A file written row by row is the one written at once."""

import io
from datetime import date

import pytest

from sessions_app.exports.csv_text import CsvFile, write_csv
from sessions_app.exports.ods import Column, Look, OdsFile, Title, Value, harmless, write_ods

ROWS: list[list[Value]] = [[Title("Nom"), Title("Né le")], ["=1+1 & <b>", date(2011, 5, 21)], [None, 12]]


def test_an_ods_is_the_same_row_by_row() -> None:
    file = io.BytesIO()
    columns = [Column(20), Column(30, Look.DATE)]
    sheet = OdsFile(file, "Essai", columns)
    for row in ROWS:
        sheet.add(row)
    sheet.close()

    assert file.getvalue() == write_ods("Essai", columns, ROWS)


def test_a_csv_is_the_same_row_by_row() -> None:
    file = io.StringIO(newline="")
    sheet = CsvFile(file, ["Nom", "Né le"])
    sheet.add(["=1+1", "21/05/2011"])

    assert file.getvalue().encode() == write_csv(["Nom", "Né le"], [["=1+1", "21/05/2011"]])
    assert file.getvalue() == "\ufeffNom;Né le\r\n'=1+1;21/05/2011\r\n"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_what_could_be_a_formula_is_text(sign: str) -> None:
    assert harmless(f"{sign}A1") == f"'{sign}A1"
    assert harmless(f"A1{sign}") == f"A1{sign}"
