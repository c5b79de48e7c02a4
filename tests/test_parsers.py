"""The parser behind its limits."""

import multiprocessing
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import DocumentError
from aggregator.model import FeedState, Fetched
from aggregator.parsers import Parsers

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEED = FeedState(1, "https://a.example/feed")
ITEM = b"<item><title>Cable cut</title></item>"
RSS = b"<rss version='2.0'><channel><title>Nordwire</title>" + ITEM + b"</channel></rss>"
# An author field that takes feedparser a time that grows with the square of its length, in an unusual entry.
SLOW = RSS.replace(b"<item>", b"<item a='1'><author>" + b"a" * 200_000 + b"</author>")


def fetched(body: bytes, url: str = "https://a.example/feed") -> Fetched:
    return Fetched(url, url, 200, {"content-type": "application/rss+xml"}, body)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    made = Parsers(wall=2.0)
    yield made
    made.close()


def test_a_feed_is_parsed_in_a_child(parsers: Parsers) -> None:
    feed = parsers.parse(fetched(RSS), NOW, FEED)
    assert (feed.title, [entry.title for entry in feed.entries]) == ("Nordwire", ["Cable cut"])


def test_what_is_no_feed_is_the_same_error_as_in_this_process(parsers: Parsers) -> None:
    with pytest.raises(DocumentError, match="is a web page, not a feed"):
        parsers.parse(fetched(b"<html><body>Hello</body></html>"), NOW, FEED)


def test_a_document_past_its_limits_is_given_up_and_the_next_one_is_parsed(parsers: Parsers) -> None:
    parsers.parse(fetched(RSS), NOW, FEED)  # a child that has just started is given more time
    with pytest.raises(DocumentError, match="given up"):
        parsers.parse(fetched(SLOW), NOW, FEED)
    assert parsers.parse(fetched(RSS), NOW, FEED).title == "Nordwire"


def test_many_threads_share_the_children(parsers: Parsers) -> None:
    titles = []
    threads = [
        threading.Thread(target=lambda: titles.append(parsers.parse(fetched(RSS), NOW, FEED).title))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles == ["Nordwire"] * 8


def test_after_closing_new_children_are_started() -> None:
    made = Parsers(children=1)
    assert made.parse(fetched(RSS), NOW, FEED).title == "Nordwire"
    made.close()
    assert made.parse(fetched(RSS), NOW, FEED).title == "Nordwire"
    made.close()


def test_a_document_that_fills_memory_is_given_up_and_the_next_one_is_parsed() -> None:
    made = Parsers(children=1)
    # 20 MB that become some 600 MB of lists.
    with pytest.raises(DocumentError, match="memory"):
        made.parse(fetched(b'{"items":[' + b"[[]]," * 4_000_000 + b"0]}"), NOW, FEED)
    assert made.parse(fetched(RSS), NOW, FEED).title == "Nordwire"
    made.close()


def children() -> set[int | None]:
    return {child.pid for child in multiprocessing.active_children()}


def test_a_child_is_kept_for_some_documents_and_then_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.parsers.DOCUMENTS", 2)
    others = children()
    made = Parsers(children=1)
    served = []
    for _ in range(3):
        made.parse(fetched(RSS), NOW, FEED)
        served.append(children() - others)
    made.close()

    assert len(served[0]) == len(served[2]) == 1, "one child waits for the next document"
    assert served[1] == set(), "after its share, it has ended"
    assert served[2] != served[0]
    assert children() == others


def test_no_child_is_started_before_there_is_a_document() -> None:
    others = children()
    Parsers().close()
    assert children() == others


def test_a_child_that_was_killed_costs_its_document_and_no_other() -> None:
    others = children()
    made = Parsers(children=1)
    made.parse(fetched(RSS), NOW, FEED)
    (child,) = (child for child in multiprocessing.active_children() if child.pid not in others)
    child.kill()
    child.join()

    with pytest.raises(DocumentError, match="given up"):
        made.parse(fetched(RSS), NOW, FEED)
    assert made.parse(fetched(RSS), NOW, FEED).title == "Nordwire"
    made.close()


PARENT = """
import os, signal, sys
from datetime import UTC, datetime
from aggregator.model import FeedState, Fetched
from aggregator.parsers import Parsers
NOW = datetime(2026, 1, 1, tzinfo=UTC)
if __name__ == "__main__":
    body = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
    feed = Parsers().parse(Fetched("u", "u", 200, {}, body), NOW, FeedState(1, "u"))
    print(feed.title, flush=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin without it
    os.kill(os.getpid(), int(sys.argv[1]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_children_end_with_their_parent_however_it_ends(tmp_path: Path, number: int) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)

    # The children hold the output open: it ends when they do, or this fails by its timeout.
    done = subprocess.run(
        [sys.executable, str(script), str(int(number))],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.stdout, done.returncode) == ("T\n", -number)
    assert "parsers.py" not in done.stderr
