"""A house whose refreshes run in processes that may be killed; its database is a URL."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import news
import sqlalchemy as sa
from databases import Databases
from invariants import (
    SUFFIXES,
    assert_intact,
    assert_nothing_is_left_to_do,
    assert_nothing_lost,
    assert_nothing_twice,
    rows,
    shown,
)

from aggregator.store import Store
from aggregator.store.database import connect

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
SEEDED = {sha256(news.seed(found).encode()).hexdigest(): found for found in SEEDS}
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
        self._process.wait(60)
        self._process.stdout.close()


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

    def refresh(self, *moments: datetime, point: int = 0, action: str = "kill", after: float = 0.0) -> int:
        """Refresh at these moments in one process; return its exit code.

        point: the call to its database at which something is done to it; after: seconds until it is killed;
        0: never.
        """
        return self._do(point, action, job="refresh", moments=[m.isoformat() for m in moments], after=after)

    def tell(self, story: str, point: int = 0, action: str = "kill") -> int:
        """Follow feeds and rename a story, as people do over HTTP and by command; return the exit code."""
        return self._do(
            point, action, job="tell", story=story, acknowledged=str(self.root / "acknowledged"), after=0.0
        )

    def _do(self, point: int, action: str, **task: object) -> int:
        places = {name: str(self.root / name) for name in ("said", "trace")}
        here = {"root": str(self.root), "database": self.database, "point": point, "action": action}
        return self.zygote.run(here | places | task)

    @property
    def acknowledged(self) -> list[str]:
        """Return what people were told was done."""
        path = self.root / "acknowledged"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    @property
    def url(self) -> sa.URL:
        return sa.make_url(self.database)

    @property
    def said(self) -> str:
        return (self.root / "said").read_text("utf-8")

    @property
    def reached(self) -> list[str]:
        """Return the names of the calls of the last process that was not killed."""
        found: list[str] = json.loads((self.root / "trace").read_text("utf-8"))
        return found

    def assert_kept(self) -> None:
        """I2: what was taken in is there; who is asked for news since then brings it no more."""
        titles = {title for (title,) in rows(self.database, "SELECT title FROM entries")}
        tags = dict(rows(self.database, "SELECT url, etag FROM feeds"))
        digests = dict(rows(self.database, "SELECT name, digest FROM seeds"))
        taken = {
            *(item for url, tag in tags.items() for item in self.stand.under(str(url), tag)),
            *(item for name, digest in digests.items() for item in SEEDED.get(digest, ())),
        }
        assert {item.title for item in taken} <= titles

    def look(self, now: datetime, suffixes: Sequence[str] = SUFFIXES) -> None:
        """Read feeds as subscribers do, and hold what they saw before against it."""
        store = Store(connect(self.database))
        try:
            found = shown(store, now, suffixes)
            wanted = {path for path in self.seen if path.partition("?")[0].endswith(tuple(suffixes))}
            assert wanted <= set(found), "a feed that was there is not"
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

    def begin(self) -> None:
        """Read the first edition and a seed."""
        house = self.first
        house.stand.carry("1", EARLY)
        write(house.root / "feeds" / "coast.toml", house.stand.topic("coast", range(0, 13, 2)))
        write(house.root / "seeds" / "a.jsonl", news.seed(SEEDS[0]))
        assert house.refresh(NOON) == 0, house.said
        house.check(NOON, sorted({*EARLY, *SEEDS[0]}, key=str))

    def continued(self, folder: Path, databases: Databases) -> House:
        """Copy the house as it is at noon, and let the day go on."""
        folder.mkdir(exist_ok=True)
        for name in ("feeds", "seeds"):
            shutil.copytree(self.first.root / name, folder / name)
        database = databases.new(sa.make_url(self.first.database))
        made = House(folder, address(database), self.first.zygote, self.first.stand)
        made.seen = {path: dict(entries) for path, entries in self.first.seen.items()}
        made.stand.carry("2", LATE)
        write(folder / "seeds" / "a.jsonl", news.seed(SEEDS[1]))
        write(folder / "seeds" / "b.jsonl", news.seed(SEEDS[2]))
        write(folder / "feeds" / "hills.toml", made.stand.topic("hills", range(1, 13, 3)))
        return made


def address(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
