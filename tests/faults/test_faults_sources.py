"""What is read fails at once: papers down for a day, names not found."""

from collections import Counter
from datetime import timedelta

import news
from broken_house import ALL, MINUTE, ONE, House, write
from invariants import rows

HALF_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)


def test_papers_that_are_down_for_a_day_are_asked_less_and_then_all_read(house: House) -> None:
    house.stand.down = True
    try:
        house.stand.asked.clear()
        assert house.refresh(*(ONE + n * HALF_HOUR for n in range(48))) == 0, house.said
        assert max(Counter(house.stand.asked).values()) <= 10, "who is down is not hammered"
        assert {row[0] is not None for row in rows(house.database, "SELECT error FROM feeds")} == {True}
        house.look(ONE + DAY)
    finally:
        house.stand.down = False
    house.stand.asked.clear()
    moments = [ONE + DAY + n * HALF_HOUR / 3 for n in range(72)]
    assert house.refresh(*moments) == 0, house.said
    house.check(moments[-1], ALL)
    assert {row[0] for row in rows(house.database, "SELECT error FROM feeds")} == {None}
    assert set(house.stand.asked) == {f"/{paper.replace(' ', '-')}" for paper in news.PAPERS}


def test_names_that_are_not_found_lose_nothing(house: House) -> None:
    known = (house.root / "feeds" / "coast.toml").read_text()
    write(house.root / "feeds" / "coast.toml", known.replace("127.0.0.1", "nowhere.invalid"))
    (house.root / "feeds" / "hills.toml").rename(house.root / "hills.toml")
    assert house.refresh(ONE) == 0, house.said
    house.look(ONE)
    errors = {str(row[0]) for row in rows(house.database, "SELECT error FROM feeds WHERE active")}
    assert errors and all("was not found" in error for error in errors)
    write(house.root / "feeds" / "coast.toml", known)
    (house.root / "hills.toml").rename(house.root / "feeds" / "hills.toml")
    assert house.refresh(ONE + MINUTE) == 0, house.said
    house.check(ONE + MINUTE, ALL)
