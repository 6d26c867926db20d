"""Loading the demonstration school: made once, found again afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from pixsurv.kernel.errors import DomainError
from proctoring.demo import secrets
from proctoring.demo.history import live_through
from proctoring.demo.people import CONTACTS, FIRST_SESSION, NOT_ENROLLED, Person, crowd
from proctoring.enums import CaseState
from proctoring.models import Case
from proctoring.services.cases.asking import Identity, ask_to_enrol
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, Followed, Role, SessionState
from sessions_app.models import ApiKey, Candidate, Contact, Establishment, Event, Pupil, Session
from sessions_app.models.pupil import school_year_of
from sessions_app.services.enrolment import enrol
from sessions_app.services.follow_pupils import link_candidates
from sessions_app.services.people import make_member
from sessions_app.services.planning import create_session

NAME = "Collège de démonstration"
TIME_ZONE = "Europe/Paris"
SITE = "Site principal"
ADMIN_EMAIL = "admin@demo.example"
SECRETARIAT_EMAIL = "secretariat@demo.example"
ADMIN_NAME = "Andréa Démo"
SECRETARIAT_NAME = "Sacha Démo"
API_KEY_NAME = "Plateforme de démonstration"

FIRST, SECOND, THIRD, FOURTH = 123_456, 234_567, 345_678, 456_789
TODAYS = (FIRST, SECOND, FOURTH)
LOAD_NUMBERS = range(600_001, 610_001)
# Nobody watches two of today’s rooms.
PROCTORS = {"C04": "Awa Démo, Noé Démo", "CDI": "Inès Démo"}
SPARE = 1  # workstation, beyond one a candidate
LOAD = Q(number__gte=LOAD_NUMBERS.start, number__lt=LOAD_NUMBERS.stop)
OURS = Q(number__in=(FIRST, SECOND, THIRD, FOURTH)) | LOAD
ROUND = 5  # minutes
SATURDAY = 5

NEWCOMER = Identity("ARRIVANT", "Nino", date(2012, 4, 17))  # on no list: « Élève absent de la liste »
PREPARER = Actor(kind=ActorKind.ADMIN, name=ADMIN_NAME)


def refuse_real_schools(*, force: bool) -> None:
    """Raises `real_school` when this database holds a school that is not the demonstration."""
    if not force and Establishment.objects.filter(is_demo=False).exists():
        raise DomainError(
            "real_school",
            "Cette base contient déjà un établissement qui n’est pas la démonstration\u00a0: rien n’a été chargé."
            " Pour charger quand même les données de démonstration à côté, ajoutez --force.",
        )


def may_load_by_itself() -> bool:
    """Where nobody will be surprised: no real school, on SQLite or with PIXSURV_DEMO (mechanics §16).

    The demonstration itself is loaded again, so that its untouched sessions are today's on another day's start.
    """
    real = Establishment.objects.filter(is_demo=False)
    return not real.exists() and (settings.DEMO or on_embedded_database())


def on_embedded_database() -> bool:
    return connection.vendor == "sqlite"


def load(*, now: datetime) -> Establishment:
    """The school with its accounts, its key and its four sessions; what is there already stays as it is.

    Those of today's sessions that nobody has touched move to today.
    """
    with transaction.atomic():
        establishment = _establishment()
        _require_free(Q(number__in=[FIRST, SECOND, THIRD, FOURTH]), establishment)
        _accounts(establishment)
        start = hour_of_loading(now, establishment)
        if not Session.objects.filter(number=THIRD).exists():
            _closed_session(establishment, start)
        _session(establishment, FIRST, "B12", start, FIRST_SESSION, now=now)
        certifiable_but_two = _all_but_two(crowd(40, salt=2))
        _session(establishment, SECOND, "C04", start, certifiable_but_two, now=now)
        _ask_to_enrol(SECOND, now=now)
        people = crowd(12, salt=4)
        _session(establishment, FOURTH, "CDI", start, people, now=now, followed=Followed.BY_HAND)
        _move_to_today(establishment, start)
        _pupils(establishment, (*FIRST_SESSION, *certifiable_but_two, *NOT_ENROLLED), start)
    return establishment


def load_many(establishment: Establishment, *, sessions: int, candidates: int, now: datetime) -> None:
    """As many load sessions of as many candidates; those that are there are completed, never emptied."""
    start = hour_of_loading(now, establishment)
    numbers = LOAD_NUMBERS[:sessions]
    _require_free(LOAD, establishment)
    for position, number in enumerate(numbers, start=1):
        with transaction.atomic():
            session = Session.objects.filter(number=number).first()
            if session is None:
                session = _new_session(
                    establishment, number, f"Charge {position}", start, Followed.PIXSURV, candidates
                )
            _enrol_missing(session, crowd(candidates, salt=position), now=now)


def hour_of_loading(now: datetime, establishment: Establishment) -> datetime:
    """Now, rounded down to five minutes at the school's clock."""
    local = now.astimezone(establishment.zone)
    return local.replace(minute=local.minute - local.minute % ROUND, second=0, microsecond=0)


def _establishment() -> Establishment:
    found = Establishment.objects.filter(is_demo=True).order_by("pk").first()
    return found or Establishment.objects.create(name=NAME, time_zone=TIME_ZONE, is_demo=True)


