import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib import reload
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import clear_url_caches, get_resolver
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.workers import gthread

from pixsurv import gunicorn
from pixsurv.management.commands import serve
from tests import factories

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO: dict[str, Any] = {
    "admin": {"email": "admin@ecole.example", "password": "une phrase"},
    "secretariat": {"email": "secretariat@ecole.example", "password": "une autre phrase"},
    "sessions": [
        {
            "number": "123456",
            "password": "C-K7MPQR",
            "access_code": "BCRQ72",
            "candidates": [
                {
                    "first_name": "Léa",
                    "last_name": "REFUSÉE",
                    "birth_date": "2010-01-01",
                    "certifiable": False,
                },
                {
                    "first_name": "Sophie",
                    "last_name": "DELARUE",
                    "birth_date": "2001-07-04",
                    "certifiable": True,
                },
            ],
        }
    ],
}


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_port_refusal_names_the_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        refusal = serve.port_refusal("127.0.0.1", port)
    assert refusal
    assert f"Le port {port} est déjà pris" in refusal
    assert f"PORT={port + 1}" in refusal


def test_port_refusal_says_why_an_address_is_not_ours() -> None:
    refusal = serve.port_refusal("192.0.2.1", 8000)  # an address for documentation: no machine has it
    assert refusal
    assert refusal.startswith("Impossible d’écouter sur 192.0.2.1")


def test_port_refusal_is_silent_when_the_port_is_free(free_port: int) -> None:
    assert serve.port_refusal("127.0.0.1", free_port) is None


def test_static_files_changed_compares_sources_with_the_last_collection(
    settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path
    assert serve.static_files_changed()
    manifest = tmp_path / "staticfiles.json"
    manifest.write_text("{}")
    assert not serve.static_files_changed()
    os.utime(manifest, (0, 0))
    assert serve.static_files_changed()


def test_welcome_shows_the_doors_and_logins_that_work() -> None:
    text = "\n".join(serve.welcome("http://127.0.0.1:8000", DEMO))
    for words in (
        "http://127.0.0.1:8000/surveillance/",
        "http://127.0.0.1:8000/candidat/",
        "http://127.0.0.1:8000/etablissement/",
        "session 123456 · mot de passe C-K7MPQR",
        "session 123456 · code d’accès BCRQ72",
        "Sophie DELARUE, 04/07/2001",
        "administration admin@ecole.example · mot de passe une phrase",
        "secrétariat secretariat@ecole.example · mot de passe une autre phrase",
    ):
        assert words in text
    assert "REFUSÉE" not in text


def test_welcome_leaves_out_a_secret_that_was_changed() -> None:
    changed = {**DEMO, "sessions": [{**DEMO["sessions"][0], "password": None}]}
    lines = serve.welcome("http://127.0.0.1:8000", changed)
    assert any(line.strip() == "session 123456" for line in lines)
    assert not any("None" in line for line in lines)


def test_welcome_shows_the_doors_alone_on_a_database_of_ones_own() -> None:
    assert "mot de passe" not in "\n".join(serve.welcome("https://pixsurv.example", None))


@pytest.mark.django_db
def test_demonstration_is_none_when_the_database_is_a_real_school() -> None:
    factories.EstablishmentFactory()
    assert serve.demonstration() is None


def test_serve_stops_before_anything_when_the_port_is_taken(
    settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        serve, "call_command", lambda *args, **options: pytest.fail("nothing may be prepared")
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.PORT = listener.getsockname()[1]
        with pytest.raises(SystemExit) as stop:
            call_command("serve")
    assert stop.value.code == 1
    assert "est déjà pris" in capsys.readouterr().err


def test_serve_prepares_then_becomes_gunicorn(
    settings: Any, monkeypatch: pytest.MonkeyPatch, free_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[Any] = []
    settings.PORT = free_port
    monkeypatch.setattr(serve, "call_command", lambda name, *args, **options: calls.append(name))
    monkeypatch.setattr(serve, "static_files_changed", lambda: True)
    monkeypatch.setattr(serve, "demonstration", lambda: DEMO)
    monkeypatch.setattr(serve.connections, "close_all", lambda: None)
    monkeypatch.setattr(os, "execv", lambda path, arguments: calls.append(arguments))
    call_command("serve")
    assert calls[:2] == ["migrate", "collectstatic"]
    assert calls[2][1:] == ["-m", "gunicorn", "-c", "python:pixsurv.gunicorn", "pixsurv.wsgi"]
    assert "C-K7MPQR" in capsys.readouterr().out


def test_gunicorn_listens_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    monkeypatch.setenv("HOST", "::1")
    reload(gunicorn)
    assert (gunicorn.bind, gunicorn.workers) == ("[::1]:8000", 3)
    monkeypatch.undo()
    reload(gunicorn)
    assert gunicorn.bind == "127.0.0.1:8000"


def test_gunicorn_itself_believes_no_forwarded_header() -> None:
    """As its own parser sees it: its default trusts 127.0.0.1, whatever TRUSTED_PROXIES says."""
    config = Config()
    for name in ("forwarded_allow_ips", "secure_scheme_headers", "forwarder_headers"):
        config.set(name, getattr(gunicorn, name, config.settings[name].default))
    lines = b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Ssl: on\r\n\r\n"
    request = next(RequestParser(config, iter([lines]), ("127.0.0.1", 4000)))
    assert request.scheme == "http"


def test_gunicorn_imports_the_pages_before_it_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[bool] = []
    monkeypatch.setattr(gunicorn.gc, "freeze", lambda: frozen.append(True))
    clear_url_caches()
    gunicorn.when_ready(SimpleNamespace(log=SimpleNamespace(error_log=logging.getLogger("gunicorn.error"))))
    assert get_resolver()._populated
    assert frozen


def test_serve_answers_on_a_fresh_database_and_stops_cleanly(tmp_path: Path, free_port: int) -> None:
    """The real thing, from nothing: what `make run` does once the dependencies are there."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pixsurv.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'fresh.sqlite3'}",
        "PORT": str(free_port),
        "PUBLIC_URL": f"http://127.0.0.1:{free_port}",
    }
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            up = answers(free_port, server)
        finally:
            server.send_signal(signal.SIGINT)
        output, errors = server.communicate(timeout=20)
    assert up, errors
    assert server.returncode == 0, errors
    assert f"http://127.0.0.1:{free_port}/surveillance/" in output
    assert "Sophie DELARUE, 04/07/2001" in output


def answers(port: int, server: subprocess.Popen[str]) -> bool:
    """Whether the server becomes ready, under another name than gunicorn's, while its process lives."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sante/pret", timeout=5) as answer:
                return "gunicorn" not in answer.headers["Server"]
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    return False


def test_a_mute_connection_keeps_no_thread() -> None:
    """Browsers open some before they have anything to ask. The names are gunicorn's own: an upgrade may move them."""
    assert gunicorn.FIRST_WORD <= 0.1
    ours, theirs = socket.socketpair()
    conn = gthread.TConn(Config(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2))
    worker = SimpleNamespace(alive=True, log=logging.getLogger("test"), cfg=Config())
    with ours, theirs:
        assert gthread.ThreadWorker.handle(worker, conn) is gthread._DEFER


def test_who_stops_in_the_middle_of_a_request_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gunicorn, "SILENCE", 1)
    ours, theirs = socket.socketpair()
    conn = gthread.TConn(Config(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2))
    with ours, theirs:
        theirs.sendall(b"G")
        conn.init()
        with pytest.raises(BlockingIOError):
            next(conn.parser)
