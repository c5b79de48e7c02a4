"""HTTP/1.1 from the asking side, for one request a connection: what goes out, what comes in, as it comes."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpResponseParser

from aggregator.fetch.failures import BrokenOffError, NoAnswerError, NoHttpError, UnusableError

HEADER_BYTES = 16_000  # of all headers of an answer
HEADERS = 128  # of an answer, how short they may be
BUFFERED = 64_000  # bytes of a body that wait to be read; past them the sender waits
INFORMATIONAL = range(100, 200)  # RFC 9110 §15.2: an answer is still to come


class Exchange(asyncio.Protocol):
    """A request, sent once there is a connection, and its answer."""

    def __init__(self, request: bytes) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self._request = request
        self._parser = HttpResponseParser(self)
        # Servers are met as they are, except where two readers could see two different answers.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._transport: asyncio.Transport | None = None
        self._idle = 0  # bytes since anything of use came: headers as a whole, or a piece of the body
        self._has_head = self._has_all = False
        self._pieces: list[bytes] = []
        self._waiting = 0  # bytes in them
        self._error: Exception | None = None
        self._news = asyncio.Event()

    async def head(self) -> None:
        """Wait for status and headers; raises what went wrong instead."""
        while not self._has_head:
            await self._next()

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces; raises what went wrong, BrokenOffError where its end is missing."""
        while self._pieces or self._error is not None or not self._has_all:
            if self._pieces:
                yield self._taken()
            else:
                await self._next()

    def header(self, name: str) -> list[str]:
        """Return the values of a field, its name in lower case."""
        return [value for key, value in self.headers if key.lower() == name]

    def close(self) -> None:
        """End the connection, whatever is still to come."""
        if self._transport is not None:
            self._transport.abort()

    async def _next(self) -> None:
        if self._error is not None:
            raise self._error
        self._news.clear()
        await self._news.wait()

    def _taken(self) -> bytes:
        piece = b"".join(self._pieces)
        self._pieces.clear()
        self._waiting = 0
        if self._transport is not None:
            self._transport.resume_reading()
        return piece

    def _fail(self, error: Exception) -> None:
        if self._error is None and not self._has_all:
            self._error = error
        self._news.set()
        self.close()

    # ---- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # of a connection, it is nothing else
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._has_all or self._error is not None:
            return
        self._idle += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._fail(NoHttpError())
        except HttpParserCallbackError as error:
            self._fail(error.__context__ if isinstance(error.__context__, UnusableError) else NoHttpError())
        except HttpParserError:
            self._fail(NoHttpError())
        # Headers, but also what may follow the body (trailers) or stand between its pieces (extensions).
        if self._idle > HEADER_BYTES and not self._has_all:
            self._fail(_too_long())

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._has_head:
            self._fail(exc or NoAnswerError())
        elif exc is not None or not self._ends_with_connection():
            self._fail(BrokenOffError())
        else:
            self._has_all = True
            self._news.set()

    def _ends_with_connection(self) -> bool:
        return not self.header("content-length") and not self.header("transfer-encoding")

    # ---- what the parser calls, also for what follows the answer, which is none to our request

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._has_head:  # a trailer (RFC 9110, 6.5): nothing of a feed is in one
            return
        text = value.strip(b" \t").decode("utf-8", "surrogateescape")
        self.headers.append((name.decode("latin-1"), text))

    def on_headers_complete(self) -> None:
        if self._has_all:
            return
        self.status = self._parser.get_status_code()
        if self.status in INFORMATIONAL:
            self.headers.clear()
            return
        size = sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > HEADER_BYTES or len(self.headers) > HEADERS:
            raise _too_long()
        self._has_head, self._idle = True, 0
        self._news.set()

    def on_body(self, piece: bytes) -> None:
        if self._has_all:
            return
        self._pieces.append(piece)
        self._idle = 0
        self._waiting += len(piece)
        if self._waiting > BUFFERED and self._transport is not None:
            self._transport.pause_reading()
        self._news.set()

    def on_message_complete(self) -> None:
        self._has_all = self._has_head
        self._news.set()


def _too_long() -> UnusableError:
    return UnusableError("sent headers that are too long; only its publisher can mend that")
