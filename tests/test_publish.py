"""What subscribers see: the quiet-update contract, decision by decision."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.publish import (
    BUMP_EVERY,
    MAX_BUMPS,
    NEW_FEED_STORIES,
    WINDOW_STORIES,
    Arrival,
    admit,
    in_document_order,
    lead_of,
    leave,
    publishers_in,
    retell,
    tell,
)
from aggregator.model import Entry, Member, Membership, Placement, Rule, Stored

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STORY = UUID(int=7)


def member(
    number: int,
    title: str = "A headline",
    publisher: str | None = "Harbour Gazette",
    published: datetime | None = NOON,
    copy_of: int | None = None,
    **fields: object,
) -> Member:
    entry = Entry(title=title, publisher=publisher, published=published, **fields)  # type: ignore[arg-type]
    key = publisher.casefold() if publisher else None
    rule = Rule.COPY if copy_of else Rule.JOINED
    return Member(
        Stored(number, entry, NOON + HOUR, publisher_key=key),
        Placement(number, STORY, rule, copy_of=copy_of, terms=("cable", "strait")),
    )


def arrival(number: int, age: timedelta = timedelta(), **fields: object) -> Arrival[UUID]:
    return Arrival(UUID(int=number), NOON - age, **fields)  # type: ignore[arg-type]


def entered(memberships: Sequence[Membership[UUID]]) -> list[int]:
    return [m.of.int for m in memberships if m.left is None]


# ---- how a story is told


def test_the_earliest_dated_entry_leads() -> None:
    late, early = member(1, published=NOON), member(2, published=NOON - HOUR)
    assert lead_of([late, early]) is early


def test_a_text_that_several_carry_counts_for_the_first_known_publisher_alone() -> None:
    unknown = member(1, publisher=None)
    first = member(2, published=NOON + HOUR, copy_of=1, publisher="a")
    second = member(3, published=NOON + 2 * HOUR, copy_of=2, publisher="b")
    assert publishers_in([unknown, second, first]) == 1
    assert publishers_in([unknown, second, first, member(4, publisher="a")]) == 1
    assert publishers_in([unknown, second, first, member(4, publisher="b")]) == 2


def test_a_copy_does_not_lead_though_it_is_earlier() -> None:
    original, copy = member(1, published=NOON), member(2, published=NOON - HOUR, copy_of=1)
    assert lead_of([original, copy]) is original


def test_a_date_without_time_is_not_the_first_report_of_its_day() -> None:
    midnight = NOON.replace(hour=0)
    whole_day, timed = member(1, published=midnight, day_only=True), member(2, published=NOON)
    assert lead_of([whole_day, timed]) is timed


def test_the_first_in_document_order_leads_where_no_entry_is_dated() -> None:
    first, second = member(1, published=None), member(2, published=None)
    assert lead_of([second, first]) is first


def test_a_story_is_told_with_its_leads_words() -> None:
    text = " ".join(f"word{n}" for n in range(100))
    told = tell(STORY, [member(1, "Cable cut in the strait", text=text, url="https://a.example/1")], NOON)
    assert (told.headline, told.url, told.slug) == (
        "Cable cut in the strait",
        "https://a.example/1",
        "cable-cut-in-the-strait",
    )
    assert len(told.excerpt.split()) == 60 and told.excerpt.endswith("word59…")
    assert told.published == told.updated == NOON


def test_headline_link_excerpt_and_first_date_stay_when_a_better_lead_joins() -> None:
    told = tell(STORY, [member(1, "First words", text="Old text")], NOON)
    better = member(2, "Other words", "Nordwire", NOON - DAY, text="New text", url="https://b.example/")
    later = retell(told, [member(1, "First words changed"), better], NOON + HOUR)
    kept = ("headline", "url", "excerpt", "slug", "published", "lead")
    assert all(getattr(later, name) == getattr(told, name) for name in kept)


def test_copies_and_unknown_publishers_are_not_counted_as_publishers() -> None:
    told = tell(
        STORY, [member(1), member(2, publisher="Nordwire", copy_of=1), member(3, publisher=None)], NOON
    )
    assert (told.entries, told.publishers, told.copies) == (3, 1, 1)


# ---- when it is shown again


def test_a_second_publisher_moves_updated_and_a_third_does_not() -> None:
    one, two, three = member(1), member(2, publisher="Nordwire"), member(3, publisher="Kanal 9")
    first = tell(STORY, [one], NOON)
    second = retell(first, [one, two], NOON + HOUR)
    third = retell(second, [one, two, three], NOON + 10 * DAY)
    assert second.updated == NOON + HOUR
    assert third.updated == second.updated
    assert third.publishers == 3


def test_a_second_entry_of_the_same_publisher_changes_content_but_not_updated() -> None:
    first = tell(STORY, [member(1)], NOON)
    later = retell(first, [member(1), member(2)], NOON + DAY)
    assert len(later.coverage) == 2
    assert later.updated == NOON


def test_a_merge_moves_updated() -> None:
    told = tell(STORY, [member(1)], NOON)
    assert retell(told, [member(1), member(2)], NOON + DAY, merged=True).updated == NOON + DAY


def test_a_move_within_six_hours_of_another_is_dropped_and_not_postponed() -> None:
    one, two = member(1), member(2, publisher="Nordwire")
    moved = retell(tell(STORY, [one], NOON), [one, two], NOON + HOUR)
    too_soon = retell(moved, [one, two], NOON + HOUR + BUMP_EVERY - timedelta(seconds=1), merged=True)
    much_later = retell(too_soon, [one, two], NOON + 9 * DAY)
    assert too_soon.updated == much_later.updated == NOON + HOUR


def test_updated_moves_at_most_five_times_in_a_life() -> None:
    story = tell(STORY, [member(1)], NOON)
    moments = set()
    for day in range(1, 12):
        story = retell(story, [member(1)], NOON + day * DAY, merged=True)
        moments.add(story.updated)
    assert len(moments) == MAX_BUMPS


def test_telling_the_same_entries_again_changes_nothing() -> None:
    members = [member(1), member(2, publisher="Nordwire")]
    told = tell(STORY, members, NOON)
    assert retell(told, list(reversed(members)), NOON + DAY) == told


# ---- what enters a document


def test_a_first_publication_takes_the_newest_fifty_whatever_their_dates() -> None:
    arrivals = [arrival(n, age=n * DAY) for n in range(1, 61)]
    assert entered(admit(arrivals, NOON, first=True)) == list(range(1, WINDOW_STORIES + 1))


def test_later_an_old_story_goes_to_the_archive_only() -> None:
    admitted = admit([arrival(1, age=8 * DAY), arrival(2, age=6 * DAY)], NOON, first=False)
    assert entered(admitted) == [2]
    assert {m.of.int: m.left == m.entered for m in admitted}[1]


def test_a_new_feed_brings_ten_stories_and_others_are_not_held_back() -> None:
    flood = [arrival(n, age=n * timedelta(minutes=1), new_feed=3) for n in range(1, 31)]
    others = [arrival(n) for n in range(100, 105)]
    ids = entered(admit(flood + others, NOON, first=False))
    assert [n for n in ids if n < 100] == list(range(1, NEW_FEED_STORIES + 1))
    assert len(ids) == NEW_FEED_STORIES + 5


def test_an_elder_does_not_enter_where_the_younger_is_still_shown() -> None:
    assert entered(admit([arrival(1, shown_as=UUID(int=2))], NOON, first=False)) == []


def test_arrivals_of_one_moment_stand_in_order_of_their_coverage() -> None:
    admitted = admit([arrival(1, age=2 * DAY), arrival(2), arrival(3, age=DAY)], NOON, first=False)
    assert [m.of.int for m in in_document_order(admitted)] == [2, 3, 1]


def test_stories_without_dates_stand_in_the_order_of_their_document() -> None:
    admitted = admit([arrival(n, lead=9 - n) for n in range(1, 9)], NOON, first=True)
    assert [m.of.int for m in in_document_order(admitted)] == [8, 7, 6, 5, 4, 3, 2, 1]


# ---- what leaves it


def members_entering(ages: Sequence[timedelta]) -> list[tuple[Membership, int]]:
    return [(Membership(UUID(int=n), NOON - age), 1_000) for n, age in enumerate(ages)]


def test_the_fifty_first_story_leaves() -> None:
    gone = leave(members_entering([n * HOUR for n in range(51)]), NOON)
    assert [m.of.int for m in gone] == [50]
    assert gone[0].left == NOON


def test_a_story_leaves_after_thirty_days() -> None:
    gone = leave(members_entering([timedelta(days=30), timedelta(days=30, seconds=1)]), NOON)
    assert [m.of.int for m in gone] == [1]


def test_stories_leave_when_the_document_grows_too_large_but_never_the_newest() -> None:
    big = [(Membership(UUID(int=n), NOON - n * HOUR), 300_000) for n in range(3)]
    assert [m.of.int for m in leave(big, NOON)] == [1, 2]


@given(st.lists(st.integers(0, 40 * 24), max_size=80), st.booleans())
def test_every_arrival_gets_a_place_in_order_and_what_left_has_a_time(hours: list[int], first: bool) -> None:
    admitted = admit([arrival(n, age=h * HOUR) for n, h in enumerate(hours)], NOON, first)
    assert sorted(m.of.int for m in admitted) == list(range(len(hours)))
    assert [m.entered for m in admitted] == sorted((m.entered for m in admitted), reverse=True)
    assert len(entered(admitted)) <= max(WINDOW_STORIES, 0 if first else len(hours))
