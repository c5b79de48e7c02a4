"""An editor's decisions as constraints, and the moves that make stories obey them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.corrections.constraints import Constraints, constraints_of
from aggregator.core.corrections.settling import Opened, settle
from aggregator.model import Correction, Entry, Grouping, Kind, Member, Placement, Rule, Stored

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def constraints(*decided: tuple[Kind, Sequence[int], Sequence[int]]) -> Constraints[int]:
    made = Constraints[int]()
    for kind, entries, others in decided:
        assert made.add(kind, entries, others) is None
    return made


def stories(
    *groups: Sequence[int], leads: Mapping[int, int] | None = None, copies: Mapping[int, int] | None = None
) -> dict[UUID, Opened]:
    """Make stories 1, 2, 3 … of entries, each opened an hour after the one before."""
    return {
        UUID(int=n): Opened(
            NOON + n * timedelta(hours=1),
            [member(entry, n, (copies or {}).get(entry)) for entry in group],
            (leads or {}).get(n, group[0]),
        )
        for n, group in enumerate(groups, 1)
    }


def member(entry: int, story: int, copy_of: int | None = None) -> Member:
    rule = Rule.COPY if copy_of else Rule.OPENED
    return Member(
        Stored(entry, Entry(f"Headline {entry}"), NOON),
        Placement(entry, UUID(int=story), rule, copy_of=copy_of),
    )


def new_ids() -> Callable[[], UUID]:
    numbers = count(1001)
    return lambda: UUID(int=next(numbers))


def after(before: Mapping[UUID, Opened], grouping: Grouping) -> dict[int, int]:
    """Return entry -> the number of its story once a grouping is applied; new stories are 1001, 1002 …"""
    of = {m.stored.id: m.placement.story for opened in before.values() for m in opened.members}
    of |= {placement.entry: placement.story for placement in grouping.placements}
    ended = {younger: elder for elder, younger in grouping.merges}
    return {entry: ended.get(story, story).int for entry, story in of.items()}


# ---- what contradicts what


def test_what_is_together_by_way_of_a_third_cannot_be_apart() -> None:
    made = constraints((Kind.TOGETHER, [1, 2], []), (Kind.TOGETHER, [2, 3], []))
    assert made.add(Kind.APART, [1], [3]) == (1, 3)
    assert made.add(Kind.APART, [1], [4]) is None


def test_what_is_apart_cannot_come_together_by_way_of_a_third() -> None:
    made = constraints((Kind.APART, [1], [3]), (Kind.TOGETHER, [1, 2], []))
    assert made.add(Kind.TOGETHER, [2, 3], []) == (2, 3)


def test_a_decision_that_contradicts_is_not_taken_in_part() -> None:
    made = constraints((Kind.TOGETHER, [1, 2], []))
    assert made.add(Kind.APART, [5, 1], [6, 2]) is not None
    assert 5 not in made.unit
    assert made.add(Kind.TOGETHER, [5, 6], []) is None


def test_without_others_every_two_of_the_entries_are_apart() -> None:
    made = constraints((Kind.APART, [1, 2, 3], []))
    for pair in ([1, 2], [2, 3], [1, 3]):
        assert made.add(Kind.TOGETHER, pair) is not None


def test_two_pinned_stories_never_become_one_unless_an_editor_says_so() -> None:
    made = constraints((Kind.PIN, [1, 2], []), (Kind.PIN, [3], []))
    assert made.unit[3] in made.foes(made.unit[1])
    assert made.add(Kind.TOGETHER, [2, 3]) is None
    assert made.foes(made.unit[1]) == set()
    assert made.is_pinned(made.unit[3])


def test_corrections_wait_for_entries_that_are_not_here() -> None:
    decided = (
        Correction(Kind.TOGETHER, ("a", "later")),
        Correction(Kind.APART, ("later",), ("b",)),
        Correction(Kind.APART, ("a",), ("b",)),
    )
    made, clashes = constraints_of(decided, {"a": 1, "b": 2})
    assert clashes == ()
    assert made.foes(made.unit[1]) == {2}
    made, clashes = constraints_of(decided, {"a": 1, "b": 2, "later": 3})
    assert made.unit[1] == made.unit[3]


def test_the_later_of_two_that_contradict_is_left_out_and_told() -> None:
    decided = (Correction(Kind.TOGETHER, ("a", "b")), Correction(Kind.APART, ("b",), ("a",)))
    made, (clash,) = constraints_of(decided, {"a": 1, "b": 2})
    assert made.unit[1] == made.unit[2]
    assert (clash.correction, clash.one, clash.other) == (decided[1], "b", "a")


# ---- what has to change


def test_nothing_changes_where_nothing_goes_against_the_constraints() -> None:
    asked = constraints((Kind.TOGETHER, [1, 2], []), (Kind.APART, [1], [3]))
    assert settle(asked, stories([1, 2], [3]), new_ids()) == Grouping()


def test_stories_that_are_one_become_the_elder_whole() -> None:
    before = stories([3, 4], [1, 2])
    grouping = settle(constraints((Kind.TOGETHER, [2, 4], [])), before, new_ids())
    assert grouping.merges == ((UUID(int=1), UUID(int=2)),)
    assert after(before, grouping) == dict.fromkeys((1, 2, 3, 4), 1)
    assert {p.rule for p in grouping.placements} == {Rule.EDITOR}


def test_only_the_named_entry_moves_where_others_of_its_story_are_kept_apart() -> None:
    before = stories([1, 2], [3, 4])
    asked = constraints((Kind.APART, [2], [4]), (Kind.TOGETHER, [1, 3], []))
    assert after(before, settle(asked, before, new_ids())) == {1: 1, 2: 1, 3: 1, 4: 2}


def test_who_is_kept_apart_leaves_and_the_rest_stays() -> None:
    before = stories([1, 2, 3, 4])
    grouping = settle(constraints((Kind.APART, [2], [1])), before, new_ids())
    assert after(before, grouping) == {1: 1, 2: 1001, 3: 1, 4: 1}


def test_the_larger_part_keeps_the_id() -> None:
    before = stories([1, 2, 3])
    grouping = settle(constraints((Kind.TOGETHER, [1, 2], []), (Kind.APART, [1], [3])), before, new_ids())
    assert after(before, grouping) == {1: 1, 2: 1, 3: 1001}


@pytest.mark.parametrize(("lead", "expected"), [(1, {1: 1, 2: 1001}), (2, {1: 1001, 2: 1})])
def test_of_equal_parts_the_one_with_the_lead_keeps_the_id(lead: int, expected: dict[int, int]) -> None:
    before = stories([1, 2], leads={1: lead})
    grouping = settle(constraints((Kind.APART, [2], [1])), before, new_ids())
    assert after(before, grouping) == expected


def test_copies_leave_with_the_text_they_repeat_unless_an_editor_decided_about_them() -> None:
    before = stories([1, 2, 3, 4, 5, 6], copies={3: 2, 4: 3, 5: 2})
    asked = constraints((Kind.APART, [2], [1, 5]))
    assert after(before, settle(asked, before, new_ids())) == {1: 1, 2: 1001, 3: 1001, 4: 1001, 5: 1, 6: 1}


def test_an_entry_goes_on_to_repeat_what_came_with_it_and_nothing_else() -> None:
    before = stories([1, 2, 3, 4, 5, 6, 7], copies={3: 2, 4: 1})
    asked = constraints((Kind.TOGETHER, [2, 4], []), (Kind.APART, [2], [1]))
    moved = {p.entry: p.copy_of for p in settle(asked, before, new_ids()).placements}
    assert moved == {2: None, 3: 2, 4: None}


def test_a_part_that_leaves_one_story_for_another_makes_no_third() -> None:
    before = stories([1, 2, 3], [4])
    asked = constraints((Kind.APART, [2], [1]), (Kind.TOGETHER, [2, 4], []))
    grouping = settle(asked, before, new_ids())
    assert after(before, grouping) == {1: 1, 3: 1, 2: 2, 4: 2}
    assert grouping.merges == ()


LINKS = st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8), st.booleans()), max_size=10)


@given(LINKS, st.lists(st.integers(1, 3), min_size=8, max_size=8))
def test_whatever_is_decided_holds_afterwards_and_nothing_is_left_to_do(
    links: list[tuple[int, int, bool]], homes: list[int]
) -> None:
    asked = Constraints[int]()
    for one, other, together in links:
        if together:
            asked.add(Kind.TOGETHER, [one, other])
        else:
            asked.add(Kind.APART, [one], [other])
    groups = [[n for n, home in enumerate(homes, 1) if home == story] for story in (1, 2, 3)]
    before = stories(*(group for group in groups if group))

    now = after(before, settle(asked, before, new_ids()))

    assert asked.are_kept(now)
    settled = {number: [entry for entry in now if now[entry] == number] for number in set(now.values())}
    again = {
        UUID(int=number): Opened(NOON + number * timedelta(hours=1), [member(e, number) for e in entries])
        for number, entries in settled.items()
    }
    assert settle(asked, again, new_ids()) == Grouping()
