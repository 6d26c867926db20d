"""Who belongs to a school (P1)."""

import logging

from django.db import transaction

from pixsurv.kernel.errors import DomainError
from sessions_app.enums import Role
from sessions_app.models import Establishment, Membership

logger = logging.getLogger("pixsurv.people")


def remove_membership(*, membership_id: int) -> None:
    """Take a role back; again changes nothing. Refused with `last_admin`: a school never loses its last one.

    The school's row is locked first: two admins who remove one another at once would leave none.
    """
    with transaction.atomic():
        membership = Membership.objects.filter(pk=membership_id).first()
        if membership is None:
            return
        Establishment.objects.select_for_update().get(pk=membership.establishment_id)
        if membership.role == Role.ADMIN and not _other_admins(membership):
            raise DomainError(
                "last_admin",
                "C’est le dernier administrateur de l’établissement\u00a0: invitez-en d’abord un autre.",
            )
        membership.delete()
        logger.info("role taken back: %s, account %s", membership.role, membership.account_id)


def _other_admins(membership: Membership) -> bool:
    """Only who can sign in counts."""
    return (
        Membership.objects.filter(
            establishment_id=membership.establishment_id, role=Role.ADMIN, account__is_active=True
        )
        .exclude(pk=membership.pk)
        .exists()
    )
