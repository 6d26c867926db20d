"""Words of every page that hold the name of a room."""

import pytest

from sessions_app.templatetags.rooms import pluralize
from sessions_app.wording import in_room, room_title


@pytest.mark.parametrize(
    ("name", "title", "inside"),
    [
        ("B12", "Salle B12", "salle B12"),
        ("Salle des conseils", "Salle des conseils", "salle des conseils"),
        ("salle 3", "Salle 3", "salle 3"),
        ("SALLE É", "Salle É", "salle É"),
        ("Salleron", "Salle Salleron", "salle Salleron"),
        ("CDI", "Salle CDI", "salle CDI"),
    ],
)
def test_word_salle_is_written_once(name: str, title: str, inside: str) -> None:
    assert (room_title(name), in_room(name)) == (title, inside)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, ""), (1, ""), (1.5, ""), (2, "s"), ([], ""), (["a", "b"], "s"), ("3", "s"), ("x", "")],
)
def test_plural_begins_at_two(value: object, said: str) -> None:
    assert pluralize(value) == said
    assert pluralize(value, "x,y") == ("y" if said else "x")
