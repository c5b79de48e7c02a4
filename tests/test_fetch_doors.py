"""No redirect and no name leads to where nothing may be asked."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from fetching import FEED, bad, fetch, fetch_many, good, redirect
from hostile_server import HostileServer, reply

from aggregator.fetch import FetchRequest
from aggregator.model import Fetched


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


# ---- redirects


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
