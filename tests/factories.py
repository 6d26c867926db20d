"""Objects in named situations. Attempts get their situation from the real services, never from raw columns."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from pixsurv.kernel import clock, crypto
from proctoring.enums import AttemptState
from proctoring.models import Attempt, Entry, ProctorAccess
from proctoring.services import access as accesses
from proctoring.services import ending, presence, resume, running
from proctoring.services.entries import candidate_actor, open_entry
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import Followed, Role, SessionKind, SessionState
from sessions_app.models import (
    Account,
    ApiKey,
    CalendarFeed,
    Candidate,
    Contact,
    Establishment,
    Invitation,
    Membership,
    Pupil,
    Session,
    SessionsDraft,
)
from sessions_app.services.feeds import make_school_feed
from sessions_app.services.invitations import invite
from sessions_app.services.planning import create_session

PROCTOR = Actor(kind=ActorKind.PROCTOR, name="Perrine Essai")
ADMIN = Actor(kind=ActorKind.ADMIN, name="Admin Essai")
PASSWORD = "C-K7MPQR"
ACCESS_CODE = "BCRQ72"
ACCOUNT_PASSWORD = "une phrase de passe d’essai"


class EstablishmentFactory(DjangoModelFactory[Establishment]):
    class Meta:
        model = Establishment

    name = factory.Sequence(lambda n: f"Collège d’essai n° {n}")


class AccountFactory(DjangoModelFactory[Account]):
    """An account whose password is ACCOUNT_PASSWORD."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"compte{n}@exemple.fr")
    name = factory.Sequence(lambda n: f"Compte Essai {n}")

    @classmethod
    def _create(cls, model_class: type[Account], *args: Any, **kwargs: Any) -> Account:
        return Account.objects.create_account(password=ACCOUNT_PASSWORD, **kwargs)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    account = factory.SubFactory(AccountFactory)
    establishment = factory.SubFactory(EstablishmentFactory)
    role = Role.ADMIN


class ApiKeyFactory(DjangoModelFactory[ApiKey]):
    """The clear secret of the key is on `.secret`."""

    class Meta:
        model = ApiKey

    establishment = factory.SubFactory(EstablishmentFactory)
    name = "Plateforme d’essai"

    @classmethod
    def _create(cls, model_class: type[ApiKey], *args: Any, **kwargs: Any) -> ApiKey:
        secret = kwargs.pop("secret", None) or ApiKey.PREFIX + crypto.draw("abcdef0123456789", 40)
        key = ApiKey.objects.create(fingerprint=ApiKey.fingerprint_of(secret), **kwargs)
        key.secret = secret  # type: ignore[attr-defined]
        return key


class InvitationFactory(DjangoModelFactory[Invitation]):
    """Through the service; an open invitation to watch sessions, by an admin of the school."""

    class Meta:
        model = Invitation

    establishment = factory.SubFactory(EstablishmentFactory)
    email = factory.Sequence(lambda n: f"invite{n}@exemple.fr")
    role = Role.PROCTOR
    actor = factory.LazyAttribute(
        lambda made: MembershipFactory(establishment=made.establishment, role=Role.ADMIN).account
    )
    now = factory.LazyFunction(clock.now)

    @classmethod
    def _create(cls, model_class: type[Invitation], *args: Any, **kwargs: Any) -> Invitation:
        return invite(**kwargs)


class CalendarFeedFactory(DjangoModelFactory[CalendarFeed]):
    """Through the service; a link to the sessions of a school, by an admin of it."""

    class Meta:
        model = CalendarFeed

    establishment = factory.SubFactory(EstablishmentFactory)
    name = factory.Sequence(lambda n: f"Agenda d’essai {n}")
    actor = factory.SubFactory(AccountFactory)
    now = factory.LazyFunction(clock.now)

    @classmethod
    def _create(cls, model_class: type[CalendarFeed], *args: Any, **kwargs: Any) -> CalendarFeed:
        return make_school_feed(**kwargs)


class SessionsDraftFactory(DjangoModelFactory[SessionsDraft]):
    """A file of one line that was read: one session with one candidate, in the coming week."""

    class Meta:
        model = SessionsDraft
        exclude = ["day"]

    establishment = factory.SubFactory(EstablishmentFactory)
    account = None
    file_name = "sessions.csv"
    labels = ["Site", "Salle", "Date de début", "Heure", "Nom", "Prénom", "Date de naissance"]
    columns = {
        "site": 0,
        "room": 1,
        "day": 2,
        "hour": 3,
        "last_name": 4,
        "first_name": 5,
        "birth_date": 6,
    }
    day = factory.LazyFunction(lambda: f"{clock.now() + timedelta(days=7):%d/%m/%Y}")
    rows = factory.LazyAttribute(
        lambda made: [[2, ["Site d’essai", "C04", made.day, "10:00", "DUPONT", "Paul", "21/05/2011"]]]
    )
    created_at = factory.LazyFunction(clock.now)


