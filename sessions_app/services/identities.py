"""From somebody whom the provider knows to an account of ours (decision 0034). Rights come from memberships only."""

import logging
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.identity import clean_name
from sessions_app.models import Account, LinkedIdentity
from sessions_app.services import invitations, mails
from sessions_app.services.oidc import Identity

logger = logging.getLogger("pixsurv.people")

LONGEST_NAME = 200
ASK = "Demandez une invitation à un administrateur de votre établissement, ou connectez-vous avec votre mot de passe."


def account_for(identity: Identity, *, invited_by: str, provider: str, now: datetime) -> Account:
    """Whose account it is: by the subject, else, once, by the address that the provider verified.

    `invited_by`: the token of the invitation that he is accepting, which may make an account without a role.
    Refused (403) with `account_disabled`, `address_unverified`, `account_unknown`; with `linked_otherwise` (409).
    """
    found = _linked(identity)
    if found is not None:
        return _active(found)
    if not identity.email:
        raise DomainError(
            "address_unverified",
            f"«\u00a0{provider}\u00a0» n’a donné aucune adresse e-mail vérifiée\u00a0: Pixsurv ne peut pas savoir"
            " quel est votre compte. Faites vérifier votre adresse, ou connectez-vous avec votre mot de passe.",
            status=403,
        )
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(email=identity.email).first()
        if account is None:
            account = _invited(identity, invited_by, now)
        return _link(_active(account), identity, provider, now)


def unlink(account: Account) -> None:
    """« Ne plus relier »: the next sign-in by the provider goes by the address again."""
    removed, _ = LinkedIdentity.objects.filter(account=account).delete()
    if removed:
        logger.info("identity unlinked: account %s", account.pk)


def _linked(identity: Identity) -> Account | None:
    row = (
        LinkedIdentity.objects.select_related("account")
        .filter(issuer=identity.issuer, subject=identity.subject)
        .first()
    )
    return row.account if row is not None else None


def _active(account: Account) -> Account:
    if not account.is_active:
        raise DomainError(
            "account_disabled",
            "Ce compte est désactivé. Adressez-vous à un administrateur de votre établissement.",
            status=403,
        )
    return account


def _invited(identity: Identity, token: str, now: datetime) -> Account:
    """A new account without password nor role: accepting is still a gesture, on the page of the invitation."""
    found = invitations.find(token, now=now) if token else None
    if found is None or found.email != identity.email:
        raise DomainError(
            "account_unknown",
            f"Aucun compte de Pixsurv n’a l’adresse {identity.email}. {ASK}",
            status=403,
        )
    try:
        name = clean_name(identity.name)[:LONGEST_NAME].strip()
    except ValueError:
        name = ""
    account = Account.objects.create_account(
        email=identity.email, name=name or identity.email.partition("@")[0], password=None
    )
    logger.info("account made for an invitation: account %s, invitation %s", account.pk, found.pk)
    return account


def _link(account: Account, identity: Identity, provider: str, now: datetime) -> Account:
    try:
        with transaction.atomic():
            LinkedIdentity.objects.create(
                account=account, issuer=identity.issuer, subject=identity.subject, created_at=now
            )
    except IntegrityError:
        if _linked(identity) == account:  # twice at the same instant
            return account
        raise DomainError(
            "linked_otherwise",
            f"Le compte {account.email} est déjà relié à une autre personne de «\u00a0{provider}\u00a0»."
            " Connectez-vous avec votre mot de passe, puis, dans «\u00a0Mon compte\u00a0», retirez ce lien.",
        ) from None
    logger.info("identity linked: account %s", account.pk)
    transaction.on_commit(lambda: _tell(account, provider))
    return account


def _tell(account: Account, provider: str) -> None:
    """Whoever is not behind this must learn of it."""
    mails.send_later(
        to=account.email,
        subject=f"Votre compte Pixsurv s’ouvre aussi avec {provider}",
        template="establishment/mails/linked.txt",
        context={
            "name": account.name,
            "provider": provider,
            "address": mails.link(reverse("establishment:account")),
        },
    )
