"""The seal of a closing: how it is written, read back, and where it is checked (I4)."""

import re
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

GROUP = 4
LENGTH = 64


def seal_words(seal: str) -> str:
    """« 3f2a 90b1 … »: sixteen groups of four, to be read aloud and typed."""
    return " ".join(seal[at : at + GROUP] for at in range(0, len(seal), GROUP))


def typed_seal(text: str) -> str:
    """The seal that somebody typed, pasted or scanned: 64 hex digits in lower case, or nothing."""
    digits = re.sub(r"[^0-9a-fA-F]", "", text[:200]).lower()
    return digits if len(digits) == LENGTH else ""


def verify_address(number: int) -> str:
    """The page that checks, without the seal: what a paper prints in words."""
    return settings.PUBLIC_URL + reverse("verify", args=[number])


def verify_link(number: int, seal: str) -> str:
    """The same with the seal: what the QR code holds."""
    return f"{verify_address(number)}?{urlencode({'sceau': seal})}"
