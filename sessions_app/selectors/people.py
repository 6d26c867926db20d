"""The people of a school, as « Équipe » and « Mon compte » show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sessions_app.enums import Role
from sessions_app.models import Account, Establishment, Invitation, Membership
from sessions_app.selectors import require_admin

KEEPERS = (Role.SECRETARIAT, Role.ADMIN)  # of the archive of their school (I5)


@dataclass(frozen=True, slots=True)
class Member:
    """One account with its roles in the school."""

    account: Account
    roles: list[Membership]


@dataclass(frozen=True, slots=True)
class School:
    """One school of an account, and what the account is there."""

    establishment: Establishment
    roles: str
    is_admin: bool
    is_keeper: bool


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that waits, with its whole link."""

    invitation: Invitation
    expired: bool


def members(establishment: Establishment) -> list[Member]:
    """By name; a person who has several roles stands once."""
    found: dict[int, Member] = {}
    roles = (
        Membership.objects.filter(establishment=establishment)
        .select_related("account")
        .order_by("account__name", "account_id", "pk")
    )
    for role in roles:
        found.setdefault(role.account_id, Member(role.account, [])).roles.append(role)
    return list(found.values())


def open_invitations(establishment: Establishment, now: datetime) -> list[OpenInvitation]:
    """Neither accepted nor revoked, the newest first."""
    waiting = Invitation.objects.filter(
        establishment=establishment, accepted_at__isnull=True, revoked_at__isnull=True
    ).order_by("-created_at", "-pk")
    found = []
    for invitation in waiting:
        invitation.establishment = establishment
        found.append(OpenInvitation(invitation, invitation.is_expired(now)))
    return found


def schools(account: Account) -> list[School]:
    """Every school of the account, by name."""
    found: dict[int, list[Membership]] = {}
    roles = Membership.objects.filter(account=account).select_related("establishment")
    for role in roles.order_by("establishment__name", "establishment_id", "pk"):
        found.setdefault(role.establishment_id, []).append(role)
    return [
        School(
            held[0].establishment,
            _words(held),
            is_admin=any(role.role == Role.ADMIN for role in held),
            is_keeper=any(role.role in KEEPERS for role in held),
        )
        for held in found.values()
    ]


def managed_invitation(account: Account, pk: int) -> Invitation:
    """Fetched for an admin of its school; raises 404 or `not_admin` as `require_admin` does."""
    invitation = Invitation.objects.select_related("establishment", "invited_by").filter(pk=pk).first()
    require_admin(account, invitation.establishment if invitation else None)
    assert invitation is not None
    return invitation


def managed_membership(account: Account, pk: int) -> Membership:
    membership = Membership.objects.select_related("establishment", "account").filter(pk=pk).first()
    require_admin(account, membership.establishment if membership else None)
    assert membership is not None
    return membership


def is_admin_somewhere(account: Account) -> bool:
    return Membership.objects.filter(account=account, role=Role.ADMIN).exists()


def keeps_an_archive(account: Account) -> bool:
    return Membership.objects.filter(account=account, role__in=KEEPERS).exists()


def has_account(email: str) -> bool:
    """Asked only by who holds a link that was made for that address."""
    return Account.objects.filter(email=email).exists()


def _words(roles: Iterable[Membership]) -> str:
    return ", ".join(role.get_role_display() for role in roles)
