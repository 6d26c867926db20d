"""The picture at the head of a school's papers (P9)."""

from pixsurv.kernel.errors import DomainError
from sessions_app.models import Account, Establishment, FilePurpose, Membership, StoredFile


def has_logo(establishment: Establishment) -> bool:
    return StoredFile.objects.filter(establishment=establishment, purpose=FilePurpose.LOGO).exists()


def logo_of(establishment_id: int) -> StoredFile | None:
    return StoredFile.objects.filter(establishment_id=establishment_id, purpose=FilePurpose.LOGO).first()


def logo_seen_by(account: Account, establishment_id: str) -> StoredFile:
    """For any member of that school. Raises `not_found` (404), also where there is none."""
    if establishment_id.isdecimal() and len(establishment_id) < 10:
        schools = Membership.objects.filter(account=account, establishment_id=int(establishment_id))
        found = logo_of(int(establishment_id)) if schools.exists() else None
        if found is not None:
            return found
    raise DomainError("not_found", "Ce logo n’existe pas.", status=404)
