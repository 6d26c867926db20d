"""What a school decided for itself, and its keys (P9)."""

import logging
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from pixsurv.kernel import wall_clock
from pixsurv.kernel.errors import DomainError
from sessions_app.enums import SessionState
from sessions_app.models import ApiKey, Establishment, Session
from sessions_app.services.journal import locked_session

logger = logging.getLogger("pixsurv.people")


def save_settings(*, establishment: Establishment, now: datetime) -> int:
    """Write the settings that `establishment` now holds; returns how many planned sessions kept their local hour.

    With another time zone, what is planned stays at the hour that stands on the papers (P3). With another choice
    about ends, every running session looks at its tests again at the next request (mechanics §3).
    """
    with transaction.atomic():
        before = Establishment.objects.select_for_update().get(pk=establishment.pk)
        establishment.save()
        moved = 0
        if before.time_zone != establishment.time_zone:
            moved = _keep_local_hours(before, establishment, now)
        if before.ends_by_itself != establishment.ends_by_itself:
            running = Session.objects.filter(
                establishment=establishment, state__in=[SessionState.PLANNED, SessionState.LAUNCHED]
            )
            running.filter(next_due_at__isnull=False).update(next_due_at=now)
    return moved


def create_api_key(*, establishment: Establishment, name: str) -> tuple[ApiKey, str]:
    """A key and its secret, which is told this once. Refused with `key_exists` (a live key has that name)."""
    secret = ApiKey.PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            key = ApiKey.objects.create(
                establishment=establishment,
                name=name,
                fingerprint=ApiKey.fingerprint_of(secret),
                ending=secret[-4:],
            )
    except IntegrityError as error:
        raise DomainError(
            "key_exists", "Une clé porte déjà ce nom\u00a0: révoquez-la d’abord, ou choisissez un autre nom."
        ) from error
    logger.info("api key made: %s", key.pk)
    return key, secret


def revoke_api_key(*, key: ApiKey, now: datetime) -> None:
    """At once, for the calls under way too; again changes nothing."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)
    logger.info("api key revoked: %s", key.pk)


def _keep_local_hours(before: Establishment, after: Establishment, now: datetime) -> int:
    """Sessions are locked in the order of their ids (mechanics §9)."""
    planned = Session.objects.filter(
        establishment=after, state=SessionState.PLANNED, starts_at__gt=now
    ).order_by("pk")
    found = list(planned.values_list("pk", flat=True))
    for pk in found:
        with locked_session(pk, now=now) as lock:
            local = lock.session.starts_at.astimezone(before.zone)
            try:
                instant = wall_clock.instant_of(local.date(), local.time(), after.zone)
            except wall_clock.NoSuchHour:  # the hour that the clocks jump over: the next one
                later = local.replace(tzinfo=None) + timedelta(hours=1)
                instant = wall_clock.instant_of(later.date(), later.time(), after.zone)
            lock.change(starts_at=instant)
    return len(found)
