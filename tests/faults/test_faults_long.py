"""Every call of a refresh, one after the other, killed there or failed there: `make faults`."""

from pathlib import Path

import pytest
from broken_house import ALL, MINUTE, ONE, Day, House
from conftest import LONG
from points import DIED

pytestmark = pytest.mark.skipif(not LONG, reason="takes half an hour: make faults")


def complaints(house: House, number: int) -> list[str]:
    """Return what is wrong after a fault and the next tick in a new process; empty: nothing."""
    try:
        house.look(ONE)
        assert house.refresh(ONE + MINUTE) == 0, house.said
        house.check(ONE + MINUTE, ALL)
    except AssertionError as error:
        return [f"{number}: {str(error)[:1500]}"]
    return []


def test_killed_at_every_call(morning: Day, tmp_path: Path) -> None:
    wrong, n, code = list[str](), 0, DIED
    while code == DIED:
        n += 1
        house = morning.continued(folder(tmp_path, n))
        code = house.refresh(ONE, point=n)
        wrong += complaints(house, n)
    print(f"killed at {n - 1} calls")
    assert wrong == []
    assert n > 200


def test_each_call_fails_once(morning: Day, tmp_path: Path) -> None:
    house = morning.continued(folder(tmp_path, 0))
    house.refresh(ONE)
    calls, wrong = len(house.reached), list[str]()
    for n in range(1, calls + 1):
        house = morning.continued(folder(tmp_path, n))
        # The same process goes on: what it remembers must be true after a failure, too.
        house.refresh(ONE, ONE + MINUTE, point=n, action="fail")
        wrong += complaints(house, n)
    print(f"failed at {calls} calls")
    assert wrong == []


def folder(tmp_path: Path, number: int) -> Path:
    made = tmp_path / str(number)
    made.mkdir()
    return made
