"""A server that answers as it is told, down to the byte, on all addresses of 127.0.0.0/8."""

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

Answer = bytes | Callable[["Exchange"], Awaitable[None]]


@dataclass
class Exchange:
    """A request as it came, and the way back."""

    host: str  # of the Host header, without the port
    path: str
    headers: Mapping[str, str]  # names in lower case
    began: float  # on the server's clock
    writer: asyncio.StreamWriter = field(repr=False)
    ended: float = 0.0

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


class HostileServer:
    """Answer each path with what `answers` holds for it: bytes, or a coroutine that is given the exchange."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.exchanges: list[Exchange] = []
        self.connections = 0
        self.most_open: Counter[str] = Counter()  # connections at a time, by host
        self._open: Counter[str] = Counter()
        self._context = context
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._port: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, name="hostile", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._port.result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://{host}:{self.port}{path}"

    def asked(self, path: str) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.path == path]

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, "0.0.0.0", 0, ssl=self._context, backlog=500)
        self._port.set_result(server.sockets[0].getsockname()[1])
        await self._stop.wait()
        server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0.01)  # transports close in later turns of the loop

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        host = writer.get_extra_info("sockname")[0]
        self._open[host] += 1
        self.most_open[host] = max(self.most_open[host], self._open[host])
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side has left, or the server ends: both are what tests are about
        finally:
            self._open[host] -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(1)
        if first == b"\x16":  # a TLS handshake
            writer.write(reply(400))
            return
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        host, path = headers["host"].rpartition(":")[0], request.split(" ")[1]
        exchange = Exchange(host, path, headers, self._loop.time(), writer)
        self.exchanges.append(exchange)
        answer = self.answers.get(path, reply(404))
        await (exchange.send(answer) if isinstance(answer, bytes) else answer(exchange))
        exchange.ended = self._loop.time()


def reply(status: int, body: bytes = b"", *fields: str, length: int | None = None) -> bytes:
    """Return an answer; fields: further headers; length: what Content-Length claims."""
    claimed = f"Content-Length: {len(body) if length is None else length}"
    head = "\r\n".join((f"HTTP/1.1 {status} Whatever", claimed, *fields))
    return f"{head}\r\n\r\n".encode() + body


def drip(head: bytes, piece: bytes, pause: float) -> Answer:
    """Send a head, and then one piece after another without end."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(head)
        while True:
            await exchange.send(piece)
            await asyncio.sleep(pause)

    return answer


async def hang(exchange: Exchange) -> None:
    """Never answer."""
    await asyncio.Event().wait()
