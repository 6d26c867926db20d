"""No key in a log (quality §3): some addresses are keys, and Django logs the address of what failed."""

import io
import logging
import sys
from types import SimpleNamespace

import pytest
from django.test import Client

from pixsurv import gunicorn
from pixsurv.logging import HideKeys, JsonFormatter, TextFormatter
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


@pytest.mark.parametrize("formatter", [TextFormatter("%(message)s"), JsonFormatter()])
def test_trace_quotes_no_row_of_the_database(formatter: logging.Formatter) -> None:
    said = 'duplicate key "one"\nDETAIL:  Key (email)=(sophie@exemple.fr) already exists.'
    try:
        raise RuntimeError(said)
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    told = formatter.format(record)
    assert "sophie" not in told
    assert "duplicate key" in told
    assert "DETAIL: …" in told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Error handling request GET /archives/?q=Delarue&annee=2026",
            "Error handling request GET /archives/?…",
        ),
        (
            "Bad line: 'GET /surveillance/123456/?q=Sophie'",
            "Bad line: 'GET /surveillance/123456/?…'",
        ),
        ("Prêt ? Oui.", "Prêt ? Oui."),
    ],
)
def test_what_was_searched_for_is_not_logged(said: str, told: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, said, None, None)
    assert HideKeys().filter(record)
    assert record.getMessage() == told


def test_gunicorn_hides_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn.gc, "freeze", lambda: None)
    log = logging.getLogger("gunicorn.error of this test")
    gunicorn.when_ready(SimpleNamespace(log=SimpleNamespace(error_log=log)))  # type: ignore[arg-type]
    assert any(isinstance(one, HideKeys) for one in log.filters)


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
