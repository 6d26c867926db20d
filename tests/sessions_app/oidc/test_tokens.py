"""What comes back from the provider is believed only when all of it is right (decision 0034)."""

import base64
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from pixsurv.kernel import clock
from pixsurv.kernel.provider import Provider
from sessions_app.models import Account, LinkedIdentity, SignIn
from sessions_app.services import oidc
from tests.sessions_app.oidc.conftest import (
    BACK,
    BEGIN,
    CLIENT,
    OTHER_KEY,
    SECRET,
    SHARED_KEY,
    Said,
    go,
    sign_in,
    with_address,
)


def is_in(client: Client) -> bool:
    return client.get("/etablissement/compte/").status_code == 200


def refused(client: Client, response: Any, status: int, words: str) -> None:
    page = response.content.decode()
    assert (response.status_code, words in page) == (status, True), page
    assert "Me connecter autrement" in page
    assert not is_in(client)
    assert not SignIn.objects.exists()
    assert not LinkedIdentity.objects.exists()


def test_browser_carries_a_challenge_and_never_the_secret(client: Client, db: None, said: Said) -> None:
    carried = go(client, said)
    assert carried["response_type"] == "code"
    assert carried["code_challenge_method"] == "S256"
    assert carried["redirect_uri"] == f"http://127.0.0.1:8000{BACK}"
    assert len(carried["code_challenge"]) == 43
    assert len(carried["state"]) >= 20
    assert len(carried["nonce"]) >= 20
    assert SECRET not in str(carried)
    cookie = client.cookies["fournisseur"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert carried["state"] not in cookie.value
    assert "compte" not in client.cookies  # whoever only looks writes nothing


def test_code_is_exchanged_with_its_verifier_and_the_secret_in_a_header(
    client: Client, admin: Account, said: Said
) -> None:
    sign_in(client, with_address(said, admin.email))
    [asked] = said.asked
    assert (asked["grant_type"], asked["code"]) == ("authorization_code", "un code")
    assert len(asked["code_verifier"]) >= 43
    assert "client_secret" not in asked
    assert said.authorization[0].startswith("Basic ")


def test_provider_that_wants_the_secret_in_the_form_gets_it_there(
    client: Client, admin: Account, said: Said
) -> None:
    said.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert sign_in(client, with_address(said, admin.email)).status_code == 303
    assert said.asked[0]["client_secret"] == SECRET


type Change = Callable[[Said], object]


def _none_token(said: Said) -> None:
    part = [{"alg": "none"}, {"iss": said.issuer, "aud": CLIENT, "sub": "s", "iat": 1, "exp": 2**33}]
    text = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in part]
    said.token = ".".join([*text, ""])


def _with_shared_secret(said: Said) -> None:
    said.metadata["id_token_signing_alg_values_supported"] = ["HS256"]
    said.header, said.key = {"alg": "HS256"}, SHARED_KEY


