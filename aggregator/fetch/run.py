"""A run over many requests: one connection a host at a time, redirects by hand, a deadline for each."""

import asyncio
import re
import resource
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin

from aggregator.errors import FetchError
from aggregator.fetch import FetchRequest, FetchSettings, OnResult
from aggregator.fetch.addresses import CONTROL, Network, Target, is_allowed, judge, read_url
from aggregator.fetch.answer import coding_of, decode, read_headers, retry_after, status_words
from aggregator.fetch.connection import addresses_of, ask, in_thread, our_headers
from aggregator.fetch.failures import (
    OUR_LIMITS,
    BrokenOffError,
    NoAnswerError,
    NoHttpError,
    TooLargeError,
    UnusableError,
    words,
)
from aggregator.fetch.http import Exchange
from aggregator.fetch.lanes import Lanes
from aggregator.model import Fetched

HOPS = 5  # redirects that are followed
PERMANENT, TEMPORARY = {301, 308}, {302, 303, 307}
GONE = 410
SMALL = 256_000  # bytes; a body past it waits until few others are as large
LARGE_AT_ONCE = 3  # each may hold the wire's and the decoded limit together: 90 MB in all
UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110, 5.5: no part of a field, though some come
FEWEST = 4  # requests at a time, however few files may be open


@dataclass(slots=True)
class Trail:
    """A request on its way through redirects."""

    request: FetchRequest
    target: Target
    left: float  # seconds until its deadline
    allowed: tuple[Network, ...]  # networks that are open to it
    asked: list[str] = field(default_factory=list)  # addresses, the present one included
    moved_to: str | None = None
    permanent: bool = True  # every redirect so far was

    def follow(self, status: int, location: str | None) -> None:
        """Move on to where a redirect leads; raise UnusableError where that must not be asked."""
        if not location:
            raise UnusableError(f"redirects ({status}) without saying where to; trying again later")
        if CONTROL.search(location):
            raise UnusableError(
                "redirects to an address with control characters; only its publisher can mend that"
            )
        try:
            whole = urljoin(str(self.target), location.strip(" "))
        except ValueError as error:
            raise UnusableError(f"redirects ({status}) to no valid address; trying again later") from error
        target = read_url(whole)
        if str(target) in self.asked:
            raise UnusableError("redirects in a circle; trying again later")
        if len(self.asked) > HOPS:
            raise UnusableError(f"redirects more than {HOPS} times; trying again later")
        self.target = target
        self.permanent = self.permanent and status in PERMANENT
        self.moved_to = str(target) if self.permanent else self.moved_to


