"""Every call of a refresh, one after the other: killed there, or failed there. Some minutes: `make faults`."""

import random
from pathlib import Path

import pytest
from broken_house import ALL, MINUTE, ONE, Day
from conftest import LONG
from points import DIED

pytestmark = pytest.mark.skipif(not LONG, reason="takes some minutes: make faults")


def test_killed_at_every_call(morning: Day, tmp_path: Path) -> None:
    wrong, n, code = [], 0, DIED
    while code == DIED:
        n += 1
        folder = tmp_path / str(n)
        folder.mkdir()
        house = morning.continued(folder)
        code = house.refresh(ONE, point=n)
        try:
            house.look(ONE)
            again = house.refresh(ONE + MINUTE)
            assert again == 0, house.said
            house.check(ONE + MINUTE, ALL)
        except AssertionError as error:
            wrong.append((n, str(error)[:1500]))
            if len(wrong) > 10: break
    print(f"killed at {n - 1} calls")
    assert wrong == []


def test_each_call_fails_once(morning: Day, tmp_path: Path) -> None:
    wrong, n, ended = [], 0, False
    while not ended:
        n += 1
        folder = tmp_path / str(n)
        folder.mkdir()
        house = morning.continued(folder)
        code = house.refresh(ONE, ONE + MINUTE, point=n, action="fail")
        ended = code == 0 and not (folder / "said").read_text()
        try:
            if code == 1:
                assert house.refresh(ONE + MINUTE) == 0
            house.check(ONE + MINUTE, ALL)
        except AssertionError as error:
            wrong.append((n, str(error)[:1500], house.said[-300:]))
            if len(wrong) > 10: break
    print(f"failed at {n - 1} calls")
    assert wrong == []
