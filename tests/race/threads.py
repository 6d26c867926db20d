"""Threads that act at the same instant, each with a connection of its own, as the workers of a server do."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

from pixsurv.kernel.errors import DomainError


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the DomainError that refused it. Anything else that is raised is raised here."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)
    failures: list[BaseException] = []

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()
            barrier.wait(timeout=30)
            results[index] = act()
        except DomainError as refusal:
            results[index] = refusal
        except BaseException as failure:  # noqa: BLE001 - handed over to the test
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not [thread for thread in threads if thread.is_alive()], "a thread waits for ever"
    if failures:
        raise failures[0]
    return results


def codes(results: Sequence[Any]) -> list[str]:
    """The codes of those that were refused."""
    return sorted(result.code for result in results if isinstance(result, DomainError))
