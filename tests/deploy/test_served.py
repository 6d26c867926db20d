"""Both ways of `deploy/`, for real: the room works through the proxy, and outlives one web process."""

import datetime
import os
import ssl
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pixsurv.kernel import clock
from tests import throwaway
from tests.deploy import served
from tests.deploy.served import (
    Browser,
    Site,
    Webs,
    first_answer,
    installed,
    running,
    shakes_hands,
    wait_for,
)

DEPLOY = served.ROOT / "deploy"

pytestmark = pytest.mark.postgres


@dataclass(frozen=True)
class Ports:
    https: int
    http: int


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with throwaway.database("served") as address:
        yield address


def nginx(program: str, folder: Path, webs: list[int], site: Ports, stack: ExitStack) -> Path:
    """The site of deploy/nginx with other names, inside the smallest configuration that can include it."""
    certificate, key = self_signed(folder)
    text = (DEPLOY / "nginx/pixsurv.conf").read_text()
    for ours, here in {
        "127.0.0.1:8001": f"127.0.0.1:{webs[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{webs[1]}",
        "listen 80;": f"listen 127.0.0.1:{site.http};",
        "listen 443 ssl": f"listen 127.0.0.1:{site.https} ssl",
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "https://pixsurv.example$request_uri": f"https://localhost:{site.https}$request_uri",
        "server_name pixsurv.example": "server_name localhost",
        "/etc/ssl/pixsurv/fullchain.pem": str(certificate),
        "/etc/ssl/pixsurv/privkey.pem": str(key),
        "/var/log/nginx/pixsurv.log": str(folder / "access.log"),
    }.items():
        assert ours in text, ours
        text = text.replace(ours, here)
    (folder / "site.conf").write_text(text)
    kept = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{one}_temp_path {folder}/{one};" for one in kept)
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; user root;\nevents {{}}\n"
        f"http {{ {temporary} include {folder}/site.conf; }}\n"
    )
    subprocess.run([program, "-t", "-q", "-c", str(main)], check=True, timeout=30)
    log = folder / "nginx.out"
    process = stack.enter_context(running([program, "-c", str(main)], env=os.environ, log=log))
    wait_for(lambda: shakes_hands(site.https, certificate), process, log)
    return certificate


def caddy(program: str, folder: Path, webs: list[int], site: Ports, stack: ExitStack) -> Path:
    """deploy/Caddyfile as it is: Caddy makes the certificate of « localhost » itself."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "PUBLIC_HOST": "localhost",
        "HTTP_PORT": str(site.http),
        "HTTPS_PORT": str(site.https),
        "UPSTREAMS": " ".join(f"127.0.0.1:{port}" for port in webs),
    }
    command = [program, "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    log = folder / "caddy.log"
    process = stack.enter_context(running(command, env=env, log=log))
    root = folder / "caddy/pki/authorities/local/root.crt"
    wait_for(lambda: shakes_hands(site.https, root), process, log)
    return root


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, secret = folder / "fullchain.pem", folder / "privkey.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, secret


PROXIES = (nginx, caddy)


@pytest.fixture(scope="module")
def ports() -> dict[str, Ports]:
    return {one.__name__: Ports(https=throwaway.free_port(), http=throwaway.free_port()) for one in PROXIES}


@pytest.fixture(scope="module")
def webs(database: str, ports: dict[str, Ports], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webs]:
    with ExitStack() as stack:
        origins = [f"https://localhost:{one.https}" for one in ports.values()]
        folder = tmp_path_factory.mktemp("webs")
        found = installed(database=database, folder=folder, origins=origins, stack=stack)
        for _ in range(2):
            found.start(throwaway.free_port())
        yield found


@pytest.fixture(scope="module", params=PROXIES, ids=lambda proxy: proxy.__name__)
def site(
    request: pytest.FixtureRequest,
    webs: Webs,
    ports: dict[str, Ports],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    name = request.param.__name__
    program = served.tool(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    folder = tmp_path_factory.mktemp(name)
    with ExitStack() as stack:
        certificate = request.param(program, folder, list(webs.processes), ports[name], stack)
        trusted = ssl.create_default_context(cafile=certificate)
        yield Site(ports[name].https, ports[name].http, trusted)


def test_room_works_through_the_proxy_and_outlives_a_web_process(site: Site, webs: Webs) -> None:
    session = webs.demo["sessions"][1]
    room = f"/surveillance/{session['number']}/"
    # Both proxies lead to the same room: each takes pupils that the other has not ticked.
    browser = Browser(site)

    login = browser.get("/surveillance/")
    assert "max-age=63072000" in browser.headers["Strict-Transport-Security"]
    page = browser.post(
        "/surveillance/", login, number=session["number"], password=session["password"], name="Perrine Essai"
    )
    assert {cookie.name[:7] for cookie in browser.cookies} == {"__Host-"}
    assert all(cookie.secure for cookie in browser.cookies)
    first, second, *_ = [
        one
        for one in session["candidates"]
        if one["certifiable"] is not False and one["id"] in alone(session) and state(page, one) == "expected"
    ]
    page = browser.post(f"{room}candidats/{first['id']}/presence/", page, present=1)
    assert state(page, first) == "present"

    # A process is killed in the middle of the exam: the other one answers, with the same room.
    [dead, _] = webs.processes
    webs.kill(dead)
    for _ in range(4):
        page = browser.get(room)
        assert state(page, first) == "present"
    page = browser.post(f"{room}candidats/{second['id']}/presence/", page, present=1)
    assert state(page, second) == "present"
    webs.start(dead)


def alone(session: dict[str, Any]) -> set[int]:
    """Pupils whose tick asks no question: nobody has their last name (R9)."""
    names = Counter(one["last_name"] for one in session["candidates"])
    return {one["id"] for one in session["candidates"] if names[one["last_name"]] == 1}


def state(page: str, candidate: dict[str, object]) -> str:
    row = page[page.index(f'id="candidat-{candidate["id"]}"') :]
    return row.split('data-state="', 1)[1].split('"', 1)[0]


def test_plain_http_is_sent_to_https(site: Site, webs: Webs) -> None:
    status, target = first_answer(f"http://localhost:{site.http}/surveillance/")
    assert status in {301, 302, 308}
    # The port that stands for 443 here is nobody's business: Caddy leaves it out.
    assert target.replace(f":{site.https}", "") == "https://localhost/surveillance/"
    for port in webs.processes:  # straight to a web process too
        assert first_answer(f"http://127.0.0.1:{port}/surveillance/")[0] == 301
