"""What each database needs to keep an acknowledged write and to refuse to wait for ever (mechanics §9)."""

import select
from typing import Any

# `secure_delete`: what is erased is overwritten, so that an elimination leaves no name in the file (decision 0023).
SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; "
    "PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
)
# A host that says nothing at all, its machine being gone, is left after seconds: by default it takes minutes.
# In milliseconds for tcp_user_timeout, in seconds for the others.
GONE = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


def complete(entry: dict[str, Any], *, threads: int) -> dict[str, Any]:
    """Add to a Django database entry the options that our transactions rely on."""
    options = entry.setdefault("OPTIONS", {})
    if entry["ENGINE"].endswith("sqlite3"):
        options.update(
            # A transaction that will write takes the writer's place at once: no upgrade deadlock, no lost check.
            transaction_mode="IMMEDIATE",
            timeout=5,
            init_command=SQLITE_INIT,
        )
        # The last connection to close folds the WAL into the database and removes it: each pause between two requests
        # would cost that, and a disk that is full meanwhile has no room to make it again, not even to read.
        entry["CONN_MAX_AGE"] = None
    else:
        options.update(
            options="-c lock_timeout=2000 -c statement_timeout=15000"
            " -c idle_in_transaction_session_timeout=15000",
            pool={
                "min_size": 1,
                "max_size": threads + 2,
                # Shorter than a page waits for its answer (8 s): it hears « away » rather than nothing.
                "timeout": 5,
                # A try that is given up makes room for the next request's own: an outage of minutes would otherwise
                # let the pool wait for half a minute after the database is back.
                "reconnect_timeout": 2,
                "check": still_there,
            },
        )
        for name, value in GONE.items():
            options.setdefault(name, value)
        # What is asked again and again is planned once a connection; only kept queries and the heartbeat are.
        options.setdefault("prepare_threshold", 3)
        # The pool keeps the connections; Django's own persistence must stay out of its way.
        entry["CONN_MAX_AGE"] = 0
    return entry


def still_there(connection: Any) -> None:
    """Refuse a kept connection that the server has closed: the request gets another one instead of failing.

    Without asking the server: who died, or was told to stop, has closed the socket, which then has something to read.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        from psycopg import OperationalError

        connection.close()
        # All others are as dead; one by one, each would cost the request that meets it a second.
        connection._pool.check()
        raise OperationalError("the server closed this connection")
