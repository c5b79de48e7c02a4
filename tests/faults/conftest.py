"""What fault tests share: a process that forks, a stand of papers, a house on a day with news."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from broken_house import Day, House, SQLite, Zygote
from news import Stand

LONG = bool(os.environ.get("FAULTS"))  # `make faults`: every point, and hundreds of kills


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    made.close()


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Day]:
    """Return a day whose first edition has been read."""
    with Stand() as stand:
        day = Day(House(tmp_path_factory.mktemp("morning"), "", zygote, stand), SQLite())
        day.begin()
        yield day


@pytest.fixture
def house(morning: Day, tmp_path: Path) -> Iterator[House]:
    """Return a house of that morning, with the second edition on the stand and a new seed in the folder."""
    yield morning.continued(tmp_path)
    shutil.rmtree(tmp_path, ignore_errors=True)
