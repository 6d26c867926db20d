"""The password of an account: changed by its owner, or forgotten (P1)."""

import logging
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from pixsurv.kernel.errors import DomainError
from sessions_app.models import Account
from sessions_app.services import mails
from sessions_app.services.guessing import guarded
from sessions_app.services.sign_in import WAIT, change_pool

logger = logging.getLogger("pixsurv.people")

PAUSE = timedelta(minutes=2)  # between two mails to one address


def change_password(*, account: Account, old: str, new: str, now: datetime) -> None:
    """Refused with `wrong_password`, `invalid_password`, `too_many_requests`.

    Every other browser of the account is signed out.
    """
    with guarded(change_pool(account), wrong={"wrong_password"}, sentence=WAIT, now=now):
        if not account.check_password(old):
            raise DomainError("wrong_password", "Le mot de passe actuel n’est pas le bon.", status=422)
    _set(account, new)


def mail_reset(*, email: str, now: datetime) -> None:
    """Send a link to choose a new password, if that address has an account; the answer is the same if not.

    Nothing is sent twice within PAUSE: nobody's mailbox is filled by somebody else.
    """
    quiet = Q(reset_mailed_at__isnull=True) | Q(reset_mailed_at__lte=now - PAUSE)
    account = Account.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if account is None or not Account.objects.filter(quiet, pk=account.pk).update(reset_mailed_at=now):
        return
    uid = urlsafe_base64_encode(force_bytes(account.pk))
    path = reverse("establishment:reset", args=[uid, default_token_generator.make_token(account)])
    mails.send_later(
        to=account.email,
        subject="Choisir un nouveau mot de passe pour Pixsurv",
        template="establishment/mails/reset.txt",
        context={"name": account.name, "address": mails.link(path)},
    )


def account_of_reset(*, uid: str, token: str) -> Account:
    """Whose new password that link sets. Refused with `reset_expired` (410): used, too old, or made up."""
    try:
        pk = int(urlsafe_base64_decode(uid))
    except ValueError:
        pk = 0
    account = Account.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    if account is None or not default_token_generator.check_token(account, token):
        raise DomainError(
            "reset_expired",
            "Ce lien ne sert plus\u00a0: il vaut quatre heures et une seule fois. Demandez-en un autre.",
            status=410,
        )
    return account


def reset_password(*, uid: str, token: str, new: str) -> None:
    """Refused with `reset_expired`, `invalid_password`."""
    _set(account_of_reset(uid=uid, token=token), new)


def _set(account: Account, new: str) -> None:
    try:
        validate_password(new, account)
    except ValidationError as error:
        raise DomainError("invalid_password", " ".join(error.messages), status=422) from error
    account.set_password(new)
    account.save(update_fields=["password"])
    logger.info("password changed: account %s", account.pk)
