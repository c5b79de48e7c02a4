"""Poll: feeds that are due are fetched and parsed, and what they bring is stored."""

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aggregator import __version__
from aggregator.core.identity import digest as digest_of
from aggregator.core.polling import asked_to_wait, newest, next_poll, retry
from aggregator.errors import DocumentError, FetchError, GivenUpError
from aggregator.fetch import FetchRequest, FetchSettings, fetch_all
from aggregator.model import FeedState, Fetched, ParsedFeed, Poll
from aggregator.parsers import Parsers
from aggregator.steps import Progress, silent
from aggregator.steps.outlook import Outlook
from aggregator.steps.read import Taken
from aggregator.store import Store

WAITING = 4  # answers with a body that wait for the parsers at most: it may have 20 MB
PARSING = 2  # documents parsed at a time, each in a child process of its own
READ_TOGETHER = 25  # polls that brought entries in one transaction
SAVED_TOGETHER = 250  # polls in one transaction: without entries, they are small
PAUSE = 1.0  # seconds after which what has been read is saved, however little: other feeds may hang for long
OK = 200
GONE = 410  # RFC 9110 §15.5.11: the publisher says that the feed has ended

Answer = tuple[FeedState, Fetched | FetchError]


ALONE = "alone"  # who claims feeds where nobody else does


@dataclass(frozen=True, slots=True)
class Claimant:
    """In whose name feeds are claimed."""

    worker: str
    clock: Callable[[], datetime]  # what leases are measured with
    is_wanted: Callable[[], bool] = lambda: False  # there is something else to do before more is claimed


class Poller:
    """Ask feeds, politely and many at once; hold the parsers between refreshes."""

    def __init__(self, fetching: FetchSettings, every: timedelta, claimant: Claimant | None = None) -> None:
        self._fetching = fetching
        self._every = every
        self._claimant = claimant
        self._parsers = Parsers()
        self._outlook = Outlook(every)

    def close(self) -> None:
        """End the parsers."""
        self._parsers.close()

    def poll(
        self, store: Store, now: datetime, everything: bool = False, progress: Progress = silent
    ) -> Taken:
        """Poll the feeds that are due, or all, and that nobody else polls; one that fails stops no other."""
        claimant = self._claimant or Claimant(ALONE, lambda: now)
        asked, taken = set[int](), Taken()
        try:
            while due := store.claim_feeds(claimant.worker, now, claimant.clock(), everything, asked):
                asked |= {feed.id for feed in due}
                for part in self._poll_claimed(store, claimant.worker, due, now):
                    taken += part
                    progress("Polling feeds", taken.tried, len(asked))
                if claimant.is_wanted():
                    break
        finally:
            store.release_feeds(claimant.worker)  # what was stored is released already
        return taken

    def _poll_claimed(
        self, store: Store, worker: str, due: Sequence[FeedState], now: datetime
    ) -> Iterator[Taken]:
        """Poll feeds and store what they bring; yield it part by part, as it is stored."""
        feeds = {feed.id: feed for feed in due}
        for answered in _batches(self._polls(due, now)):
            polls = self._outlook.judge(store, answered, feeds, now)
            problems = (FetchError(feeds[poll.feed].url, poll.error) for poll in polls if poll.error)
            yield Taken(len(polls), store.save_polls(polls, worker), tuple(problems))

    def _polls(self, due: Sequence[FeedState], now: datetime) -> Iterator[Poll | None]:
        """Yield what each feed gave; None: there is a pause."""
        pending: set[Future[Poll]] = set()
        with ThreadPoolExecutor(PARSING, thread_name_prefix="parse") as pool:
            for answer in _answers(due, self._fetching):
                if answer is not None and _has_body(answer[1]):
                    pending.add(pool.submit(self._poll_of, *answer, now))
                elif answer is not None:
                    yield self._poll_of(*answer, now)
                yield from _finished(pending, PARSING)
                if answer is None:
                    yield None
            yield from _finished(pending, 0)

    def _poll_of(self, feed: FeedState, answer: Fetched | FetchError, now: datetime) -> Poll:
        try:
            return self._understand(feed, answer, now)
        except Exception as fault:  # our own fault with one answer must not cost the others theirs
            from aggregator.core.clean import clean_line

            reason = f"cannot be taken in ({type(fault).__name__}: {clean_line(str(fault), 200)})"
            return self._failed(feed, FetchError(feed.url, f"{reason}; please report it"), now)

    def _understand(self, feed: FeedState, answer: Fetched | FetchError, now: datetime) -> Poll:
        if isinstance(answer, FetchError):
            return self._failed(feed, answer, now)
        digest = hashlib.sha256(answer.body).hexdigest() if answer.status == OK else None
        parsed: ParsedFeed | None = None
        if digest is not None and digest != feed.digest:
            if feed.error and feed.digest == _no_feed(digest, feed.error):
                return self._failed(feed, FetchError(feed.url, feed.error, reached=True), now)
            try:
                parsed = self._parsers.parse(answer, now, feed)
            except GivenUpError as error:
                return self._failed(feed, FetchError(feed.url, error.reason, reached=True), now)
            except DocumentError as error:
                failed = self._failed(feed, FetchError(feed.url, error.reason, reached=True), now)
                return replace(failed, digest=_no_feed(digest, error.reason))
        after = replace(feed, newest=newest(feed, parsed, now), **_wishes(parsed or feed))
        again = next_poll(after, now, self._every, answer.headers)
        return Poll(feed.id, now, again, answer, digest, parsed, newest=after.newest, reached=True)

    def _failed(self, feed: FeedState, error: FetchError, now: datetime) -> Poll:
        if error.status == GONE:
            return Poll(feed.id, now, None, error=error.reason, gone=True, reached=True)
        again = retry(feed, now, self._every, error.retry_after)
        wait_until = asked_to_wait(now, error.retry_after)
        return Poll(feed.id, now, again, error=error.reason, wait_until=wait_until, reached=error.reached)


