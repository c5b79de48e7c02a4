"""Feeds are fetched politely, many at once, and nothing that a server does gets past the door."""

import asyncio
import gzip
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from hostile_server import Exchange, HostileServer, drip, hang, reply
from hypothesis import given
from hypothesis import strategies as st

from aggregator import __version__
from aggregator.errors import FetchError
from aggregator.fetch import FetchRequest, FetchSettings, fetch_all
from aggregator.fetch.addresses import is_public, judge, read_url
from aggregator.fetch.answer import decode, read_headers, retry_after, status_words
from aggregator.fetch.failures import TooLargeError, UnusableError
from aggregator.model import Fetched

LOOPBACK = ip_network("127.0.0.0/8")
FEED = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Bridge news</title></feed>"


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


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


# ---- answers


def test_a_feed_comes_with_its_headers_and_where_it_came_from(server: HostileServer) -> None:
    server.answers["/feed"] = reply(200, FEED, 'ETag: W/"a b"', "Link: <a>; rel=hub", "LINK: <b>; rel=self")

    answer = good(fetch(server.url("/feed")))

    assert (answer.status, answer.body, answer.moved_to) == (200, FEED, None)
    assert answer.url == answer.final_url == server.url("/feed")
    assert answer.headers["etag"] == 'W/"a b"'
    assert answer.headers["link"] == "<a>; rel=hub, <b>; rel=self"


def test_a_request_says_who_asks_and_nothing_more(server: HostileServer) -> None:
    server.answers["/feed?a=1&b=%2F"] = reply(200, FEED)

    good(fetch(server.url("/feed?a=1&b=%2F"), base_url="https://news.example"))

    (exchange,) = server.exchanges
    assert exchange.headers["user-agent"] == f"aggregator/{__version__} (+https://news.example)"
    assert "application/atom+xml" in exchange.headers["accept"]
    assert exchange.headers["accept-encoding"] == "gzip, deflate"
    assert set(exchange.headers) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_validators_go_back_verbatim_and_304_is_an_answer(server: HostileServer) -> None:
    server.answers["/feed"] = b'HTTP/1.1 304 Not Modified\r\nETag: "new"\r\n\r\n'

    answer = good(fetch(server.url("/feed"), 'W/"x"', "Sat, 1 Jan 2022 bogus"))

    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", '"new"')
    assert server.exchanges[0].headers["if-none-match"] == 'W/"x"'
    assert server.exchanges[0].headers["if-modified-since"] == "Sat, 1 Jan 2022 bogus"


def test_304_to_a_request_without_validators_is_an_error(server: HostileServer) -> None:
    server.answers["/feed"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert bad(fetch(server.url("/feed"))).status == 304


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (204, "204 No Content"),
        (401, "password"),
        (403, "refuses us"),
        (404, "answered 404 Not Found; check the address"),
        (410, "has ended (410 Gone)"),
        (418, "418"),
        (429, "less often"),
        (500, "a problem of its own (500); trying again later"),
        (503, "(503)"),
        (799, "(799)"),
    ],
)
def test_every_other_status_is_an_error_with_words(server: HostileServer, status: int, words: str) -> None:
    server.answers["/feed"] = reply(status)

    error = bad(fetch(server.url("/feed")))

    assert (error.status, error.subject) == (status, server.url("/feed"))
    assert words in error.reason
    assert ";" in error.reason, "says what to do"


def test_retry_after_is_told(server: HostileServer) -> None:
    server.answers["/busy"] = reply(429, b"", "Retry-After: 120")
    assert bad(fetch(server.url("/busy"))).retry_after == 120


