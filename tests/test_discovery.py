"""Topics that nobody configured."""

import os
import random
import subprocess
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.discovery import MAX_TOPICS, allowed, discover
from aggregator.core.discovery.labels import EMPTY
from aggregator.core.topics import Matcher
from aggregator.model import Entry, Topic, TopicConfig
from aggregator.steps.discover import is_due

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

Made = tuple[UUID, list[Entry]]

RAIN = ("Rain fell in the valley", "Bakers want longer hours", "A library opens late", "Bus fares go up")


def story(number: int, title: str, text: str = "", *categories: str, **others: str) -> Made:
    entry = Entry(title=title, text=text, categories=categories, **({"publisher": "Nordwire"} | others))
    return UUID(int=number), [entry]


def others(count: int, first: int = 1_000) -> list[Made]:
    """Make stories that have nothing to do with each other."""
    return [
        story(first + n, f"{RAIN[n % len(RAIN)]}, {_word(n)} say", f"A {_word(n * 7)} and a {_word(n * 13)}.")
        for n in range(count)
    ]


def affair(name: str, words: str, count: int = 5, first: int = 1) -> list[Made]:
    """Make stories that headlines give one name and that have more words in common."""
    said = words.split()
    return [
        story(
            first + n,
            f"What the {said[n % len(said)]} means for {name} on day {_word(n)}",
            f"On day {_word(n)} the {said[n % len(said)]} and {said[(n + 1) % len(said)]} at {name} failed.",
        )
        for n in range(count)
    ]


def _word(number: int) -> str:
    """Write a number as a word that no other number has."""
    letters = "bdfgklmnprstvz"
    made = ""
    while number or not made:
        number, digit = divmod(number, len(letters))
        made += letters[digit] + "aeiou"[digit % 5]
    return made + "ling"


STRAIT = "tanker minesweeper convoy lighthouse"
TUNNEL = "drilling geologist flooding concrete"


def topic(config: TopicConfig, number: int = 1, discovered: bool = True) -> Topic:
    return Topic(UUID(int=number), config.name, config.title, NOON, rules=config.rules, discovered=discovered)


def held(config: TopicConfig, stories: Sequence[Made]) -> set[UUID]:
    """Return what a topic's rule gathers."""
    matches = Matcher(config.rules)
    return {story for story, entries in stories if any(map(matches, entries))}


def titles(
    stories: Sequence[Made],
    taken: Sequence[tuple[Topic, Collection[UUID]]] = (),
    room: int = MAX_TOPICS,
) -> list[str]:
    return [found.title for found in discover(stories, taken, room)]


# ---- labels


def test_a_label_on_two_stories_becomes_a_topic_that_takes_the_label() -> None:
    stories = [story(1, "Rain", "", "Port of Osse"), story(2, "Sun", "", "port of osse")]
    (found,) = discover(stories, [])
    assert (found.name, found.title) == ("port-of-osse", "Port of Osse")
    assert found.rules.categories == ("Port of Osse",)
    assert held(found, stories) == {UUID(int=1), UUID(int=2)}


def test_a_label_on_one_story_is_no_topic() -> None:
    assert titles([story(1, "Rain", "", "Port of Osse"), story(2, "Sun")]) == []


@pytest.mark.parametrize(
    "label",
    """News;World;Uncategorized;Top Stories;Front Page;2026;All posts;World/Asia;news, world;뉴스;Politik
    ;أخبار;Новости;国际;A;Editor’s Picks;December;Monday;Nordwire;The Nordwire;Ada Quill""".split(";"),
)
def test_a_label_that_says_nothing_of_the_subject_is_no_topic(label: str) -> None:
    stories = [
        story(n, "Rain fell", "", label.strip(), author="By Ada Quill and Bo Lind") for n in range(1, 6)
    ]
    assert titles([*stories, story(9, "Sun", "", "A" * 41), story(10, "Sun", "", "A" * 41)]) == []


def test_a_label_inside_a_path_or_list_is_a_label() -> None:
    labels = ("World/Port of Osse", "Port of Osse", "news, Port of Osse")
    stories = [story(n, "Rain", "", label) for n, label in enumerate(labels)]
    (found,) = discover(stories, [])
    assert found.name == "port-of-osse"
    assert len(held(found, stories)) == 3


def test_a_label_without_ascii_letters_has_an_address() -> None:
    (found,) = discover([story(1, "Rain", "", "북한 외교"), story(2, "Sun", "", "북한 외교")], [])
    assert found.title == "북한 외교"
    assert found.name.isascii() and found.name.startswith("topic-")


# ---- names