NOW = int(clock.now().timestamp())
WRONG: dict[str, Change] = {
    "nonce of another": lambda said: said.claims.update(nonce="un autre"),
    "no nonce": lambda said: said.left_out.add("nonce"),
    "expired": lambda said: said.claims.update(exp=NOW - 3600, iat=NOW - 7200),
    "no expiry": lambda said: said.left_out.add("exp"),
    "not yet": lambda said: said.claims.update(iat=NOW + 36_000, exp=NOW + 72_000),
    "another issuer": lambda said: said.claims.update(iss="https://ailleurs.example"),
    "no issuer": lambda said: said.left_out.add("iss"),
    "another audience": lambda said: said.claims.update(aud="une autre application"),
    "another audience, for us": lambda said: said.claims.update(aud="une autre application", azp=CLIENT),
    "several, for another": lambda said: said.claims.update(aud=[CLIENT, "autre"], azp="autre"),
    "another key": lambda said: setattr(said, "key", OTHER_KEY),
    "signed by nobody": _none_token,
    "signed with the secret": _with_shared_secret,
    "no token": lambda said: setattr(said, "token", ""),
    "no JWT": lambda said: setattr(said, "token", "a.b.c"),
    "hash of another access token": lambda said: said.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no subject": lambda said: said.claims.update(sub=""),
    "subject that is a number": lambda said: said.claims.update(sub=12),
    "subject with a NUL": lambda said: said.claims.update(sub="a\x00b"),
    "endless subject": lambda said: said.claims.update(sub="a" * 256),
    "code refused": lambda said: setattr(said, "token_status", 400),
    "another provider's description": lambda said: said.metadata.update(issuer="https://ailleurs.example"),
    "description of nothing": lambda said: said.metadata.update(jwks_uri=""),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_opens_nothing(client: Client, admin: Account, said: Said, case: str) -> None:
    carried = go(client, with_address(said, admin.email))
    oidc._client_for.cache_clear()
    WRONG[case](said)
    response = client.get(BACK, {"code": "un code", "state": carried["state"]})
    refused(client, response, 502, "n’a pas abouti")


@pytest.mark.parametrize("state", ["", "un autre", "é\x00"])
def test_state_that_we_did_not_give_is_refused_without_a_word_to_the_provider(
    client: Client, admin: Account, said: Said, state: str
) -> None:
    go(client, with_address(said, admin.email))
    refused(client, client.get(BACK, {"code": "un code", "state": state}), 400, "pas été commencée")
    assert said.asked == []


def test_answer_of_another_browser_is_refused(client: Client, admin: Account, said: Said) -> None:
    carried = go(Client(), with_address(said, admin.email))
    refused(client, client.get(BACK, {"code": "x", "state": carried["state"]}), 400, "pas été commencée")
    client.cookies["fournisseur"] = "forgé"
    refused(client, client.get(BACK, {"code": "x", "state": carried["state"]}), 400, "pas été commencée")


def test_answer_serves_once(client: Client, admin: Account, said: Said) -> None:
    carried = go(client, with_address(said, admin.email))
    back = {"code": "un code", "state": carried["state"]}
    assert client.get(BACK, back).status_code == 303
    client.post("/etablissement/deconnexion/")
    assert client.get(BACK, back).status_code == 400


def test_answer_that_took_too_long_is_refused(client: Client, admin: Account, said: Said) -> None:
    with time_machine.travel(1_800_000_000, tick=False) as travel:
        carried = go(client, with_address(said, admin.email))
        travel.shift(601)
        refused(client, client.get(BACK, {"code": "x", "state": carried["state"]}), 400, "dix minutes")


def test_answer_of_another_issuer_is_refused(client: Client, admin: Account, said: Said) -> None:
    response = sign_in(client, with_address(said, admin.email), iss="https://ailleurs.example")
    refused(client, response, 502, "n’a pas abouti")
    assert said.asked == []


def test_whoever_gives_up_at_the_provider_is_told_so(
    client: Client, db: None, said: Said, caplog: pytest.LogCaptureFixture
) -> None:
    carried = go(client, said)
    back = {"error": "access_denied\nfaux", "error_description": "<b>x</b>", "state": carried["state"]}
    response = client.get(BACK, back)
    refused(client, response, 403, "pas été identifié")
    assert "<b>x" not in response.content.decode()
    assert "faux" not in caplog.text


@pytest.mark.parametrize("when", ["before", "after"])
def test_outage_is_told_in_french_and_the_password_still_opens(
    client: Client, admin: Account, said: Said, when: str
) -> None:
    with_address(said, admin.email)
    carried = go(client, said) if when == "after" else {}
    said.broken = True
    response = client.get(BACK, {"code": "x", "state": carried["state"]}) if carried else client.get(BEGIN)
    refused(client, response, 503, "ne répond pas")
    data = {"email": admin.email, "password": "une phrase de passe d’essai"}
    assert client.post("/etablissement/", data).status_code == 303


def test_provider_that_nobody_answers_for_is_down(client: Client, db: None, settings: Any) -> None:
    settings.OIDC = Provider("http://127.0.0.1:9", CLIENT, SECRET, "Mon ENT")
    refused(client, client.get(BEGIN), 503, "«\u00a0Mon ENT\u00a0» ne répond pas")


def test_threads_do_not_wait_for_a_provider_all_together(
    client: Client, db: None, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "TURN_SECONDS", 0)
    with oidc._turns, oidc._turns:
        refused(client, client.get(BEGIN), 503, "ne répond pas")
    assert client.get(BEGIN).status_code == 302


def test_log_tells_neither_secret_nor_token_nor_address(
    client: Client, admin: Account, said: Said, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with_address(said, admin.email)
    sign_in(client, said)
    client.post("/etablissement/deconnexion/")
    said.token_status = 400
    carried = go(client, said)
    client.get(BACK, {"code": "un code", "state": carried["state"]})
    assert "invalid_grant" in caplog.text
    for word in (SECRET, "un code", said.nonce, carried["state"], admin.email, "sujet-1", "jeton"):
        assert word not in caplog.text, word


@pytest.mark.parametrize("path", [BEGIN, BACK, "/etablissement/fournisseur/quitter/"])
def test_without_a_provider_there_is_no_such_page(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code in {303, 404}
    assert "Se connecter avec" not in client.get("/etablissement/").content.decode()
