"""How much stories change after people could see them, against cases worked out by hand."""

from uuid import UUID

from aggregator.core.churn import Churn, Watch
from aggregator.model import Grouping, Placement, Rule


def watched(*groupings: Grouping) -> Churn:
    watch = Watch()
    for grouping in groupings:
        watch.note(grouping)
    return watch.churn()


def batch(merges: tuple[tuple[int, int], ...] = (), **stories: str) -> Grouping:
    """Make a batch: s1="1 2" places the entries 1 and 2 in story 1."""
    placements = tuple(
        Placement(int(entry), UUID(int=int(name[1:])), Rule.JOINED)
        for name, entries in stories.items()
        for entry in entries.split()
    )
    return Grouping(placements, tuple((UUID(int=elder), UUID(int=younger)) for elder, younger in merges))


def test_entries_that_stay_where_they_came_are_calm() -> None:
    assert watched(batch(s1="1 2", s2="3"), batch(s1="4")) == Churn(moved=0, ended=0)
    assert watched() == Churn(moved=0, ended=0)


def test_an_entry_that_moves_later_counts_once_however_often_it_does() -> None:
    churn = watched(batch(s1="1 2", s2="3 4"), batch(s2="2"), batch(s1="2"))
    assert churn == Churn(moved=1 / 4, ended=0)


def test_a_merge_moves_the_entries_of_the_younger_and_ends_it() -> None:
    churn = watched(batch(s1="1", s2="2 3"), batch(merges=((1, 2),), s1="4"))
    assert churn == Churn(moved=2 / 4, ended=1 / 2)


def test_a_story_that_all_entries_left_has_ended() -> None:
    assert watched(batch(s1="1", s2="2"), batch(s1="2")) == Churn(moved=1 / 2, ended=1 / 2)


def test_what_came_and_went_within_a_batch_nobody_saw() -> None:
    assert watched(batch(merges=((1, 2),), s1="1", s2="2")).ended == 0