def test_a_name_that_stories_share_becomes_a_topic_in_its_spelling() -> None:
    shared = [story(n, f"Day {n} in the Strait of Almery", "Ships wait.") for n in (1, 2, 3)]
    (found,) = discover([*shared, story(4, "Rain"), story(5, "Sun")], [])
    assert (found.name, found.title) == ("strait-of-almery", "Strait of Almery")
    assert found.rules.any == ("strait of almery",)


def test_stories_of_one_affair_become_a_topic() -> None:
    assert titles([*affair("the Tarnsee Tunnel", TUNNEL), *others(60)]) == ["Tarnsee Tunnel"]


def test_a_name_of_one_word_can_tell_an_affair() -> None:
    assert titles([*affair("Almery", STRAIT), *others(60)]) == ["Almery"]


def test_a_place_in_stories_that_have_nothing_else_in_common_is_no_topic() -> None:
    backdrop = [
        (number, [Entry(title=f"{entry.title} in Port Osse", text=entry.text)])
        for number, (entry,) in others(12, first=1)
    ]
    assert titles([*backdrop, *affair("the Tarnsee Tunnel", TUNNEL, first=50), *others(60)]) == [
        "Tarnsee Tunnel"
    ]


def test_a_name_that_no_headline_says_is_no_topic() -> None:
    quiet = [story(n, f"Ships wait, {_word(n)} says", "The tanker at Port Osse sank.") for n in range(1, 6)]
    assert titles([*quiet, *others(60)]) == []


def test_a_name_in_a_fifth_of_many_stories_is_the_subject_of_everything_and_no_topic() -> None:
    assert "Port Osse" not in titles([*affair("Port Osse", STRAIT, count=25), *others(75)])


@pytest.mark.parametrize("name", ["Nordwire", "Ada Quill", "Monday", "December", "Getty Images", "Read More"])
def test_publishers_bylines_days_and_furniture_are_no_topics(name: str) -> None:
    stories = [
        (story, [Entry(title=e.title, text=e.text, publisher="The Nordwire", author="Ada Quill")])
        for story, (e,) in affair(name, STRAIT)
    ]
    assert titles([*stories, *others(60)]) == []


@pytest.mark.parametrize("title", ["President", "Special Counsel", "Senator", "Vice President"])
def test_a_title_before_a_name_is_not_part_of_it(title: str) -> None:
    assert titles([*affair(f"{title} Ada Quill", STRAIT), *others(60)]) == ["Ada Quill"]


def test_an_office_is_told_from_a_name_where_others_write_it_small() -> None:
    stories = [
        *affair("Harbour Warden Ada Quill", STRAIT, count=4),
        *affair("harbour warden Ada Quill", STRAIT, count=4, first=20),
        *others(80),
    ]
    assert titles(stories) == ["Ada Quill"]


def test_an_adjective_folds_into_its_noun_and_both_are_gathered() -> None:
    stories = [
        (story, [Entry(title=e.title, text=f"{e.text} South Almerian {_word(n)} were angry.")])
        for n, (story, (e,)) in enumerate(affair("South Almeria", STRAIT, count=6))
    ]
    stories.append(story(30, "A tanker and a convoy wait", "The minesweeper is South Almerian property."))
    (found,) = discover([*stories, *others(80)], [])
    assert found.title == "South Almeria"
    assert found.rules.any == ("south almeria", "south almerian")


def test_a_surname_that_means_one_person_is_gathered_with_the_full_name() -> None:
    stories = [
        *affair("Ada Quill", STRAIT, count=4),
        *affair("Quill", STRAIT, count=4, first=20),
        *others(80),
    ]
    (found,) = discover(stories, [])
    assert (found.title, found.rules.any) == ("Ada Quill", ("ada quill", "quill"))


def test_a_surname_of_several_people_names_none() -> None:
    stories = [
        *affair("Ada Quill", STRAIT, count=3),
        *affair("Bo Quill", STRAIT, count=3, first=20),
        *affair("Quill", STRAIT, count=3, first=40),
        *others(80),
    ]
    assert "Quill" not in titles(stories)


def test_of_two_names_for_the_same_stories_one_becomes_a_topic() -> None:
    assert titles([*affair("Ada Quill of the Tarnsee Tunnel", TUNNEL), *others(60)]) in (
        ["Tarnsee Tunnel"],
        ["Ada Quill"],
    )


def test_headlines_that_capitalise_every_word_give_no_names_by_themselves() -> None:
    stories = [story(n, "Harbour Strike Enters Fourth Week", "They strike on.") for n in range(1, 6)]
    assert titles(stories) == []


