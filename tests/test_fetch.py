"""Answers of feeds: what they say, what is undone, and what is refused."""

import gzip
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from fetching import FEED, LOOPBACK, bad, fetch, fetch_many, good
from hostile_server import HostileServer, drip, reply
from hypothesis import given
from hypothesis import strategies as st

from aggregator import __version__
from aggregator.fetch import FetchRequest
from aggregator.fetch.answer import decode, read_headers, retry_after, status_words
from aggregator.fetch.failures import TooLargeError, UnusableError


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


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


@pytest.mark.parametrize("broken", ["\x01", "\x7f", "\x1f", "\n", "\0"])
def test_a_validator_that_no_request_can_hold_is_left_out(server: HostileServer, broken: str) -> None:
    server.answers["/feed"] = reply(200, FEED)
    good(fetch(server.url("/feed"), f'"a{broken}"', f"Fri{broken}"))
    assert not {"if-none-match", "if-modified-since"} & set(server.exchanges[0].headers)


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
        (503, {"retry-after": "Sun, 01 Mar 2026 12:10:00 GMT"}, datetime(2026, 3, 1, 12, 10, tzinfo=UTC)),
        (503, {"retry-after": "Sun, 01 Mar 2026 12:10:00 -0000", "date": DATE}, 600),
        (503, {"retry-after": "Sun, 99 Mar 2026 12:10:00 GMT", "date": DATE}, None),
    ],
)
def test_retry_after_is_read_with_care(
    status: int, headers: dict[str, str], seconds: float | datetime | None
) -> None:
    assert retry_after(status, headers) == seconds


@given(st.text(), st.text())
def test_any_retry_after_is_read_without_harm(value: str, date: str) -> None:
    seconds = retry_after(503, {"retry-after": value, "date": date})
    assert seconds is None or isinstance(seconds, datetime) or 0 <= seconds <= 7 * 86400


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


# ---- connections and what comes over them


def test_the_next_address_of_a_host_is_tried_where_one_refuses(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/feed"] = reply(200, FEED)
    found = [
        (family, socket.SOCK_STREAM, 6, "", (host, server.port))
        for family, host in ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1"))
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
    answer = fetch(f"http://two.example:{server.port}/feed", allow_networks=(LOOPBACK, ip_network("::1/128")))
    assert good(answer).body == FEED


def test_answers_that_announce_another_one_are_passed_over(server: HostileServer) -> None:
    server.answers["/feed"] = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + reply(200, FEED, "ETag: 1")
    answer = good(fetch(server.url("/feed")))
    assert (answer.body, answer.headers["etag"], "link" in answer.headers) == (FEED, "1", False)


def test_a_body_without_a_length_ends_with_its_connection(server: HostileServer) -> None:
    server.answers["/feed"] = b"HTTP/1.1 200 OK\r\n\r\n" + FEED
    assert good(fetch(server.url("/feed"))).body == FEED


def test_what_follows_an_answer_is_not_part_of_it(server: HostileServer) -> None:
    server.answers["/feed"] = reply(200, FEED) + reply(200, b"<html>")
    assert good(fetch(server.url("/feed"))).body == FEED


def test_an_answer_with_two_lengths_is_refused(server: HostileServer) -> None:
    server.answers["/feed"] = reply(200, FEED, "Content-Length: 3")
    assert "no valid HTTP" in bad(fetch(server.url("/feed"))).reason


WITHOUT_END = {
    "trailers": (b"4\r\nfeed\r\n0\r\n", b"X-Some: " + b"a" * 1_000 + b"\r\n"),
    "one trailer": (b"4\r\nfeed\r\n0\r\nX-Some: ", b"a" * 1_000),
    "a chunk's extension": (b"4;", b"a" * 1_000),
}


@pytest.mark.parametrize("name", WITHOUT_END)
def test_what_is_neither_head_nor_body_has_a_limit(server: HostileServer, name: str) -> None:
    start, more = WITHOUT_END[name]
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.answers["/feed"] = drip(head + start, more, pause=0)
    assert "headers that are too long" in bad(fetch(server.url("/feed"), deadline=5.0)).reason
