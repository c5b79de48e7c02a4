"""Many feeds are fetched at once, politely, and none holds up another."""

import asyncio
import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from fetching import FEED, bad, fetch, fetch_many, good, settings
from hostile_server import Exchange, HostileServer, drip, hang, reply

from aggregator.errors import FetchError
from aggregator.fetch import FetchRequest, fetch_all
from aggregator.fetch.lanes import Lanes
from aggregator.model import Fetched


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
SLOW = {
    "/hang": hang,
    "/drip": drip(HEAD, b"a", 0.05),
    "/headers": drip(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n", 0.05),
    "/status": drip(b"", b"H", 0.05),
    "/interim": drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05),
}


def test_slow_hosts_end_at_the_deadline_and_hold_up_no_other(server: HostileServer) -> None:
    server.answers |= SLOW | {"/feed": reply(200, FEED)}
    slow = [server.url(path, f"127.0.0.{n}") for n, path in enumerate(SLOW, 2)]
    order: list[str] = []
    requests = [FetchRequest(url) for url in (*slow, server.url("/feed"))]

    fetch_all(requests, settings(deadline=1.0), lambda request, answer: order.append(request.url))

    assert order[0] == server.url("/feed")
    assert sorted(order[1:]) == sorted(slow)


@pytest.mark.parametrize("path", SLOW)
def test_an_answer_without_end_says_that_time_ran_out(server: HostileServer, path: str) -> None:
    server.answers |= SLOW
    error = bad(fetch(server.url(path), deadline=0.5))
    assert error.reason in (
        "gave no complete answer within 0.5 s; trying again later",
        "gave an answer that is no valid HTTP; check the address",
    )


def test_redirects_share_one_deadline(server: HostileServer) -> None:
    async def late(exchange: Exchange) -> None:
        await asyncio.sleep(0.3)
        await exchange.send(reply(302, b"", f"Location: {exchange.path}x"))

    server.answers |= {"/" + "x" * n: late for n in range(6)}
    assert "within 0.7 s" in bad(fetch(server.url("/"), deadline=0.7)).reason


def test_one_host_is_asked_once_at_a_time_and_spaced(server: HostileServer) -> None:
    paths = [f"/{n}" for n in range(4)]
    server.answers |= dict.fromkeys(paths, reply(200, FEED))

    fetch_many([FetchRequest(server.url(path)) for path in paths], host_spacing=0.2)

    asked = sorted(server.exchanges, key=lambda exchange: exchange.began)
    gaps = [after.began - before.began for before, after in pairwise(asked)]
    assert len(gaps) == 3
    assert all(gap >= 0.2 for gap in gaps)
    assert server.most_open["127.0.0.1"] == 1


def test_hosts_are_asked_at_the_same_time(server: HostileServer) -> None:
    hosts = [f"127.0.0.{n}" for n in range(1, 60)]
    here: set[str] = set()
    complete = asyncio.Event()

    async def together(exchange: Exchange) -> None:
        here.add(exchange.host)
        if len(here) == len(hosts):
            complete.set()
        await complete.wait()
        await exchange.send(reply(200, FEED))

    server.answers["/feed"] = together
    answers = fetch_many([FetchRequest(server.url("/feed", host)) for host in hosts])
    assert all(good(answer).body == FEED for answer in answers.values())


def test_waiting_for_a_host_takes_no_place_from_others(server: HostileServer) -> None:
    server.answers |= {"/hang": hang, "/feed": reply(200, FEED)}
    slow = [FetchRequest(server.url(f"/hang?{n}")) for n in range(3)]
    server.answers |= {f"/hang?{n}": hang for n in range(3)}
    order: list[str] = []

    fetch_all(
        [*slow, *(FetchRequest(server.url("/feed", f"127.0.0.{n}")) for n in range(2, 6))],
        settings(deadline=1.0, concurrency=2),
        lambda request, answer: order.append(request.url),
    )

    assert all(url.endswith("/feed") for url in order[:4])


