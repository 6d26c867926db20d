"""What each database needs to keep an acknowledged write and to refuse to wait for ever (mechanics §9)."""

import select
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# `secure_delete`: what is erased is overwritten, so that an elimination leaves no name in the file (decision 0023).
SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; "
    "PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
)
# Nobody waits for ever for a lock, for a statement, or behind a transaction that somebody forgot.
LIMITS = "-c lock_timeout=2000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=15000"
# A host that says nothing at all, its machine being gone, is left after seconds: by default it takes minutes.
# In milliseconds for tcp_user_timeout, in seconds for the others.
GONE = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


def usual_threads(entry: dict[str, Any]) -> int:
    """How many threads a web process has unless it is told (decision 0041).

    Forty pupils who start at once wait for one row of PostgreSQL, each in a thread: the others must still find one.
    SQLite has one writer: a longer queue in one process keeps the other one waiting.
    """
    return 8 if entry["ENGINE"].endswith("sqlite3") else 16


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
        if _through_a_pooler(entry, options):
            # It would refuse them: its own connections have these limits (deploy/pgbouncer.ini).
            options.pop("options", None)
            # A cursor that outlives its transaction is somebody else's server connection by then.
            entry["DISABLE_SERVER_SIDE_CURSORS"] = True
        else:
            options["options"] = LIMITS
        options.update(
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
        options["prepare_threshold"] = _prepare_threshold(entry, options)
        # The pool keeps the connections; Django's own persistence must stay out of its way.
        entry["CONN_MAX_AGE"] = 0
    return entry


def _through_a_pooler(entry: dict[str, Any], options: dict[str, Any]) -> bool:
    """`?pool_mode=transaction` in the address: PgBouncer's own word for what stands between."""
    mode = options.pop("pool_mode", "session")
    if mode not in {"session", "transaction"}:
        raise ImproperlyConfigured(
            f"pool_mode of a database must be session or transaction, not {str(mode)!r}."
        )
    return bool(mode == "transaction")


def _prepare_threshold(entry: dict[str, Any], options: dict[str, Any]) -> int | None:
    """What is asked again and again is planned once a connection; only kept queries and the heartbeat are.

    Not behind a pooler, where the next transaction may meet a server that never heard of the statement, unless the
    address says `prepare_threshold`: a number of uses, or « none ».
    """
    asked = str(options.get("prepare_threshold", "none" if entry.get("DISABLE_SERVER_SIDE_CURSORS") else 3))
    if asked.lower() == "none":
        return None
    if not (asked.isascii() and asked.isdigit()):
        raise ImproperlyConfigured(
            f"prepare_threshold of a database must be a whole number or none, not {asked!r}."
        )
    return int(asked)


def replica(entry: dict[str, Any], primary: dict[str, Any], *, threads: int) -> dict[str, Any]:
    """The same for a streaming copy of `primary`, only read: asked now and then, and given up sooner."""
    if not (entry["ENGINE"] == primary["ENGINE"] and entry["ENGINE"].endswith("postgresql")):
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL is a streaming copy of DATABASE_URL: both must be postgres://."
        )
    if _place(entry) == _place(primary):
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL is the same database as DATABASE_URL: leave it out, or name the copy."
        )
    complete(entry, threads=threads)
    options = entry["OPTIONS"]
    if "options" in options:
        options["options"] += " -c default_transaction_read_only=on"
    # None is kept ready: a school opens its archive now and then. Its reader waits a second, then asks the primary.
    options["pool"] |= {"min_size": 0, "timeout": 1}
    return entry


def _place(entry: dict[str, Any]) -> tuple[str, str, str]:
    return str(entry["HOST"]).lower(), str(entry["PORT"] or 5432), str(entry["NAME"])


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
