"""The demonstration as `manage.py demo` prints it: secrets only while they still open something."""

from collections import defaultdict
from typing import TypedDict

from django.contrib.auth.hashers import check_password

from pixsurv.kernel import crypto
from proctoring.demo import school, secrets
from sessions_app.enums import Role
from sessions_app.models import Account, ApiKey, Candidate, Establishment, Session


class DescribedEstablishment(TypedDict):
    name: str
    time_zone: str


class DescribedAccount(TypedDict):
    email: str
    password: str | None


class DescribedCandidate(TypedDict):
    id: int
    last_name: str
    first_name: str
    birth_date: str
    extra_time_percent: int
    certifiable: bool | None


class DescribedSession(TypedDict):
    number: int
    password: str | None
    access_code: str | None
    state: str
    kind: str
    followed: str
    candidates: list[DescribedCandidate]


class Description(TypedDict):
    """contract.md, « manage.py demo --json »."""

    establishment: DescribedEstablishment
    admin: DescribedAccount
    secretariat: DescribedAccount
    api_key: str | None
    sessions: list[DescribedSession]


def describe(establishment: Establishment) -> Description:
    """Each secret is compared with what is stored: null once it was changed."""
    sessions = list(
        Session.objects.filter(establishment=establishment).filter(school.OURS).order_by("number")
    )
    candidates: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in Candidate.objects.filter(session__in=sessions).order_by("pk"):
        candidates[candidate.session_id].append(candidate)
    return {
        "establishment": {"name": establishment.name, "time_zone": establishment.time_zone},
        "admin": _account(school.ADMIN_EMAIL, Role.ADMIN),
        "secretariat": _account(school.SECRETARIAT_EMAIL, Role.SECRETARIAT),
        "api_key": _api_key(establishment),
        "sessions": [_session(session, candidates[session.pk]) for session in sessions],
    }


def _account(email: str, role: Role) -> DescribedAccount:
    password = secrets.account_password(role)
    account = Account.objects.filter(email=email, is_active=True).first()
    # Not account.check_password: looking must not rewrite the hash.
    stands = account is not None and check_password(password, account.password)
    return {"email": email, "password": password if stands else None}


def _api_key(establishment: Establishment) -> str | None:
    key = secrets.api_key()
    fingerprint = ApiKey.fingerprint_of(key)
    live = ApiKey.objects.filter(establishment=establishment, fingerprint=fingerprint, revoked_at=None)
    return key if live.exists() else None


def _session(session: Session, candidates: list[Candidate]) -> DescribedSession:
    return {
        "number": session.number,
        "password": _password(session),
        "access_code": _access_code(session),
        "state": session.state,
        "kind": session.kind,
        "followed": session.followed,
        "candidates": [_candidate(candidate) for candidate in candidates],
    }


def _password(session: Session) -> str | None:
    derived = secrets.session_password(session.number)
    try:
        return derived if session.password() == derived else None
    except crypto.Unreadable:
        return None


def _access_code(session: Session) -> str | None:
    derived = secrets.access_code(session.number)
    return derived if session.access_code == derived else None


def _candidate(candidate: Candidate) -> DescribedCandidate:
    return {
        "id": candidate.pk,
        "last_name": candidate.last_name,
        "first_name": candidate.first_name,
        "birth_date": candidate.birth_date.isoformat(),
        "extra_time_percent": candidate.extra_time_percent,
        "certifiable": candidate.certifiable,
    }
