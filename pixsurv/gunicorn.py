"""How gunicorn serves, in `make run` and in the image: `gunicorn -c python:pixsurv.gunicorn pixsurv.wsgi`."""

import gc
import socket
import struct
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from gunicorn.arbiter import Arbiter
from gunicorn.http import wsgi
from gunicorn.workers import gthread

from pixsurv.logging import HideKeys
from pixsurv.settings import PORT, THREADS, env

_host = env.text("HOST", "127.0.0.1")
bind = f"[{_host}]:{PORT}" if ":" in _host else f"{_host}:{PORT}"

workers = env.integer("WEB_CONCURRENCY", 2, low=1, high=64)
worker_class = "gthread"
threads = THREADS  # the database pool has the same size
# Imported once, before the fork: a worker that died is back in milliseconds, and memory is shared.
preload_app = True
max_requests = 0

timeout = 30
graceful_timeout = 10
# Longer than a poll's interval, so that a browser without a proxy keeps its connection from one to the next.
keepalive = 10


class Connection(gthread.TConn):  # type: ignore[misc]
    """gunicorn's own, with less patience for who says nothing: his silence keeps a thread from the others."""

    def wait_for_data(self, timeout: float) -> bool:
        """A browser opens connections before it has anything to ask: each would keep a thread for 5 s. After this many
        seconds without a word it waits with the others, outside of the threads."""
        return bool(super().wait_for_data(min(timeout, FIRST_WORD)))

    def init(self) -> None:
        """Who stops in the middle of a request is waited for, not for ever. Sending has no such limit: a slow network
        takes minutes for a large paper."""
        super().init()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE, 0))


FIRST_WORD = 0.05  # seconds
SILENCE = 15  # seconds
gthread.TConn = Connection

# The heartbeat of a worker is a file: on a disk it would block with the disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True

# TRUSTED_PROXIES alone says whom to believe (pixsurv/proxies.py): gunicorn would believe any sender of this machine.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

loglevel = "warning"
accesslog = None

# gunicorn always sends a Server header; at least it needn't name the software.
wsgi.SERVER = "pixsurv"


def when_ready(server: Arbiter) -> None:
    """Before the first fork: import the pages and read their templates too, so that no visitor waits for them and no
    worker has its own. On a small machine the first ones of the morning come all at once."""
    server.log.error_log.addFilter(HideKeys())  # it has a logger of its own, and names whole addresses
    reverse("home")
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in sorted(Path(folder).rglob("*.html")):
            get_template(str(path.relative_to(folder)))
    gc.freeze()  # a collection that marked these objects would copy their memory into each worker
