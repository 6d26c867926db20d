"""Which sessions stand in each other's way (P11)."""

from datetime import UTC, datetime, timedelta

from sessions_app.timetable.clashes import Clash, Slot, conflicts, end_of

TEN = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def slot(key: int, begin: int, *, minutes: int = 120, room: str = "B12", proctors: str = "") -> Slot:
    start = TEN + timedelta(minutes=begin)
    return Slot(key, 100_000 + key, "Site", room, start, start + timedelta(minutes=minutes), proctors)


def test_a_session_lasts_until_the_largest_extra_time_is_over() -> None:
    # 15 min of preparation, 105 of test, 35 for a third (33 %).
    assert end_of(TEN, 105, None) == TEN + timedelta(minutes=120)
    assert end_of(TEN, 105, 33) == TEN + timedelta(minutes=155)


def test_same_room_at_once_is_a_conflict_and_back_to_back_is_none() -> None:
    first, touching, inside = slot(1, 0), slot(2, 120), slot(3, 119, room="b 12")
    assert conflicts([first, touching], {}) == []
    [found] = conflicts([first, inside], {})
    assert (found.clash, found.names, found.slots) == (Clash.ROOM, ["B12"], [first, inside])


def test_a_chain_of_three_is_told_once() -> None:
    chain = [slot(1, 0), slot(2, 100), slot(3, 200)]
    [found] = conflicts(chain, {})
    assert found.slots == chain


def test_a_short_session_inside_a_long_one_does_not_end_the_run() -> None:
    long, short, late = slot(1, 0, minutes=300), slot(2, 10, minutes=20), slot(3, 200)
    [found] = conflicts([long, short, late], {})
    assert found.slots == [long, short, late]


def test_other_room_or_other_site_is_no_conflict() -> None:
    other_site = Slot(2, 2, "Annexe", "B12", TEN, TEN + timedelta(hours=2), "")
    assert conflicts([slot(1, 0), slot(2, 0, room="C04")], {}) == []
    assert conflicts([slot(1, 0), other_site], {}) == []


def test_same_proctor_is_found_in_any_spelling_and_named_once_for_the_same_sessions() -> None:
    one = slot(1, 0, proctors="Perrine Essai, Luc Démo")
    two = slot(2, 30, room="C04", proctors="Mme ESSAI Perrine et luc demo")
    apart = slot(3, 300, room="CDI", proctors="Perrine Essai")
    [found] = conflicts([one, two, apart], {})
    assert (found.clash, found.slots) == (Clash.PROCTOR, [one, two])
    assert len(found.names) == 2


def test_somebody_named_twice_in_one_session_is_no_conflict() -> None:
    assert conflicts([slot(1, 0, proctors="Perrine Essai et Perrine Essai")], {}) == []


def test_pupils_of_the_same_two_sessions_are_told_together() -> None:
    one, two = slot(1, 0), slot(2, 30, room="C04")
    later = slot(3, 400, room="CDI")
    pupils = {
        "A": ("Ana A", [one, two]),
        "B": ("Bo B", [two, one]),
        "C": ("Cléo C", [one, later]),
    }
    [found] = conflicts([one, two, later], pupils)
    assert (found.clash, found.names, found.slots) == (Clash.PUPIL, ["Ana A", "Bo B"], [one, two])
