"""A house whose refreshes run in processes that may be killed; its database is a URL."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import news
from invariants import (
    assert_intact,
    assert_nothing_is_left_to_do,
    assert_nothing_lost,
    assert_nothing_twice,
    shown,
)

from aggregator.store import Store
from aggregator.store.database import connect, sqlite_url

FAULTS = Path(__file__).parent
MINUTE = timedelta(minutes=1)
NOON = news.BEGIN
ONE = NOON + timedelta(hours=1)  # the second edition is out
# The second edition has dropped half of the first, joins what is known, and has news of its own.
# One event, 5, has a single paper at first: that a second one reports it is shown to subscribers once.
EARLY = tuple(item for item in news.items(range(8)) if item.event != 5 or item.paper == news.PAPERS[0])
LATE = news.items(range(4, 13), news.PAPERS[::-1])
# A seed that changes, with the same items as its beginning, and one that is new.
SEEDS = (
    news.items((0, 20), ("Nordwire",)),
    news.items((0, 20, 21), ("Nordwire",)),
    news.items((5, 11, 22), ("Meridian",)),
)
ALL = sorted({*EARLY, *LATE, *SEEDS[1], *SEEDS[2]}, key=str)


class Zygote:
    """The process that forks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(FAULTS / "zygote.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, task: dict[str, object]) -> int:
        """Have a task done by a child; return its exit code."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@dataclass
class SQLite:
    """Databases that are files."""

    def new(self, folder: Path) -> str:
        return sqlite_url(folder / "a.sqlite3").render_as_string(hide_password=False)

    def copy(self, url: str, folder: Path) -> str:
        """Copy a database as a kill left it, its log included."""
        for file in Path(url.removeprefix("sqlite:///")).parent.glob("a.sqlite3*"):
            shutil.copy(file, folder)
        return self.new(folder)


@dataclass
class House:
    """Folders, a database, and the papers that are read."""

    root: Path
    database: str
    zygote: Zygote
    stand: news.Stand
    seen: dict[str, dict[str, tuple[str, str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("feeds", "seeds"):
            (self.root / name).mkdir(exist_ok=True)

    def refresh(self, *moments: datetime, point: int = 0, action: str = "kill") -> int:
        """Refresh at these moments in one process; return its exit code."""
        task = {
            "root": str(self.root),
            "database": self.database,
            "moments": [moment.isoformat() for moment in moments],
            "point": point,
            "action": action,
            "said": str(self.root / "said"),
            "trace": str(self.root / "trace"),
        }
        return self.zygote.run(task)

    @property
    def said(self) -> str:
        return (self.root / "said").read_text("utf-8")

    @property
    def reached(self) -> list[str]:
        """Return the names of the calls of the last process that was not killed."""
        found: list[str] = json.loads((self.root / "trace").read_text("utf-8"))
        return found

    def look(self, now: datetime) -> None:
        """Read every feed as subscribers do, and hold what they saw before against it."""
        store = Store(connect(self.database))
        try:
            found = shown(store, now)
            assert set(self.seen) <= set(found), "a feed that was there is not"
            for path, entries in found.items():
                before = self.seen.setdefault(path, {})
                for one, (title, published, _) in entries.items():
                    assert before.get(one, (title, published))[:2] == (title, published), (path, one)
                before |= entries
                titles = [title for title, _, _ in before.values()]
                assert len(titles) == len(set(titles)), f"{path} shows one entry under two ids"
        finally:
            store.close()

    def check(self, now: datetime, expected: Sequence[news.Item]) -> None:
        """Hold every invariant."""
        assert_intact(self.database)
        assert_nothing_lost(self.database, expected)
        assert_nothing_twice(self.database)
        assert_nothing_is_left_to_do(self.database)
        self.look(now)


@dataclass
class Day:
    """A day with news: what happened until noon is done once, and every test goes on from there."""

    first: House
    databases: SQLite

    def begin(self) -> None:
        """Read the first edition and a seed."""
        house = self.first
        house.database = self.databases.new(house.root)
        house.stand.carry("1", EARLY)
        write(house.root / "feeds" / "coast.toml", house.stand.topic("coast", range(0, 13, 2)))
        write(house.root / "seeds" / "a.jsonl", news.seed(SEEDS[0]))
        assert house.refresh(NOON) == 0, house.said
        house.check(NOON, sorted({*EARLY, *SEEDS[0]}, key=str))

    def continued(self, folder: Path) -> House:
        """Copy the house as it is at noon, and let the day go on."""
        for name in ("feeds", "seeds"):
            shutil.copytree(self.first.root / name, folder / name)
        made = House(
            folder, self.databases.copy(self.first.database, folder), self.first.zygote, self.first.stand
        )
        made.seen = {path: dict(entries) for path, entries in self.first.seen.items()}
        made.stand.carry("2", LATE)
        write(folder / "seeds" / "a.jsonl", news.seed(SEEDS[1]))
        write(folder / "seeds" / "b.jsonl", news.seed(SEEDS[2]))
        write(folder / "feeds" / "hills.toml", made.stand.topic("hills", range(1, 13, 3)))
        return made


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