DATE = "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "120"}, 120),
        (503, {"retry-after": "0"}, 0),
        (500, {"retry-after": "120"}, None),
        (301, {"retry-after": "120"}, None),
        (429, {"retry-after": "9" * 5000}, 7 * 86400),
        (429, {"retry-after": "-5"}, None),
        (429, {"retry-after": "1.5"}, None),
        (429, {"retry-after": "٣"}, None),
        (429, {"retry-after": "soon"}, None),
        (429, {}, None),
        (503, {"retry-after": "Sun, 01 Mar 2026 12:10:00 GMT", "date": DATE}, 600),
        (503, {"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT", "date": DATE}, 0),
        (503, {"retry-after": "Sun, 01 Mar 2099 11:00:00 GMT", "date": DATE}, 7 * 86400),
        (503, {"retry-after": "Sun, 01 Mar 2026 12:10:00 GMT"}, None),
        (503, {"retry-after": "Sun, 01 Mar 2026 12:10:00 -0000", "date": DATE}, 600),
        (503, {"retry-after": "Sun, 99 Mar 2026 12:10:00 GMT", "date": DATE}, None),
    ],
)
def test_retry_after_is_read_with_care(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(status, headers) == seconds


@given(st.text(), st.text())
def test_any_retry_after_is_read_without_harm(value: str, date: str) -> None:
    seconds = retry_after(503, {"retry-after": value, "date": date})
    assert seconds is None or 0 <= seconds <= 7 * 86400


@given(st.integers(100, 999))
def test_every_status_has_words_that_say_what_to_do(status: int) -> None:
    assert str(status) in status_words(status)
    assert "; " in status_words(status)


def test_of_a_header_that_comes_twice_the_first_counts_but_lists_grow() -> None:
    fields = [("ETag", '"1"'), ("etag", '"2"'), ("Cache-Control", "a"), ("Cache-Control", "b")]
    assert read_headers(fields) == {"etag": '"1"', "cache-control": "a, b"}


def test_header_bytes_that_are_no_utf8_come_as_text_that_can_be_stored() -> None:
    raw = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert read_headers([("X", raw)]) == {"x": "café"}


# ---- bodies


def test_gzip_and_both_kinds_of_deflate_are_undone(server: HostileServer) -> None:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bodies = {
        "/gzip": ("gzip", gzip.compress(FEED)),
        "/x-gzip": ("X-GZip, identity", gzip.compress(FEED)),
        "/members": ("gzip", gzip.compress(FEED[:20]) + gzip.compress(FEED[20:])),
        "/deflate": ("deflate", zlib.compress(FEED)),
        "/raw": ("deflate", raw.compress(FEED) + raw.flush()),
    }
    for path, (coding, body) in bodies.items():
        server.answers[path] = reply(200, body, f"Content-Encoding: {coding}")

    answers = fetch_many([FetchRequest(server.url(path)) for path in bodies])

    assert {url: good(answer).body for url, answer in answers.items()} == dict.fromkeys(answers, FEED)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(200, gzip.compress(FEED)[:-9], "Content-Encoding: gzip"), "broke off"),
        (reply(200, zlib.compress(FEED)[:-1], "Content-Encoding: deflate"), "broke off"),
        (reply(200, FEED, "Content-Encoding: gzip"), "compression is broken"),
        (reply(200, gzip.compress(gzip.compress(FEED)), "Content-Encoding: gzip"), "more than once"),
        (reply(200, gzip.compress(gzip.compress(FEED)), "Content-Encoding: gzip, gzip"), "more than once"),
        (
            reply(200, FEED, "Content-Encoding: gzip", "Content-Encoding: deflate"),
            "more than once",
        ),
        (reply(200, FEED, "Content-Encoding: br"), "nobody asked for"),
        (reply(200, FEED, length=5000), "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", ";"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "no valid HTTP"),
        (b"", "closed the connection"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", "headers that are too long"),
        (
            reply(200, FEED, *(f"X-{n}: {'a' * 5000}" for n in range(5))),
            "headers that are too long",
        ),
        (reply(200, FEED, *(f"X-{n}: a" for n in range(500))), "headers that are too long"),
        (b"HTTP/1.1 200 OK\r\nX\x00Y: a\r\n\r\n", "no valid HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", ";"),
    ],
)
def test_an_answer_that_is_not_whole_and_sound_is_an_error(
    server: HostileServer, answer: bytes, words: str
) -> None:
    server.answers["/feed"] = answer
    error = bad(fetch(server.url("/feed")))
    assert words in error.reason
    assert "could not be fetched" not in error.reason, "has words of its own"


