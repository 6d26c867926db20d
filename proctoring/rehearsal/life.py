"""How a rehearsal comes to be, and how it leaves nothing behind (mechanics §13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Network

from django.db import transaction
from django.db.models import Q

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from proctoring.models import Rehearsal
from proctoring.rehearsal.acts import DIRECTION, HEARTBEAT
from proctoring.rehearsal.cast import CAST, ENROLLED
from proctoring.services import access as accesses
from proctoring.services import closing, once, presence, running
from proctoring.services.entries import candidate_actor, open_entry
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import SessionKind
from sessions_app.models import Candidate, Contact, Establishment, Event, Session
from sessions_app.services.enrolment import enrol
from sessions_app.services.journal import busy_when_locked
from sessions_app.services.planning import create_session

LIFE = timedelta(minutes=30)
MOST = 50
MOST_PER_ADDRESS = 30  # a school has one address, and may train all its proctors on one afternoon
SCHOOL = "Entraînement"
NAME = "Surveillant en formation"
COLLEAGUE = Actor(kind=ActorKind.PROCTOR, name="Un collègue (entraînement)")
MINUTES = 15  # the shortest test that a session may have
# Élie's test began so long ago that its time is over two and a half minutes from now.
BEGAN_BEFORE = timedelta(minutes=MINUTES) - timedelta(seconds=150)
CONTACTS = (
    ("Vie scolaire", "Un élève absent ou en retard", "Bureau de la vie scolaire"),
    ("Informatique", "Ordinateur, mot de passe de l’ordinateur", "Salle des serveurs"),
    ("Direction", "Un accord, une décision", "Bureau de la direction"),
)


class Full(DomainError):
    """Too many live at once; `retry_after` in seconds."""

    def __init__(self, free_at: datetime, now: datetime) -> None:
        self.retry_after = max(60, int((free_at - now).total_seconds()))
        minutes = -(-self.retry_after // 60)
        super().__init__(
            "rehearsals_full",
            "Trop d’entraînements ont lieu en ce moment. Une place se libère dans"
            f" {minutes}\u00a0minute{'s' if minutes > 1 else ''}\u00a0: réessayez alors.",
            status=429,
        )


@dataclass(frozen=True, slots=True)
class Device:
    """Who asks: a secret mark in a cookie, the address, what the browser says it is."""

    mark: str
    address: str
    browser: str

    @property
    def fingerprint(self) -> str:
        return crypto.fingerprint(self.mark)

    @property
    def address_fingerprint(self) -> str:
        return crypto.derive(f"rehearsal-address:{_network(self.address)}")


def _network(address: str) -> str:
    """One line is one IPv4 address, or 2^64 of IPv6."""
    return str(IPv6Network(f"{address.partition('%')[0]}/64", strict=False)) if ":" in address else address


def alive(mark: str, *, now: datetime) -> Rehearsal | None:
    """The rehearsal of that device."""
    found = Rehearsal.objects.select_related("session__establishment")
    return found.filter(device_fingerprint=crypto.fingerprint(mark), expires_at__gt=now).first()


def enter(*, device: Device, again: bool, now: datetime) -> tuple[Session, str]:
    """The room of this device's rehearsal, made unless it has one (or `again`), and the token that opens it.

    Removes those whose time is over. Refused with `rehearsals_full` (429) where 50 live, or 30 behind one address.
    """
    school = _school()
    with busy_when_locked(), transaction.atomic():
        Establishment.with_hidden.select_for_update(no_key=True).get(pk=school.pk)  # one begins at a time
        gone = Q(expires_at__lte=now)
        if again:
            gone |= Q(device_fingerprint=device.fingerprint)
        remove(Rehearsal.objects.filter(gone))
        standing = alive(device.mark, now=now)
        session = standing.session if standing is not None else _begin(school, device, now)
    _access, token = accesses.enter(
        session=session, name=NAME, account=None, device=device.browser, now=now, once=device.mark
    )
    return session, token


def note_code_shown(session: Session, *, now: datetime) -> None:
    """The code is on the board: whoever is ticked may start. Shown again, nothing changes."""
    shown = Rehearsal.objects.filter(session_id=session.pk, code_shown_at=None).update(code_shown_at=now)
    if shown:
        Session.with_rehearsals.filter(pk=session.pk, next_due_at__isnull=False).update(next_due_at=now)


def remove_expired(*, now: datetime) -> int:
    """How many were removed."""
    with busy_when_locked(), transaction.atomic():
        return remove(Rehearsal.objects.filter(expires_at__lte=now))


def remove(rehearsals: "Iterable[Rehearsal]") -> int:
    """These rehearsals with all that was ever written of them. A rehearsal's journal alone may go (mechanics §1)."""
    ids = sorted(
        Session.with_rehearsals.filter(
            kind=SessionKind.REHEARSAL, pk__in=[one.session_id for one in rehearsals]
        ).values_list("pk", flat=True)
    )
    if not ids:
        return 0
    for session in Session.with_rehearsals.filter(pk__in=ids):
        once.forget(session)
    Event.objects.filter(session_id__in=ids).delete()  # first: they hold the session
    Session.with_rehearsals.filter(pk__in=ids).delete()
    return len(ids)


