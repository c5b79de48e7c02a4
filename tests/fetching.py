"""What tests of fetching share: short ways to fetch from this machine, and to say what came."""

from ipaddress import ip_network
from typing import Any

from hostile_server import reply

from aggregator.errors import FetchError
from aggregator.fetch import FetchRequest, FetchSettings, fetch_all
from aggregator.model import Fetched

LOOPBACK = ip_network("127.0.0.0/8")
FEED = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Bridge news</title></feed>"


def settings(**changes: Any) -> FetchSettings:
    plain: dict[str, Any] = {"host_spacing": 0, "allow_networks": (LOOPBACK,), "deadline": 10.0}
    return FetchSettings(**(plain | changes))


def fetch_many(requests: list[FetchRequest], **changes: Any) -> dict[str, Fetched | FetchError]:
    answers: list[tuple[str, Fetched | FetchError]] = []
    fetch_all(requests, settings(**changes), lambda request, answer: answers.append((request.url, answer)))
    assert sorted(url for url, _ in answers) == sorted(request.url for request in requests)
    return dict(answers)


def fetch(
    url: str, etag: str | None = None, last_modified: str | None = None, **changes: Any
) -> Fetched | FetchError:
    return fetch_many([FetchRequest(url, etag, last_modified)], **changes)[url]


def good(answer: Fetched | FetchError) -> Fetched:
    assert isinstance(answer, Fetched), answer
    return answer


def bad(answer: Fetched | FetchError) -> FetchError:
    assert isinstance(answer, FetchError), answer
    return answer


def redirect(status: int, to: str, *fields: str) -> bytes:
    return reply(status, b"", f"Location: {to}", *fields)