class ContactFactory(DjangoModelFactory[Contact]):
    class Meta:
        model = Contact

    establishment = factory.SubFactory(EstablishmentFactory)
    name = "Camille Essai"
    purpose = "Mot de passe de l’ordinateur"
    phone = "01 23 45 67 89"


class SessionFactory(DjangoModelFactory[Session]):
    """A session of today that starts now, password PASSWORD, access code ACCESS_CODE.

    Through the service: a number of its own, secrets sealed. `closed=True` sets the state alone, without a seal or
    a paper: `close_session` makes those.
    """

    class Meta:
        model = Session

    class Params:
        by_hand = factory.Trait(followed=Followed.BY_HAND)

    establishment = factory.SubFactory(EstablishmentFactory)
    site = "Site d’essai"
    room = "B12"
    kind = SessionKind.CERTIFICATION
    followed = Followed.PIXSURV
    starts_at = factory.LazyFunction(clock.now)
    password = PASSWORD
    access_code = ACCESS_CODE

    @classmethod
    def _create(cls, model_class: type[Session], *args: Any, **kwargs: Any) -> Session:
        closed = kwargs.pop("closed", False)
        session = create_session(**kwargs)
        if closed:
            session.state, session.closed_at = SessionState.CLOSED, clock.now()
            session.save(update_fields=["state", "closed_at"])
        return session


class PupilFactory(DjangoModelFactory[Pupil]):
    """A pupil of 2026-2027, certifiable."""

    class Meta:
        model = Pupil

    establishment = factory.SubFactory(EstablishmentFactory)
    school_year = 2026
    last_name = factory.Sequence(lambda n: f"PUPILLE{'ABCDEFGHIJ'[n // 10 % 10]}{'ABCDEFGHIJ'[n % 10]}")
    first_name = factory.Sequence(lambda n: f"{'BCDFGHJKLM'[n % 10]}ila{n}")
    birth_date = factory.Sequence(lambda n: date(2011, 1, 1) + timedelta(days=n))
    class_name = "3e A"
    certifiable_competences = 16


class CandidateFactory(DjangoModelFactory[Candidate]):
    class Meta:
        model = Candidate

    session = factory.SubFactory(SessionFactory)
    last_name = factory.Sequence(
        lambda n: f"ESSAI{'ABCDEFGHIJ'[n // 100 % 10]}{'ABCDEFGHIJ'[n // 10 % 10]}{'ABCDEFGHIJ'[n % 10]}"
    )
    first_name = factory.Sequence(lambda n: f"{'BCDFGHJKLM'[n % 10]}ora{n}")
    birth_date = factory.Sequence(lambda n: date(2011, 1, 1) + timedelta(days=n))
    class_name = "3e A"
    certifiable_competences = 16


def open_entry_for(candidate: Candidate, *, heartbeat: int | None = 15, now: datetime | None = None) -> Entry:
    """Another way in for this candidate."""
    return open_entry(
        session=candidate.session,
        last_name=candidate.last_name,
        first_name=candidate.first_name,
        birth_date=candidate.birth_date,
        heartbeat=heartbeat,
        now=now or clock.now(),
    )


def put(candidate: Candidate, state: AttemptState | str, *, now: datetime | None = None) -> Entry | None:
    """Bring a fresh candidate into `state` by the acts that lead there; returns the entry that holds the test."""
    state = AttemptState(state)
    instant = now or clock.now()
    if state == AttemptState.EXPECTED:
        return None
    if state == AttemptState.EXPIRED:
        entry = put(candidate, AttemptState.IN_PROGRESS, now=instant - timedelta(hours=25))
        from proctoring.services.due import advance_session

        advance_session(candidate.session_id, now=instant)
        return entry
    where = {"session_id": candidate.session_id, "candidate_id": candidate.pk}
    candidate.session.refresh_from_db()
    late = candidate.session.launched_at is not None
    presence.confirm_presence(
        **where, actor=PROCTOR, now=instant, arrival=presence.Arrival.IN_ROOM if late else None
    )
    if state == AttemptState.PRESENT:
        return None
    entry = open_entry_for(candidate, now=instant)
    running.start_or_resume(
        entry=entry, access_code=candidate.session.access_code, actor=candidate_actor(entry), now=instant
    )
    after: dict[AttemptState, Callable[[], object]] = {
        AttemptState.IN_PROGRESS: lambda: None,
        AttemptState.RESUME_AUTHORISED: lambda: resume.authorise_resume(**where, actor=PROCTOR, now=instant),
        AttemptState.COMPLETED: lambda: running.complete(
            entry=entry, actor=candidate_actor(entry), now=instant
        ),
        AttemptState.ENDED: lambda: ending.end_test(**where, actor=PROCTOR, now=instant),
    }
    after[state]()
    return entry


def attempt_of(candidate: Candidate) -> Attempt:
    """The attempt as the database has it now."""
    return Attempt.objects.get(candidate=candidate)


def enter_room(
    session: Session, name: str = "Perrine Essai", account: Account | None = None
) -> tuple[ProctorAccess, str]:
    """An access to the room and its token."""
    return accesses.enter(session=session, name=name, account=account, device="Essai", now=clock.now())
