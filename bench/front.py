"""What stands around the web processes: nginx before, PgBouncer behind, from Debian's packages, on the loopback."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from bench.server import ROOT, Server, serving

INI = ROOT / "deploy/pgbouncer.ini"
WITHIN = 30  # seconds


def program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def unprivileged() -> dict[str, Any]:
    """PgBouncer refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def pgbouncer(port: int, *, server: tuple[str, int], name: str, user: str) -> Iterator[tuple[str, int]]:
    """`deploy/pgbouncer.ini` before database `name` of that server, whoever asks being let in: the address of the
    database through it, and its pid."""
    found = program("pgbouncer")
    if found is None:
        raise FileNotFoundError("pgbouncer is not installed")
    folder, who = Path(tempfile.mkdtemp(prefix="pixsurv-pgbouncer-")), unprivileged()
    (folder / "pgbouncer.ini").write_text(ini(port, server, name, user, folder))
    if who:
        os.chown(folder, who["user"], who["group"])
    with (folder / "out").open("wb") as said:
        command = [found, str(folder / "pgbouncer.ini")]
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, **who)
    url = f"postgres://{user}@127.0.0.1:{port}/{name}"
    try:
        _until_it_answers(process, url, folder / "out")
        yield f"{url}?pool_mode=transaction", process.pid
    finally:
        process.terminate()
        process.wait(WITHIN)
        shutil.rmtree(folder)


def ini(port: int, server: tuple[str, int], name: str, user: str, folder: Path) -> str:
    """As it is delivered, but for where things are and for who may come in."""
    text = INI.read_text()
    for ours, here in {
        "pixsurv = host=127.0.0.1 port=5432 dbname=pixsurv": (
            f"{name} = user={user} host={server[0]} port={server[1]} dbname={name}"
        ),
        "listen_port = 6432": f"listen_port = {port}\nunix_socket_dir =\nstats_users = {user}",
        "auth_type = scram-sha-256": "auth_type = any",
        "auth_file = /etc/pgbouncer/userlist.txt": "",
        "/var/log/postgresql": str(folder),
        "/var/run/postgresql": str(folder),
    }.items():
        if ours not in text:
            raise LookupError(f"deploy/pgbouncer.ini has no « {ours} » any more")
        text = text.replace(ours, here)
    return text


def _until_it_answers(process: "subprocess.Popen[bytes]", url: str, said: Path) -> None:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until and process.poll() is None:
        with suppress(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=3).close()
            return
        time.sleep(0.05)
    raise RuntimeError(said.read_text())


@contextmanager
def nginx(sites: dict[int, Sequence[int]]) -> Iterator[Server]:
    """One process of it: on each port, the web processes of that line. In the clear: TLS would measure TLS."""
    found = program("nginx")
    if found is None:
        raise FileNotFoundError("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="pixsurv-nginx-") as made:
        config = Path(made) / "nginx.conf"
        config.write_text(site(sites, Path(made)))
        first = next(iter(sites))
        with serving(
            "nginx", [found, "-c", str(config)], first, os.environ, ready="/sante/vivant"
        ) as running:
            yield running


def site(sites: dict[int, Sequence[int]], folder: Path) -> str:
    """The lines of deploy/nginx that a request passes by, without TLS and without a log."""
    kept = " ".join(
        f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    parts = [
        f"daemon off; pid {folder}/pid; worker_processes 1;" + (" user root;" if os.geteuid() == 0 else ""),
        "events { worker_connections 1024; }",
        f"http {{ {kept} access_log off; keepalive_requests 1000000;",
    ]
    for port, webs in sites.items():
        servers = " ".join(f"server 127.0.0.1:{web} max_fails=1 fail_timeout=5s;" for web in webs)
        parts += [
            f"upstream to{port} {{ least_conn; {servers} keepalive 32; keepalive_requests 1000000; }}",
            f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://to{port};",
            'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;',
            "proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; } }",
        ]
    return "\n".join([*parts, "}\n"])