@pytest.mark.parametrize("language", ["de", None])
def test_german_nouns_are_no_names(language: str | None) -> None:
    said = ("Die Regierung", "Der Minister", "Das Ministerium", "Die Opposition")
    asked = ("prüft eine Reform der Rente", "fordert Geld für Schulen", "lehnt Hilfe für Bauern ab")
    stories = [
        (
            UUID(int=n + 1),
            [
                Entry(
                    title=f"{said[n % 4]} {asked[n % 3]}",
                    text=f"{said[n % 4]} {asked[n % 3]}. Die Kosten liegen bei {n} Millionen Euro.",
                    language=language,
                )
            ],
        )
        for n in range(40)
    ]
    assert titles(stories) == []
    assert titles(stories[:8]) == []


def test_a_german_name_is_found_without_its_titles() -> None:
    stories = [
        (UUID(int=n), [Entry(title=f"Kritik an Bundeskanzlerin Ada Quell am {n}.", language="de")])
        for n in range(1, 4)
    ]
    assert titles(stories) == ["Ada Quell"]


# ---- scripts without capitals

KOREAN = (
    "의회 예산안 처리 연기",
    "지하철 파업 예고",
    "폭우 피해 복구 지원",
    "학교 급식 개선 추진",
    "환율 급등 대책",
)
KOREAN_AFFAIR = ("알메리 해협 봉쇄에 선박 대기", "알메리 해협서 유조선 좌초", "정부, 알메리 해협 항로 재개")
ARABIC = ("الحكومة تعلن ميزانية جديدة", "إضراب عمال النقل غدا", "الأمطار تلحق أضرارا بالقرى")
ARABIC_AFFAIR = (
    "إغلاق مضيق ألميري أمام السفن",
    "ناقلة نفط تجنح قرب مضيق ألميري",
    "مضيق ألميري يعود إلى الملاحة",
)
CHINESE = ("政府公布新预算", "物价上涨引发担忧", "地铁工人宣布罢工", "暴雨冲毁山区道路", "学校改善午餐质量")
CHINESE_AFFAIR = ("阿尔梅里海峡关闭船只等候", "油轮在阿尔梅里海峡搁浅", "海军称阿尔梅里海峡恢复通航")
UNCASED = [
    (KOREAN, KOREAN_AFFAIR, "해군은 호위함과 소해함을 보냈고 유조선이 기다린다", "알메리 해협"),
    (ARABIC, ARABIC_AFFAIR, "قال خفر السواحل إن ناقلة النفط تنتظر سفن القطر", "مضيق ألميري"),
    (CHINESE, CHINESE_AFFAIR, "海军派出护卫舰和扫雷舰，油轮在港口等候", "阿尔梅里海峡"),
]


@pytest.mark.parametrize(("usual", "told", "text", "name"), UNCASED, ids=["ko", "ar", "zh"])
def test_a_script_without_capitals_names_its_affairs_too(
    usual: Sequence[str], told: Sequence[str], text: str, name: str
) -> None:
    stories = [story(n, told[n % 3], text) for n in range(1, 8)]
    stories += [story(100 + n, f"{usual[n % len(usual)]} {n}") for n in range(50)]
    (found,) = discover(stories, [])
    assert found.title == name
    assert len(held(found, stories)) == 7
    assert found.name.isascii() and found.name.startswith("topic-")


@pytest.mark.parametrize(("usual", "told", "text", "name"), UNCASED, ids=["ko", "ar", "zh"])
def test_few_stories_in_a_script_without_capitals_give_no_names(
    usual: Sequence[str], told: Sequence[str], text: str, name: str
) -> None:
    assert titles([story(n, told[n % 3], text) for n in range(1, 8)]) == []


# ---- what there is already


def test_what_a_topic_gathers_already_is_not_proposed_again() -> None:
    stories = [story(n, "Almery is closed", "At the Strait of Almery.", "Almery shipping") for n in (1, 2, 3)]
    (found,) = discover(stories, [])
    assert found.title == "Almery shipping"
    for discovered in (True, False):
        taken = topic(TopicConfig("shipping", "Shipping"), discovered=discovered)
        assert discover(stories, [(taken, {id_ for id_, _ in stories})]) == ()


def test_a_wide_topic_that_somebody_configured_may_have_a_part_that_is_discovered() -> None:
    stories = [*affair("the Tarnsee Tunnel", TUNNEL), *others(60)]
    wide = {id_ for id_, _ in stories[:15]}
    assert titles(stories, [(topic(TopicConfig("alps", "Alps"), discovered=False), wide)]) == [
        "Tarnsee Tunnel"
    ]
    assert titles(stories, [(topic(TopicConfig("alps", "Alps")), wide)]) == []


