"""« Vue compacte »: a choice of this device, the same list."""

from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import Room


def is_compact(page: Page) -> bool:
    return "liste--compacte" in page.get("liste").get("class").split()


@both_ways
def test_the_compact_view_is_chosen_and_left(room: Room, scripts: bool) -> None:
    room.add("DUPONT", "Paul")
    page = room.page("?tri=poste", scripts=scripts)
    assert not is_compact(page)
    page.press("Vue compacte")
    assert is_compact(page)
    assert page.url.endswith("?tri=poste")
    page.assert_like_reload()
    page.tick("Présence de Paul DUPONT")
    assert is_compact(page)
    page.press("Vue normale")
    assert not is_compact(page)
    page.assert_like_reload("annonces")


def test_the_choice_holds_for_whatever_room_and_whole_list_comes(room: Room) -> None:
    room.add("DUPONT", "Paul")
    room.page(scripts=False).press("Vue compacte")
    page = room.page()
    room.post(f"{room.url}incident-salle/", kind="power")
    page.poll()  # brings the whole list
    assert is_compact(page)
    page.assert_like_reload("annonces")
    cookie = room.client.cookies["vue"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("compacte", True, "Lax")
    assert not is_compact(room.enter("Odile Autre").page())
