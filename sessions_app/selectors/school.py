"""What « Réglages » shows beside the settings themselves."""

from datetime import datetime

from sessions_app.models import Account, ApiKey, Contact, Establishment
from sessions_app.selectors import require_admin
from sessions_app.selectors.help import HelpEntry, help_entries


def contacts(establishment: Establishment) -> list[Contact]:
    """« Qui appeler », in the school's order."""
    return list(Contact.objects.filter(establishment=establishment).order_by("position", "purpose", "pk"))


def api_keys(establishment: Establishment) -> list[ApiKey]:
    """Those that open something; a revoked key is only history."""
    return list(
        ApiKey.objects.filter(establishment=establishment, revoked_at=None).order_by("created_at", "pk")
    )


def dated_help(establishment: Establishment, now: datetime) -> list[tuple[HelpEntry, bool]]:
    """« Que faire si… », each with whether its link is to check again."""
    today = now.astimezone(establishment.zone).date()
    return [(entry, entry.to_check_again(today)) for entry in help_entries(establishment)]


def managed_contact(account: Account, pk: int) -> Contact:
    """Fetched for an admin of its school; raises 404 or `not_admin` as `require_admin` does."""
    contact = Contact.objects.select_related("establishment").filter(pk=pk).first()
    require_admin(account, contact.establishment if contact else None)
    assert contact is not None
    return contact


def managed_key(account: Account, pk: int) -> ApiKey:
    key = ApiKey.objects.select_related("establishment").filter(pk=pk, revoked_at=None).first()
    require_admin(account, key.establishment if key else None)
    assert key is not None
    return key
