"""A clock put back or forward, and the two nights of the year: nothing stops, nothing grows older."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import news
import time_machine
from broken_house import ALL, LATE, MINUTE, NOON, ONE, House
from invariants import rows
from make import make_app

from aggregator.schedule import Schedule
from aggregator.store import Store
from aggregator.store.database import connect

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


def updated(house: House) -> dict[str, str]:
    """Return id -> updated of what is shown."""
    return {one: entry[2] for one, entry in house.seen["/topics/all.atom"].items()}


def test_a_clock_that_was_put_back_an_hour_stops_nothing(house: House) -> None:
    before = updated(house)
    assert house.refresh(NOON - HOUR) == 0, house.said
    house.check(NOON - HOUR, ALL)
    after = updated(house)
    assert {one for one in before if after[one] < before[one]} == set()
    shown = [
        (title, published, told) for one, (title, published, told) in house.seen["/topics/all.atom"].items()
    ]
    assert [entry for entry in shown if entry[2] < entry[1]] == []


def test_a_clock_that_ran_a_day_ahead_and_was_mended_costs_no_feed_its_turn(house: House) -> None:
    assert house.refresh(ONE + DAY) == 0, house.said
    house.look(ONE + DAY)
    house.stand.asked.clear()
    house.stand.carry("3", (*LATE, *news.items((30,))))
    assert house.refresh(ONE + 2 * MINUTE) == 0, house.said
    house.check(ONE + 2 * MINUTE, sorted({*ALL, *news.items((30,))}, key=str))
    assert len(house.stand.asked) == len(news.PAPERS)
    house.stand.asked.clear()
    assert house.refresh(ONE + 3 * MINUTE) == 0
    assert house.stand.asked == [], "they are due again only after their interval"


def test_the_nights_on_which_clocks_change_are_nights_like_others(house: House) -> None:
    for night in (datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC)):
        moments = [night + n * HOUR / 2 for n in range(6)]
        assert house.refresh(*moments) == 0, house.said
        times = [str(row[0]) for row in rows(house.database, "SELECT last_poll FROM feeds WHERE active")]
        assert all(time >= f"{night:%Y-%m-%d}" for time in times)
        app = make_app(Store(connect(house.database)), moments[-1], timezone=BERLIN.key)
        for page in ("/", "/topics/coast", "/sources"):
            assert app.test_client().get(page).status_code == 200
        assert len({moment.astimezone(BERLIN).utcoffset() for moment in moments}) == 2
    house.check(moments[-1], ALL)


def test_ticks_go_on_where_the_clock_is_put_back() -> None:
    ticks, thrice = list[datetime](), threading.Event()

    def work(now: datetime, _check: Callable[[], None]) -> None:
        ticks.append(now)
        if len(ticks) >= 3:
            thrice.set()

    def clock() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 # as the command line reads it

    schedule = Schedule(work, clock, timedelta(seconds=0.1))
    schedule.start()
    while not ticks:
        threading.Event().wait(0.01)
    with time_machine.travel(clock() - HOUR):
        assert thrice.wait(20)
        schedule.stop(patience=10)
    assert ticks[-1] < ticks[0], "the last tick was before the clock changed"
