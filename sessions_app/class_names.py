"""How classes are sorted, on paper and on screen."""

import re

from pixsurv.kernel.identity import fold


def class_key(name: str) -> tuple[object, ...]:
    """« 3e B » before « 3e C » before « 10e A »; those without a class last."""
    pieces = re.findall(r"\d+|\D+", name)
    return (not name, [(0, int(piece), "") if piece.isdecimal() else (1, 0, fold(piece)) for piece in pieces])
