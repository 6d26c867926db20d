"""Invitations: how people come into a school (P1, decision 0010)."""

import logging
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import DomainError
from sessions_app.enums import Role
from sessions_app.models import Account, Establishment, Invitation, Membership
from sessions_app.services import mails
from sessions_app.services.people import make_member

logger = logging.getLogger("pixsurv.people")

LIFE = timedelta(days=14)


def invite(
    *, establishment: Establishment, email: str, role: Role, actor: Account, now: datetime
) -> Invitation:
    """A new invitation. Refused with `already_member`, `already_invited` (an open one exists)."""
    email = email.strip().lower()
    if Membership.objects.filter(establishment=establishment, account__email=email, role=role).exists():
        raise DomainError("already_member", "Cette personne a déjà ce rôle dans l’établissement.")
    invitation = Invitation(
        establishment=establishment, email=email, role=role, invited_by=actor, created_at=now
    )
    _renew(invitation, now)
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(
            "already_invited",
            "Cette personne est déjà invitée avec ce rôle\u00a0: renvoyez l’invitation, ou annulez-la.",
        ) from error
    return invitation


def renew(*, invitation_id: int, now: datetime) -> Invitation:
    """« Renvoyer »: a new link for fourteen days; the one before opens nothing any more. Refused with
    `invitation_over`."""
    with transaction.atomic():
        invitation = _locked(invitation_id)
        _refuse_over(invitation)
        _renew(invitation, now)
        invitation.save(update_fields=["nonce", "fingerprint", "expires_at"])
    return invitation


def revoke(*, invitation_id: int, now: datetime) -> None:
    """« Annuler l’invitation »: again changes nothing; refused with `invitation_over` once it was accepted."""
    with transaction.atomic():
        invitation = _locked(invitation_id)
        if invitation.revoked_at is not None:
            return
        _refuse_over(invitation)
        invitation.revoked_at = now
        invitation.save(update_fields=["revoked_at"])


def find(token: str, *, now: datetime) -> Invitation:
    """The invitation of that link, as long as it stands.

    Refused with `invitation_unknown` (404); `invitation_used`, `invitation_revoked`, `invitation_expired` (410).
    """
    invitation = (
        Invitation.objects.select_related("establishment", "invited_by")
        .filter(fingerprint=crypto.fingerprint(token))
        .first()
    )
    if invitation is None:
        raise DomainError(
            "invitation_unknown",
            "Cette invitation n’existe pas, ou une plus récente l’a remplacée. Ouvrez le lien du dernier message"
            " reçu, ou demandez-en un à l’administrateur de l’établissement.",
            status=404,
        )
    _refuse_unusable(invitation, now)
    return invitation


def accept_with(*, token: str, account: Account, now: datetime) -> Invitation:
    """An account that exists takes the role. Refused as in `find`, and with `invitation_foreign` (403)."""
    with transaction.atomic():
        invitation = _locked(find_any(token, now=now).pk)
        if invitation.accepted_at is not None and invitation.accepted_by_id == account.pk:
            return invitation
        _refuse_unusable(invitation, now)
        if invitation.email != account.email:
            raise DomainError(
                "invitation_foreign",
                f"Cette invitation n’est pas pour le compte {account.email}. Déconnectez-vous, puis ouvrez de"
                " nouveau le lien.",
                status=403,
            )
        Membership.objects.get_or_create(
            account=account, establishment=invitation.establishment, role=invitation.role
        )
        _accepted(invitation, account, now)
    return invitation


def accept_anew(*, token: str, name: str, password: str, now: datetime) -> Account:
    """A new account takes the role. Refused as in `find` and `make_member`, and with `account_exists`."""
    with transaction.atomic():
        invitation = _locked(find(token, now=now).pk)
        _refuse_unusable(invitation, now)
        if Account.objects.filter(email=invitation.email).exists():
            raise DomainError(
                "account_exists", "Un compte existe déjà pour cette adresse\u00a0: connectez-vous."
            )
        account, _, _ = make_member(
            email=invitation.email,
            name=name,
            password=password,
            establishment=invitation.establishment,
            role=Role(invitation.role),
        )
        _accepted(invitation, account, now)
    return account


def find_any(token: str, *, now: datetime) -> Invitation:
    """As `find`, but an accepted one is found too: who accepted may press twice."""
    accepted = Invitation.objects.filter(
        fingerprint=crypto.fingerprint(token), accepted_at__isnull=False
    ).first()
    return accepted or find(token, now=now)


def address(invitation: Invitation) -> str:
    """The whole link; empty when the server's key has changed since: the invitation must be sent again."""
    token = invitation.token()
    if crypto.fingerprint(token) != invitation.fingerprint:
        return ""
    return mails.link(reverse("establishment:invitation", args=[token]))


def mail(invitation: Invitation) -> bool:
    """Send the link; False when the mail server did not take it."""
    school = invitation.establishment.name
    return mails.send(
        to=invitation.email,
        subject=f"Invitation à rejoindre {school} sur Pixsurv",
        template="establishment/mails/invitation.txt",
        context={
            "school": school,
            "role": invitation.get_role_display(),
            "inviter": invitation.invited_by.name if invitation.invited_by else "",
            "address": address(invitation),
            "until": invitation.expires_at.astimezone(invitation.establishment.zone),
        },
    )


def _renew(invitation: Invitation, now: datetime) -> None:
    invitation.nonce = secrets.token_urlsafe(32)
    invitation.fingerprint = crypto.fingerprint(invitation.token())
    invitation.expires_at = now + LIFE


def _accepted(invitation: Invitation, account: Account, now: datetime) -> None:
    invitation.accepted_at, invitation.accepted_by = now, account
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    logger.info("invitation accepted: %s, account %s", invitation.pk, account.pk)


def _locked(invitation_id: int) -> Invitation:
    return (
        Invitation.objects.select_related("establishment", "invited_by")
        .select_for_update(of=("self",))
        .get(pk=invitation_id)
    )


def _refuse_over(invitation: Invitation) -> None:
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise DomainError("invitation_over", "Cette invitation a déjà été acceptée ou annulée.")


def _refuse_unusable(invitation: Invitation, now: datetime) -> None:
    ask = "Demandez-en une autre à l’administrateur de l’établissement."
    if invitation.accepted_at is not None:
        raise DomainError(
            "invitation_used",
            "Cette invitation a déjà servi. Si c’est par vous, connectez-vous avec votre adresse e-mail\u00a0;"
            f" sinon, prévenez l’administrateur. {ask}",
            status=410,
        )
    if invitation.revoked_at is not None:
        raise DomainError("invitation_revoked", f"Cette invitation a été annulée. {ask}", status=410)
    if invitation.is_expired(now):
        raise DomainError(
            "invitation_expired", f"Cette invitation a expiré\u00a0: elle valait 14 jours. {ask}", status=410
        )
