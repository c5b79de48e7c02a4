"""Fetch feeds: many at once, politely, and only from where they may come.

The only room that opens outbound connections. Each request: read the address, look its host up, judge every
address found, connect to just those, follow redirects by hand with the same checks, read up to a limit, undo
one compression.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from aggregator.errors import FetchError
from aggregator.model import Fetched

CONCURRENCY = 400  # requests under way at a time; each of them holds little until its body grows


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A feed to ask for, with the validators of its last answer, verbatim."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    id: int = 0  # the caller's
    configured: str = ""  # the address that a person named, where `url` is another: it may be private alone
    form: Mapping[str, str] | None = None  # what is posted there; None: nothing, it is a GET


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How feeds are asked."""

    base_url: str = ""  # ours, for publishers who wonder; empty: not told
    host_spacing: float = 1.0  # seconds between two requests to one host
    allow_networks: tuple[
        IPv4Network | IPv6Network, ...
    ] = ()  # private ones that configured feeds may lie in
    deadline: float = 30.0  # seconds for a request with all its redirects
    wire_cap: int = 10_000_000  # bytes of a body as it is sent
    decoded_cap: int = 20_000_000  # bytes of a body, its compression undone
    concurrency: int = CONCURRENCY


OnResult = Callable[[FetchRequest, Fetched | FetchError], None]


def fetch_all(requests: Sequence[FetchRequest], settings: FetchSettings, on_result: OnResult) -> None:
    """Fetch all; return when the last one has been answered.

    on_result is called once a request, in the order of the answers, from one thread at a time. It may block
    for an answer of 200, whose body may be large: meanwhile what is under way is finished and little else is
    begun. All others it has to take at once.
    """
    from aggregator.fetch.run import Run

    asyncio.run(Run(settings, on_result).all(requests))


def fetch_one(request: FetchRequest, settings: FetchSettings) -> Fetched:
    """Fetch one address; raises FetchError."""
    answers: list[Fetched | FetchError] = []
    fetch_all([request], settings, lambda _request, answer: answers.append(answer))
    if isinstance(answers[0], FetchError):
        raise answers[0]
    return answers[0]
