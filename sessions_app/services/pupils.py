"""Changing the pupils of a school year: typed, imported, completed from Pix Orga (P2)."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import clean_name
from sessions_app.actors import Actor
from sessions_app.models import Establishment, Pupil
from sessions_app.models.pupil import school_year_words
from sessions_app.pupils.report import fingerprint
from sessions_app.services.follow_pupils import FOLLOWED, link_candidates, tell_candidates
from sessions_app.services.journal import busy_when_locked

logger = logging.getLogger("pixsurv.pupils")

TYPED = (
    *("last_name", "first_name", "birth_date", "class_name", "local_id"),
    *("extra_time_percent", "sign_in_mode", "certifiable_competences"),
)
KEYS = ("sort_key", "last_name_key", "identity_key")


@contextmanager
def locked_pupils(establishment_id: int) -> Iterator[Establishment]:
    """Whoever changes the pupils of a school waits for whoever else does. Raises Busy (mechanics §9)."""
    with busy_when_locked(), transaction.atomic():
        yield Establishment.objects.select_for_update(no_key=True).get(pk=establishment_id)


def add_pupil(
    *,
    establishment: Establishment,
    school_year: int,
    values: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> Pupil:
    """« Ajouter un élève ». Refused with `duplicate` (same identity in that year), `invalid`."""
    pupil = Pupil(establishment=establishment, school_year=school_year)
    with locked_pupils(establishment.pk) as school:
        _write(pupil, values)
        known = [name for name in FOLLOWED if getattr(pupil, name) not in {None, ""}]
        _tell(school, pupil, known, actor=actor, now=now)
    logger.info("pupil added: %s, account %s", pupil.pk, actor.account_id)
    return pupil


def correct_pupil(
    *, pupil: Pupil, values: Mapping[str, object], seen: str, actor: Actor, now: datetime
) -> bool:
    """Change these fields; whether anything changed.

    `seen` is the `fingerprint` of the pupil that the form showed. Refused with `not_found`, `pupil_changed`,
    `duplicate`, `invalid`.
    """
    with locked_pupils(pupil.establishment_id) as school:
        fresh = Pupil.objects.filter(pk=pupil.pk).first()
        if fresh is None:
            raise DomainError("not_found", "Cet élève n’est plus dans la liste.", status=404)
        changed = [name for name in TYPED if getattr(fresh, name) != values[name]]
        if not changed:
            return False  # sent twice, or somebody else wrote the same
        if fingerprint([fresh]) != seen:
            raise DomainError("pupil_changed", "Quelqu’un d’autre vient de corriger cet élève.")
        _write(fresh, values)
        _tell(school, fresh, [name for name in FOLLOWED if name in changed], actor=actor, now=now)
    logger.info("pupil corrected: %s, account %s", pupil.pk, actor.account_id)
    return True


def remove_pupil(*, pupil: Pupil, actor: Actor) -> None:
    """Off the year's list; where he is enrolled he stays a candidate. Again changes nothing."""
    with locked_pupils(pupil.establishment_id):
        Pupil.objects.filter(pk=pupil.pk).delete()
    logger.info("pupil removed: %s, account %s", pupil.pk, actor.account_id)


def _write(pupil: Pupil, values: Mapping[str, object]) -> None:
    for name in TYPED:
        setattr(pupil, name, values[name])
    try:
        pupil.last_name = clean_name(pupil.last_name)
        pupil.first_name = clean_name(pupil.first_name)
        pupil.clean_fields(exclude=["establishment", *KEYS])
    except (ValueError, ValidationError) as error:
        raise DomainError(
            "invalid", "Le nom, le prénom ou la date de naissance n’est pas valide.", status=422
        ) from error
    try:
        with transaction.atomic():
            pupil.save()
    except IntegrityError as error:
        year = school_year_words(pupil.school_year)
        raise DomainError(
            "duplicate", f"Un élève de mêmes nom, prénom et date de naissance est déjà dans la liste {year}."
        ) from error


def _tell(school: Establishment, pupil: Pupil, fields: list[str], *, actor: Actor, now: datetime) -> None:
    """His rows in planned sessions: what is known now, or what somebody has just taken back."""
    link_candidates(school, pupil.school_year)
    tell_candidates({pupil.pk: {name: getattr(pupil, name) for name in fields}}, actor=actor, now=now)
