"""Topics that nobody configured."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.discovery import MAX_TOPICS, discover
from aggregator.model import Story

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def story(number: int, excerpt: str = "Rain fell.", *categories: str, publisher: str = "Nordwire") -> Story:
    return Story(
        id=UUID(int=number),
        lead=number,
        headline=f"Headline {number}",
        url=None,
        excerpt=excerpt,
        slug="",
        published=NOON,
        updated=NOON,
        contributors=(publisher,),
        categories=categories,
    )


def titles(
    stories: Sequence[Story], taken: Sequence[frozenset[UUID]] = (), room: int = MAX_TOPICS
) -> list[str]:
    return [topic.title for topic in discover(stories, taken, ["all"], room)]


def test_a_label_on_two_stories_becomes_a_topic_that_takes_the_label() -> None:
    (topic,) = discover([story(1, "Rain.", "Port of Osse"), story(2, "Sun.", "port of osse")], [], ["all"])
    assert (topic.name, topic.title) == ("port-of-osse", "Port of Osse")
    assert topic.rules.categories == ("Port of Osse",)


def test_a_label_on_one_story_is_no_topic() -> None:
    assert titles([story(1, "Rain.", "Port of Osse"), story(2)]) == []


@pytest.mark.parametrize(
    "label", ["News", "World", "Uncategorized", "Top Stories", "2026", "뉴스", "Politik", "A" * 41]
)
def test_a_label_that_says_nothing_is_no_topic(label: str) -> None:
    assert titles([story(n, "Rain fell.", label) for n in range(1, 6)]) == []


def test_a_name_that_stories_share_becomes_a_topic_in_its_spelling() -> None:
    shared = [story(n, f"On day {n} the Strait of Almery was closed to ships.") for n in (1, 2, 3)]
    (topic,) = discover([*shared, story(4), story(5)], [], ["all"])
    assert (topic.name, topic.title) == ("strait-of-almery", "Strait of Almery")
    assert topic.rules.any == ("strait of almery",)


def test_a_name_in_a_fifth_of_many_stories_is_the_subject_of_everything_and_no_topic() -> None:
    stories = [story(n, "Ferries left Port Osse." if n % 4 == 0 else "Rain fell.") for n in range(1, 101)]
    assert "Port Osse" not in titles(stories)


def test_a_publishers_name_is_no_topic() -> None:
    stories = [story(n, "He told Harbour Gazette so.", publisher="The Harbour Gazette") for n in (1, 2, 3)]
    assert titles(stories) == []


def test_a_title_before_a_name_is_not_part_of_it() -> None:
    assert titles([story(n, "Then President Ada Quill spoke.") for n in (1, 2)] + [story(3)]) == ["Ada Quill"]


def test_what_a_topic_gathers_already_is_not_proposed_again() -> None:
    stories = [story(n, "The Strait of Almery was closed.", "Almery shipping") for n in (1, 2, 3)]
    assert titles(stories) == ["Almery shipping"]
    assert titles(stories, [frozenset(s.id for s in stories)]) == []


def test_a_name_in_use_is_not_proposed() -> None:
    stories = [story(n, "Rain.", "Port of Osse") for n in (1, 2)]
    assert discover(stories, [], ["all", "port-of-osse"]) == ()


def test_there_is_room_for_a_bounded_number() -> None:
    stories = [story(n, "Rain.", f"Label number {chr(97 + n // 2)}{chr(97 + n // 2)}x") for n in range(20)]
    assert len(titles(stories, room=4)) == 4


def test_a_label_without_ascii_letters_has_an_address() -> None:
    (topic,) = discover([story(1, "Rain.", "북한 외교"), story(2, "Sun.", "북한 외교")], [], ["all"])
    assert topic.title == "북한 외교"
    assert topic.name.isascii() and topic.name.startswith("topic-")


@given(st.randoms(use_true_random=False))
def test_the_order_of_stories_does_not_matter(dice: random.Random) -> None:
    places = ("Strait of Almery", "Port Osse", "Lake Tarn", "Ada Quill")
    stories = [
        story(n, f"Much was said of {places[n % 4]} and {places[n % 3]}.", places[n % 2]) for n in range(12)
    ]
    shuffled = stories[:]
    dice.shuffle(shuffled)
    assert discover(stories, [], ["all"]) == discover(shuffled, [], ["all"])


@given(st.lists(st.text(max_size=200), max_size=8), st.lists(st.text(max_size=40), max_size=8))
def test_any_text_gives_topics_with_names_that_fit_an_address(texts: list[str], labels: list[str]) -> None:
    stories = [story(n, text, *labels) for n, text in enumerate(texts)]
    found = discover(stories, [], ["all"])
    names = [topic.name for topic in found]
    assert len(set(names)) == len(names)
    assert all(part.isascii() and part.isalnum() for name in names for part in name.split("-"))