def test_a_body_past_the_limit_on_the_wire_is_an_error(server: HostileServer) -> None:
    server.answers["/claimed"] = drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"", 1)
    server.answers["/endless"] = drip(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 10_000, 0)
    answers = fetch_many(
        [FetchRequest(server.url(path)) for path in ("/claimed", "/endless")], wire_cap=100_000
    )
    assert all("larger than" in bad(answer).reason for answer in answers.values())


def test_a_bomb_ends_at_the_limit(server: HostileServer) -> None:
    server.answers["/bomb"] = reply(200, gzip.compress(bytes(30_000_000)), "Content-Encoding: gzip")
    assert "larger than" in bad(fetch(server.url("/bomb"))).reason


def test_thousands_of_tiny_gzip_members_are_refused() -> None:
    with pytest.raises(UnusableError, match="parts"):
        decode(gzip.compress(b"") * 5000, "gzip", 1000)


@given(st.binary(max_size=300), st.sampled_from(["identity", "gzip", "deflate"]))
def test_any_bytes_decode_or_are_refused(wire: bytes, coding: str) -> None:
    try:
        assert len(decode(wire, coding, 200)) <= 200
    except UnusableError as error:
        assert str(error)


@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_body_decodes_to_what_it_was_or_is_too_large(body: bytes, cap: int) -> None:
    body = b"<" + body  # what starts like gzip counts as compressed twice
    for coding, wire in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        if len(body) <= cap:
            assert decode(wire, coding, cap) == body
        else:
            with pytest.raises(TooLargeError):
                decode(wire, coding, cap)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_body_cut_short_anywhere_is_refused(body: bytes, data: st.DataObject) -> None:
    for coding, wire in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        kept = data.draw(st.integers(1, len(wire) - 1))
        with pytest.raises(UnusableError):
            decode(wire[:kept], coding, 1000)


# ---- time


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
    slow = [FetchRequest(server.url(f"/hang?{n}")) for n in range(5)]
    server.answers |= {f"/hang?{n}": hang for n in range(5)}
    order: list[str] = []

    fetch_all(
        [*slow, *(FetchRequest(server.url("/feed", f"127.0.0.{n}")) for n in range(2, 6))],
        settings(deadline=0.4, concurrency=2),
        lambda request, answer: order.append(request.url),
    )

    assert all(url.endswith("/feed") for url in order[:4])


def test_a_taker_that_blocks_past_the_deadline_makes_no_feed_fail(server: HostileServer) -> None:
    large = FEED + b" " * 1_000_000
    server.answers["/feed"] = reply(200, large)
    urls = [server.url("/feed", f"127.0.0.{n}") for n in range(1, 8)]
    answers: list[Fetched | FetchError] = []

    def take(request: FetchRequest, answer: Fetched | FetchError) -> None:
        answers.append(answer)
        time.sleep(0.3)

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


# ---- redirects


def redirect(status: int, to: str, *fields: str) -> bytes:
    return reply(status, b"", f"Location: {to}", *fields)


def test_a_permanent_redirect_is_followed_and_told(server: HostileServer) -> None:
    server.answers |= {"/old": redirect(301, "/new"), "/new": redirect(308, "feed?q=1#part")}
    server.answers["/feed?q=1"] = reply(200, FEED)

    answer = good(fetch(server.url("/old")))

    assert answer.url == server.url("/old")
    assert answer.final_url == answer.moved_to == server.url("/feed?q=1")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_followed_and_nothing_moved(server: HostileServer, status: int) -> None:
    server.answers |= {"/old": redirect(status, "/new"), "/new": redirect(301, "/feed")}
    server.answers["/feed"] = reply(200, FEED)

    answer = good(fetch(server.url("/old")))

    assert (answer.body, answer.final_url, answer.moved_to) == (FEED, server.url("/feed"), None)


