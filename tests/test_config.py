"""Settings from the environment, topics from files."""

from ipaddress import ip_network

import pytest

from aggregator.config import read_publishers, read_settings, read_topic, read_topics
from aggregator.errors import ConfigError
from aggregator.model import FollowedFeed, KnownPublisher

KOREA = b"""
name = "korea"
title = "Korean peninsula"
was = ["dprk"]
any = ["north korea", "kim jong un"]
categories = ["DPRK Government"]

[[feeds]]
url = "https://www.example.org/korea/feed"
publisher = "Example News"
"""


def test_a_topics_file_says_everything_the_guide_shows() -> None:
    topic = read_topic("korea.toml", KOREA)
    assert (topic.name, topic.title, topic.was) == ("korea", "Korean peninsula", ("dprk",))
    assert topic.rules.any == ("north korea", "kim jong un")
    assert topic.rules.categories == ("DPRK Government",)
    assert topic.feeds == (FollowedFeed("https://www.example.org/korea/feed", "Example News"),)


def test_a_topic_is_named_after_its_file_where_it_has_no_name() -> None:
    topic = read_topic("Undersea Cables.toml", b"")
    assert (topic.name, topic.title) == ("undersea-cables", "Undersea cables")


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        (b'title = "x"\ntitel = "y"\n', "a.toml:2", "did you mean 'title'?"),
        (b'[[feeds]]\nurl = "https://a.example/"\n\n[[feeds]]\nurl = "nope"\n', "a.toml:5", "url"),
        (b'[[feeds]]\npublisher = "x"\n', "a.toml", "url"),
        (b'name = "No Slug"\n', "a.toml:1", "lower-case"),
        (b'name = "all"\n', "a.toml:1", "all stories"),
        (b"any = 3\n", "a.toml:1", "any"),
        (b"any = [\n", "a.toml", "not valid TOML"),
        (b"\xff\xfe", "a.toml", "is not UTF-8"),
    ],
)
def test_a_wrong_file_is_reported_with_place_and_next_step(body: bytes, place: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_topic("a.toml", body)
    assert caught.value.subject.startswith(place)
    assert words in caught.value.reason


def test_a_bad_file_does_not_stop_the_good_ones() -> None:
    topics, errors = read_topics([("bad.toml", b"x = 1"), ("korea.toml", KOREA)])
    assert [topic.name for topic in topics] == ["korea"]
    assert [error.subject for error in errors] == ["bad.toml:1"]


def test_two_files_for_one_topic_are_an_error_that_names_both() -> None:
    topics, errors = read_topics([("a.toml", b'name = "x"'), ("b.toml", b'name = "x"')])
    assert len(topics) == 1
    assert "a.toml" in str(errors[0]) and "b.toml" in str(errors[0])


def test_corrections_and_publishers_are_no_topics() -> None:
    assert read_topics([("corrections.toml", b""), ("publishers.toml", b""), ("notes.txt", b"")]) == ((), ())


OPML = b"""<opml version="2.0"><head/><body>
<outline text="Sea &amp; Shore"><outline type="rss" text="Harbour" xmlUrl="https://a.example/feed"/>
<outline text="Nordwire" xmlUrl="https://b.example/feed"/>
<outline text="bad" xmlUrl="javascript:x"/></outline>
<outline text="Alone" xmlUrl="https://c.example/feed"/></body></opml>"""


def test_a_list_of_feeds_from_another_reader_becomes_topics() -> None:
    topics, errors = read_topics([("my-list.opml", OPML)])
    assert errors == ()
    sea, rest = topics
    assert (sea.name, sea.title, [feed.title for feed in sea.feeds]) == (
        "sea-shore",
        "Sea & Shore",
        ["Harbour", "Nordwire"],
    )
    assert (rest.name, [feed.url for feed in rest.feeds]) == ("my-list", ["https://c.example/feed"])


@pytest.mark.parametrize("body", [b"", b"<opml><body/></opml>", b"<html/>", b"<opml>"])
def test_a_list_that_names_no_feed_is_an_error_with_its_name(body: bytes) -> None:
    topics, (error,) = read_topics([("list.opml", body)])
    assert topics == () and error.subject == "list.opml"


def test_settings_have_the_documented_defaults() -> None:
    settings = read_settings()
    assert settings.public_url == "http://127.0.0.1:8080"
    assert (settings.refresh_minutes, settings.host_spacing_seconds) == (30, 1)
    assert (str(settings.feeds_dir), str(settings.seeds_dir), str(settings.data_dir)) == (
        "feeds",
        "seeds",
        "data",
    )


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_BASE_URL", "https://news.example/desk/")
    monkeypatch.setenv("AGGREGATOR_ALLOW_NETWORKS", "10.0.0.0/8, fd00::/8")
    settings = read_settings()
    assert settings.public_url == "https://news.example/desk"
    assert settings.allow_networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def test_every_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_PORT", "many")
    monkeypatch.setenv("AGGREGATOR_TIMEZONE", "Mars/Base")
    with pytest.raises(ConfigError) as caught:
        read_settings()
    assert "AGGREGATOR_PORT" in str(caught.value) and "AGGREGATOR_TIMEZONE" in str(caught.value)


PUBLISHERS = b"""
[[publishers]]
name = "Tamsel Post"
aliases = ["Post world desk"]
domains = ["tamselpost.example"]
owner = "Valley Media"
"""


def test_a_file_of_publishers_says_everything_the_guide_shows() -> None:
    known, problems = read_publishers([("publishers.toml", PUBLISHERS), ("korea.toml", KOREA)])
    assert problems == ()
    assert known == (
        KnownPublisher("Tamsel Post", ("Post world desk",), ("tamselpost.example",), "Valley Media"),
    )


def test_without_a_file_of_publishers_nothing_is_said_of_them() -> None:
    assert read_publishers([("korea.toml", KOREA)]) == (None, ())


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        (b"[[publishers]]\nname = 'a'\nalias = ['b']\n", "publishers.toml:3", "did you mean 'aliases'?"),
        (b"[[publisher]]\nname = 'a'\n", "publishers.toml:1", "did you mean 'publishers'?"),
        (b"[[publishers]]\naliases = ['b']\n", "publishers.toml:1", "name"),
        (b"[[publishers]]\nname = 'a'\ndomains = ['https://a.example/']\n", "publishers.toml:3", "domains"),
        (
            b"[[publishers]]\nname = 'a'\n[[publishers]]\nname = 'A'\n",
            "publishers.toml:4",
            "also a name of 'a'",
        ),
        (b"\n[[publishers]]\nname = 'a\n", "publishers.toml:3", "not valid TOML"),
    ],
)
def test_a_wrong_file_of_publishers_is_reported_with_line_and_next_step(
    body: bytes, place: str, words: str
) -> None:
    known, problems = read_publishers([("publishers.toml", body)])
    assert known is None
    assert [problem.subject for problem in problems] == [place]
    assert words in problems[0].reason
