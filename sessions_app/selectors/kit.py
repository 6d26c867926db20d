"""The mark in the QR of a kit: it says « this device holds the paper », and opens nothing (mechanics §8).

It is bound to the number and to the sealed password as it is stored, so that a new password makes a new kit: the old
sheet may be why it was changed, and whoever holds it must not use up the tries of the new one.
"""

import hashlib

from django.core import signing

from sessions_app.models import Session

SALT = "pixsurv.kit"
LENGTH = 43  # of the signature: 256 bits


def kit_mark(session: Session) -> str:
    return _signer().signature(_issue(session.number, session.sealed_password))


def kit_mark_valid(number: str, mark: str) -> bool:
    """Whether the last kit of the session of that number carries that mark; for any text that somebody may send."""
    if not (number.isascii() and number.isdecimal() and len(number) <= 9 and len(mark) == LENGTH):
        return False
    sealed = Session.objects.filter(number=int(number)).values_list("sealed_password", flat=True).first()
    if sealed is None:
        return False
    try:
        _signer().unsign(f"{_issue(int(number), sealed)}:{mark}")
    except signing.BadSignature:
        return False
    return True


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)


def _issue(number: int, sealed: str) -> str:
    return f"{number}.{hashlib.sha256(sealed.encode()).hexdigest()}"
