"""A QR code as SVG text: for a typst template, and for a page."""

from io import BytesIO

import segno


def qr_svg(text: str) -> str:
    """Error correction M: a folded corner of the kit is still read. The quiet zone of 4 is the norm's."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, dark="#000", light="#fff")
    return out.getvalue().decode()


def qr_inline(text: str) -> str:
    """The same inside a page. Black on white in both themes: a camera looks for nothing else."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
