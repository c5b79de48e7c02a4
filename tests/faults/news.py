"""Made-up news that no grouping could take for another, and the papers that carry it, on a real socket."""

import json
import random
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)  # when the news happens
PAPERS = ("Brekke Post", "Osse Radio", "Karsund Times", "Vellby Herald")
SYLLABLES = "ba ke li mo nu ra se ti vo zu dra fle gri klo pru sta tri wel".split()


@dataclass(frozen=True)
class Item:
    """One paper's report of an event: its title is nobody else's."""

    paper: str
    event: int

    @property
    def title(self) -> str:
        return f"{' '.join(words_of(self.event)[:5]).capitalize()}, {self.paper} reports"

    @property
    def text(self) -> str:
        words = words_of(self.event)
        random.Random(f"{self.paper} {self.event}").shuffle(words)
        return f"{' '.join(words).capitalize()}. So wrote {self.paper} about {' '.join(words[:6])}."

    @property
    def url(self) -> str:
        return f"https://{self.paper.partition(' ')[0].lower()}.example/{self.event}"

    @property
    def published(self) -> datetime:
        return BEGIN - timedelta(hours=6) + timedelta(minutes=self.event)


def words_of(event: int) -> list[str]:
    """Return the words of an event; no other event has any of them."""
    dice = random.Random(f"event {event}")
    return ["".join(dice.choices(SYLLABLES, k=4)) + f"{event:x}" for _ in range(18)]


def items(events: Iterable[int], papers: Iterable[str] = PAPERS) -> tuple[Item, ...]:
    """Return what papers report: the first of them of every event, the others of some."""
    return tuple(
        Item(paper, event)
        for event in events
        for n, paper in enumerate(papers)
        if n == 0 or (event + n) % 3 == 0
    )


def rss(paper: str, carried: Iterable[Item]) -> bytes:
    """Write a paper's feed."""
    rows = "".join(
        f"<item><title>{item.title}</title><link>{item.url}</link><guid>{item.url}</guid>"
        f"<pubDate>{format_datetime(item.published)}</pubDate><description>{item.text}</description></item>"
        for item in carried
    )
    return f'<rss version="2.0"><channel><title>{paper}</title>{rows}</channel></rss>'.encode()


def seed(carried: Iterable[Item]) -> str:
    """Write a seed document."""
    return "\n".join(
        json.dumps(
            {
                "title": item.title,
                "text": item.text,
                "url": item.url,
                "publisher": item.paper,
                "published": item.published.isoformat(),
            }
        )
        for item in carried
    )


@dataclass
class Stand:
    """Papers by address: what each carries now, under a tag that names it."""

    carried: dict[str, tuple[str, tuple[Item, ...]]] = field(default_factory=dict)
    acknowledged: set[Item] = field(default_factory=set)  # by a request that brought back their tag
    down: bool = False  # every request is answered with 503
    delay: float = 0.0  # seconds until an answer
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        stand = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body, tag = stand.answer(self.path, self.headers.get("If-None-Match", ""))
                self.send_response(status)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(body)))
                with suppress(ConnectionError):  # who asked was killed meanwhile
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("0.0.0.0", 0), Answer)  # all of 127.0.0.0/8 are hosts of its own
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, paper: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self._server.server_port}/{paper.replace(' ', '-')}"

    def carry(self, edition: str, carried: Iterable[Item]) -> None:
        """Put another edition of every paper on the stand."""
        found = tuple(carried)
        for paper in {item.paper for item in found}:
            its = tuple(item for item in found if item.paper == paper)
            self.carried[f"/{paper.replace(' ', '-')}"] = (f'"{edition}"', its)

    def answer(self, path: str, known: str) -> tuple[int, bytes, str]:
        self.asked.append(path)
        time.sleep(self.delay)
        if self.down or path not in self.carried:
            return 503, b"", '""'
        tag, carried = self.carried[path]
        if known == tag:
            self.acknowledged |= set(carried)
            return 304, b"", tag
        return 200, rss(carried[0].paper, carried), tag

    def under(self, url: str, tag: object) -> tuple[Item, ...]:
        """Return what a paper carried under a tag, if it carries that now."""
        known, carried = self.carried.get(f"/{url.rpartition('/')[2]}", ("", ()))
        return carried if tag == known else ()

    def topic(self, name: str, events: Iterable[int], papers: Iterable[str] = PAPERS) -> str:
        """Write the file of a topic that draws on the papers and takes the stories of some events."""
        words = json.dumps([words_of(event)[0] for event in events])
        rows = "".join(f'[[feeds]]\nurl = "{self.url(paper)}"\npublisher = "{paper}"\n' for paper in papers)
        return f'name = "{name}"\nany = {words}\n{rows}'
