"""The split of classes over rooms keeps its promises, whatever the classes and the rooms (P5, decision 0012)."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.splitting.split import Place, split

sizes = st.lists(st.integers(min_value=0, max_value=40), max_size=8)
rooms = st.lists(st.integers(min_value=0, max_value=30), max_size=5)
hours = st.integers(min_value=1, max_value=3)


def classes_of(sizes: list[int]) -> list[list[str]]:
    return [[f"{number}-{member:02d}" for member in range(size)] for number, size in enumerate(sizes)]


def places_of(capacities: list[int], hours: int) -> list[Place]:
    return [Place(hour, capacity) for hour in range(hours) for capacity in capacities]


@given(sizes, rooms, hours)
def test_split_loses_nobody_and_seats_nobody_twice(sizes: list[int], rooms: list[int], hours: int) -> None:
    classes = classes_of(sizes)
    found = split(classes, places_of(rooms, hours))
    seen = Counter(one for seats in [*found.seated, found.left] for one in seats)
    assert seen == Counter(one for members in classes for one in members)


@given(sizes, rooms, hours)
def test_split_fills_no_place_over_its_capacity(sizes: list[int], rooms: list[int], hours: int) -> None:
    places = places_of(rooms, hours)
    found = split(classes_of(sizes), places)
    assert len(found.seated) == len(places)
    assert all(len(seats) <= place.capacity for seats, place in zip(found.seated, places, strict=True))


@given(sizes, rooms, hours)
def test_split_leaves_somebody_only_when_every_place_is_full(
    sizes: list[int], rooms: list[int], hours: int
) -> None:
    found = split(classes_of(sizes), places_of(rooms, hours))
    assert len(found.left) == max(0, sum(sizes) - sum(rooms) * hours)


@given(sizes, rooms, hours)
def test_split_gives_the_same_for_the_same(sizes: list[int], rooms: list[int], hours: int) -> None:
    one, other = (split(classes_of(sizes), places_of(rooms, hours)) for _ in range(2))
    assert one == other


@given(sizes, rooms)
def test_split_uses_a_later_hour_only_when_those_before_do_not_suffice(
    sizes: list[int], rooms: list[int]
) -> None:
    found = split(classes_of(sizes), places_of(rooms, 2))
    later = sum(len(seats) for seats in found.seated[len(rooms) :])
    assert bool(later) <= (sum(sizes) > sum(rooms))


@given(st.data())
def test_split_keeps_every_class_together_where_there_is_a_room_for_each(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=6))
    spare = data.draw(
        st.lists(st.integers(min_value=0, max_value=8), min_size=len(sizes), max_size=len(sizes))
    )
    capacities = data.draw(st.permutations([size + more for size, more in zip(sizes, spare, strict=True)]))
    found = split(classes_of(sizes), places_of(capacities, 1))
    rooms_of_class = Counter(
        number for seats in found.seated for number in {one.partition("-")[0] for one in seats}
    )
    assert set(rooms_of_class.values()) == {1}


@given(sizes, rooms, hours)
def test_split_cuts_a_class_in_its_own_order(sizes: list[int], rooms: list[int], hours: int) -> None:
    classes = classes_of(sizes)
    found = split(classes, places_of(rooms, hours))
    for number, members in enumerate(classes):
        for seats in [*found.seated, found.left]:
            piece = [one for one in seats if one.startswith(f"{number}-")]
            start = members.index(piece[0]) if piece else 0
            assert piece == members[start : start + len(piece)]


def test_split_fills_the_room_that_fits_best() -> None:
    found = split(classes_of([12, 20, 10]), places_of([24, 20, 13], 1))
    assert [len(seats) for seats in found.seated] == [10, 20, 12]


def test_split_cuts_the_class_that_fits_nowhere_over_few_rooms() -> None:
    found = split(classes_of([30, 10, 10]), places_of([25, 25], 1))
    assert [len(seats) for seats in found.seated] == [25, 25]
    assert [len([one for one in seats if one.startswith("0-")]) for seats in found.seated] == [5, 25]
