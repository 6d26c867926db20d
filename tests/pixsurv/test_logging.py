"""No key in a log (quality §3): some addresses are keys, and Django logs the address of what failed."""

import io
import logging

import pytest
from django.test import Client

from sessions_app.models import Account


@pytest.mark.django_db
@pytest.mark.parametrize(
    "before",
    ["surveillance/passage", "etablissement/invitation", "etablissement/nouveau-mot-de-passe/Mg"],
)
def test_key_in_an_address_is_not_logged(monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    [handler] = [one for one in logging.getLogger().handlers if one.name == "console"]
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    refused = Client(enforce_csrf_checks=True).post(f"/{before}/k3y-of-a-school/", {"name": "Luc"})
    assert refused.status_code == 403
    assert "k3y-of-a-school" not in written.getvalue()
    assert f"/{before.removesuffix('/Mg')}/…" in written.getvalue()


@pytest.mark.django_db
def test_refusal_is_logged_with_who_and_what_and_no_address(
    caplog: pytest.LogCaptureFixture, secretariat: Account, client: Client
) -> None:
    client.force_login(secretariat)
    with caplog.at_level(logging.WARNING, logger="pixsurv.refusals"):
        assert client.get("/etablissement/equipe/").status_code == 403
        assert client.get("/etablissement/inconnu/").status_code == 404
    [line] = [one.getMessage() for one in caplog.records if one.name == "pixsurv.refusals"]
    assert line == f"refused 403: GET establishment:team {{}}, account {secretariat.pk}"
