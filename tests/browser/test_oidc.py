"""Signing in with a real OpenID Connect provider: the certified one of npm, in a process of node's (issue 7)."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server, assert_accessible, serving
from tests.throwaway import free_port

SOURCE = ROOT / "tests" / "oidc_provider"
CLIENT, SECRET, NAME = "pixsurv", "un-secret-de-test-assez-long-pour-servir", "ENT d’essai"


def _absent() -> str:
    """Why node's provider can't run here; empty when it can. `tests.run` says so too, and fails on it when strict."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    return f"no {' nor '.join(missing)}" if missing else ""


pytestmark = pytest.mark.skipif(bool(_absent()), reason=_absent() or "node and npm are there")


@dataclass
class Ent:
    """The provider and our server that knows it. `stop`: the provider goes away."""

    server: Server
    provider: "subprocess.Popen[str]"
    issuer: str
    database: str

    def stop(self) -> None:
        self.provider.terminate()
        self.provider.wait(timeout=15)


@pytest.fixture(scope="module")
def provider_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed from the lock file into a folder that goes with the run."""
    folder = tmp_path_factory.mktemp("provider")
    for name in ("package.json", "package-lock.json", "serve.mjs"):
        shutil.copy(SOURCE / name, folder)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode:
        # Behind no registry there is no provider: a failure where everything must run, else a named gap.
        why = f"npm ci could not install the provider: {done.stderr.strip().splitlines()[-1:]}"
        (pytest.fail if os.environ.get("PIXSURV_TEST_STRICT") == "1" else pytest.skip)(why)
    return folder


@pytest.fixture(scope="module")
def ent(provider_code: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ent]:
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    url = f"http://127.0.0.1:{port}"
    told = {
        "client": {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [f"{url}/etablissement/fournisseur/retour/"],
            "post_logout_redirect_uris": [f"{url}/etablissement/"],
            "userinfo_signed_response_alg": "RS256",
        },
        "accounts": {
            # The addresses of the demonstration school (proctoring/demo).
            "direction": {"email": "admin@demo.example", "email_verified": True, "name": "Admin Essai"},
            "inconnue": {"email": "inconnue@exemple.fr", "email_verified": True},
            "douteuse": {"email": "admin@demo.example", "email_verified": False},
            "invitee": {"email": "invitee@exemple.fr", "email_verified": True, "name": "Ina Vitée"},
        },
    }
    with subprocess.Popen(
        ["node", "serve.mjs"],
        cwd=provider_code,
        env={**os.environ, "PROVIDER": json.dumps(told)},
        stdout=subprocess.PIPE,
        text=True,
    ) as provider:
        try:
            assert provider.stdout is not None
            issuer = provider.stdout.readline().strip()
            assert issuer.startswith("http://127.0.0.1:"), "the provider did not start"
            known = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_NAME": NAME}
            with serving(folder, port, sessions=1, OIDC_CLIENT_SECRET=SECRET, **known) as server:
                yield Ent(server, provider, issuer, f"sqlite:///{folder / 'served.sqlite3'}")
        finally:
            provider.kill()


def to_the_provider(page: Page, ent: Ent, path: str = "/etablissement/") -> None:
    """Its pages ask for a font of the web, which no test does."""
    page.route(lambda address: not address.startswith("http://127.0.0.1:"), lambda route: route.abort())
    page.goto(ent.server.url + path)
    page.get_by_role("link", name=f"Se connecter avec {NAME}").click()
    page.wait_for_url(f"{ent.issuer}/**")


def identify(page: Page, who: str) -> None:
    page.locator("[name=login]").fill(who)
    page.locator("[name=password]").fill("n'importe lequel")
    page.get_by_role("button", name="Sign-in").click()


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 390)])
def test_signs_in_sees_the_connection_and_signs_out_of_both(ent, open_browser, scripts, width) -> None:
    page = open_browser(scripts=scripts, width=width)
    to_the_provider(page, ent, "/etablissement/?next=/etablissement/sessions/")
    identify(page, "direction")
    page.wait_for_url("**/etablissement/sessions/")
    page.goto(f"{ent.server.url}/etablissement/compte/")
    expect(page.get_by_text("Cet appareil")).to_be_visible()
    expect(page.get_by_text(f"Ce compte s’ouvre aussi avec «\u00a0{NAME}\u00a0»")).to_be_visible()

    page.get_by_role("button", name="Se déconnecter").first.click()
    page.get_by_role("link", name=f"Me déconnecter aussi de {NAME}").click()
    page.wait_for_url(f"{ent.issuer}/session/end**")
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url("**/etablissement/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connectez-vous")

    # The provider asks who it is again: its own session is over too.
    to_the_provider(page, ent)
    expect(page.locator("[name=login]")).to_be_visible()


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("inconnue", "Aucun compte de Pixsurv n’a l’adresse inconnue@exemple.fr"),
        ("douteuse", "aucune adresse e-mail vérifiée"),
    ],
)
def test_somebody_whom_no_school_knows_is_told_what_to_do(ent, open_browser, who, words) -> None:
    page = open_browser(width=390)
    to_the_provider(page, ent)
    identify(page, who)
    expect(page.get_by_role("alert")).to_contain_text(words)
    assert_accessible(page, who)
    page.goto(f"{ent.server.url}/etablissement/compte/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connectez-vous")


def test_answer_with_another_state_opens_nothing(ent, open_browser) -> None:
    """As if somebody had sent a link that signs the reader in as the sender."""
    page = open_browser()
    page.route(lambda address: not address.startswith("http://127.0.0.1:"), lambda route: route.abort())
    answer = page.request.get(f"{ent.server.url}/etablissement/fournisseur/", max_redirects=0)
    parts = urlsplit(answer.headers["location"])
    [state] = parse_qs(parts.query)["state"]
    page.goto(urlunsplit(parts._replace(query=parts.query.replace(state, "x" * len(state)))))
    identify(page, "direction")
    expect(page.get_by_role("alert")).to_contain_text("n’a pas été commencée dans ce navigateur")
    page.goto(f"{ent.server.url}/etablissement/compte/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connectez-vous")


def test_whoever_cancels_at_the_provider_is_told_so(ent, open_browser) -> None:
    page = open_browser()
    to_the_provider(page, ent)
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("Vous n’avez pas été identifié")


def test_invited_colleague_comes_in_without_a_password(ent, open_browser) -> None:
    admin, guest = open_browser(), open_browser(width=390)
    admin.goto(f"{ent.server.url}/etablissement/")
    admin.locator("[name=email]").fill(ent.server.demo["admin"]["email"])
    admin.locator("[name=password]").fill(ent.server.demo["admin"]["password"])
    admin.get_by_role("button", name="Je me connecte").click()
    admin.goto(f"{ent.server.url}/etablissement/equipe/")
    admin.get_by_label("Adresse e-mail").fill("invitee@exemple.fr")
    admin.get_by_label("Rôle").select_option("secretariat")
    admin.get_by_role("button", name="Inviter").click()
    card = admin.locator(".feuille", has=admin.get_by_role("heading", name="invitee@exemple.fr"))
    path = urlsplit(card.locator("input[readonly]").input_value()).path

    to_the_provider(guest, ent, path)
    identify(guest, "invitee")
    guest.get_by_role("button", name="Accepter").click()

    expect(guest.get_by_text("Vous faites partie de")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_sign_in_page_with_its_button_has_no_axe_finding(ent, open_browser, width, dark) -> None:
    page = open_browser(width=width, dark=dark)
    page.goto(f"{ent.server.url}/etablissement/")
    expect(page.get_by_role("link", name=f"Se connecter avec {NAME}")).to_be_visible()
    assert_accessible(page, "sign-in")


def test_account_that_was_switched_off_stays_shut(ent, open_browser) -> None:
    _switch(ent, on=False)
    page = open_browser()
    to_the_provider(page, ent)
    identify(page, "direction")
    expect(page.get_by_role("alert")).to_contain_text("Ce compte est désactivé")
    _switch(ent, on=True)


def test_provider_that_is_down_leaves_the_password(ent, open_browser) -> None:
    """The last of this file: nothing starts the provider again."""
    ent.stop()
    page = open_browser(width=390)
    to_the_door = page.goto(f"{ent.server.url}/etablissement/fournisseur/retour/?code=x&state=y")
    assert to_the_door is not None
    assert to_the_door.status == 400
    page.get_by_role("link", name="Me connecter autrement").click()
    page.locator("[name=email]").fill(ent.server.demo["admin"]["email"])
    page.locator("[name=password]").fill(ent.server.demo["admin"]["password"])
    page.get_by_role("button", name="Je me connecte").click()
    page.wait_for_url("**/sessions/")


def _switch(ent: Ent, *, on: bool) -> None:
    rows = "Account.objects.filter(email='admin@demo.example')"
    code = f"from sessions_app.models import Account; {rows}.update(is_active={on})"
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--command", code],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": ent.database}, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
