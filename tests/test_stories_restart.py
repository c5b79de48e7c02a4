"""A restart changes nothing: an engine restored from the store goes on as the first one would have."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from aggregator.core.stories import Engine
from aggregator.core.stories.settings import SETTINGS
from aggregator.model import Live, Stored
from aggregator.store.noted import LIVE_ENTRIES
from tests.arrivals import Ledger, arrival, collection, group, in_batches


def grouped_with_restarts(entries: list[Stored], size: int) -> Ledger:
    ledger = Ledger()
    for batch in in_batches(entries, size):
        ledger.note(batch, ledger.restored().add(batch))
    return ledger


@pytest.mark.parametrize("name", ["mixed", "beat", "titles"])
@pytest.mark.parametrize("size", [1, 4, 7])
def test_restarting_before_every_batch_gives_the_same_placements(name: str, size: int) -> None:
    entries, _ = collection(name)

    assert grouped_with_restarts(entries, size).reasons() == group(entries, size).reasons()


def test_copies_are_remembered_across_a_restart() -> None:
    titles = ["Storm Edda cuts power along the coast", "Ferry Terna runs aground in fog"]
    entries = [arrival(n, titles[n % 2], publisher=f"P{n % 5}") for n in range(1, 30)]

    with_restarts = grouped_with_restarts(entries, 4)

    assert with_restarts.reasons() == group(entries, 4).reasons()
    assert len(set(with_restarts.stories().values())) == 2


def test_restoring_decides_nothing_and_mints_nothing() -> None:
    entries, _ = collection("mixed")
    ledger = group(entries)

    def refuse() -> None:
        raise AssertionError("a story id was minted")

    engine = Engine(refuse)  # type: ignore[arg-type]
    engine.restore(Live(one, stored=stored) for stored, one in ledger.placed.values())
    grouping = engine.add([])

    assert grouping.placements == ()


def test_a_restart_brings_back_as_many_entries_as_an_engine_remembers() -> None:
    assert SETTINGS.live == LIVE_ENTRIES


@pytest.mark.shared
def test_a_thousand_real_entries_are_placed_alike_with_and_without_restarts(shared: Path) -> None:
    lines = (shared / "data" / "grouping" / "uci_dev.jsonl").read_text(encoding="utf-8").splitlines()[:1000]
    rows = [json.loads(line) for line in lines]
    entries = [
        arrival(
            number,
            row["title"],
            row["body"] or "",
            publisher=row["source"],
            published=row["published"] and datetime.fromisoformat(row["published"]),
        )
        for number, row in enumerate(rows)
    ]

    assert grouped_with_restarts(entries, 100).reasons() == group(entries, 100).reasons()
