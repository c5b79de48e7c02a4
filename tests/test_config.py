"""Settings from the environment, topics from files."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import read_publishers, read_settings, read_topic, read_topics, unknown_settings
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


# ---- several mistakes, several files


def subjects(*files: tuple[str, bytes]) -> list[str]:
    return [mistake.subject for mistake in read_topics(files)[1]]


def test_every_mistake_of_a_file_is_told_in_the_order_of_its_lines() -> None:
    body = b'titel = "x"\nany = "dam"\n\n[[feeds]]\nurl = "nope"\n[[feeds]]\nurll = "https://a.example/"\n'
    topics, mistakes = read_topics([("a.toml", body)])
    assert topics == ()
    assert [str(mistake) for mistake in mistakes] == [
        "a.toml:1: unknown key 'titel'; did you mean 'title'?",
        'a.toml:2: any: must be a list, such as ["one", "two"]',
        "a.toml:5: feeds.url: is no http or https address",
        "a.toml:6: feeds.url: is missing",
        "a.toml:7: unknown key 'feeds.urll'; did you mean 'url'?",
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'feeds = ["https://a.example/"]\n', "[[feeds]]"),
        (b"any = [1]\n", "in quotes"),
        (b'withdrawn = "perhaps"\n', "true or false"),
        (b"[[feeds]]\nurl = 3\n", "address in quotes"),
    ],
)
def test_a_mistake_is_told_without_a_programmers_words(body: bytes, words: str) -> None:
    reason = read_topics([("a.toml", body)])[1][0].reason
    assert words in reason
    assert not any(jargon in reason for jargon in ("tuple", "_Feed", "dictionary", "Input should"))


def test_two_files_of_one_name_are_a_mistake_in_the_second() -> None:
    files = (("a.toml", b'name = "x"\n'), ("b.toml", b'title = "X"\nname = "x"\n'))
    topics, mistakes = read_topics(files)
    assert [topic.origin for topic in topics] == ["a.toml"]
    assert [mistake.subject for mistake in mistakes] == ["b.toml:2"]


def test_no_topic_may_claim_the_name_of_another_as_its_earlier_one() -> None:
    live = (("a.toml", b""), ("b.toml", b'\nwas = ["a"]\n'))
    assert subjects(*live) == ["b.toml:2"]
    assert [topic.name for topic in read_topics(live)[0]] == ["a"]
    assert subjects(("a.toml", b'was = ["old"]\n'), ("b.toml", b'was = ["old"]\n')) == ["b.toml:1"]


FOLDERS = """<opml version="2.0"><body>
<outline text="All"><outline text="A" xmlUrl="https://a.example/f"/></outline>
<outline text="Tech!"><outline text="B" xmlUrl="https://b.example/f"/></outline>
<outline text="News"><outline text="tech"><outline text="C" xmlUrl="https://c.example/f"/></outline></outline>
<outline text="한국"><outline text="D" xmlUrl="https://d.example/f"/></outline>
<outline text="日本"><outline text="E" xmlUrl="https://e.example/f"/></outline>
<outline text="F" xmlUrl="https://f.example/f"/>
</body></opml>"""


def test_every_folder_of_a_list_becomes_a_topic_that_hides_no_other() -> None:
    topics, mistakes = read_topics([("my-feeds.opml", FOLDERS.encode())])
    assert mistakes == ()
    found = {topic.name: [feed.url[8] for feed in topic.feeds] for topic in topics}
    assert found == {
        "all-feeds": ["a"],
        "tech": ["b", "c"],
        "topic-d55c-ad6d": ["d"],
        "topic-65e5-672c": ["e"],
        "my-feeds": ["f"],
    }


@given(st.binary(max_size=200), st.sampled_from(["a.toml", "a.opml", "publishers.toml"]))
def test_any_bytes_are_topics_or_told_mistakes(body: bytes, name: str) -> None:
    topics, mistakes = read_topics([(name, body)])
    assert topics or mistakes or name == "publishers.toml"
    read_publishers([(name, body)])


# ---- the environment


def test_a_variable_that_is_none_of_ours_is_told_with_what_was_meant() -> None:
    environment = {"AGGREGATOR_PROT": "1", "AGGREGATOR_PORT": "1", "AGGREGATOR_HUB_URL": "x", "HOME": "/"}
    mistakes = unknown_settings(environment)
    assert [m.reason for m in mistakes] == ["unknown variable AGGREGATOR_PROT; did you mean AGGREGATOR_PORT?"]


@pytest.mark.parametrize(
    ("url", "reachable"),
    [
        ("https://desk.example.org/news", True),
        ("http://93.184.216.34:8080", True),
        ("http://localhost:8080", False),
        ("http://127.0.0.1:8080", False),
        ("http://[::1]:8080", False),
        ("http://192.168.1.5", False),
        ("http://desk", False),
        ("http://desk.local", False),
        ("", False),
    ],
)
def test_hubs_are_asked_to_push_only_where_they_can_reach_us(
    url: str, reachable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if url:
        monkeypatch.setenv("AGGREGATOR_BASE_URL", url)
    assert read_settings().is_reachable is reachable


# ---- secrets, proxies, retention


def test_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://u:hunter2@db/x\n")
    (tmp_path / "token").write_text("0123456789abcdef0123\n")
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("AGGREGATOR_ADMIN_TOKEN_FILE", str(tmp_path / "token"))

    settings = read_settings()

    assert settings.database_url == "postgresql://u:hunter2@db/x"
    assert settings.admin_token == "0123456789abcdef0123"
    assert "hunter2" not in repr(settings) and "0123456789" not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"ADMIN_TOKEN": "short"}, "shorter than 16"),
        ({"ADMIN_TOKEN_FILE": "/nowhere/token"}, "cannot be read"),
        ({"ADMIN_TOKEN_FILE": "/dev/null"}, "is empty"),
        ({"DATABASE_URL": "sqlite://", "DATABASE_URL_FILE": "/dev/null"}, "set one of the two"),
        ({"TRUSTED_PROXIES": "10.0.0.300"}, "TRUSTED_PROXIES"),
        ({"RETENTION_DAYS": "0"}, "RETENTION_DAYS"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
    ],
)
def test_a_setting_that_cannot_hold_is_told(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"AGGREGATOR_{name}", value)
    with pytest.raises(ConfigError, match=words) as caught:
        read_settings()
    assert "short " not in str(caught.value).replace("shorter ", "")


def test_what_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RETENTION_DAYS", "ADMIN_TOKEN", "BASE_URL", "TRUSTED_PROXIES", "DATABASE_URL_FILE"):
        monkeypatch.setenv(f"AGGREGATOR_{name}", "")
    settings = read_settings()
    assert (settings.retention, settings.admin_token, settings.base_url) == (None, "", None)
    assert settings.trusted_proxies == ()


def test_proxies_and_retention_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8 ::1")
    monkeypatch.setenv("AGGREGATOR_RETENTION_DAYS", "90")
    monkeypatch.setenv("AGGREGATOR_LOG_FORMAT", "JSON")
    settings = read_settings()
    assert list(map(str, settings.trusted_proxies)) == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]
    assert settings.retention == timedelta(days=90)
    assert settings.log_format == "json"
