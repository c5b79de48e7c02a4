"""Which addresses may be asked."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from fetching import FEED, LOOPBACK, fetch_many
from hostile_server import HostileServer, reply
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch import FetchRequest
from aggregator.fetch.addresses import is_public, judge, read_url
from aggregator.fetch.failures import UnusableError
from aggregator.model import Fetched


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


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
    carries_ipv4 = any(address in ip_network(net) for net in ("2002::/16", "64:ff9b::/96", "::/96"))
    if is_public(address) and not carries_ipv4:  # those are judged by what they carry; Pythons differ on them
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4), st.integers(0, 2**80 - 1))
def test_an_address_that_carries_another_is_public_only_if_that_is(inner: IPv4Address, low: int) -> None:
    carried = [int(IPv6Address(prefix)) + int(inner) for prefix in ("::", "::ffff:0:0", "64:ff9b::")]
    carried.append((0x2002 << 112) + (int(inner) << 80) + low)
    for number in carried:
        assert is_public(IPv6Address(number)) <= is_public(inner)