def test_a_chain_counts_as_moved_as_far_as_it_is_permanent(server: HostileServer) -> None:
    server.answers |= {"/a": redirect(301, "/b"), "/b": redirect(302, "/c"), "/c": redirect(301, "/d")}
    server.answers["/d"] = reply(200, FEED)
    assert good(fetch(server.url("/a"))).moved_to == server.url("/b")


def test_five_redirects_are_followed_and_six_are_not(server: HostileServer) -> None:
    server.answers |= {f"/{n}": redirect(302, f"/{n + 1}") for n in range(6)}
    server.answers["/6"] = reply(200, FEED)
    assert good(fetch(server.url("/1"))).body == FEED
    assert "more than 5 times" in bad(fetch(server.url("/0"))).reason


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/start", "in a circle"),
        ("/other", "in a circle"),
        ("#part", "in a circle"),
        ("http://10.0.0.1/feed", "private network (10.0.0.1)"),
        ("http://169.254.169.254/latest", "private network"),
        ("//192.168.0.1/feed", "private network"),
        ("http://[::1]/feed", "private network (::1)"),
        ("http://0x7f.1/feed", "no valid IP address"),
        ("file:///etc/passwd", "no http or https"),
        ("gopher://127.0.0.1/x", "no http or https"),
        ("http://user:pass@127.0.0.1/", "user name"),
        ("http://127.0.0.1\\@example.org/", "backslashes"),
        ("http://a\tb/", "control characters"),
        ("http://[", "no valid address"),
        ("/" + "a" * 3000, "longer than"),
        ("", "without saying where"),
    ],
)
def test_a_redirect_is_checked_like_any_address(server: HostileServer, location: str, words: str) -> None:
    server.answers |= {"/start": redirect(302, location), "/other": redirect(302, "/start")}
    assert words in bad(fetch(server.url("/start"))).reason


def test_a_failure_after_a_redirect_says_where_it_led(server: HostileServer) -> None:
    server.answers["/old"] = redirect(301, "/missing")
    error = bad(fetch(server.url("/old")))
    assert error.subject == server.url("/old")
    assert error.reason.startswith(f"leads to {server.url('/missing')}: answered 404")


def test_cookies_and_referers_are_never_sent(server: HostileServer) -> None:
    server.answers["/a"] = redirect(302, "/b", "Set-Cookie: tracked=1; Path=/")
    server.answers["/b"] = reply(200, FEED, "Set-Cookie: tracked=2; Path=/")

    fetch_many([FetchRequest(server.url("/a")), FetchRequest(server.url("/b"))])

    assert len(server.exchanges) == 3
    assert not any({"cookie", "referer"} & set(exchange.headers) for exchange in server.exchanges)


