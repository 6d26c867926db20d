"""What stands around the rows is rendered once a process (`room_parts`), and again when it says something else."""

from pixsurv.kernel import clock
from proctoring.services import running
from proctoring.services.entries import candidate_actor
from proctoring.templatetags import room_parts
from sessions_app.models import Candidate
from tests.factories import ACCESS_CODE, open_entry_for
from tests.proctoring.room.conftest import Room
from tests.proctoring.room.test_poll import poll, version


def start(candidate: Candidate) -> None:
    entry = open_entry_for(candidate)
    running.start_or_resume(
        entry=entry, access_code=ACCESS_CODE, actor=candidate_actor(entry), now=clock.now()
    )


def test_parts_that_did_not_change_are_rendered_once(room: Room) -> None:
    """One who acts, and two pages that ask for news."""
    one, _ = room.add(), room.add()
    pages = (room, room.enter("Odile Autre"))
    seen = version(room)
    room.travel(seconds=1)
    for part in (room_parts._counts, room_parts._lane):
        part.cache_clear()
    room.post(room.at(one, "presence/"), htmx=True, present="1")
    answers = [poll(who, seen).content for who in pages]
    assert all("1/2 présent".encode() in answer for answer in answers)
    assert room_parts._counts.cache_info()[:2] == (2, 1)
    assert room_parts._lane.cache_info()[:2] == (2, 1)


def test_parts_follow_what_they_show(room: Room) -> None:
    """Another room, another filter, a count, a need that only the clock makes: nothing of before is shown again."""
    paul = room.put("in_progress", "DUPONT", "Paul")
    waiting = [room.put("present") for _ in range(3)]
    page, filtered = room.page(), room.page("?etat=present")
    for seconds, one_more in zip((1, 50, 200), waiting, strict=True):
        room.travel(seconds=seconds)
        start(one_more)
        filtered.poll()
        assert filtered.get("filtre-present").get("aria-current") == "true"
        page.poll()
        page.assert_like_reload("annonces")
    assert f"besoin-{paul.pk}" in page.get("a-traiter").xpath(".//li/@id")
