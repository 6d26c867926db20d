"""Lists that were made to harm, by name: nothing of them is a file of the repository."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

from tests.sessions_app.imports import files
from tests.sessions_app.pictures import JPEG, png

TITLES = "Nom;Prénom;Date de naissance;Classe\n"
ROW = "DUPONT;Martine;21/05/2011;3e A\n"
GOOD = files.ods([files.TITLES, *files.PEOPLE])
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ah ah ah ah ah ah ah ah ah ah">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
LAUGHING = f'{LAUGHS}<worksheet xmlns="{files.MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&i;'
LAUGHING += "</t></is></c></row></sheetData></worksheet>"
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x.dtd"> %e;]>'


def ods_text(text: str, before: str = "") -> bytes:
    """One cell, in an ODS that begins with `before`."""
    cell = f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    return files.ods_of(
        f'<table:table table:name="a"><table:table-row>{cell}</table:table-row></table:table>', before=before
    )


def repeated(rows: int, columns: int, *, nested: int = 1) -> bytes:
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string">'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}<text:p>x</text:p></table:table-cell>'
    return files.ods_of(f'<table:table table:name="a">{(row + "</table:table-row>") * nested}</table:table>')


def sheet(body: str) -> bytes:
    return files.xlsx_of([f'<worksheet xmlns="{files.MAIN}"><sheetData>{body}</sheetData></worksheet>'])


def shared_strings(size: int, cells: int) -> bytes:
    """One long text that stands once in the file, and in as many cells as wanted."""
    body = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, cells + 1))
    text = "".join(chr(33 + (n * 7919) % 90) for n in range(size)).replace("<", "a").replace("&", "b")
    strings = f'<sst xmlns="{files.MAIN}" count="{cells}" uniqueCount="1"><si><t>{text}</t></si></sst>'
    return files.xlsx_of(
        [f'<worksheet xmlns="{files.MAIN}"><sheetData>{body}</sheetData></worksheet>'],
        {"xl/sharedStrings.xml": strings},
    )


def with_entries(*entries: tuple[str, bytes], base: bytes = GOOD) -> bytes:
    """`base` with these files added, whatever their names, twice the same if asked."""
    data = io.BytesIO(base)
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(data, "a") as archive,
    ):  # « Duplicate name »
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return data.getvalue()


def overlapping(copies: int = 400) -> bytes:
    """After D. Fifield's « better zip bomb »: a directory that points many times to the same kernel of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(b"0" * 1_000_000) + packer.flush()
    crc, size = zlib.crc32(b"0" * 1_000_000), 1_000_000
    name = b"content.xml"
    head = (
        struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(kernel), size, len(name), 0)
        + name
    )
    entry = struct.pack(
        "<4sHHHHHHLLLHHHHHLL",
        b"PK\x01\x02",
        20,
        20,
        0,
        8,
        0,
        0,
        crc,
        len(kernel),
        size,
        len(name),
        0,
        0,
        0,
        0,
        0,
        0,
    )
    directory = (entry + name) * copies
    start = len(head) + len(kernel)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), start, 0)
    return head + kernel + directory + end


def lying(claimed: int = 1000) -> bytes:
    """A content.xml of 30 MB whose directory says that it has a kilobyte."""
    honest = files.ods_of("<!--" + " " * 30_000_000 + "-->")
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        told = archive.getinfo("content.xml").file_size
    return honest.replace(struct.pack("<L", told), struct.pack("<L", claimed))


def quine() -> bytes:
    """An archive that holds itself, as far as a reader that unpacks again and again would see it."""
    inner = GOOD
    for _ in range(20):
        inner = files.archive({"mimetype": files.ODS_TYPE, "content.xml": inner, "a.zip": inner})
        if len(inner) > 400_000:
            break
    return inner


def wrong_lengths() -> bytes:
    """The end of the directory tells of 65 535 files."""
    at = GOOD.rindex(b"PK\x05\x06")
    return GOOD[: at + 8] + b"\xff\xff\xff\xff" + GOOD[at + 12 :]


def truncated(content: bytes, share: float) -> bytes:
    return content[: int(len(content) * share)]


DEEP = "<table:table>" * 20_000

