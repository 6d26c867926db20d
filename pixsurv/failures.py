"""Failures told to Sentry, when the operator set SENTRY_DSN: the trace, and nothing of whom it happened to."""

from typing import Any

import sentry_sdk

from pixsurv import __version__
from pixsurv.logging import without_keys

# Sentry would add the rest by itself: body, cookies and headers of the request, the account, variables, log lines.
TOLD_OF_A_REQUEST = ("method",)


def tell_failures(dsn: str, *, transport: Any = None) -> None:
    """Once a process, before the first request. `transport` is for tests."""
    sentry_sdk.init(
        dsn=dsn,
        release=f"pixsurv@{__version__}",
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0,
        before_send=scrubbed,
        transport=transport,
    )


def scrubbed(event: Any, hint: Any) -> Any:
    """Where in the code, and at which page; never who, what was typed, or an address that is a key."""
    for name in ("user", "breadcrumbs", "extra", "server_name", "modules"):
        event.pop(name, None)
    asked = event.get("request", {})
    event["request"] = {name: asked[name] for name in TOLD_OF_A_REQUEST if name in asked}
    for failure in event.get("exception", {}).get("values", []):
        # The words of a failure may hold what was typed (a database names the value that it refuses).
        failure.pop("value", None)
    logged = event.get("logentry")
    if logged:
        event["logentry"] = {"message": without_keys(str(logged.get("message", "")))}
    return event
