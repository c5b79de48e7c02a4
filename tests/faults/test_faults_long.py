"""Every call of a refresh, one after the other, killed there or failed there: `make faults`."""

import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from broken_house import ALL, LATE, MINUTE, ONE, SEEDS, Day, House, address
from conftest import LONG
from databases import Databases
from invariants import assert_intact
from points import DIED

pytestmark = pytest.mark.skipif(not LONG, reason="takes most of an hour: make faults")

PARTS = 4  # of what takes long, so that they may be tested beside each other
MOMENTS = 100  # at which it is killed
FETCHING = 0.05  # seconds that a paper lets us wait, so that kills come then too
ONLY_OF_SERVERS = ("cut", "lose")


def complaints(house: House, what: object) -> list[str]:
    """Return what is wrong after a fault and the next tick in a new process; empty: nothing."""
    try:
        house.assert_kept()
        house.look(ONE, ["atom"])
        assert house.refresh(ONE + MINUTE) == 0, house.said
        house.check(ONE + MINUTE, ALL)
    except AssertionError as error:
        return [f"{what}: {str(error)[:1500]}"]
    return []


def end(house: House, databases: Databases) -> None:
    """Do away with a house: hundreds of them would need room."""
    databases.drop(house.url)
    shutil.rmtree(house.root)


def first_of_each(points: Sequence[str], part: int) -> list[int]:
    """Return the numbers of calls that have another name than all before, of one part of them."""
    return [n for n, name in enumerate(points, 1) if name not in points[: n - 1]][part::PARTS]


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_every_point(
    morning: Day, points: Sequence[str], databases: Databases, tmp_path: Path, part: int
) -> None:
    wrong, chosen = list[str](), first_of_each(points, part)
    for n in chosen:
        house = morning.continued(tmp_path / str(n), databases)
        code = house.refresh(ONE, point=n)
        wrong += [f"{n}: ended with {code}"] * (code != DIED) + complaints(house, f"{n} {points[n - 1]}")
        end(house, databases)
    print(f"{databases.name}: killed at {len(chosen)} points")
    assert wrong == []


def test_killed_at_random_moments(morning: Day, databases: Databases, tmp_path: Path) -> None:
    morning.first.stand.delay = FETCHING
    began = time.monotonic()
    assert morning.continued(tmp_path / "0", databases).refresh(ONE) == 0
    usual, wrong, killed = time.monotonic() - began, list[str](), 0
    for n in range(1, MOMENTS + 1):
        house, after = morning.continued(tmp_path / str(n), databases), random.uniform(0.001, usual)
        killed += house.refresh(ONE, after=after) == DIED
        wrong += complaints(house, f"after {after:.3f} s")
        end(house, databases)
    morning.first.stand.delay = 0
    print(f"{databases.name}: killed at {killed} moments of {usual:.2f} s")
    assert wrong == []
    assert killed > MOMENTS // 2


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("action", ["fail", *ONLY_OF_SERVERS])
def test_each_call_goes_wrong_once(
    morning: Day, databases: Databases, tmp_path: Path, action: str, part: int
) -> None:
    if databases.name == "sqlite" and action in ONLY_OF_SERVERS:
        pytest.skip("there is no line to a file that could be cut")
    wrong, n, passed = list[str](), part + 1, False
    while not passed:
        house = morning.continued(tmp_path / str(n), databases)
        # The same process goes on: what it remembers must be true after a failure, too.
        house.refresh(ONE, ONE + MINUTE, point=n, action=action)
        passed = len(house.reached) < n
        wrong += complaints(house, f"{n} of {len(house.reached)}")
        end(house, databases)
        n += PARTS
    print(f"{databases.name}: {action} at {n // PARTS - 1} calls")
    assert wrong == []


def test_killed_while_it_makes_its_tables(morning: Day, databases: Databases, tmp_path: Path) -> None:
    house = morning.continued(tmp_path / "first", databases)
    house.database, house.seen, n, code = address(databases.bare()), {}, 0, DIED
    while code == DIED:
        n += 3
        code = house.refresh(point=n)
        assert_intact(house.database)
    print(f"{databases.name}: killed at {n // 3} calls of the first start")
    assert house.refresh(ONE) == 0, house.said
    house.check(ONE, sorted({*LATE, *SEEDS[1], *SEEDS[2]}, key=str))
