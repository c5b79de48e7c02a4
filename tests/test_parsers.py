"""The parser behind its limits."""

import threading
from datetime import UTC, datetime

import pytest

from aggregator.errors import DocumentError
from aggregator.model import Fetched
from aggregator.parsers import Parsers

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ITEM = b"<item><title>Cable cut</title></item>"
RSS = b"<rss version='2.0'><channel><title>Nordwire</title>" + ITEM + b"</channel></rss>"
# An author field that takes feedparser a time that grows with the square of its length.
SLOW = RSS.replace(b"<item>", b"<item><author>" + b"a" * 200_000 + b"</author>")


def fetched(body: bytes, url: str = "https://a.example/feed") -> Fetched:
    return Fetched(url, url, 200, {"content-type": "application/rss+xml"}, body)


@pytest.fixture(scope="module")
def parsers():  # type: ignore[no-untyped-def]
    made = Parsers(wall=2.0)
    yield made
    made.close()


def test_a_feed_is_parsed_in_a_child(parsers: Parsers) -> None:
    feed = parsers.parse(fetched(RSS), NOW)
    assert (feed.title, [entry.title for entry in feed.entries]) == ("Nordwire", ["Cable cut"])


def test_what_is_no_feed_is_the_same_error_as_in_this_process(parsers: Parsers) -> None:
    with pytest.raises(DocumentError, match="is a web page, not a feed"):
        parsers.parse(fetched(b"<html><body>Hello</body></html>"), NOW)


def test_a_document_past_its_limits_is_given_up_and_the_next_one_is_parsed(parsers: Parsers) -> None:
    with pytest.raises(DocumentError, match="given up"):
        parsers.parse(fetched(SLOW), NOW)
    assert parsers.parse(fetched(RSS), NOW).title == "Nordwire"


def test_many_threads_share_the_children(parsers: Parsers) -> None:
    titles = []
    threads = [
        threading.Thread(target=lambda: titles.append(parsers.parse(fetched(RSS), NOW).title))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles == ["Nordwire"] * 8


def test_after_closing_new_children_are_started() -> None:
    made = Parsers(children=1)
    assert made.parse(fetched(RSS), NOW).title == "Nordwire"
    made.close()
    assert made.parse(fetched(RSS), NOW).title == "Nordwire"
    made.close()