def test_proxy_settings_of_the_machine_are_ignored(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/feed"] = reply(200, FEED)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert good(fetch(server.url("/feed"))).body == FEED


# ---- private networks


def test_a_private_address_is_refused_without_a_connection(server: HostileServer) -> None:
    server.answers["/feed"] = reply(200, FEED)
    error = bad(fetch(server.url("/feed"), allow_networks=()))
    assert "private network (127.0.0.1); allow it with AGGREGATOR_ALLOW_NETWORKS" in error.reason
    assert server.connections == 0


def test_only_the_allowed_network_is_open(server: HostileServer) -> None:
    server.answers |= {"/feed": reply(200, FEED), "/out": redirect(302, server.url("/feed", "127.0.0.9"))}
    only_one = (ip_network("127.0.0.1/32"),)
    assert good(fetch(server.url("/feed"), allow_networks=only_one)).body == FEED
    assert "(127.0.0.9)" in bad(fetch(server.url("/out"), allow_networks=only_one)).reason
    assert not any(exchange.host == "127.0.0.9" for exchange in server.exchanges)


def names(monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> None:
    """Let lookups of names give addresses, one list after the other for each further lookup."""

    def lookup(host: str, port: int, **_: Any) -> list[Any]:
        found = known[host.partition(".")[0]]
        addresses = (found.pop(0) if len(found) > 1 else found[0]).split()
        return [(None, None, None, "", (address, port)) for address in addresses]

    monkeypatch.setattr("aggregator.fetch.connection.socket.getaddrinfo", lookup)


@pytest.mark.parametrize(
    "addresses", ["127.0.0.1", "8.8.8.8 127.0.0.1", "8.8.8.8 ::ffff:127.0.0.1", "fe80::1%1"]
)
def test_a_name_with_any_private_address_is_refused(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch, addresses: str
) -> None:
    names(monkeypatch, rebound=[addresses])
    error = bad(fetch(server.url("/feed", "rebound.example"), allow_networks=()))
    assert "private network" in error.reason
    assert server.connections == 0


def test_the_connection_goes_to_the_address_that_was_judged(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/feed"] = reply(200, FEED)
    names(monkeypatch, rebound=["127.0.0.1", "10.0.0.1"])
    assert good(fetch(server.url("/feed", "rebound.example"))).body == FEED


def test_a_public_feed_never_leads_into_an_allowed_network(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = ip_network("127.0.0.9/32")  # all else counts as public here
    monkeypatch.setattr("aggregator.fetch.addresses.NOT_PUBLIC", (inside,))
    monkeypatch.setattr("aggregator.fetch.addresses.PORTS", {server.port})
    server.answers |= {"/feed": reply(200, FEED), "/in": redirect(301, server.url("/feed", "127.0.0.9"))}
    server.answers["/through"] = redirect(302, server.url("/in", "127.0.0.2"))

    urls = [server.url("/feed"), server.url("/feed", "127.0.0.9"), server.url("/in", "127.0.0.9")]
    urls += [server.url("/in"), server.url("/through", "127.0.0.9")]
    answers = fetch_many([FetchRequest(url) for url in urls], allow_networks=(inside,))

    assert [isinstance(answers[url], Fetched) for url in urls] == [True, True, True, False, False]
    assert "private network (127.0.0.9)" in bad(answers[server.url("/in")]).reason


# ---- addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed",
        "ftp://example.org/",
        "javascript:alert(1)",
        "http://",
        "http:///feed",
        "http://user@example.org/",
        "http://user:pass@example.org/",
        "http://@example.org/",
        "http://exa\nmple.org/",
        "http://example.org/\x00",
        "http://example.org/\u2028",
        "http://example.org\\@127.0.0.1/",
        "http://exa mple.org/",
        "http://example.org%2e/",
        "http://example..org/",
        "http://-example.org/",
        "http://" + "a" * 64 + ".org/",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://[x]/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://127.0.0.01/",
        "http://127.0.0.1./",
        "http://127.0.0.1.5/",
        "http://256.0.0.1/",
        "http://example.0x7f/",
        "http://１２７.1/",
        "https://example.org/" + "a" * 2000,
        "https://example.org/" + "é" * 1000,
    ],
)
def test_an_address_of_unsound_form_is_refused(url: str) -> None:
    with pytest.raises(UnusableError, match=";"):
        read_url(url)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        (" https://example.org:443/a?b=c%2F&d#e ", "https://example.org/a?b=c%2F&d"),
        ("https://example.org:8443/", "https://example.org:8443/"),
        ("http://bücher.example/ä ö", "http://xn--bcher-kva.example/%C3%A4%20%C3%B6"),
        ("http://[::FFFF:8.8.8.8]:80/", "http://[::ffff:808:808]/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://under_score.example./?", "http://under_score.example./"),
    ],
)
def test_a_sound_address_is_read_in_one_way(url: str, read: str) -> None:
    assert str(read_url(url)) == read
    assert str(read_url(read)) == read


@given(st.text() | st.text().map(lambda text: f"http://{text}"))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        target = read_url(text)
    except UnusableError:
        return
    assert str(target).isascii()
    assert str(target).isprintable()
    assert read_url(str(target)) == target


