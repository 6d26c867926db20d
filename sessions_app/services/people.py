"""Accounts and what they may do (P1): the first administrator of a school, an account switched off."""

import logging
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import clean_name
from sessions_app.context_words import refuse_context_words
from sessions_app.enums import Role
from sessions_app.models import Account, Establishment, Membership
from sessions_app.services.sign_ins import end_others

logger = logging.getLogger("pixsurv.people")


@dataclass(frozen=True, slots=True)
class Made:
    """What was there and what was made."""

    account: Account
    establishment: Establishment
    account_is_new: bool
    establishment_is_new: bool
    membership_is_new: bool


def make_member(
    *, email: str, name: str, password: str | None, establishment: Establishment, role: Role
) -> tuple[Account, bool, bool]:
    """The account with this role in this establishment, whether the account is new, whether the role is.

    An account that exists keeps its name and its password. Refused with `inactive` (an account that was
    switched off), `password_missing`, `invalid_password`, `invalid`.
    """
    with transaction.atomic():
        account = Account.objects.filter(email__iexact=email).first()
        known = account is not None
        if account is None:
            account = _new_account(email=email, name=name, password=password, school=establishment.name)
        elif not account.is_active:
            raise DomainError("inactive", "Ce compte est désactivé\u00a0: il ne peut pas recevoir de rôle.")
        _, added = Membership.objects.get_or_create(account=account, establishment=establishment, role=role)
        return account, not known, added


def make_admin(
    *, email: str, name: str, password: str | None, establishment_name: str, time_zone: str | None
) -> Made:
    """The first admin of a school: account, establishment and role, made or found; again changes nothing.

    An establishment that exists keeps its time zone. Refused as in `make_member`, and with `invalid` and
    `several_establishments` (that name is not enough to tell which).
    """
    wanted = _cleaned(establishment_name, "Le nom de l’établissement")
    with transaction.atomic():
        found = list(Establishment.objects.filter(name__iexact=wanted).order_by("pk")[:2])
        if len(found) > 1:
            raise DomainError(
                "several_establishments", f"Plusieurs établissements s’appellent «\u00a0{wanted}\u00a0»."
            )
        establishment = found[0] if found else _new_establishment(wanted, time_zone or "Europe/Paris")
        account, account_is_new, membership_is_new = make_member(
            email=email, name=name, password=password, establishment=establishment, role=Role.ADMIN
        )
    return Made(account, establishment, account_is_new, not found, membership_is_new)


def find_account(email: str) -> Account:
    """For the operator's commands. Refused with `not_found`."""
    account = Account.objects.filter(email__iexact=email.strip()).first()
    if account is None:
        raise DomainError("not_found", "Aucun compte n’a cette adresse.", status=404)
    return account


def disable_account(account: Account) -> int:
    """It signs in nowhere any more, and what it had open is closed; how many sign-ins. Rooms refuse it."""
    Account.objects.filter(pk=account.pk).update(is_active=False)
    logger.info("account switched off: account %s", account.pk)
    return end_others(account=account, keep="")


def enable_account(account: Account) -> None:
    """Its roles are as they were; it signs in again."""
    Account.objects.filter(pk=account.pk).update(is_active=True)
    logger.info("account switched on: account %s", account.pk)


def account_exists(email: str) -> bool:
    return Account.objects.filter(email__iexact=email).exists()


def _new_account(*, email: str, name: str, password: str | None, school: str) -> Account:
    account = Account(email=email.strip().lower(), name=_cleaned(name, "Le nom"))
    try:
        account.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise _invalid(error) from error
    if not password:
        raise DomainError(
            "password_missing",
            "Ce compte n’existe pas encore\u00a0: il lui faut un mot de passe.",
            status=422,
        )
    try:
        validate_password(password, account)
        refuse_context_words(password, schools=[school])
    except ValidationError as error:
        raise DomainError("invalid_password", " ".join(error.messages), status=422) from error
    return Account.objects.create_account(email=account.email, name=account.name, password=password)


def _new_establishment(name: str, time_zone: str) -> Establishment:
    establishment = Establishment(name=name, time_zone=time_zone)
    try:
        establishment.full_clean()
    except ValidationError as error:
        raise _invalid(error) from error
    establishment.save(force_insert=True)
    return establishment


def _cleaned(text: str, what: str) -> str:
    try:
        cleaned = clean_name(text)
    except ValueError as error:
        raise DomainError("invalid", f"{what} contient un caractère interdit.", status=422) from error
    if not cleaned:
        raise DomainError("invalid", f"{what} est obligatoire.", status=422)
    return cleaned


def _invalid(error: ValidationError) -> DomainError:
    return DomainError("invalid", " ".join(error.messages), status=422)
