"""While a hostile list is opened for one, the server answers the others; and it answers afterwards."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.browser.conftest import Server, enter_room
from tests.browser.test_people import sign_in
from tests.hostile.lists import LISTS

WORST = ("two cells at both ends", "a plane of cells", "one text in 4 000 cells", "a million columns")


@contextmanager
def asked_meanwhile(server: Server) -> Iterator[list[int]]:
    """Somebody else's requests, one after the other, and what they were answered."""
    answers: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            with urllib.request.urlopen(f"{server.url}/surveillance/", timeout=20) as answer:  # noqa: S310 (ours)
                answers.append(answer.status)
            over.wait(0.1)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield answers
    finally:
        over.set()
        asking.join()


def test_others_are_served_while_a_hostile_list_is_opened(server, open_browser) -> None:
    page = open_browser()
    sign_in(page, server)
    session = server.session()
    door = f"{server.url}/etablissement/sessions/{session['number']}/candidats/importer/"
    for case in WORST:
        page.goto(door)
        page.locator("[name=file]").set_input_files(
            {"name": "liste.ods", "mimeType": "application/octet-stream", "buffer": LISTS[case]()}
        )
        with asked_meanwhile(server) as answers, page.expect_navigation(timeout=60_000):
            page.locator("main form button").first.click()
        assert page.locator(".message-erreur, h1").first.is_visible()
        assert answers
        assert set(answers) == {200}
    enter_room(open_browser(width=390), server, session)
