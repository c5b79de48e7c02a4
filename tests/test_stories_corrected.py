"""The grouping obeys editors: in any order of arrival, across restarts, and not by way of third entries."""

from itertools import combinations, permutations
from typing import Any
from uuid import UUID

import pytest
from arrivals import Ledger, arrival, collection, in_batches

from aggregator.core.corrections.constraints import Constraints
from aggregator.core.stories import Engine
from aggregator.model import Grouping, Kind, Live, Placement, Rule, Stored

FERRY = (
    "The ferry Terna ran aground off Skerry in thick fog, and 84 passengers were taken ashore by lifeboats."
)
TITLES = (
    "Ferry Terna runs aground off Skerry",
    "Passengers leave ferry Terna after grounding off Skerry",
    "Lifeboats take 84 off the ferry Terna near Skerry",
    "Terna ferry aground off Skerry, 84 brought ashore",
)
LINES = (
    "The coast guard of Skerry said that nobody was hurt when the Terna struck the reef.",
    "The owner of the Terna said the ferry had left Osse an hour late because of the fog.",
    "Fishermen of Skerry brought blankets for those who came off the Terna.",
    "A tug will try to pull the Terna from the reef of Skerry at high water.",
)
BANK = "Tarn Bank buys its rival Fossum for nine billion crowns, the largest purchase of a bank this year."


def ferries() -> list[Stored]:
    """Return four reports of one event, which the engine puts together by itself."""
    return [arrival(n, TITLES[n - 1], f"{FERRY} {LINES[n - 1]}", publisher=f"P{n}") for n in range(1, 5)]


def bank(number: int) -> Stored:
    return arrival(number, "Tarn Bank buys Fossum", BANK, publisher="Ledger")


def constraints(*decided: tuple[Any, ...]) -> Constraints[int]:
    made = Constraints[int]()
    for kind, *sides in decided:
        assert made.add(kind, *sides) is None
    return made


def grouped(
    entries: list[Stored], asked: Constraints[int] | None, size: int = 1, restarting: bool = False
) -> Ledger:
    ledger = Ledger()
    engine = Engine(ledger.mint, constraints=asked)
    for batch in in_batches(entries, size):
        if restarting:
            engine = Engine(ledger.mint, constraints=asked)
            engine.restore(Live(one, stored=stored) for _, (stored, one) in sorted(ledger.placed.items()))
        ledger.note(batch, engine.add(batch))
    return ledger


def renumbered(entries: tuple[Stored, ...]) -> tuple[list[Stored], dict[int, int]]:
    """Return entries as they would arrive in this order, and the ids they have then."""
    ids = {stored.id: n for n, stored in enumerate(entries, 1)}
    return [Stored(ids[s.id], s.entry, s.first_seen, publisher_key=s.publisher_key) for s in entries], ids


def test_the_reports_of_these_tests_are_one_story_and_the_bank_is_another() -> None:
    stories = grouped([*ferries(), bank(5)], None).stories()
    assert len({stories[n] for n in range(1, 5)}) == 1
    assert stories[5] != stories[1]


@pytest.mark.parametrize("restarting", [False, True])
@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_entries_kept_apart_never_meet_whatever_comes_between_them(
    order: tuple[int, ...], size: int, restarting: bool
) -> None:
    reports = ferries()
    entries, ids = renumbered(tuple(reports[place] for place in order))
    asked = constraints((Kind.APART, [ids[1]], [ids[2]]))

    ledger = grouped(entries, asked, size, restarting)

    # The third and the fourth are like both: they may join one of the two, and bring them together never.
    assert ledger.stories()[ids[1]] != ledger.stories()[ids[2]]


@pytest.mark.parametrize("restarting", [False, True])
@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("order", list(permutations(range(5)))[::5])
def test_entries_kept_together_meet_whatever_their_words(
    order: tuple[int, ...], size: int, restarting: bool
) -> None:
    reports = [*ferries(), bank(5)]
    entries, ids = renumbered(tuple(reports[place] for place in order))
    asked = constraints((Kind.TOGETHER, [ids[1], ids[5]]))

    stories = grouped(entries, asked, size, restarting).stories()

    assert stories[ids[1]] == stories[ids[5]]


