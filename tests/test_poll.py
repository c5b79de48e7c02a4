"""Polling a folder of feeds: what has come is saved while others let us wait."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from make import NOW

from aggregator.errors import FetchError
from aggregator.fetch import FetchRequest, FetchSettings, OnResult
from aggregator.model import FollowedFeed, TopicConfig
from aggregator.steps.poll import Poller
from aggregator.store import open_store
from aggregator.store.database import sqlite_url


def test_what_feeds_gave_is_saved_while_another_one_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(sqlite_url(tmp_path / "a.sqlite3"))
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
