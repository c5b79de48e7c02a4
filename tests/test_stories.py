"""The grouping: what becomes one story, what stays apart, and how it is explained."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.core.stories import Engine, group_all
from aggregator.model import Rule, Stored
from tests.arrivals import Ledger, arrival, collection, group, in_batches, mint, partition

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MIXED, BEAT, TITLES = "mixed", "beat", "titles"


def shuffled(entries: list[Stored], seed: int) -> list[Stored]:
    order = entries[:]
    random.Random(seed).shuffle(order)
    return order


def renumbered(entries: list[Stored]) -> list[Stored]:
    """Give entries ids in their present order, as a store does."""
    return [replace(stored, id=number) for number, stored in enumerate(entries, 1)]


# ---- what becomes one story


@pytest.mark.parametrize("name", [MIXED, BEAT, TITLES])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_news_is_grouped_by_event_in_whatever_order_and_batches_it_comes(name: str, size: int) -> None:
    entries, labels = collection(name)
    wanted = partition(labels)

    for seed in range(6):
        order = shuffled(entries, seed)
        stories = group(renumbered(order), size).stories()
        found = {stored.id: stories[number] for number, stored in enumerate(order, 1)}
        assert partition(found) == wanted, f"order {seed}"


def test_affairs_of_different_kinds_do_not_mix() -> None:
    parts = [collection(name) for name in (MIXED, BEAT, TITLES)]
    entries = [stored for part, _ in parts for stored in part]
    labels = [label for _, part in parts for label in part.values()]

    stories = group(renumbered(entries), 10).stories()

    assert partition(stories) == partition(dict(enumerate(labels, 1)))


@pytest.mark.parametrize("name", [MIXED, BEAT, TITLES])
def test_the_order_within_a_batch_changes_nothing_at_all(name: str) -> None:
    entries, _ = collection(name)
    ledgers = []
    for seed in range(3):
        ledger = Ledger()
        engine = Engine(ledger.mint)
        for batch in in_batches(entries, 6):
            order = shuffled(list(batch), seed)
            ledger.note(order, engine.add(order))
        ledgers.append(ledger)

    assert ledgers[0].reasons() == ledgers[1].reasons() == ledgers[2].reasons()


def test_the_same_entries_give_the_same_stories_in_another_process() -> None:
    program = (
        "from tests.arrivals import collection, group\n"
        "for name in ('mixed', 'beat', 'titles'):\n"
        "    print(sorted(group(collection(name)[0], 4).reasons().items()))\n"
    )
    root = Path(__file__).parents[1]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "77")
    }

    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def test_beats_are_grouped_apart() -> None:
    entries, _ = collection(TITLES)
    twice = [replace(one, id=one.id + 100 * at, beat=beat) for at, beat in enumerate("pq") for one in entries]

    stories = group_all(twice, 5, mint())

    assert not {stories[one.id] for one in twice if one.beat == "p"} & {
        stories[one.id] for one in twice if one.beat == "q"
    }
    assert partition({one.id: stories[one.id] for one in twice if one.beat == "q"}) == partition(
        {one.id: stories[one.id - 100] for one in twice if one.beat == "q"}
    )


def test_grouping_all_agrees_with_batch_after_batch() -> None:
    entries, _ = collection(MIXED)

    assert group_all(entries, 3, mint()) == group(entries, 3).stories()


def test_nothing_arriving_changes_nothing() -> None:
    entries, _ = collection(MIXED)
    engine = Engine(mint())
    engine.add(entries)

    grouping = engine.add([])

    assert (grouping.placements, grouping.merges) == ((), ())


# ---- time


def report(number: int, days: float, title: str, **others: str) -> Stored:
    return arrival(number, title, published=NOON + timedelta(days=days), **others)


def test_an_entry_outside_the_window_opens_a_new_story() -> None:
    text = "Gusts of 38 metres a second were measured at the Skarv lighthouse as the storm reached the coast."
    near = group(
        [
            report(1, 0, "Storm batters Skarv coast", text=text),
            report(2, 1, "Skarv coast hit by storm", text=text),
        ]
    )
    far = group(
        [
            report(1, 0, "Storm batters Skarv coast", text=text),
            report(2, 5, "Skarv coast hit by storm", text=text),
        ]
    )

    assert len(set(near.stories().values())) == 1
    assert len(set(far.stories().values())) == 2


def test_an_unknown_date_matches_any_time() -> None:
    entries = [
        report(1, 0, "Storm Edda batters Skarv lighthouse coast"),
        arrival(2, "Skarv lighthouse coast battered by storm Edda"),
    ]

    assert len(set(group(entries).stories().values())) == 1


def test_undated_entries_stay_while_dated_ones_pass() -> None:
    entries, labels = collection(BEAT)
    between = [
        report(100 + day, day, f"Council of town {day} debates budget item {day * 7}") for day in range(40)
    ]

    stories = group([*entries[::2], *between, *entries[1::2]], 5).stories()

    assert partition({number: stories[number] for number in labels}) == partition(labels)


def test_old_news_read_late_groups_as_it_would_have_then() -> None:
    entries, labels = collection(MIXED)
    old = [
        replace(
            one,
            id=one.id + 50,
            entry=replace(one.entry, published=one.entry.published - timedelta(days=2000)),
        )
        for one in entries
        if one.entry.published
    ]

    stories = group([*entries, *old], 4).stories()

    assert partition({one.id: stories[one.id] for one in old}) == partition(
        {number + 50: label for number, label in labels.items()}
    )
    assert not {stories[one.id] for one in old} & {stories[one.id] for one in entries}


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        (
            "Norland fires ballistic missile into eastern sea",
            "Norland fires ballistic missile into eastern sea",
            3,
        ),
        ("Jobless claims in Veldt fall to 21,300", "Jobless claims in Veldt fall to 19,800", 1),
        ("Quake of magnitude 5.1 shakes Tarn island", "Quake of magnitude 4.8 shakes Tarn island", 1),
    ],
)
def test_headlines_that_recur_on_other_days_stay_apart(first: str, second: str, days: float) -> None:
    entries = [report(1, 0, first, publisher="A"), report(2, days, second, publisher="B")]

    assert len(set(group(entries).stories().values())) == 2


def test_one_publishers_numbered_column_stays_apart_without_dates() -> None:
    entries = [
        arrival(number, f"Markets live: shares and currencies on day {number}", publisher="Ledger")
        for number in range(1, 8)
    ]

    assert len(set(group(entries, 2).stories().values())) == 7


# ---- explanations


def test_a_first_report_opens_its_story() -> None:
    (placement,) = group([arrival(1, "Comet Larsen-Ito visible to naked eye")]).reasons().values()

    assert placement.rule is Rule.OPENED
    assert (placement.nearest, placement.copy_of, placement.terms) == (None, None, ())


def test_a_joining_entry_says_to_whom_how_much_and_by_which_words() -> None:
    entries, labels = collection(BEAT)

    for number, placement in group(entries).reasons().items():
        if placement.rule is Rule.JOINED:
            assert placement.nearest is not None
            assert labels[placement.nearest] == labels[number]
            assert placement.similarity >= placement.threshold == 0.5
            assert 1 <= len(placement.terms) <= 6


def test_terms_are_written_as_people_read_them() -> None:
    entries, _ = collection(BEAT)
    reasons = group(entries[:3] + entries[8:]).reasons()

    words = {word for placement in reasons.values() for word in placement.terms}

    assert "passengers" in words
    assert not words & {"passeng", "ferri", "norsund"}


# ---- identity


def test_every_new_entry_is_placed_once_and_stories_keep_their_ids() -> None:
    entries, _ = collection(MIXED)
    ledger = group(entries, 3)
    batches = list(in_batches(entries, 3))

    for batch, grouping in zip(batches, ledger.groupings, strict=True):
        placed = [placement.entry for placement in grouping.placements]
        assert len(placed) == len(set(placed))
        assert {stored.id for stored in batch} <= set(placed)


def test_the_elder_story_stays_when_two_become_one() -> None:
    # The first two share no word that tells; what arrives then shows that they are one event.
    entries = [
        arrival(1, "Okoro retires from marathon"),
        arrival(2, "Injury ends champion's running career"),
        arrival(3, "Injury ends career of marathon champion Okoro, who retires"),
        arrival(4, "Marathon champion Okoro retires, injury ends running career"),
        arrival(5, "Champion Okoro retires from marathon running after injury ends career"),
    ]
    ledger = Ledger()
    engine = Engine(ledger.mint)
    for batch in (entries[:1], entries[1:2], entries[2:]):
        ledger.note(batch, engine.add(batch))
    (first,), (second,) = (grouping.placements for grouping in ledger.groupings[:2])

    assert first.story != second.story
    assert set(ledger.stories().values()) == {first.story}
