"""The logo of a school: one row, replaced or removed as a whole (P9, mechanics §9)."""

import logging
from datetime import datetime

from django.db import transaction

from sessions_app.models import Establishment, FilePurpose, StoredFile

logger = logging.getLogger("pixsurv.people")


def set_logo(*, establishment: Establishment, picture: bytes, now: datetime) -> None:
    """`picture`: a PNG that we drew (documents/logo.py), never the bytes that somebody sent."""
    with transaction.atomic():
        Establishment.objects.select_for_update().get(pk=establishment.pk)
        StoredFile.objects.filter(establishment=establishment, purpose=FilePurpose.LOGO).delete()
        StoredFile(
            establishment=establishment,
            purpose=FilePurpose.LOGO,
            name="logo.png",
            content_type="image/png",
            created_at=now,
        ).holding(picture).save()
    logger.info("logo set: establishment %s", establishment.pk)


def remove_logo(*, establishment: Establishment) -> None:
    StoredFile.objects.filter(establishment=establishment, purpose=FilePurpose.LOGO).delete()
    logger.info("logo removed: establishment %s", establishment.pk)
