"""One request to addresses that were judged: nothing here follows, keeps, or adds anything."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from typing import TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from aggregator import __version__
from aggregator.fetch.addresses import Address, Target
from aggregator.fetch.failures import UnusableError

T = TypeVar("T")

HEADER_BYTES = 16_000  # of all headers of an answer
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)


def our_headers(base_url: str) -> dict[str, str]:
    """Return the headers of every request."""
    agent = f"aggregator/{__version__}" + (f" (+{base_url})" if base_url else "")
    return {"User-Agent": agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate"}


async def in_thread(call: Callable[[], T]) -> T:
    """Run a call that may block in a daemon thread: one that never returns keeps nobody from leaving."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():  # nobody waits any more
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type] # None only where T is

    def run() -> None:
        result, failed = None, None
        try:
            result = call()
        except BaseException as error:
            failed = error
        with suppress(RuntimeError):  # the loop has been closed
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=run, name="fetch-wait", daemon=True).start()
    return await future


async def addresses_of(target: Target) -> tuple[Address, ...]:
    """Return the addresses of a target's host, without a lookup where it is one itself."""
    with suppress(ValueError):
        return (ip_address(target.host),)
    found = await in_thread(
        lambda: socket.getaddrinfo(
            target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    )
    return tuple(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


class Judged(AbstractResolver):
    """Answer every lookup with the addresses that were judged: what DNS says meanwhile does not matter."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the judged addresses of the asked family."""
        found = [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in self._addresses
        ]
        return [result for result in found if family in (socket.AF_UNSPEC, result["family"])]

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


@asynccontextmanager
async def ask(
    target: Target,
    addresses: Sequence[Address],
    headers: Mapping[str, str],
    form: Mapping[str, str] | None = None,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask a target at its judged addresses; the answer's headers are here and its body is not.

    form: what is posted; None: it is a GET.

    A session for each request: no cookie, connection or lookup of one can serve another. The address is sent
    as it was judged, `encoded`: yarl would write it anew.
    """
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=Judged(addresses), use_dns_cache=False, force_close=True, limit=0
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # the deadline is the caller's
            auto_decompress=False,
            trust_env=False,
            read_bufsize=64_000,
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
        ) as session,
        session.request(
            "GET" if form is None else "POST",
            URL(str(target), encoded=True),
            headers=headers,
            data=form,
            allow_redirects=False,
        ) as response,
    ):
        if sum(len(name) + len(value) + 4 for name, value in response.raw_headers) > HEADER_BYTES:
            raise UnusableError("sent headers that are too long; only its publisher can mend that")
        yield response
        response.close()