LISTS: dict[str, Callable[[], bytes]] = {
    # Archives.
    "bomb of zeros": lambda: with_entries(("x", b"0" * 50_000_000)),
    "bomb over the ratio": lambda: with_entries(("x", b"0" * 3_000_000)),
    "bomb of overlapping files": overlapping,
    "bomb that lies about its size": lying,
    "archive in an archive": quine,
    "archive of 60 000 names": lambda: with_entries(*((f"n{n}", b"") for n in range(12_000))),
    "name that leaves the folder": lambda: with_entries(("../../../../tmp/pixsurv-hostile", b"x")),
    "absolute name": lambda: with_entries(("/etc/pixsurv-hostile", b"x")),
    "name twice": lambda: with_entries(("content.xml", b"<a/>")),
    "mimetype twice": lambda: with_entries(("mimetype", b"application/x-sh")),
    "directory that lies": wrong_lengths,
    "name with a NUL": lambda: with_entries(("a\x00b", b"x")),
    "truncated in the middle": lambda: truncated(GOOD, 0.5),
    "truncated at the end": lambda: GOOD[:-1],
    "only its magic": lambda: b"PK\x03\x04",
    "empty archive": lambda: b"PK\x05\x06" + b"\0" * 18,
    "64-bit directory": lambda: (
        b"PK\x06\x06" + b"\xff" * 60 + b"PK\x06\x07" + b"\0" * 16 + b"PK\x05\x06" + b"\xff" * 18
    ),
    "program behind an archive": lambda: b"\x7fELF" + b"\0" * 60 + GOOD,
    "archive behind a picture": lambda: png() + GOOD,
    "picture behind an archive": lambda: GOOD + png(),
    "JPEG that calls itself a list": lambda: JPEG,
    # XML.
    "a billion laughs": lambda: ods_text("&i;", LAUGHS),
    "a billion laughs in a workbook": lambda: files.xlsx_of([LAUGHING]),
    "a file of the server": lambda: ods_text("&e;", OUTSIDE),
    "an address of the server": lambda: ods_text("x", PARAMETER),
    "XML twenty thousand deep": lambda: files.ods_of(DEEP),
    "XML that never closes": lambda: files.archive({"mimetype": files.ODS_TYPE, "content.xml": "<a" * 100_000}),
    "attribute of a megabyte": lambda: files.ods_of(f'<table:table table:name="{"é" * 500_000}"/>'),
    "UTF-16 in an XML of UTF-8": lambda: files.archive(
        {"mimetype": files.ODS_TYPE, "content.xml": "<office:document-content/>".encode("utf-16")}
    ),
    # Sheets.
    "rows repeated 2³¹ times": lambda: repeated(2**31, 1),
    "rows repeated 2⁶⁴ times": lambda: repeated(2**64, 1),
    "rows repeated -1 times": lambda: repeated(-1, 1),
    "columns repeated 2³¹ times": lambda: repeated(1, 2**31),
    "a plane of cells": lambda: repeated(1_048_576, 1_024),
    "planes one under the other": lambda: repeated(100_000, 100, nested=50),
    "cell at the other end": lambda: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "two cells at both ends": lambda: sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "cell beyond every column": lambda: sheet('<row r="1"><c r="ZZZZZZZZ1"><v>1</v></c></row>'),
    "cell of row zero": lambda: sheet('<row r="0"><c r="A0"><v>1</v></c></row>'),
    "cell of row 2⁶⁴": lambda: sheet(f'<row r="{2**64}"><c r="A{2**64}"><v>1</v></c></row>'),
    "dimension of everything": lambda: files.xlsx_of(
        [f'<worksheet xmlns="{files.MAIN}"><dimension ref="A1:XFD1048576"/><sheetData/></worksheet>']
    ),
    "one text in 4 000 cells": lambda: shared_strings(300_000, 4_000),
    "text that is not there": lambda: sheet('<row r="1"><c r="A1" t="s"><v>99999999</v></c></row>'),
    "half a surrogate pair, escaped": lambda: files.xlsx([["Nom_xD800_", "_xDFFF__x0000__xFFFF_"]]),
    "formula that calls a program": lambda: files.xlsx(
        [list(files.TITLES), ["FORMULA:cmd|' /c calc'!A0|=cmd|' /c calc'!A0", "Ana", "01/02/2011"]]
    ),
    "date of the year 99999": lambda: files.xlsx([list(files.TITLES), ["A", "B", 1e15]]),
    "two thousand sheets": lambda: files.xlsx(*([["x"]] for _ in range(2_000))),
    # Texts.
    "NULs": lambda: b"\0" * 100_000,
    "NULs in a list": lambda: TITLES.encode() + b"DUPONT\0;Ana;01/02/2011;3e\n",
    "a million columns": lambda: b";" * 1_000_000,
    "a million columns, and a list": lambda: (TITLES + ROW).encode() + b";" * 1_000_000 + b"\n",
    "one cell of 4 MB": lambda: (TITLES + "x" * 4_000_000 + ";Ana;01/02/2011;3e\n").encode(),
    "one cell of 4 MB in quotation marks": lambda: (TITLES + '"' + "x\n" * 2_000_000 + '"\n').encode(),
    "more than what is accepted": lambda: b"x" * (5 * 1024 * 1024 + 1),
    "quotation mark never closed": lambda: (TITLES + '"DUPONT;Ana\n' * 10_000).encode(),
    "quotation marks only": lambda: b'"' * 1_000_000,
    "half a surrogate pair in UTF-8": lambda: TITLES.encode() + b"DU\xed\xa0\x80PONT;Ana;01/02/2011;3e\n",
    "half a surrogate pair in UTF-16": lambda: b"\xff\xfe" + (TITLES + "DU").encode("utf-16-le") + b"\x00\xd8;\x00",
    "UTF-16 without its mark": lambda: (TITLES + ROW).encode("utf-16-le"),
    "UTF-32": lambda: (TITLES + ROW).encode("utf-32"),
    "UTF-7": lambda: (TITLES + "+AGEAYg-;Ana;01/02/2011;3e\n").encode("ascii", "replace"),
    "formulas": lambda: (TITLES + "=cmd|' /c calc'!A0;+1+1;@SUM(1);-2\n").encode(),
    "markup": lambda: (TITLES + "<script>alert(1)</script>;<b>Ana;01/02/2011;{{ 7*7 }}\n").encode(),
    "turned writing": lambda: (TITLES + "\u202eTNOPUD\u202c;A\u200bn\u2066a;01/02/2011;3e\u0007\n").encode(),
    "a heap of accents": lambda: (TITLES + "D" + "\u0301" * 100_000 + ";Ana;01/02/2011;3e\n").encode(),
    "line ends of old": lambda: (TITLES + ROW).replace("\n", "\r").encode(),
    "digits without end": lambda: (TITLES + f"A;B;{'9' * 100_000};3e\n").encode(),
    "titles without end": lambda: ";".join(f"Nom{n}" for n in range(199)).encode() + b"\n" + b"x;" * 198,
    "a hundred thousand titles": lambda: TITLES.encode() * 4_999,
}  # fmt: skip