def test_hosts_that_hang_leave_their_places_to_others(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.fetch.lanes.SLOW", 0.05)
    server.answers |= {"/hang": hang, "/feed": reply(200, FEED)}
    hanging = [FetchRequest(server.url("/hang", f"127.0.0.{n}")) for n in (2, 3)]
    sound = [FetchRequest(server.url("/feed", f"127.0.0.{n}")) for n in (4, 5, 6)]
    order: list[str] = []

    fetch_all(
        [*hanging, *sound],
        settings(deadline=3.0, concurrency=2),
        lambda request, answer: order.append(request.url),
    )

    assert all(url.endswith("/feed") for url in order[:3])


def test_no_more_are_slow_at_a_time_than_there_are_places(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.fetch.lanes.SLOW", 0.01)
    hosts = [f"127.0.0.{n}" for n in range(2, 12)]
    here, most = 0, 0

    async def late(exchange: Exchange) -> None:
        nonlocal here, most
        here += 1
        most = max(most, here)
        await asyncio.sleep(0.2)
        here -= 1
        await exchange.send(reply(200, FEED))

    server.answers["/feed"] = late
    answers = fetch_many([FetchRequest(server.url("/feed", host)) for host in hosts], concurrency=2)

    assert all(good(answer).body == FEED for answer in answers.values())
    assert most == 4


def test_a_taker_that_blocks_past_the_deadline_makes_no_feed_fail(server: HostileServer) -> None:
    large = FEED + b" " * 1_000_000
    server.answers["/feed"] = reply(200, large)
    urls = [server.url("/feed", f"127.0.0.{n}") for n in range(1, 8)]
    answers: list[Fetched | FetchError] = []

    def take(request: FetchRequest, answer: Fetched | FetchError) -> None:
        answers.append(answer)
        time.sleep(0.4)

    fetch_all([FetchRequest(url) for url in urls], settings(deadline=1.0), take)

    assert [good(answer).body for answer in answers] == [large] * 7


def test_answers_are_given_one_at_a_time(server: HostileServer) -> None:
    server.answers["/feed"] = reply(200, FEED)
    inside, most = [0], [0]

    def take(request: FetchRequest, answer: Fetched | FetchError) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        inside[0] -= 1

    fetch_all([FetchRequest(server.url("/feed", f"127.0.0.{n}")) for n in range(1, 9)], settings(), take)
    assert most == [1]


def test_it_runs_in_a_thread_of_its_own(server: HostileServer) -> None:
    server.answers["/feed"] = reply(200, FEED)
    answers: list[Fetched | FetchError] = []
    requests = [FetchRequest(server.url("/feed"))]
    thread = threading.Thread(
        target=fetch_all, args=(requests, settings(), lambda _, answer: answers.append(answer))
    )
    thread.start()
    thread.join(10)
    assert good(answers[0]).body == FEED


def test_nothing_to_fetch_is_done_at_once() -> None:
    assert fetch_many([]) == {}


class Ride:
    """Slow requests on their way through lanes."""

    def __init__(self) -> None:
        self.lanes = Lanes(3)
        self.now = 0  # under way
        self.ended = asyncio.Event()

    async def request(self) -> None:
        async with self.lanes.place():
            self.now += 1
            await self.ended.wait()
            self.now -= 1

    async def under_way(self, requests: int) -> tuple[int, int]:
        """Return how many are under way at the beginning, and once they are found to be slow; let all end."""
        self.ended.clear()
        riding = [asyncio.create_task(self.request()) for _ in range(requests)]
        await asyncio.sleep(0)
        first = self.now
        await asyncio.sleep(0.1)
        slow = self.now
        self.ended.set()
        await asyncio.gather(*riding)
        return first, slow


def test_slow_requests_give_their_places_back_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.fetch.lanes.SLOW", 0.01)

    async def twice() -> tuple[tuple[int, int], tuple[int, int]]:
        ride = Ride()
        return await ride.under_way(20), await ride.under_way(20)

    # Three usual places, and three for slow ones: the second time as the first.
    assert asyncio.run(twice()) == ((3, 6), (3, 6))
