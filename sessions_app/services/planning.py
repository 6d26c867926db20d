"""Creating a session with its secrets (P3, P4)."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from pixsurv.kernel import crypto
from sessions_app.enums import Followed, SessionKind
from sessions_app.models import Establishment, Session
from sessions_app.models.session import draw_access_code, draw_password

# Typed on a phone: six digits while they last. Rehearsals have a range of their own (mechanics §13).
NUMBERS = range(100_000, 900_000)
REHEARSAL_NUMBERS = range(900_000, 1_000_000)
MORE_NUMBERS = range(1_000_000, 10_000_000)
TRIES = 8


def create_session(
    *,
    establishment: Establishment,
    site: str,
    room: str,
    starts_at: datetime,
    kind: SessionKind = SessionKind.CERTIFICATION,
    followed: Followed = Followed.PIXSURV,
    duration: int = 105,
    proctor_names: str = "",
    workstations: int | None = None,
    number: int | None = None,
    password: str | None = None,
    access_code: str | None = None,
) -> Session:
    """A planned session. Number, password and access code are drawn unless given (demonstration data)."""
    session = Session(
        establishment=establishment,
        kind=kind,
        followed=followed,
        site=site,
        room=room,
        starts_at=starts_at,
        duration=duration,
        proctor_names=proctor_names,
        workstations=workstations,
        sealed_password=crypto.seal(password or draw_password()),
        access_code=access_code or draw_access_code(),
    )
    if number is not None:
        session.number = number
        session.save(force_insert=True)
        return session
    usual = REHEARSAL_NUMBERS if kind == SessionKind.REHEARSAL else NUMBERS
    for numbers in (*[usual] * TRIES, *[MORE_NUMBERS] * TRIES):
        session.number = secrets.choice(numbers)
        try:
            with transaction.atomic():  # a savepoint: a taken number must not end the caller's transaction
                session.save(force_insert=True)
        except IntegrityError:
            session.pk = None
            if not Session.objects.filter(number=session.number).exists():
                raise
        else:
            return session
    raise RuntimeError("no free session number")
