"""What each database needs to keep an acknowledged write and to refuse to wait for ever (mechanics §9)."""

from typing import Any

# `secure_delete`: what is erased is overwritten, so that an elimination leaves no name in the file (decision 0023).
SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; "
    "PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
)


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
    else:
        options.update(
            options="-c lock_timeout=2000 -c statement_timeout=15000"
            " -c idle_in_transaction_session_timeout=15000",
            pool={"min_size": 1, "max_size": threads + 2, "timeout": 10},
        )
        # What is asked again and again is planned once a connection; only kept queries and the heartbeat are.
        options.setdefault("prepare_threshold", 3)
        # The pool keeps the connections; Django's own persistence must stay out of its way.
        entry["CONN_MAX_AGE"] = 0
    return entry
