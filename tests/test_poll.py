"""Polling a folder of feeds: what has come is saved while others let us wait."""

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from databases import Databases
from make import NOW, make_store

from aggregator.errors import AggregatorError, DocumentError, FetchError, GivenUpError
from aggregator.fetch import FetchRequest, FetchSettings, OnResult
from aggregator.model import Fetched, FollowedFeed, TopicConfig
from aggregator.steps.poll import Poller
from aggregator.store import Store


def test_what_feeds_gave_is_saved_while_another_one_hangs(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(databases)
    urls = [f"https://{name}.example/feed" for name in "abc"]
    topic = TopicConfig("cables", "Cables", feeds=tuple(FollowedFeed(url) for url in urls))
    store.follow([topic], {"all": uuid4(), "cables": uuid4()}, NOW)
    saved, in_time = threading.Event(), []

    def fetch(requests: Sequence[FetchRequest], _settings: FetchSettings, on_result: OnResult) -> None:
        for request in requests[:2]:
            on_result(request, FetchError(request.url, "answered 500"))
        in_time.append(saved.wait(20))
        on_result(requests[2], FetchError(requests[2].url, "took longer than 30 s"))

    monkeypatch.setattr("aggregator.steps.poll.fetch_all", fetch)
    monkeypatch.setattr("aggregator.steps.poll.PAUSE", 0.05)
    poller = Poller(FetchSettings(), timedelta(minutes=30))

    taken = poller.poll(store, NOW, progress=lambda _what, done, _of: saved.set() if done == 2 else None)

    assert in_time == [True]
    assert len(taken.problems) == 3
    poller.close()
    store.close()


class Feed:
    """One feed, polled again and again; its answer and what the parser says of it are given."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.poller, self.parsed = store, Poller(FetchSettings(), timedelta(minutes=30)), 0
        self.answer: Fetched | FetchError = Fetched(URL, URL, 200, {}, b"<html>")
        self.error: DocumentError = DocumentError(URL, "is a page")
        monkeypatch.setattr("aggregator.steps.poll.fetch_all", self._fetch)
        monkeypatch.setattr("aggregator.parsers.Parsers.parse", self._parse)

    def poll(self) -> list[str]:
        """Return the problems."""
        problems: tuple[AggregatorError, ...] = self.poller.poll(self.store, NOW, everything=True).problems
        assert [feed.error for feed in self.store.all_feeds()] == [p.reason for p in problems]
        return [problem.reason for problem in problems]

    def _fetch(self, requests: Sequence[FetchRequest], _settings: FetchSettings, on_result: OnResult) -> None:
        for request in requests:
            on_result(request, self.answer)

    def _parse(self, *_: object) -> None:
        self.parsed += 1
        raise self.error


URL = "https://a.example/feed"


@pytest.fixture
def feed(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    store = make_store(databases)
    store.add_feed(URL, NOW)
    yield Feed(store, monkeypatch)
    store.close()


def test_a_body_that_is_no_feed_is_not_parsed_again_and_stays_the_same_error(feed: Feed) -> None:
    assert [feed.poll(), feed.poll(), feed.poll()] == [["is a page"]] * 3
    assert feed.parsed == 1
    assert feed.store.all_feeds()[0].failures == 3


def test_another_body_and_another_version_of_the_program_are_parsed(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed.poll()
    feed.answer = Fetched(URL, URL, 200, {}, b"<html lang=en>")
    feed.poll()
    assert feed.parsed == 2
    monkeypatch.setattr("aggregator.steps.poll.__version__", "99")
    feed.poll()
    assert feed.parsed == 3


def test_a_failure_of_another_kind_in_between_is_not_taken_for_the_bodys(feed: Feed) -> None:
    page = feed.answer
    feed.poll()
    feed.answer = FetchError(URL, "answered 500")
    assert feed.poll() == ["answered 500"]
    feed.answer = page
    assert feed.poll() == ["is a page"]
    assert feed.parsed == 2


def test_a_body_that_its_parser_did_not_survive_is_tried_again(feed: Feed) -> None:
    feed.error = GivenUpError(URL, "took too long")
    assert [feed.poll(), feed.poll()] == [["took too long"]] * 2
    assert feed.parsed == 2


def test_a_publisher_that_wants_to_be_left_alone_is_not_asked_by_hand_either(feed: Feed) -> None:
    feed.answer = FetchError(URL, "is busy", status=503, retry_after=7_200)
    feed.poll()
    asked = [
        feed.poller.poll(feed.store, NOW + timedelta(hours=hours), everything=True).tried
        for hours in (0, 1, 2)
    ]
    assert asked == [0, 0, 1]


def test_a_wish_to_be_left_alone_ends_with_an_answer_that_came_before(feed: Feed) -> None:
    feed.answer = FetchError(URL, "is busy", status=503, retry_after=7_200)
    feed.poll()
    feed.store.add_feed(URL, NOW)  # somebody follows it anew, and it answers
    feed.answer = Fetched(URL, URL, 304)
    assert feed.poller.poll(feed.store, NOW).problems == ()
    assert feed.poller.poll(feed.store, NOW + timedelta(hours=1), everything=True).tried == 1


def test_feeds_that_failed_are_asked_after_those_that_answered(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(databases)
    for name in "abc":
        store.add_feed(f"https://{name}.example/feed", NOW)
    asked: list[str] = []

    def fetch(requests: Sequence[FetchRequest], _settings: FetchSettings, on_result: OnResult) -> None:
        for request in requests:
            asked.append(request.url[8:9])
            answers = request.url.startswith("https://c")
            url = request.url
            on_result(request, Fetched(url, url, 304) if answers else FetchError(url, "answered 500"))

    monkeypatch.setattr("aggregator.steps.poll.fetch_all", fetch)
    poller = Poller(FetchSettings(), timedelta(minutes=30))
    poller.poll(store, NOW, everything=True)
    poller.poll(store, NOW, everything=True)

    assert asked[:3] == ["a", "b", "c"]
    assert asked[3] == "c"
    store.close()
