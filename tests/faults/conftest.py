"""What fault tests share: a process that forks, a stand of papers, a house on a day with news."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from broken_house import ALL, ONE, Day, House, Zygote, address
from databases import Databases
from news import Stand

LONG = bool(os.environ.get("FAULTS"))  # `make faults`: every point, and hundreds of kills


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    made.close()


@pytest.fixture(scope="module")
def morning(
    lasting_databases: Databases, tmp_path_factory: pytest.TempPathFactory, zygote: Zygote
) -> Iterator[Day]:
    """Return a day whose first edition has been read."""
    with Stand() as stand:
        database = address(lasting_databases.new())
        day = Day(House(tmp_path_factory.mktemp("morning"), database, zygote, stand))
        day.begin()
        yield day


@pytest.fixture
def house(morning: Day, databases: Databases, tmp_path: Path) -> Iterator[House]:
    """Return a house of that morning, with the second edition on the stand and a new seed in the folder."""
    yield morning.continued(tmp_path, databases)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture(scope="module")
def points(
    morning: Day, lasting_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Sequence[str]:
    """Return the names of all calls of a refresh that nothing happens to."""
    house = morning.continued(tmp_path_factory.mktemp("points"), lasting_databases)
    assert house.refresh(ONE) == 0, house.said
    house.check(ONE, ALL)
    return house.reached