@dataclass(slots=True)
class Turn:
    """Whose turn it is at a host, and when the next one's comes."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ready: float = 0.0  # on the loop's clock


@dataclass(slots=True)
class Room:
    """Leave to hold a large body, until the answer has been given."""

    large: asyncio.Semaphore
    held: AsyncExitStack
    deadline: asyncio.Timeout
    made: bool = False

    async def make(self) -> None:
        """Wait until there is room; the deadline waits too, as it is us who keep the publisher waiting."""
        if self.made:
            return
        loop, when = asyncio.get_running_loop(), self.deadline.when() or 0.0
        left = when - loop.time()
        self.deadline.reschedule(None)
        await self.held.enter_async_context(self.large)
        self.deadline.reschedule(loop.time() + left)
        self.made = True


class Run:
    """Hold what requests share: turns, lanes, room, and the one who takes answers."""

    def __init__(self, settings: FetchSettings, on_result: OnResult) -> None:
        self._settings = settings
        self._on_result = on_result
        self._turns: defaultdict[str, Turn] = defaultdict(Turn)
        self._lanes = Lanes(min(settings.concurrency, _most_at_once()))
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._taking = asyncio.Lock()
        self._headers = our_headers(settings.base_url)

    async def all(self, requests: Sequence[FetchRequest]) -> None:
        """Fetch all."""
        await asyncio.gather(*map(self._one, requests))

    async def _one(self, request: FetchRequest) -> None:
        try:
            target = read_url(request.url)
            allowed = self._allowed(request, target)
        except UnusableError as error:
            await self._give(request, FetchError(request.url, str(error)))
            return
        trail = Trail(request, target, self._settings.deadline, allowed)
        redirected = True
        while redirected:
            # The turn first: who waits for a host must not hold a place that others could use.
            async with self._turn(trail.target), self._lanes.place() as place, AsyncExitStack() as held:
                answer = await self._hop(trail, held)
                place.stay()
                redirected = answer is None
                if answer is not None:
                    # Given while place and room are held: who does not take answers gets no more of them.
                    await self._give(request, answer)

    def _allowed(self, request: FetchRequest, target: Target) -> tuple[Network, ...]:
        """Open private networks to what a person named, not to where a feed once said that it had moved."""
        named = not request.configured or read_url(request.configured).host == target.host
        return self._settings.allow_networks if named else ()

    @asynccontextmanager
    async def _turn(self, target: Target) -> AsyncIterator[None]:
        turn, loop = self._turns[target.host_key], asyncio.get_running_loop()
        async with turn.lock:
            await asyncio.sleep(max(turn.ready - loop.time(), 0))
            try:
                yield
            finally:
                turn.ready = loop.time() + self._settings.host_spacing

    async def _give(self, request: FetchRequest, answer: Fetched | FetchError) -> None:
        async with self._taking:
            if isinstance(answer, Fetched) and answer.status == 200:
                await in_thread(lambda: self._on_result(request, answer))
            else:
                self._on_result(request, answer)

    async def _hop(self, trail: Trail, held: AsyncExitStack) -> Fetched | FetchError | None:
        """Ask once; return None where the answer was a redirect, and the trail has moved on."""
        trail.asked.append(str(trail.target))
        try:
            async with asyncio.timeout(trail.left) as deadline:
                answer = await self._ask(trail, Room(self._large, held, deadline))
                trail.left = (deadline.when() or 0.0) - asyncio.get_running_loop().time()
                return answer
        except Exception as error:  # whatever one feed does, the others are fetched
            # Without its cause: the traceback would keep half a body in memory until the error is stored.
            reason = words(error, trail.target.host, self._settings.deadline)
            return FetchError(trail.request.url, _located(trail, reason), reached=_reached(error, trail))

    async def _ask(self, trail: Trail, room: Room) -> Fetched | FetchError | None:
        addresses = await addresses_of(trail.target)
        judge(trail.target, addresses, trail.allowed)
        if not all(is_allowed(address, trail.allowed) for address in addresses):
            trail.allowed = ()  # a public feed never leads into a private network
        form = trail.request.form
        async with ask(trail.target, addresses, self._headers | _validators(trail.request), form) as response:
            headers = read_headers(response.headers)
            if form is not None:  # what is posted is not posted elsewhere, and its answer has no body for us
                is_taken = 200 <= response.status < 300
                return (_fetched if is_taken else _failed)(trail, response.status, headers)
            if response.status in PERMANENT | TEMPORARY:
                trail.follow(response.status, headers.get("location"))
                return None
            if response.status == 200:
                return _fetched(trail, 200, headers, await self._body(response, room))
            if response.status == 304 and _validators(trail.request):
                return _fetched(trail, 304, headers)
            return _failed(trail, response.status, headers)

    async def _body(self, response: Exchange, room: Room) -> bytes:
        coding = coding_of(response.header("content-encoding"))
        cap, wire = self._settings.decoded_cap, bytearray()
        length = next(iter(response.header("content-length")), "")
        if length.isdigit() and int(length[:20]) > self._settings.wire_cap:
            raise TooLargeError
        async for chunk in response.body():
            wire += chunk
            if len(wire) > self._settings.wire_cap:
                raise TooLargeError
            if len(wire) > SMALL:
                await room.make()
        if not room.made:
            with suppress(TooLargeError):  # and with the error goes what had been decoded, before the wait
                return decode(wire, coding, min(SMALL, cap))
            await room.make()
        return decode(wire, coding, cap)


def _fetched(trail: Trail, status: int, headers: dict[str, str], body: bytes = b"") -> Fetched:
    return Fetched(trail.request.url, str(trail.target), status, headers, body, trail.moved_to)


def _failed(trail: Trail, status: int, headers: dict[str, str]) -> FetchError:
    reason = _located(trail, status_words(status))
    # What is gone behind a redirect for now is not gone for good.
    told = status if trail.permanent or status != GONE else None
    later = retry_after(status, headers)
    return FetchError(trail.request.url, reason, status=told, retry_after=later, reached=True)


def _reached(error: BaseException, trail: Trail) -> bool | None:
    """Say whether a host was reached before something went wrong; None: we did not even try."""
    if len(trail.asked) > 1 or isinstance(
        error, NoAnswerError | NoHttpError | BrokenOffError | TooLargeError
    ):
        return True
    tried = isinstance(error, OSError) and error.errno not in OUR_LIMITS
    return False if tried else None


def _located(trail: Trail, reason: str) -> str:
    """Say where redirects had led when it went wrong."""
    return reason if len(trail.asked) == 1 else f"leads to {str(trail.target)[:200]}: {reason}"


def _validators(request: FetchRequest) -> dict[str, str]:
    validators = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in validators.items() if value and not UNSENDABLE.search(value)}


def _most_at_once() -> int:
    """Return how many requests the limit of open files leaves room for, beside the program's own."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(soft // 4, FEWEST) if soft != resource.RLIM_INFINITY else 1_000_000
