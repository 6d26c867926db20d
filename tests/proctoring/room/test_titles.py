"""Every question of the room has a title of its own: without scripts it is a page, and a page is found by its title."""

from django.conf import settings

from proctoring.room.titles import TITLES

# Shown to a pupil, full screen: their window is named after the room.
ELSEWHERE = {"card", "ticket_shown"}


def test_every_question_has_a_title_of_its_own() -> None:
    folder = settings.BASE_DIR / "templates" / "room" / "dialogs"
    asked = {one.stem for one in folder.glob("[!_]*.html")}
    assert set(TITLES) == asked - ELSEWHERE
    assert len(set(TITLES.values())) == len(TITLES)
