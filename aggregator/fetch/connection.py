"""One request to addresses that were judged: nothing here follows, keeps, or adds anything."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlencode

from aggregator import __version__
from aggregator.fetch.addresses import Address, Target
from aggregator.fetch.http import Exchange

T = TypeVar("T")

PATIENCE = 4.0  # seconds for a connection to an address where the host has others
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


@asynccontextmanager
async def ask(
    target: Target,
    addresses: Sequence[Address],
    headers: Mapping[str, str],
    form: Mapping[str, str] | None = None,
) -> AsyncIterator[Exchange]:
    """Ask a target at its judged addresses; the answer's headers are here and its body is not.

    form: what is posted; None: it is a GET.

    A connection for each request, made to addresses only: what DNS says meanwhile does not matter, and
    nothing of one request can serve another.
    """
    exchange = await _connected(target, addresses, _request(target, headers, form))
    try:
        await exchange.head()
        yield exchange
    finally:
        exchange.close()


async def _connected(target: Target, addresses: Sequence[Address], request: bytes) -> Exchange:
    """Connect to the first address that answers; raises what the last one said."""
    *others, last = addresses
    for address in others:
        with suppress(OSError):  # time out is one, too
            async with asyncio.timeout(PATIENCE):
                return await _connect(target, address, request)
    return await _connect(target, last, request)


async def _connect(target: Target, address: Address, request: bytes) -> Exchange:
    secure = target.scheme == "https"
    _, exchange = await asyncio.get_running_loop().create_connection(
        lambda: Exchange(request),
        str(address),
        target.port,
        ssl=tls() if secure else None,
        server_hostname=target.host.rstrip(".") if secure else None,
    )
    return exchange


@cache
def tls() -> ssl.SSLContext:
    """Return what every TLS connection is made with."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _request(target: Target, headers: Mapping[str, str], form: Mapping[str, str] | None) -> bytes:
    """Write a request; no value has a line end in it. The address is sent as it was judged."""
    body = b"" if form is None else urlencode(form).encode()
    fields = {"Host": target.authority, **headers}
    if form is not None:
        fields |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    fields["Connection"] = "close"
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    method = "GET" if form is None else "POST"
    return f"{method} {target.path} HTTP/1.1\r\n{lines}\r\n".encode() + body
