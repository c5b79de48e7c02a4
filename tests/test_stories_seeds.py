"""The two seed documents the project was asked for, grouped as expected in whatever order they arrive."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.core.identity import publisher_key
from aggregator.core.seeds import read_seed
from aggregator.model import Document, Entry, Stored
from tests.arrivals import SEEN, group, partition

pytestmark = pytest.mark.shared
NOW = datetime(2026, 3, 10, tzinfo=UTC)
UNTOUCHED = 8  # draws of 1,000 other entries
ENOUGH = 7  # of them in which the seeds' stories must come out exactly, without strangers


@pytest.fixture
def seeds(shared: Path) -> tuple[list[Entry], list[str]]:
    """Return the entries of both documents and the story of each."""
    expected: dict[str, Any] = json.loads((shared / "seeds" / "expected.json").read_text(encoding="utf-8"))
    entries: list[Entry] = []
    labels: list[str] = []
    for name, wanted in expected.items():
        if isinstance(wanted, dict):
            story = {one["title"]: one["story"] for one in wanted["entries"]}
            read = read_seed(Document(name, (shared / "seeds" / name).read_bytes()), NOW)
            entries += read
            labels += [story[entry.title] for entry in read]
    return entries, labels


def stored(entries: list[Entry]) -> list[Stored]:
    return [
        Stored(number, entry, SEEN, publisher_key(entry.publisher)) for number, entry in enumerate(entries)
    ]


@pytest.mark.parametrize("size", range(1, 12))
def test_the_seeds_are_grouped_as_expected(seeds: tuple[list[Entry], list[str]], size: int) -> None:
    for draw in range(20):
        pairs = list(zip(*seeds, strict=True))
        random.Random(draw * 11 + size).shuffle(pairs)

        stories = group(stored([entry for entry, _ in pairs]), size).stories()

        assert partition(stories) == partition({n: label for n, (_, label) in enumerate(pairs)}), (
            f"draw {draw}"
        )


def test_the_seeds_stay_as_they_are_among_a_thousand_other_entries(
    seeds: tuple[list[Entry], list[str]], shared: Path
) -> None:
    lines = (shared / "data" / "grouping" / "neus_dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    exact = 0
    for draw in range(UNTOUCHED):
        chance = random.Random(draw)
        pairs = [*zip(*seeds, strict=True), *((other(row), "") for row in chance.sample(rows, 1_000))]
        chance.shuffle(pairs)

        stories = group(stored([entry for entry, _ in pairs])).stories()

        ours = {number: label for number, (_, label) in enumerate(pairs) if label}
        named = {stories[number]: label for number, label in ours.items()}
        found = {number: named[story] for number, story in stories.items() if story in named}
        exact += found == ours and partition({n: stories[n] for n in ours}) == partition(ours)

    assert exact >= ENOUGH


def other(row: dict[str, Any]) -> Entry:
    published = datetime.fromisoformat(row["published"]) if row["published"] else None
    entry = Entry(row["title"], row["body"] or "", publisher=row["source"])
    return replace(entry, published=published)
