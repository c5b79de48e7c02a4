"""Killed at a point of a refresh, or one call failed there: the next tick goes on as if nothing had been."""

from collections.abc import Sequence

import pytest
from broken_house import ALL, MINUTE, ONE, Day, House
from points import DIED

# In the midst of what a refresh writes, and after each commit; `make faults` takes every call.
NAMED = (
    "refresh follow: INSERT INTO topics",
    "read_seeds save_seed: INSERT INTO origins",
    "read_seeds save_seed: after commit",
    "poll claim_feeds: after commit",
    "_poll_claimed save_polls: UPDATE feeds SET",
    "_poll_claimed save_polls: INSERT INTO entries",
    "_poll_claimed save_polls: before commit",
    "_poll_claimed save_polls: after commit",
    "_group_batch apply: after commit",
    "file_earlier all_filed: after commit",
    "_tell_chunk save_told: after commit",
    "_tell_chunk claim_ids: after commit",
    "_admit admit: after commit",
    "_admit_entries admit_entries: after commit",
    "tell_stories all_told: after commit",
    "render_topic save_documents: INSERT INTO documents",
    "render_topic save_documents: after commit",
)


@pytest.fixture(scope="module")
def points(morning: Day, tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    """Return the names of all calls of a refresh that nothing happens to."""
    house = morning.continued(tmp_path_factory.mktemp("points"))
    assert house.refresh(ONE) == 0, house.said
    house.check(ONE, ALL)
    return house.reached


def test_every_named_point_is_reached(points: Sequence[str]) -> None:
    assert [name for name in NAMED if name not in points] == []


@pytest.mark.parametrize("name", NAMED)
def test_a_refresh_that_was_killed_is_finished_by_the_next(
    house: House, points: Sequence[str], name: str
) -> None:
    assert house.refresh(ONE, point=points.index(name) + 1) == DIED
    house.look(ONE)
    assert house.refresh(ONE + MINUTE) == 0, house.said
    house.check(ONE + MINUTE, ALL)


@pytest.mark.parametrize("name", [name for name in NAMED if "after" not in name])
def test_a_call_that_failed_is_made_good_at_the_next_tick(
    house: House, points: Sequence[str], name: str
) -> None:
    assert house.refresh(ONE, ONE + MINUTE, point=points.index(name) + 1, action="fail") == 0, house.said
    assert "disk I/O error" in house.said
    house.check(ONE + MINUTE, ALL)