def _accounts(establishment: Establishment) -> None:
    """Made with the school and at no other time: what was changed or deleted since must not come back."""
    if establishment.memberships.exists():
        return
    for email, name, role in (
        (ADMIN_EMAIL, ADMIN_NAME, Role.ADMIN),
        (SECRETARIAT_EMAIL, SECRETARIAT_NAME, Role.SECRETARIAT),
    ):
        password = secrets.account_password(role)
        make_member(email=email, name=name, password=password, establishment=establishment, role=role)
    key = secrets.api_key()
    ApiKey.objects.create(
        establishment=establishment,
        name=API_KEY_NAME,
        fingerprint=ApiKey.fingerprint_of(key),
        ending=key[-4:],
    )
    Contact.objects.bulk_create(
        Contact(establishment=establishment, position=position, **facts)
        for position, facts in enumerate(CONTACTS, start=1)
    )


def _require_free(numbers: Q, establishment: Establishment) -> None:
    """Beside a real school (--force) a number of ours may be taken."""
    taken = Session.objects.filter(numbers).exclude(establishment=establishment).order_by("number").first()
    if taken is not None:
        raise DomainError(
            "number_taken",
            f"Le numéro de session {taken.number} appartient à un autre établissement\u00a0: rien n’a été chargé.",
        )


def _session(
    establishment: Establishment,
    number: int,
    room: str,
    start: datetime,
    people: Sequence[Person],
    *,
    now: datetime,
    followed: Followed = Followed.PIXSURV,
) -> None:
    if Session.objects.filter(number=number).exists():
        return
    session = _new_session(establishment, number, room, start, followed, len(people))
    _enrol_missing(session, people, now=now)


def _new_session(
    establishment: Establishment, number: int, room: str, start: datetime, followed: Followed, seats: int
) -> Session:
    return create_session(
        establishment=establishment,
        site=SITE,
        room=room,
        starts_at=start,
        followed=followed,
        proctor_names=PROCTORS.get(room, "Perrine Démo, Luc Démo"),
        workstations=seats + SPARE,
        number=number,
        password=secrets.session_password(number),
        access_code=secrets.access_code(number),
    )


def _closed_session(establishment: Establishment, start: datetime) -> None:
    day = start - timedelta(days=7)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    begin = day.replace(hour=10, minute=0)
    session = _new_session(establishment, THIRD, "B12", begin, Followed.PIXSURV, 12)
    _enrol_missing(session, crowd(12, salt=3), now=begin - timedelta(days=3))
    live_through(session, admin=PREPARER)


def _enrol_missing(session: Session, people: Sequence[Person], *, now: datetime) -> None:
    """Enrol those of `people` who are not on the list; a session that is over stays as it is."""
    if session.is_over:
        return
    wanted = [person.candidate() for person in people]
    for candidate in wanted:
        candidate.derive_keys()
    known = set(Candidate.objects.filter(session=session).values_list("identity_key", flat=True))
    missing = [candidate for candidate in wanted if candidate.identity_key not in known]
    if missing:
        enrol(session_id=session.pk, candidates=missing, actor=PREPARER, now=now)


def _pupils(establishment: Establishment, people: Sequence[Person], start: datetime) -> None:
    """The list of the current school year, made once a year; whoever is enrolled today is linked to it."""
    year = school_year_of(start.date())
    if not Pupil.objects.filter(establishment=establishment, school_year=year).exists():
        Pupil.objects.bulk_create([person.pupil(establishment, year) for person in people])
        link_candidates(establishment, year)


def _ask_to_enrol(number: int, *, now: datetime) -> None:
    """One request for the day board to answer, sent up when the school is made and at no other time."""
    session = Session.objects.select_related("establishment").get(number=number)
    if session.is_over or Case.objects.filter(session=session).exists():
        return
    proctor = Actor(kind=ActorKind.PROCTOR, name="Perrine Démo")
    reason = "Arrivé cette semaine dans l’établissement."
    ask_to_enrol(session_id=session.pk, who=NEWCOMER, reason=reason, actor=proctor, now=now)


def _all_but_two(people: list[Person]) -> list[Person]:
    """Two of the second session are not certifiable yet."""
    short = {5: 4, 27: 1}
    return [
        replace(person, competences=short.get(index, person.competences))
        for index, person in enumerate(people)
    ]


def _move_to_today(establishment: Establishment, start: datetime) -> None:
    """Those of today's sessions that nobody has touched: no event but those of the loading."""
    ours = [EventKind.CANDIDATE_ENROLLED, EventKind.CASE_RAISED]
    lived = Event.objects.filter(session=OuterRef("pk")).exclude(kind__in=ours)
    midnight = start.replace(hour=0, minute=0)
    untouched = list(
        Session.objects.filter(establishment=establishment, state=SessionState.PLANNED)
        .filter(Q(number__in=TODAYS) | LOAD)
        .exclude(starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1))
        .exclude(Exists(lived))
        .values_list("pk", flat=True)
    )
    Session.objects.filter(pk__in=untouched).update(starts_at=start, revised_at=start)
    Case.objects.filter(session_id__in=untouched, state=CaseState.OPEN).update(asked_at=start)
