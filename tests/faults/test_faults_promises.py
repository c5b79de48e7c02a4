"""Killed or failed in the midst of what people ask for: what they were told is done, is done."""

from pathlib import Path
from uuid import UUID

import pytest
from broken_house import MINUTE, ONE, Day, House
from conftest import LONG
from databases import Databases
from invariants import assert_intact, rows
from points import DIED
from zygote import TITLE

from aggregator.core.render import story_id

STEP = 1 if LONG else 11  # every so many calls of a database


@pytest.fixture
def story(morning: Day) -> str:
    """Return the name of the story that has most entries."""
    most = "SELECT story FROM entries GROUP BY story ORDER BY count(*) DESC, story LIMIT 1"
    ((found,),) = rows(morning.first.database, most)
    return story_id(UUID(str(found)))


def assert_done(house: House, promised: list[str]) -> None:
    """I2: what was acknowledged is there."""
    there = {str(url) for (url,) in rows(house.database, "SELECT url FROM feeds WHERE active AND added")}
    there |= {str(kind) for (kind,) in rows(house.database, "SELECT kind FROM corrections")}
    assert set(promised) <= there


@pytest.mark.parametrize("action", ["kill", "fail"])
def test_what_was_acknowledged_is_there_after_a_fault(
    morning: Day, databases: Databases, tmp_path: Path, story: str, action: str
) -> None:
    n, code, reached, counts = 0, DIED, 0, set[int]()
    while code or (action == "fail" and reached >= n):
        n += STEP
        house = morning.continued(tmp_path / str(n), databases)
        code = house.tell(story, n, action)
        reached = 0 if code == DIED else len(house.reached)
        assert_intact(house.database)
        assert_done(house, house.acknowledged)
        counts.add(len(house.acknowledged))
    assert max(counts) == 5, house.said
    assert len(counts) > 1, "it was never cut short"
    assert house.refresh(ONE) == 0, house.said
    assert_done(house, ["title", "pin", "https://2.example/feed"])


def test_a_title_given_before_a_kill_is_what_subscribers_see(house: House, story: str) -> None:
    assert house.tell(story) == 0, house.said
    assert house.refresh(ONE, point=200) == DIED
    assert house.refresh(ONE + MINUTE) == 0, house.said
    titles = {title for title, _, _ in _all(house).values()}
    assert TITLE in titles
    assert_intact(house.database)


def _all(house: House) -> dict[str, tuple[str, str, str]]:
    house.seen = {}
    house.look(ONE + MINUTE)
    return house.seen["/topics/all.atom"]
