"""What does not depend on the machine: statements and bytes of each page. Run as a process of its own, on a world
given on its standard input; prints JSON."""

import gzip
import json
import re
import sys
from typing import Any

import django

WARM_UP = 41  # more than the forty tests of the room that beats
ROWS = re.compile(rb'<ol class="liste".*?</ol>', re.DOTALL)


def main() -> None:
    django.setup()
    world = json.load(sys.stdin)
    from bench import scenarios

    found = {one.name: count(one) for one in scenarios.ours(world)}
    found["page"] |= weights(world)
    json.dump(found, sys.stdout)


def count(scenario: Any) -> dict[str, float]:
    """Of a call that has what a process asks once, also once an entry, behind it. BEGIN and COMMIT are counted too."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    calls = scenario.calls()
    for _ in range(WARM_UP):
        ask(next(calls))
    with CaptureQueriesContext(connection) as asked:
        ask(next(calls))
    return {"queries": len(asked)}


def ask(call: Any) -> Any:
    """The call of the driver, through Django's test client: the same words, without a server."""
    from django.test import Client

    head, _, body = call.wire.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    kind = headers.pop("Content-Type", "text/plain")
    headers.pop("Content-Length", None)
    client = Client(enforce_csrf_checks=True)
    answer = client.generic(method, path, body, content_type=kind, headers=headers)
    if answer.status_code != call.status:
        raise RuntimeError(f"{path}: {answer.status_code} where {call.status} was expected")
    return answer


def weights(world: dict[str, Any]) -> dict[str, float]:
    """Of the room's page: its rows, and all that a browser fetches the first time."""
    from bench.scenarios import page

    content = ask(next(page(world["room"]))).content
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    found = ROWS.search(content)
    assert found is not None
    statics = sum(weight for url, weight in world["statics"].items() if url.encode() in content)
    return {
        "rows_bytes": len(found[0]),
        "rows_gzip": len(gzip.compress(found[0])),
        "first_load": len(gzip.compress(content)) + statics,
    }


if __name__ == "__main__":
    main()
