"""Which entries belong to a topic."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from aggregator.core.topics import Filing, Matcher
from aggregator.model import Entry, Rules, Topic

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def entry(title: str = "A headline", text: str = "", *categories: str) -> Entry:
    return Entry(title=title, text=text, categories=categories)


def topic(number: int, rules: Rules | None = None, everything: bool = False) -> Topic:
    return Topic(UUID(int=number), f"t{number}", "T", NOON, rules=rules or Rules(), everything=everything)


@pytest.mark.parametrize(
    "title", ["Kim Jong-un travels", "KIM JONG UN travels", "Kim Jong Un’s train", "“Kim Jong-Un”"]
)
def test_a_phrase_matches_in_any_case_and_with_hyphens_as_spaces(title: str) -> None:
    assert Matcher(Rules(any=("kim jong un",)))(entry(title))


@pytest.mark.parametrize("title", ["Hakim Jong Unix", "Kim and Jong Un", "Kim Jong"])
def test_only_whole_words_in_order_match(title: str) -> None:
    assert not Matcher(Rules(any=("kim jong un",)))(entry(title))


def test_a_phrase_does_not_reach_from_the_title_into_the_text() -> None:
    assert not Matcher(Rules(any=("north korea",)))(entry("Winds from the north", "Korea is dry."))


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("해협", "알메리 해협은 닫혔다"),
        ("알메리 해협", "정부, 알메리해협 재개"),
        ("海峡", "油轮在阿尔梅里海峡搁浅"),
        ("海峡", "オッセ海峡で船が座礁"),
    ],
)
def test_a_script_that_does_not_tell_words_by_spaces_matches_characters_in_a_row(
    phrase: str, title: str
) -> None:
    assert Matcher(Rules(any=(phrase,)))(entry(title))
    assert not Matcher(Rules(any=(phrase,)))(entry("海底电缆的峡谷 해저의 협곡"))


def test_words_that_stand_far_apart_or_inside_others_are_no_phrase() -> None:
    matches = Matcher(Rules(any=("north korea",)))
    assert not matches(entry("Northern lights over Korean waters", "Korea, north of the line"))
    assert matches(entry("Ｎｏｒｔｈ Korea’s ships"))


def test_any_or_categories_choose() -> None:
    matches = Matcher(Rules(any=("ferry",), categories=("DPRK Government",)))
    assert matches(entry("A ferry sinks"))
    assert matches(entry("A train leaves", "", "DPRK government"))
    assert not matches(entry("A train leaves", "", "Government"))


def test_all_must_and_none_must_not_match() -> None:
    matches = Matcher(Rules(any=("cable",), all=("strait",), none=("cable car",)))
    assert matches(entry("Cable cut in the strait"))
    assert not matches(entry("Cable cut in the bay"))
    assert not matches(entry("Cable car above the strait"))


def test_all_alone_chooses() -> None:
    assert Matcher(Rules(all=("strait",)))(entry("The strait is closed"))


def test_a_topic_without_rules_takes_what_its_own_feeds_bring() -> None:
    filing = Filing([topic(1)])
    assert filing(entry(), [UUID(int=1)]) == {UUID(int=1)}
    assert filing(entry(), []) == set()


def test_with_rules_the_rules_decide_over_every_feed() -> None:
    filing = Filing([topic(1, Rules(any=("cable",)))])
    assert filing(entry("A cable"), []) == {UUID(int=1)}
    assert filing(entry("A train"), [UUID(int=1)]) == set()


def test_the_topic_of_everything_takes_everything() -> None:
    assert Filing([topic(9, everything=True)])(entry(), []) == {UUID(int=9)}