def test_who_comes_where_an_editor_said_is_there_for_that_reason() -> None:
    asked = constraints((Kind.TOGETHER, [1, 5]))
    placed = grouped([*ferries(), bank(5)], asked).reasons()[5]
    assert (placed.rule, placed.nearest, placed.terms) == (Rule.EDITOR, None, ())


def test_what_is_apart_from_one_of_a_unit_is_apart_from_all_of_it() -> None:
    asked = constraints((Kind.TOGETHER, [1, 5]), (Kind.APART, [5], [2]))
    for entries in ([*ferries(), bank(5)], [bank(5), *ferries()], [*ferries()[1:], bank(5), ferries()[0]]):
        stories = grouped(entries, asked).stories()
        assert stories[1] == stories[5] != stories[2]


def test_a_copy_of_what_it_is_kept_apart_from_stays_apart() -> None:
    text = f"{FERRY} {' '.join(LINES)}"
    entries = [arrival(n, TITLES[0], text, publisher=f"P{n}") for n in (1, 2, 3)]
    for size in (1, 3):
        stories = grouped(entries, constraints((Kind.APART, [2], [1])), size).stories()
        assert stories[1] != stories[2]


def test_a_copy_goes_where_an_editor_put_it() -> None:
    text = f"{FERRY} {' '.join(LINES)}"
    entries = [
        arrival(1, TITLES[0], text, publisher="A"),
        bank(2),
        arrival(3, TITLES[0], text, publisher="B"),
    ]
    for size in (1, 3):
        stories = grouped(entries, constraints((Kind.TOGETHER, [3, 2])), size).stories()
        assert stories[2] == stories[3]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_an_editor_who_sees_it_otherwise_in_many_places_is_obeyed_in_all(size: int) -> None:
    entries, gold = collection("mixed")
    half = len(entries) // 2
    for one, other in zip(entries[:half:3], entries[half::3], strict=False):
        gold[one.id] = gold[other.id]
    free = grouped(entries, None, size).stories()
    wrong = [
        (one.id, other.id)
        for one, other in combinations(entries, 2)
        if (gold[one.id] == gold[other.id]) != (free[one.id] == free[other.id])
    ]
    asked = Constraints[int]()
    for one, other in wrong:
        kind = Kind.TOGETHER if gold[one] == gold[other] else Kind.APART
        sides = [[one, other]] if kind is Kind.TOGETHER else [[one], [other]]
        assert asked.add(kind, *sides) is None

    ledger = grouped(entries, asked, size)

    assert len(wrong) > 10
    assert asked.are_kept(ledger.stories())
    assert grouped(entries, asked, size, restarting=True).reasons() == ledger.reasons()


@pytest.mark.parametrize("pinned", [(3,), (2, 3), (1,), (1, 4)])
def test_a_pinned_story_keeps_its_entries_and_is_not_merged_away(pinned: tuple[int, ...]) -> None:
    """Each report opened a story by hand: as soon as one more arrives, the machine makes them one."""

    def after_the_last(asked: Constraints[int]) -> dict[int, UUID]:
        ledger = Ledger()
        for stored in ferries()[:3]:
            opened = Placement(stored.id, UUID(int=100 + stored.id), Rule.OPENED)
            ledger.note([stored], Grouping((opened,)))
        engine = Engine(ledger.mint, constraints=asked)
        engine.restore(Live(one, stored=stored) for _, (stored, one) in sorted(ledger.placed.items()))
        ledger.note(ferries()[3:], engine.add(ferries()[3:]))
        return ledger.stories()

    assert set(after_the_last(Constraints()).values()) == {UUID(int=101)}
    asked = Constraints[int]()
    for entry in pinned:
        assert asked.add(Kind.PIN, [entry]) is None
    stories = after_the_last(asked)
    assert [stories[entry] for entry in pinned if entry < 4] == [
        UUID(int=100 + entry) for entry in pinned if entry < 4
    ]


def test_new_entries_join_a_pinned_story() -> None:
    reports = ferries()
    asked = constraints((Kind.PIN, [1, 2]))
    stories = grouped(reports, asked).stories()
    assert set(stories.values()) == {stories[1]}