def test_one_bad_address_stops_no_other(server: HostileServer) -> None:
    server.answers["/feed"] = reply(200, FEED)
    urls = [server.url("/feed"), "http://2130706433/", "http://[", "\ud800", "http://10.0.0.1/", ""]
    answers = fetch_many([FetchRequest(url) for url in urls])
    assert [isinstance(answers[url], Fetched) for url in urls] == [True] + [False] * 5


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
def test_usual_ports_of_public_hosts_are_asked(port: int) -> None:
    judge(read_url(f"http://example.org:{port}/"), [IPv4Address("8.8.8.8")], ())


@pytest.mark.parametrize("port", [0, 1, 22, 25, 81, 6379, 65535])
def test_other_ports_are_asked_only_in_an_allowed_network(port: int) -> None:
    target = read_url(f"http://example.org:{port}/")
    judge(target, [IPv4Address("127.0.0.1")], (LOOPBACK,))
    with pytest.raises(UnusableError, match=f"uses port {port},"):
        judge(target, [IPv4Address("8.8.8.8")], (LOOPBACK,))


PRIVATE = """
0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.1 192.0.0.9 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::2 ::7f00:1
::a9fe:a9fe ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
64:ff9b:1::a9fe:a9fe 64:ff9b:1::808:808 100::1 2001::1 2001:0:7f00:1:: 2001:10::1 2001:20::1 2001:db8::1
2002:7f00:1:: 2002:a9fe:a9fe:: 2002:a00:1::1 3fff::1 5f00::1 fc00::1 fd00::1 fe80::1 fe80::1%1 fec0::1
ff02::1 ff0e::1 4000::1
""".split()
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1
""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_public_ipv4_agrees_with_the_registry_but_for_multicast_and_relays(address: IPv4Address) -> None:
    ours_only = any(address in ip_network(net) for net in ("224.0.0.0/4", "192.88.99.0/24", "192.0.0.0/24"))
    assert is_public(address) == (address.is_global and not ours_only)


@given(st.ip_addresses(v=6) | st.integers(0, 2**125 - 1).map(lambda low: IPv6Address(2**125 + low)))
def test_public_ipv6_is_global_unicast_by_the_registry_too(address: IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4), st.integers(0, 2**80 - 1))
def test_an_address_that_carries_another_is_public_only_if_that_is(inner: IPv4Address, low: int) -> None:
    carried = [int(IPv6Address(prefix)) + int(inner) for prefix in ("::", "::ffff:0:0", "64:ff9b::")]
    carried.append((0x2002 << 112) + (int(inner) << 80) + low)
    for number in carried:
        assert is_public(IPv6Address(number)) <= is_public(inner)


# ---- below HTTP


def test_a_port_where_nobody_listens_is_told_in_words() -> None:
    with HostileServer() as ended:
        pass
    error = bad(fetch(ended.url("/")))
    assert (error.reason, error.status) == ("refuses the connection; trying again later", None)


def test_a_name_that_does_not_exist_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def lookup(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr("aggregator.fetch.connection.socket.getaddrinfo", lookup)
    error = bad(fetch("http://nowhere.example/"))
    assert error.reason == "the host name nowhere.example was not found; check the address"


def test_a_lookup_that_hangs_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(
        "aggregator.fetch.connection.socket.getaddrinfo", lambda *_, **__: ended.wait(10) and []
    )
    error = bad(fetch("http://nowhere.example/", deadline=0.3))
    ended.set()
    assert "within 0.3 s" in error.reason


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    openssl = which("openssl")
    if openssl is None:
        pytest.skip("the openssl command is not here to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [
            openssl,
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            key,
            "-out",
            certificate,
            *subject,
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_a_self_signed_certificate_is_refused_in_words(self_signed: ssl.SSLContext) -> None:
    with HostileServer(self_signed) as server:
        error = bad(fetch(server.url("/feed")))
    assert error.reason == "is on a server whose certificate is self-signed; only its publisher can mend that"
    assert server.exchanges == []


def test_https_to_a_server_without_it_is_told_in_words(server: HostileServer) -> None:
    error = bad(fetch(server.url("/feed").replace("http:", "https:")))
    assert "TLS" in error.reason
