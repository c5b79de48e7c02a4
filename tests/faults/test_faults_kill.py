"""Killed at a point of a refresh, or one call failed there: the next tick goes on as if nothing had been."""

from collections.abc import Sequence

import pytest
from broken_house import ALL, MINUTE, ONE, House
from points import DIED

# In the midst of what a refresh writes, and after each commit; `make faults` takes every call.
NAMED = (
    "refresh follow: INSERT INTO topics",
    "read_seeds save_seed: {many} origins",
    "read_seeds save_seed: after commit",
    "poll claim_feeds: after commit",
    "_poll_claimed save_polls: UPDATE feeds SET",
    "_poll_claimed save_polls: {many} entries",
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
MANY = {"sqlite": "INSERT INTO", "postgresql": "COPY"}  # how many rows are written at once


def number_of(name: str, points: Sequence[str], house: House) -> int:
    """Return the number of the first call of a name."""
    return points.index(name.format(many=MANY[house.url.get_backend_name()])) + 1


@pytest.mark.parametrize("name", NAMED)
def test_a_refresh_that_was_killed_is_finished_by_the_next(
    house: House, points: Sequence[str], name: str
) -> None:
    assert house.refresh(ONE, point=number_of(name, points, house)) == DIED
    house.assert_kept()
    house.look(ONE)
    assert house.refresh(ONE + MINUTE) == 0, house.said
    house.check(ONE + MINUTE, ALL)


@pytest.mark.parametrize("name", [name for name in NAMED if "after" not in name])
def test_a_call_that_failed_is_made_good_at_the_next_tick(
    house: House, points: Sequence[str], name: str
) -> None:
    assert house.refresh(ONE, ONE + MINUTE, point=number_of(name, points, house), action="fail") == 0, (
        house.said
    )
    assert "disk I/O error" in house.said or "No space left" in house.said
    house.check(ONE + MINUTE, ALL)
