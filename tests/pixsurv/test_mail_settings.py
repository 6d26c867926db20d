"""EMAIL_URL (contract.md)."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from pixsurv.settings.mail import mailers, sender


def test_mail_goes_to_the_console_unless_told_otherwise() -> None:
    assert mailers("console:")["default"]["BACKEND"].endswith("console.EmailBackend")
    assert sender("console:", "ecole.exemple") == "pixsurv@ecole.exemple"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://localhost", 25, False, False),
        ("smtp+tls://u:p@relais.exemple", 587, True, False),
        ("smtps://u:p@relais.exemple:4465/", 4465, False, True),
    ],
)
def test_mail_server_is_read_from_the_address(url: str, port: int, tls: bool, ssl: bool) -> None:
    options = mailers(url)["default"]["OPTIONS"]
    assert (options["port"], options["use_tls"], options["use_ssl"]) == (port, tls, ssl)


def test_mail_credentials_are_unquoted_and_the_sender_named() -> None:
    url = "smtp+tls://u%40x:p%2F@relais.exemple?from=salle@ac.exemple"
    options = mailers(url)["default"]["OPTIONS"]
    assert (options["username"], options["password"]) == ("u@x", "p/")
    assert sender(url, "ignored") == "salle@ac.exemple"


@pytest.mark.parametrize(
    "url", ["", "http://x", "smtp://", "smtp://h:port", "smtp://h:70000", "smtp://h/path", "relais.exemple"]
)
def test_mail_nonsense_stops_the_start_without_telling_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must be"):
        mailers(url)


@pytest.mark.parametrize("query", ["?from=nobody", "?from=a%20b@c", "?form=a@b"])
def test_mail_nonsense_sender_is_refused(query: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        sender(f"smtp://u:secret@h{query}", "h")
    assert "secret" not in str(refused.value)
