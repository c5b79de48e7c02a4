"""Entries that arrive to be grouped, and a stand-in for the store that keeps what the engine decided."""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from aggregator.core.stories import Engine
from aggregator.model import Entry, Grouping, Live, Placement, Stored

COLLECTIONS = Path(__file__).parent / "data" / "grouping"
SEEN = datetime(2026, 3, 10, tzinfo=UTC)


def arrival(number: int, title: str, text: str = "", **others: Any) -> Stored:
    """Make an entry as it arrives; `publisher`, `published` and the like go into it."""
    publisher = others.get("publisher")
    return Stored(
        number, Entry(title, text, **others), SEEN, publisher_key=publisher and publisher.casefold()
    )


def collection(name: str) -> tuple[list[Stored], dict[int, str]]:
    """Read a collection: its entries, and the story of each by id."""
    lines = (COLLECTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    entries = [
        arrival(
            row["id"],
            row["title"],
            row["body"],
            publisher=row["publisher"],
            published=row["published"] and datetime.fromisoformat(row["published"]),
        )
        for row in rows
    ]
    return entries, {row["id"]: row["story"] for row in rows}


def mint() -> Callable[[], UUID]:
    """Return a maker of story ids: 1, 2, 3 …"""
    numbers = count(1)
    return lambda: UUID(int=next(numbers))


def partition(labels: Mapping[int, Hashable]) -> frozenset[frozenset[int]]:
    """Return the groups, whatever they are called."""
    groups: dict[Hashable, set[int]] = defaultdict(set)
    for entry, label in labels.items():
        groups[label].add(entry)
    return frozenset(map(frozenset, groups.values()))


def in_batches(entries: Sequence[Stored], size: int) -> Iterable[Sequence[Stored]]:
    """Cut entries into batches."""
    return (entries[at : at + size] for at in range(0, len(entries), size))


@dataclass
class Ledger:
    """What a store would keep: the placement of each entry, merges applied."""

    mint: Callable[[], UUID] = field(default_factory=mint)
    placed: dict[int, tuple[Stored, Placement]] = field(default_factory=dict)
    groupings: list[Grouping] = field(default_factory=list)
    notes: dict[int, bytes] = field(default_factory=dict)

    def note(self, batch: Iterable[Stored], grouping: Grouping) -> None:
        """Apply what a batch changed."""
        self.groupings.append(grouping)
        self.notes |= dict(grouping.notes)
        entries = {stored.id: stored for stored in batch} | {
            key: stored for key, (stored, _) in self.placed.items()
        }
        self.placed |= {one.entry: (entries[one.entry], one) for one in grouping.placements}
        for elder, younger in grouping.merges:
            for key, (stored, one) in self.placed.items():
                if one.story == younger:
                    self.placed[key] = stored, replace(one, story=elder)

    def restored(self) -> Engine:
        """Return a new engine that knows what is kept here."""
        engine = Engine(self.mint)
        stored = {key: self.placed[key] for key in sorted(self.placed)}
        engine.restore(Live(one, self.notes[key]) for key, (_, one) in stored.items())
        engine.read(stored[key][0] for key in engine.unread())
        return engine

    def stories(self) -> dict[int, UUID]:
        """Return the story of each entry."""
        return {key: placement.story for key, (_, placement) in self.placed.items()}

    def reasons(self) -> dict[int, Placement]:
        """Return the placement of each entry."""
        return {key: placement for key, (_, placement) in self.placed.items()}


def group(entries: Sequence[Stored], size: int = 100) -> Ledger:
    """Let entries arrive in batches at one engine; return what became of them."""
    ledger = Ledger()
    engine = Engine(ledger.mint)
    for batch in in_batches(entries, size):
        ledger.note(batch, engine.add(batch))
    return ledger
