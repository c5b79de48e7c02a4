"""Follow-ups, decided over plain lists: what founds one, what does not, where later entries go."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from make import NOW, make_stored

from aggregator.core.followups.parts import (
    STILL,
    Part,
    appeared_of,
    handed_over,
    in_order,
    part_at,
    parted,
    roots,
)
from aggregator.core.followups.planning import Scene, follow_up
from aggregator.core.publish import OLD_AT_ARRIVAL
from aggregator.core.stories.repeating import repeating
from aggregator.model import Grouping, Placement, Rule, Stored

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OVER, OTHER, THIRD, NEW = (UUID(int=n) for n in range(1, 5))  # the first opened is the lowest
LONG_AGO = NOW - 40 * DAY


def minted() -> Callable[[], UUID]:
    numbers = iter(range(100, 1000))
    return lambda: UUID(int=next(numbers))


def part(story: UUID = OVER, since: datetime = LONG_AGO, **others: object) -> Part:
    plain = {"opened": LONG_AGO + story.int * HOUR, "earliest": since, "latest": since + HOUR, "entries": 2}
    return Part(story, **(plain | others))  # type: ignore[arg-type]


def report(number: int = 9, at: datetime = NOW - HOUR, **others: object) -> Stored:
    plain = {"title": f"Bridge news {number}", "published": at, "publisher": f"Paper {number}"}
    return make_stored(number, **(plain | others))


def joins(entry: Stored, story: UUID = OVER, **others: object) -> Placement:
    plain = {"rule": Rule.JOINED, "nearest": 1, "similarity": 0.7, "threshold": 0.5}
    return Placement(entry.id, story, **(plain | others))  # type: ignore[arg-type]


def plan(
    entries: Iterable[Stored],
    *sagas: Iterable[Part],
    placements: Iterable[Placement] = (),
    merges: tuple[tuple[UUID, UUID], ...] = (),
    **scene: object,
) -> Grouping:
    known = {stored.id: stored for stored in entries}
    found = {parts[0].id: parts for parts in map(in_order, sagas)}
    grouping = Grouping(tuple(placements) or tuple(map(joins, known.values())), merges)
    return follow_up(grouping, Scene(found, known, **scene), minted(), NOW)  # type: ignore[arg-type]


FIRST = UUID(int=100)  # what is minted first


# ---- what is news


def test_news_of_a_dormant_story_founds_a_follow_up_that_names_it() -> None:
    entry = report()
    done = plan([entry], [part()])
    assert done.follows == ((FIRST, OVER),)
    assert done.placements == (joins(entry, FIRST),)


def test_a_story_that_is_shown_or_was_never_told_takes_its_news_itself() -> None:
    for living in (part(shown=True), part(published=False)):
        done = plan([report()], [living])
        assert (done.follows, done.placements[0].story) == ((), OVER)


def test_two_days_of_stillness_make_a_story_dormant_and_not_a_moment_less() -> None:
    entry = report()
    for gap, founds in ((STILL, True), (STILL - timedelta(seconds=1), False)):
        still = part(latest=NOW - HOUR - gap)
        assert bool(plan([entry], [still]).follows) is founds


def test_a_day_without_a_time_may_have_been_its_evening() -> None:
    midnight = NOW.replace(hour=0)
    dated = make_stored(1, published=midnight - 2 * DAY, day_only=True)
    since, until = appeared_of(dated)
    assert (since, until) == (midnight - 2 * DAY, midnight - DAY)
    assert appeared_of(make_stored(2, published=midnight, day_only=True))[1] == NOW, "not after it was seen"


def test_an_entry_without_a_date_or_from_the_future_appears_when_it_is_seen() -> None:
    assert appeared_of(make_stored(1, published=None)) == (NOW, NOW)
    assert appeared_of(make_stored(1, published=NOW + 400 * DAY)) == (NOW, NOW)


def test_what_is_no_news_joins_the_dormant_story_and_founds_nothing() -> None:
    plain = report()
    old = report(at=NOW - OLD_AT_ARRIVAL - HOUR)
    no_news: dict[str, Grouping] = {
        "a near-copy": plan([plain], [part()], placements=[joins(plain, rule=Rule.COPY, copy_of=1)]),
        "an editor's decision": plan([plain], [part()], placements=[joins(plain, rule=Rule.EDITOR)]),
        "nobody knows who says it": plan([report(publisher=None)], [part()]),
        "a second look": plan([plain], [part()], known={plain.id}, stories={plain.id: NEW}),
        "said before": plan([plain], [part()], repeats={plain.id}),
        "a week old": plan([old], [part()]),
        "dated before the stillness": plan([report(at=LONG_AGO)], [part()]),
    }
    for why, done in no_news.items():
        assert done.follows == (), why
        assert [p.story for p in done.placements] == [OVER], why


def test_a_text_that_was_published_before_says_nothing_new_however_long_ago() -> None:
    text = (
        "Engineers found a crack in the northern pier of the bridge at Brekke, and traffic is led "
        "over the old road by the mill until the council has decided who pays for the repair."
    )
    before = [make_stored(1, text=text)]
    again = make_stored(
        2, title="Brekke bridge: what we know", text=f"{text} More soon.", publisher="Nordwire"
    )
    other = make_stored(3, text="A barge has hit the ferry quay at Skerry, where nobody was hurt on Friday.")
    assert repeating([again, other], before) == {2}


# ---- who goes where


def test_what_follows_news_in_the_same_batch_goes_to_the_follow_up_with_its_copies() -> None:
    first, second = report(9, NOW - 3 * HOUR), report(10, NOW - 2 * HOUR)
    copy = report(8, NOW - 3 * HOUR)
    placements = [joins(copy, rule=Rule.COPY, copy_of=9), joins(second), joins(first)]
    done = plan([first, second, copy], [part()], placements=placements, mates={copy.id: (9,)})
    assert done.follows == ((FIRST, OVER),)
    assert {p.story for p in done.placements} == {FIRST}


def test_a_late_report_of_what_was_then_goes_to_what_was_then() -> None:
    saga = [part(), part(OTHER, NOW - 3 * HOUR, shown=True)]
    late, fresh, between = report(9, LONG_AGO), report(10), report(11, LONG_AGO + 10 * DAY)
    done = plan([late, fresh, between], saga)
    assert [p.story for p in done.placements] == [OVER, OTHER, OTHER]


def test_a_follow_up_that_is_dormant_itself_is_followed_in_turn() -> None:
    done = plan([report()], [part(), part(OTHER, NOW - 10 * DAY)])
    assert done.follows == ((FIRST, OTHER),)


def test_a_copy_of_an_old_text_stays_with_it_when_there_is_a_follow_up() -> None:
    copy = report()
    saga = [part(), part(OTHER, NOW - 3 * HOUR, shown=True)]
    placements = [joins(copy, rule=Rule.COPY, copy_of=1)]
    done = plan([copy], saga, placements=placements, mates={copy.id: (1,)}, stories={1: OVER})
    assert done.placements[0].story == OVER


def test_whom_an_editor_put_together_stay_together_whatever_their_dates() -> None:
    entry = report()
    saga = [part(), part(OTHER, NOW - 3 * HOUR, shown=True)]
    placements = [joins(entry, rule=Rule.EDITOR)]
    done = plan([entry], saga, placements=placements, mates={entry.id: (5, 1)}, stories={1: OVER})
    assert done.placements[0].story == OVER


# ---- whole stories


def test_a_story_that_subscribers_see_follows_a_dormant_one_instead_of_ending_in_it() -> None:
    seen, entry = part(OTHER, NOW - 5 * HOUR, shown=True), report()
    gone = joins(entry, rule=Rule.MERGED)
    done = plan(
        [entry],
        [part()],
        [seen],
        placements=[gone],
        merges=((OVER, OTHER),),
        known={entry.id},
        stories={entry.id: OTHER},
    )
    assert done == Grouping(follows=((OTHER, OVER),))


def test_a_story_that_loses_all_its_entries_to_a_dormant_one_follows_it_as_well() -> None:
    seen, entry = part(OTHER, NOW - 5 * HOUR, shown=True, entries=1), report()
    done = plan([entry], [part()], [seen], known={entry.id}, stories={entry.id: OTHER})
    assert done == Grouping(follows=((OTHER, OVER),))
    left = plan([entry], [part()], [replace(seen, entries=2)], known={entry.id}, stories={entry.id: OTHER})
    assert (left.follows, left.placements) == ((), (joins(entry),)), "only one of two went"


def test_stories_of_one_time_merge_though_one_of_them_is_seen_no_more() -> None:
    seen = part(OTHER, LONG_AGO, shown=True)
    done = plan([report()], [part()], [seen], merges=((OVER, OTHER),), known={9}, stories={9: OTHER})
    assert (done.merges, done.follows) == (((OVER, OTHER),), ())


def test_a_story_of_which_nothing_is_known_merges_as_the_grouping_says() -> None:
    assert plan([], [part()], merges=((OVER, OTHER),)).merges == ((OVER, OTHER),)
    assert plan([], [part()], merges=((OTHER, OVER),)).merges == ((OTHER, OVER),)


def test_a_story_that_is_news_of_a_follow_up_ends_in_that_and_the_elder_of_both_stays() -> None:
    later = part(THIRD, NOW - 3 * HOUR, shown=True)
    seen, entry = part(OTHER, NOW - 2 * HOUR, shown=True), report()
    done = plan(
        [entry],
        [part(), later],
        [seen],
        merges=((OVER, OTHER),),
        known={entry.id},
        stories={entry.id: OTHER},
    )
    assert done.merges == ((OTHER, THIRD),), "the one that opened first"
    assert done.placements == (), "its entries stay where they are"


def test_follow_ups_come_along_when_their_first_story_ends_in_another() -> None:
    theirs = [part(OTHER), part(THIRD, NOW - 3 * HOUR, shown=True)]
    entry, moved = report(9), report(10, LONG_AGO)
    done = plan(
        [entry, moved],
        [part()],
        theirs,
        merges=((OVER, OTHER),),
        known={moved.id},
        stories={moved.id: OTHER},
    )
    assert done.merges == ((OVER, OTHER),)
    assert [p.story for p in done.placements] == [THIRD, OVER]


# ---- what follows what


def test_links_are_handed_over_when_a_story_ends() -> None:
    age = {story: story.int for story in (OVER, OTHER, THIRD, NEW)}
    chain = {OTHER: OVER, THIRD: OTHER}
    assert roots(chain) == {OTHER: OVER, THIRD: OVER}
    assert handed_over(chain, OVER, OTHER, age) == {THIRD: OVER}
    assert handed_over(chain, NEW, OVER, age) == {NEW: OTHER, THIRD: OTHER}, (
        "the elder is never the follow-up"
    )
    assert handed_over({THIRD: OVER}, OTHER, THIRD, age) == {OTHER: OVER}
    assert handed_over({THIRD: OTHER}, OVER, NEW, age) == {THIRD: OTHER}


def test_what_an_editor_keeps_apart_is_no_saga() -> None:
    chain = {OTHER: OVER, THIRD: OTHER}
    assert parted(chain, [(OVER, OTHER)]) == parted(chain, [(OTHER, OVER)]) == [OTHER]
    assert parted(chain, [(THIRD, OVER)]) == [THIRD]
    assert parted(chain, [(NEW, OVER), (OVER, OVER)]) == []


STORIES = st.sampled_from([OVER, OTHER, THIRD, NEW])


@given(st.dictionaries(STORIES, STORIES), STORIES, STORIES)
def test_no_circle_closes_whatever_ends_in_what(
    follows: dict[UUID, UUID], elder: UUID, younger: UUID
) -> None:
    age = {story: story.int for story in (OVER, OTHER, THIRD, NEW)}
    straight = {story: former for story, former in follows.items() if age[former] < age[story]}
    done = handed_over(straight, elder, younger, age)
    assert elder == younger or younger not in {*done, *done.values()}
    assert all(age[former] < age[story] for story, former in done.items())
    assert all(root not in done for root in roots(done).values())


# ---- properties

MOMENTS = st.integers(0, 24 * 14).map(lambda hours: NOW - hours * HOUR)
KINDS = st.sampled_from(["news", "copy", "unknown"])


def batch(moments: list[tuple[datetime, str]]) -> tuple[list[Stored], list[Placement]]:
    entries, placements = [], []
    for number, (at, kind) in enumerate(moments, 10):
        entries.append(report(number, at, publisher=None if kind == "unknown" else f"Paper {number}"))
        copy = {"rule": Rule.COPY, "copy_of": 1} if kind == "copy" else {}
        placements.append(joins(entries[-1], **copy))
    return entries, placements


@given(st.lists(st.tuples(MOMENTS, KINDS), max_size=8), st.integers(0, 24 * 16), st.randoms())
def test_whatever_comes_each_entry_is_placed_once_and_the_order_within_a_batch_does_not_matter(
    moments: list[tuple[datetime, str]], age: int, dice: object
) -> None:
    entries, placements = batch(moments)
    over = part(since=NOW - age * HOUR - HOUR)
    done = plan(entries, [over], placements=placements)
    assert [p.entry for p in done.placements] == [p.entry for p in placements]
    founded = [story for story, _ in done.follows]
    assert {p.story for p in done.placements} <= {OVER, *founded}
    assert all(former in {OVER, *founded} for _, former in done.follows)
    assert set(founded) <= {p.story for p in done.placements}, "none is empty"
    shuffled = sorted(placements, key=lambda _: dice.random())  # type: ignore[attr-defined]
    again = plan(entries, [over], placements=shuffled)
    assert {p.entry: p.story for p in again.placements} == {p.entry: p.story for p in done.placements}


@given(st.lists(MOMENTS, max_size=12), st.booleans())
def test_one_by_one_each_follow_up_begins_after_a_stillness_and_no_part_holds_what_is_earlier(
    moments: list[datetime], seen: bool
) -> None:
    saga, mint = [part(since=NOW - 20 * DAY)], minted()
    for number, at in enumerate(sorted(moments), 10):
        entry = report(number, at)
        scene = Scene({OVER: saga}, {number: entry})
        done = follow_up(Grouping((joins(entry),)), scene, mint, NOW)
        for story, former in done.follows:
            assert former == saga[-1].id and at - saga[-1].latest >= STILL
            saga.append(part(story, at, latest=at, shown=seen, opened=NOW + number * HOUR))
        assert done.placements[0].story == part_at(saga, at).id
        saga = [replace(p, latest=max(p.latest, at)) if p is saga[-1] else p for p in saga]
    assert len(saga) <= 5, "two weeks, of which one is too old: no more than one in two days"
