"""Mails that the establishment area sends. Links come from PUBLIC_URL, never from a request (mechanics §11)."""

import logging
import smtplib
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

logger = logging.getLogger("pixsurv.mail")

# One thread: whoever asks for a new password waits the same time whether or not a mail leaves.
_later = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def link(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def send(*, to: str, subject: str, template: str, context: dict[str, object]) -> bool:
    """Send one mail now; False when the mail server did not take it."""
    body = render_to_string(template, context)
    message = EmailMessage(subject=" ".join(subject.split()), body=body, to=[to])
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("mail not sent: %s", type(error).__name__)
        return False
    return True


def send_later(*, to: str, subject: str, template: str, context: dict[str, object]) -> None:
    """Send one mail when the answer has left; nobody is told whether it could be sent."""
    _later.submit(send, to=to, subject=subject, template=template, context=context)


def wait() -> None:
    """Return when every mail that was to be sent later has been tried."""
    _later.submit(bool).result()
