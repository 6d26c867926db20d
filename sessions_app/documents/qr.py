"""A QR code as SVG text that a typst template shows."""

from io import BytesIO

import segno


def qr_svg(text: str) -> str:
    """Error correction M: a folded corner of the kit is still read. The quiet zone of 4 is the norm's."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, dark="#000", light="#fff")
    return out.getvalue().decode()
