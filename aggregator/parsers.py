"""Run the feed parser in child processes with limits, so that no document can stop or fill the service."""

import atexit
import contextlib
import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from aggregator.errors import DocumentError, GivenUpError
from aggregator.model import FeedState, Fetched, ParsedFeed

CHILDREN = 2
DOCUMENTS = 1_000  # a child is replaced after so many, so that what leaks in a parser does not grow
LARGE = 1_000_000  # bytes; a child that has parsed such a document keeps the memory it took, and is replaced
MEMORY = 256 * 1024 * 1024  # bytes of address space beyond what a fresh child has
CPU = 5  # seconds of processor a document
WALL = 10.0  # seconds a document

_TOO_MUCH = "used more memory or time than a feed may"
Question = tuple[bytes, dict[str, str], str, datetime, FeedState]
Answer = ParsedFeed | tuple[str, str]  # or subject and reason of an error
Parse = Callable[[bytes, dict[str, str], str, datetime, FeedState], ParsedFeed]


class Parsers:
    """A few long-lived children, started when first needed; each parses one document at a time.

    A document that goes past its limits costs its child and is an error of its own; the next gets a new one.
    """

    def __init__(self, children: int = CHILDREN, wall: float = WALL) -> None:
        self._wall = wall
        self._free: list[_Child] = []
        self._turn = threading.BoundedSemaphore(children)
        self._large = threading.Lock()  # what two large documents take together is too much
        self._lock = threading.Lock()
        atexit.register(self.close)

    def parse(self, fetched: Fetched, now: datetime, feed: FeedState) -> ParsedFeed:
        """Parse what an answer brings that the feed did not have; waits for a free child.

        Raises DocumentError; GivenUpError where a child was lost with it.
        """
        large = len(fetched.body) >= LARGE
        with self._large if large else contextlib.nullcontext(), self._turn:
            child = self._take()
            try:
                answer = child.ask(
                    (fetched.body, dict(fetched.headers), fetched.final_url, now, feed), self._wall
                )
            except (EOFError, OSError, TimeoutError) as error:
                child.end()
                raise GivenUpError(fetched.url, self._what_happened(error)) from error
            self._give_back(child)
        if isinstance(answer, tuple):
            raise DocumentError(*answer)
        return answer

    def close(self) -> None:
        """End the children; the next document starts new ones."""
        with self._lock:
            children, self._free = self._free, []
        for child in children:
            child.end()

    def _take(self) -> "_Child":
        with self._lock:
            if self._free:
                return self._free.pop()
        return _Child()

    def _give_back(self, child: "_Child") -> None:
        if child.served >= DOCUMENTS or child.largest >= LARGE:
            child.end()
            return
        with self._lock:
            self._free.append(child)

    def _what_happened(self, error: Exception) -> str:
        used = f"took longer than {self._wall:g} s" if isinstance(error, TimeoutError) else _TOO_MUCH
        return f"{used} and was given up; the feed may be broken or hostile"


class _Child:
    """One parser process and the pipe to it."""

    def __init__(self) -> None:
        # Not forked: this process has threads, and a fork copies the locks they hold.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.served = 0
        self.largest = 0  # bytes of a document

    def ask(self, question: Question, wall: float) -> Answer:
        """Have one document parsed; raises TimeoutError, or EOFError or OSError where the child is gone."""
        # A new child first has to import its parser.
        patience = wall if self.served else wall + WALL
        self.served += 1
        self.largest = max(self.largest, len(question[0]))
        self._pipe.send(question)
        if not self._pipe.poll(patience):
            raise TimeoutError
        answer: Answer = self._pipe.recv()
        return answer

    def end(self) -> None:
        """Kill the process: it holds nothing that would have to be saved."""
        self._pipe.close()
        self._process.kill()
        self._process.join(5)


def _serve(pipe: Connection) -> None:
    """Parse what comes through the pipe until it is closed, which it is when the parent ends."""
    # Imported here, as only children parse, and at once: what it takes is not counted against a document.
    from aggregator.core.parse import parse_news

    # Ctrl-C reaches the whole group of processes; the parent decides, and a child that waits has no words.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        while True:
            question = pipe.recv()
            _limit()
            pipe.send(_answer(parse_news, *question))


def _answer(
    parse: Parse, body: bytes, headers: dict[str, str], url: str, now: datetime, feed: FeedState
) -> Answer:
    try:
        return parse(body, headers, url, now, feed)
    except DocumentError as error:
        return error.subject, error.reason
    except MemoryError:
        return url, "needs more memory than a feed may; it may be broken or hostile"
    except Exception as error:  # a parser's own fault must cost one document, not the service
        return url, f"cannot be parsed ({type(error).__name__}: {error}); please report it"


def _limit() -> None:
    """Allow this process its memory, and so much more processor time; what goes past ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU + 1, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    with contextlib.suppress(ValueError, OSError):
        if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MEMORY, resource.RLIM_INFINITY))


def _address_space() -> int:
    """Return the bytes of address space in use (Linux); elsewhere a generous guess."""
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 # no path of ours
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return MEMORY