def test_what_the_title_of_a_configured_topic_names_is_not_discovered_beside_it() -> None:
    stories = [*affair("the Tarnsee Tunnel", TUNNEL), *others(60)]
    wide = {id_ for id_, _ in stories[:15]}
    taken = topic(TopicConfig("alps", "Building the Tarnsee tunnel"), discovered=False)
    assert titles(stories, [(taken, wide)]) == []


def test_a_name_in_use_is_not_proposed() -> None:
    stories = [story(n, "Rain", "", "Port of Osse") for n in (1, 2)]
    assert discover(stories, [(topic(TopicConfig("port-of-osse", "Osse"), discovered=False), ())]) == ()


def test_there_is_room_for_a_bounded_number() -> None:
    stories = [story(n, "Rain", "", f"Label {_word(n // 2)}") for n in range(20)]
    assert len(titles(stories, room=4)) == 4


def test_many_topics_need_many_stories() -> None:
    assert [allowed(count) for count in (0, 5, 100, 5_000)] == [3, 3, 13, MAX_TOPICS]


# ---- whatever comes, in whatever order

PLACES = ("Strait of Almery", "Port Osse", "Lake Tarn", "Ada Quill", "Karsund", "News", "2026", "Monday")
LABELS = ("Port of Osse", "News", "Tarn floods", "2026", "World/Asia", "Karsund")
made = st.lists(
    st.tuples(
        st.sampled_from(PLACES), st.sampled_from(PLACES), st.sampled_from(LABELS), st.sampled_from(RAIN)
    ),
    max_size=60,
).map(
    lambda rows: [
        story(n, f"{rain} at {a}", f"Then {rain.lower()} near {b}, and so on.", label)
        for n, (a, b, label, rain) in enumerate(rows)
    ]
)


@given(made, st.randoms(use_true_random=False))
def test_the_order_of_stories_does_not_matter(stories: list[Made], dice: random.Random) -> None:
    shuffled = stories[:]
    dice.shuffle(shuffled)
    assert discover(stories, []) == discover(shuffled, [])


def test_another_hash_seed_gives_the_same_topics() -> None:
    script = (
        "from test_discovery import *; stories = [*affair('Ada Quill', STRAIT), *others(60)]; "
        "print(discover([*stories, *affair('the Tarnsee Tunnel', TUNNEL, first=50)], []))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1 and "tarnsee-tunnel" in found.pop()


@given(made, made)
def test_growth_neither_repeats_nor_renames_nor_exceeds(before: list[Made], more: list[Made]) -> None:
    first = discover(before, [], allowed(len(before)))
    grown = before + [(UUID(int=id_.int + 1_000), entries) for id_, entries in more]
    taken = [(topic(config, n), held(config, grown)) for n, config in enumerate(first)]
    again = discover(grown, taken, allowed(len(grown)) - len(first))
    assert not {config.name for config in first} & {config.name for config in again}
    assert len(first) + len(again) <= allowed(len(grown))


@given(made)
def test_a_topic_gathers_two_stories_at_least_and_its_name_tells_something(stories: list[Made]) -> None:
    for config in discover(stories, []):
        assert len(held(config, stories)) >= 2
        assert not all(word in EMPTY or word.isdigit() for word in config.title.lower().split())


@given(made)
def test_looking_again_with_what_was_found_finds_nothing_new(stories: list[Made]) -> None:
    taken = [(topic(config, n), held(config, stories)) for n, config in enumerate(discover(stories, []))]
    assert discover(stories, taken) == ()


@given(st.lists(st.text(max_size=200), max_size=8), st.lists(st.text(max_size=40), max_size=8))
def test_any_text_gives_topics_with_names_that_fit_an_address(texts: list[str], labels: list[str]) -> None:
    stories = [story(n, text or "A", text, *labels) for n, text in enumerate(texts)]
    names = [config.name for config in discover(stories, [])]
    assert len(set(names)) == len(names)
    assert all(part.isascii() and part.isalnum() for name in names for part in name.split("-"))


@pytest.mark.parametrize(
    ("told", "stories", "hours", "due"),
    [
        (0, 2_000, 100, False),  # nothing new
        (1, 200, 0.5, True),  # among few a look costs nothing
        (199, 2_000, 0.5, False),
        (200, 2_000, 0.5, True),
        (1, 2_000, 5.9, False),
        (1, 2_000, 6, True),
        (1, 2_000, None, True),  # never looked
    ],
)
def test_topics_are_looked_for_once_enough_has_changed(
    told: int, stories: int, hours: float | None, due: bool
) -> None:
    assert is_due(told, stories, None if hours is None else timedelta(hours=hours)) is due
