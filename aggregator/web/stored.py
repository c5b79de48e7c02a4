"""The feeds of topics as they are stored, answered before Flask is asked: near the speed of a static file.

Only what is there under its one address is answered here; everything else (a topic that was renamed or has
ended, an address that is written otherwise, another method) goes to the application behind.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from aggregator.core.publish import ENTRIES, VIEWS
from aggregator.core.render import topic_feed_path
from aggregator.store import Store, StoredDocument
from aggregator.web.answer import http_date, is_known, tag_of, takes_gzip
from aggregator.web.desk import Desk, feed_type
from aggregator.web.edge import is_for_us

KEPT_BYTES = 32_000_000  # of bodies, plain and packed, that a process holds at most
FEED = re.compile(r"/topics/([a-z0-9-]+)\.(atom|rss|json)", re.ASCII)
QUERIES = {topic_feed_path("", view).partition("?")[2]: view for view in (*VIEWS, ENTRIES)}

Headers = list[tuple[str, str]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """A document with every answer that can be given: nothing is left to work out for a request."""

    etag: str
    tags: frozenset[str]  # as If-None-Match says them, as a rule
    modified: str  # as Last-Modified says it
    bodies: tuple[bytes, bytes]  # plain, packed
    # Headers of 304: plain, packed. Those that only guard a body are left out, for there is none, and the
    # client has them already (RFC 9110, 15.4.5): each would cost the server a twentieth of the answer.
    unchanged: tuple[Headers, Headers]
    whole: Mapping[tuple[bool, bool], Headers]  # (packed, opened in a browser) -> headers of 200

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies))


class Kept:
    """The documents of one state of the store, within a limit; the first to come are the first to go."""

    def __init__(self, generation: str | None, limit: int) -> None:
        self.generation = generation
        self.documents: dict[str, Ready] = {}
        self._limit = limit
        self._used = 0
        self._adding = Lock()

    def add(self, address: str, ready: Ready) -> None:
        """Keep a document."""
        with self._adding:
            if address in self.documents:
                return
            self.documents[address] = ready
            self._used += ready.size
            while self._used > self._limit and len(self.documents) > 1:
                self._used -= self.documents.pop(next(iter(self.documents))).size


class StoredFeeds:
    """Answer with stored feeds; ask the store at most once in `desk.settings.checked_every` for news."""

    def __init__(
        self,
        app: WSGIApplication,
        desk: Desk,
        headers: Mapping[str, str],
        limit: int = KEPT_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand before an application; `headers`: what every answer with a body carries."""
        self._app = app
        self._desk = desk
        self._headers = headers
        self._limit = limit
        self._monotonic = monotonic
        self._checked = -float("inf")
        self._kept = Kept(None, limit)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        ready = self._find(environ) if environ["REQUEST_METHOD"] in ("GET", "HEAD") else None
        if ready is None:
            return self._app(environ, start_response)
        packed = takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        known = environ.get("HTTP_IF_NONE_MATCH") in ready.tags
        if known or is_known(environ, ready.etag, ready.modified):
            start_response("304 NOT MODIFIED", ready.unchanged[packed].copy())
            return ()
        opened = environ.get("HTTP_SEC_FETCH_DEST") == "document"
        start_response("200 OK", ready.whole[packed, opened].copy())
        return () if environ["REQUEST_METHOD"] == "HEAD" else (ready.bodies[packed],)

    def _find(self, environ: WSGIEnvironment) -> Ready | None:
        """Return the document that is asked for; None: it is not for us to answer."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if not path.startswith("/topics/") or not self._is_for_us(environ.get("HTTP_HOST", "")):
            return None
        kept, address = self._current(), f"{path}?{query}" if query else path
        return kept.documents.get(address) or self._fetch(kept, path, query)

    def _is_for_us(self, host: str) -> bool:
        return is_for_us(host, self._desk.settings.trusted_hosts)

    def _current(self) -> Kept:
        """Return the documents of the store's present state, as far as we know it."""
        now = self._monotonic()
        if now - self._checked >= self._desk.settings.checked_every:
            self._checked = now  # before it is asked: other threads need not ask, too
            try:
                generation = self._desk.store.generation()
            except Exception as error:
                # Whatever keeps the database away: the last good documents are better than none.
                log.error("cannot ask whether feeds changed, serving them as they were: %s", error)
                return self._kept
            if generation != self._kept.generation:
                self._kept = Kept(generation, self._limit)
        return self._kept

    def _fetch(self, kept: Kept, path: str, query: str) -> Ready | None:
        """Read a document and keep it."""
        asked = FEED.fullmatch(path)
        if asked is None or query not in QUERIES:
            return None
        try:
            document = _document(self._desk.store, asked[1], asked[2], QUERIES[query])
        except Exception:
            return None  # behind us it fails again, and that is answered in words
        # One from the future has no date yet (RFC 9110, 8.8.2.1).
        if document is None or document.modified > self._desk.clock():
            return None
        ready = self._prepare(document)
        kept.add(document.path, ready)
        return ready

    def _prepare(self, document: StoredDocument) -> Ready:
        modified = http_date(document.modified)
        always = [*self._desk.feed_headers(document.path).items(), ("Last-Modified", modified)]
        bodies = (document.body, document.gzip)
        tags = [f'"{tag_of(document.etag, packed)}"' for packed in (False, True)]
        tagged = [[*always, ("ETag", tag)] for tag in tags]
        return Ready(
            etag=document.etag,
            tags=frozenset(tags),
            modified=modified,
            bodies=bodies,
            unchanged=(tagged[False], tagged[True]),
            whole={
                (packed, opened): [
                    *self._headers.items(),
                    *tagged[packed],
                    ("Content-Type", feed_type(document.media_type, opened)),
                    ("Content-Length", str(len(bodies[packed]))),
                    *([("Content-Encoding", "gzip")] if packed else []),
                ]
                for packed in (False, True)
                for opened in (False, True)
            },
        )


def _document(store: Store, name: str, suffix: str, view: str) -> StoredDocument | None:
    topic = store.topic(name)
    if topic is None or topic.withdrawn or topic.name != name:
        return None  # its documents may still lie there
    return store.document(topic_feed_path(name, view, suffix))