def _school() -> Establishment:
    """The hidden one, made by whoever trains first."""
    with transaction.atomic():
        school, is_new = Establishment.with_hidden.get_or_create(is_hidden=True, defaults={"name": SCHOOL})
        if is_new:
            Contact.objects.bulk_create(
                Contact(establishment=school, name=name, purpose=purpose, place=place, position=position)
                for position, (name, purpose, place) in enumerate(CONTACTS)
            )
    return school


def _begin(school: Establishment, device: Device, now: datetime) -> Session:
    _require_place(device, now)
    session = create_session(
        establishment=school,
        kind=SessionKind.REHEARSAL,
        site="Collège fictif",
        room="B12",
        starts_at=now,
        duration=MINUTES,
        proctor_names=NAME,
        workstations=16,
    )
    _tell_what_went_before(session, now - BEGAN_BEFORE)
    Rehearsal.objects.create(
        session=session,
        device_fingerprint=device.fingerprint,
        address_fingerprint=device.address_fingerprint,
        begun_at=now,
        expires_at=now + LIFE,
    )
    Session.with_rehearsals.filter(pk=session.pk).update(next_due_at=now)
    return session


def _require_place(device: Device, now: datetime) -> None:
    """All that stand are alive: the others have just been removed."""
    here = Rehearsal.objects.filter(address_fingerprint=device.address_fingerprint)
    for found, most in ((Rehearsal.objects.all(), MOST), (here, MOST_PER_ADDRESS)):
        if found.count() >= most:
            raise Full(found.order_by("expires_at").values_list("expires_at", flat=True)[0], now)


def _tell_what_went_before(session: Session, began: datetime) -> None:
    """A colleague let Élie start too early, and the direction took the launch back (mechanics §7).

    So her time is over in the middle of the rehearsal by nothing but the services, and the proctor still launches.
    """
    minute = timedelta(minutes=1)
    candidates = [pupil.candidate() for pupil in ENROLLED]
    enrol(session_id=session.pk, candidates=candidates, actor=DIRECTION, now=began - minute)
    pupil = CAST["elie"]
    elie = Candidate.objects.get(session_id=session.pk, identity_key=pupil.identity)
    presence.confirm_presence(session_id=session.pk, candidate_id=elie.pk, actor=COLLEAGUE, now=began)
    entry = open_entry(
        session=session,
        last_name=pupil.last_name,
        first_name=pupil.first_name,
        birth_date=pupil.birth_date,
        heartbeat=HEARTBEAT,
        workstation=pupil.workstation,
        now=began,
    )
    running.start_or_resume(
        entry=entry, access_code=session.access_code, actor=candidate_actor(entry), now=began
    )
    closing.take_launch_back(session_id=session.pk, actor=DIRECTION, now=began + minute)
