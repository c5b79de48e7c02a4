"""Hostile and plentiful input: the work stays bounded, counted in rows compared rather than in seconds."""

from dataclasses import replace
from typing import Any

import pytest

from aggregator.core.stories import Engine
from aggregator.core.stories.settings import SETTINGS
from aggregator.core.stories.window import Ints, Window
from aggregator.model import Live, Stored
from tests.arrivals import Ledger, arrival, collection, group, in_batches, mint, partition


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count for how many rows candidates are looked up."""
    counts: list[int] = []
    nearest = Window.nearest

    def counted(self: Window, rows: Ints) -> Any:
        counts.append(len(rows))
        return nearest(self, rows)

    monkeypatch.setattr(Window, "nearest", counted)
    return counts


def test_twelve_thousand_equal_titles_are_one_story_and_one_comparison(compared: list[int]) -> None:
    entries = [arrival(number, "Storm hits the northern coast of the island") for number in range(12_000)]

    stories = group(entries, 4_000).stories()

    assert len(set(stories.values())) == 1
    assert sum(compared) == 1


def test_a_flood_of_slightly_changed_copies_is_one_story_and_one_comparison(compared: list[int]) -> None:
    body = " ".join(f"word{place}" for place in range(150))
    entries = [
        arrival(number, f"Storm report {number}", f"{body} edition {number}", publisher=f"P{number % 40}")
        for number in range(2_000)
    ]

    stories = group(entries, 500).stories()

    assert len(set(stories.values())) == 1
    assert sum(compared) == 1


def test_a_flood_of_numbered_titles_looks_back_only_a_few_rows_each(compared: list[int]) -> None:
    entries = [arrival(number, f"Storm number {number} hits the northern coast") for number in range(3_000)]

    group(entries, 500)

    assert sum(compared) <= (1 + SETTINGS.relook) * len(entries)


def test_candidates_of_an_entry_are_bounded() -> None:
    entries = [
        arrival(n, f"Harbour council budget debate, item {n} of {n + 1}", publisher=f"P{n}")
        for n in range(400)
    ]
    engine = Engine(mint())
    for batch in in_batches(entries, 100):
        engine.add(batch)
    window = engine._window

    candidates, _ = window.nearest(window.arrivals(before=10))

    assert candidates.shape == (10, SETTINGS.candidates)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("word " * 1_000_000, ""),
        ("x" * 5_000_000, "y" * 5_000_000),
        ("- " * 100_000, "| " * 100_000),
        ("video " + "!" * 100_000, ""),
        ("\u200b", "\u0301" * 1000),
        ("The of and", "said to be"),
        ("?", ""),
    ],
)
def test_odd_and_enormous_texts_are_placed(title: str, text: str) -> None:
    entries = [arrival(1, title, text), arrival(2, "Storm Edda hits coast"), arrival(3, title + " ", text)]

    assert set(group(entries, 2).stories()) == {1, 2, 3}


def test_entries_beyond_the_newest_are_forgotten_and_stories_go_on() -> None:
    entries, labels = collection("mixed")
    engine, ledger = Engine(mint(), replace(SETTINGS, live=40)), Ledger()
    fillers = [
        arrival(-n, f"Item{n}a item{n}b item{n}c item{n}d", f"filler{n}e filler{n}f") for n in range(300)
    ]

    for batch in (*in_batches(fillers[::-1], 30), *in_batches(entries, 5)):
        ledger.note(batch, engine.add(batch))

    stories = ledger.stories()
    assert partition({number: stories[number] for number in labels}) == partition(labels)
    assert len(engine._window) <= 60 + 5
    assert len(engine._window.stems) < 40 * 60


def test_room_is_made_for_old_entries_that_come_late_too() -> None:
    entries = [arrival(100 - n, f"Item{n}a item{n}b item{n}c item{n}d") for n in range(100)]
    engine = Engine(mint(), replace(SETTINGS, live=20))

    for batch in in_batches(entries, 5):
        engine.add(batch)

    window = engine._window
    assert sorted(window.ids.values[window.alive.values].tolist()) == list(range(81, 101))
    assert len(window) <= 20 + 20 // 4


def test_making_room_changes_no_story() -> None:
    entries, _ = collection("mixed")
    newer = [replace(stored, id=stored.id + 10_000) for stored in entries[1::2]]
    fillers = [arrival(n, f"Item{n}a item{n}b item{n}c item{n}d") for n in range(-200, 0)]
    alone, crowded = group(newer, 5), Ledger()
    engine = Engine(mint(), replace(SETTINGS, live=len(newer)))

    for batch, more in zip(in_batches(newer, 5), in_batches(fillers, 20), strict=False):
        crowded.note(batch, engine.add(batch))
        engine.add(more)  # older than what is live: they are forgotten at once

    assert partition(crowded.stories()) == partition(alone.stories())


def test_stems_that_only_copies_have_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.core.stories.window.LITTER", 500)
    body, engine = " ".join(f"word{place}" for place in range(150)), Engine(mint())
    entries = [arrival(n, f"Report {n}", f"{body} {n}edition {n}place", publisher="P") for n in range(2_000)]

    for batch in in_batches(entries, 100):
        engine.add(batch)

    assert len(engine._window) == 1
    assert len(engine._window.stems) < 500 + 100 * 3 + 2 * 160


def test_a_forgotten_story_is_not_joined_again() -> None:
    engine = Engine(mint(), replace(SETTINGS, live=20))
    (first,) = engine.add([arrival(1, "Comet Larsen-Ito visible to naked eye")]).placements
    engine.add([arrival(100 + n, f"Item{n}a item{n}b item{n}c item{n}d") for n in range(60)])

    (again,) = engine.add([arrival(2, "Comet Larsen-Ito visible to naked eye")]).placements

    assert again.story != first.story


def test_a_restored_engine_forgets_as_well() -> None:
    small = replace(SETTINGS, live=20)
    first = Engine(mint(), small)
    entries: list[Stored] = [arrival(n, f"Item{n}a item{n}b item{n}c item{n}d") for n in range(100)]
    placed = {p.entry: p for p in first.add(entries).placements}
    second = Engine(mint(), small)

    second.restore(Live(placed[stored.id], stored=stored) for stored in entries)

    assert len(second._window.arrivals(before=1_000)) == 20
