"""Serve the corpus on loopback: `python server.py NUMBER`; says "ready", ends when its input ends.

Control, at 127.0.0.1: /version/0 and /version/1 choose what is served, /hanging/N lets N sound feeds hang.
"""

import asyncio
import hashlib
import sys
from email.utils import formatdate

from corpus import PORT, Made, corpus

HOST = "127.0.0.1"
WRITTEN = 1_795_000_000  # Unix time of the first version's Last-Modified
PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body>Please sign in</body></html>"


class Served:
    """A feed's answers, ready to be sent."""

    def __init__(self, feed: Made) -> None:
        self.feed = feed
        self.hangs = False
        versions = (0, 1) if feed.versions[1] else (0,)
        self._answers = [self._made(version) for version in versions]

    def _made(self, version: int) -> tuple[str, str, bytes, bytes]:
        wire = self.feed.wire(version)
        etag = (
            f'"{hashlib.sha256(wire).hexdigest()[:20]}"' if self.feed.validators in ("both", "etag") else ""
        )
        date = formatdate(WRITTEN + 3600 * version, usegmt=True)
        date = date if self.feed.validators in ("both", "date") else ""
        headers = {"ETag": etag, "Last-Modified": date}
        kind = "atom" if self.feed.is_atom else "rss"
        full = {**headers, "Content-Type": f"application/{kind}+xml; charset=utf-8"}
        full["Content-Encoding"] = "gzip" if self.feed.zipped else ""
        return etag, date, answer("200 OK", wire, **full), answer("304 Not Modified", b"", **headers)

    def answer(self, path: str, asked: dict[str, str], version: int) -> bytes:
        """Return what is sent for a request."""
        match self.feed.kind:
            case "missing":
                return answer("404 Not Found", PAGE)
            case "failing":
                return answer("500 Internal Server Error", b"oops")
            case "page":
                return answer("200 OK", PAGE, **{"Content-Type": "text/html"})
            case "empty":
                return answer("200 OK", b"")
            case "moved" if path.startswith("/old/"):
                return answer("301 Moved Permanently", b"", Location=self.feed.path)
        etag, date, full, unchanged = self._answers[min(version, len(self._answers) - 1)]
        same = (
            asked["if-none-match"] == etag
            if "if-none-match" in asked
            else asked.get("if-modified-since") == date
        )
        return unchanged if same and (etag or date) else full


def answer(status: str, body: bytes, **headers: str) -> bytes:
    """Write an answer down."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += (f"{name}: {value}" for name, value in headers.items() if value)
    return "\r\n".join([*lines, "", ""]).encode() + body


class Server:
    """All feeds at their own addresses, and the switches."""

    def __init__(self, feeds: list[Served]) -> None:
        self._by_host = {served.feed.host: served for served in feeds}
        self._version = 0

    async def run(self) -> None:
        """Serve until the input ends."""
        for host in (HOST, *self._by_host):
            await asyncio.start_server(self._serve, host, PORT, backlog=64)
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = request.decode("latin-1").split("\r\n")
                asked = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                path = first.split(" ")[1]
                await self._reply(host, path, asked, writer)
                if asked.get("connection", "").lower() == "close":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _reply(self, host: str, path: str, asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        if host == HOST:
            writer.write(answer("200 OK", self._control(path)))
            return
        served = self._by_host[host]
        if served.hangs:
            await asyncio.sleep(3600)
        writer.write(served.answer(path, asked, self._version))
        await writer.drain()

    def _control(self, path: str) -> bytes:
        _, what, number = path.split("/")
        if what == "version":
            self._version = int(number)
        sound = [served for served in self._by_host.values() if served.feed.kind == "sound"]
        if what == "hanging":
            for n, served in enumerate(sound):
                served.hangs = n < int(number)
        return b"done"


if __name__ == "__main__":
    asyncio.run(Server([Served(feed) for feed in corpus(int(sys.argv[1]))]).run())