def _finished(pending: set[Future[Poll]], most: int) -> Iterator[Poll]:
    """Take out and yield what has been parsed; wait until no more than `most` are left."""
    # Not in their order: a document may take its parser ten seconds.
    done = {one for one in pending if one.done()}
    while done or len(pending) > most:
        done = done or wait(pending, return_when=FIRST_COMPLETED).done
        pending -= done
        yield from (one.result() for one in done)
        done = set()


def _no_feed(body: str, error: str) -> str:
    """Return the digest by which a body is recognised that cannot be read; another version may read it."""
    return digest_of("no feed", __version__, body, error)


def _has_body(answer: Fetched | FetchError) -> bool:
    return isinstance(answer, Fetched) and answer.status == OK


def _wishes(said: ParsedFeed | FeedState) -> dict[str, Any]:
    return {name: getattr(said, name) for name in ("ttl", "skip_hours", "skip_days")}


def _answers(due: Sequence[FeedState], settings: FetchSettings) -> Iterator[Answer | None]:
    """Yield answers as they come, None once a PAUSE; fetching runs beside, and bodies wait to be taken."""
    if not due:
        return
    feeds = {feed.id: feed for feed in due}
    answers: queue.SimpleQueue[Answer | BaseException | None] = queue.SimpleQueue()
    room = threading.Semaphore(WAITING)
    left = threading.Event()  # nobody takes answers any more

    def take(request: FetchRequest, answer: Fetched | FetchError) -> None:
        while _has_body(answer) and not left.is_set() and not room.acquire(timeout=0.2):
            continue
        answers.put((feeds[request.id], answer))

    def run() -> None:
        ended: BaseException | None = None
        try:
            requests = [
                FetchRequest(feed.address, feed.etag, feed.last_modified, feed.id, configured=feed.url)
                for feed in due
            ]
            fetch_all(requests, settings, take)
        except BaseException as error:
            ended = error
        answers.put(ended)

    threading.Thread(target=run, name="fetch", daemon=True).start()
    try:
        for answer in _with_pauses(answers):
            if answer is not None and _has_body(answer[1]):
                room.release()
            yield answer
    finally:
        left.set()


def _with_pauses(answers: "queue.SimpleQueue[Answer | BaseException | None]") -> Iterator[Answer | None]:
    """Yield answers until None comes, and None whenever a PAUSE is over; raise what comes as an error."""
    until = time.monotonic() + PAUSE
    while True:
        try:
            answer = answers.get(timeout=max(until - time.monotonic(), 0))
        except queue.Empty:
            until = time.monotonic() + PAUSE
            yield None
            continue
        if answer is None:
            return
        if isinstance(answer, BaseException):
            raise answer
        yield answer
        if time.monotonic() > until:
            until = time.monotonic() + PAUSE
            yield None


def _batches(polls: Iterable[Poll | None]) -> Iterator[list[Poll]]:
    """Yield polls that are saved together: so many, or those before a pause."""
    batch, read = list[Poll](), 0
    for poll in polls:
        if poll is not None:
            batch.append(poll)
            read += poll.parsed is not None
        if batch and (poll is None or read == READ_TOGETHER or len(batch) == SAVED_TOGETHER):
            yield batch
            batch, read = [], 0
    if batch:
        yield batch
