"""Which addresses may be asked: the form of a URL, and the networks that its host lies in.

`ipaddress.is_global` is no filter: it passes multicast, and private IPv4 addresses inside IPv6 ones.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit

from aggregator.fetch.failures import UnusableError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

URL_BYTES = 2_000  # longest address that is asked
PORTS = {80, 443, 8080, 8443}  # of public hosts; an allowed network may use any
DEFAULT_PORTS = {"http": 80, "https": 443}

# IANA special-purpose registries for IPv4 and IPv6, with multicast and what is reserved.
NOT_PUBLIC = tuple(
    map(
        ip_network,
        """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
        192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24
        203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
        2001::/23 2001:db8::/32 3fff::/20""".split(),
    )
)
UNICAST = IPv6Network("2000::/3")  # RFC 4291 §2.4: all else of IPv6 is not public, but for carriers of IPv4
# Networks whose addresses carry an IPv4 address, and how far it is from the right end, in bits.
CARRIERS = (
    (IPv6Network("::/96"), 0),  # IPv4-compatible, RFC 4291 §2.5.5.1
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped, RFC 4291 §2.5.5.2
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64, RFC 6052 §2.1; its local form 64:ff9b:1::/48 is never public
    (IPv6Network("2002::/16"), 80),  # 6to4, RFC 3056 §2
)

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
NAME = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
NUMBER = re.compile(
    r"(?:0x[0-9a-f]*|[0-9]+)\.?"
)  # a host whose last label is one is meant as IPv4 (WHATWG URL)
PATH, QUERY = "/:@!$&'()*+,;=~%", "/:@!$&'()*+,;=~%?"  # characters that stay as they are


@dataclass(frozen=True, slots=True)
class Target:
    """An address of sound form, its host in ASCII."""

    scheme: str
    host: str  # a name, or a canonical IP address without brackets
    port: int
    path: str  # with the query

    @property
    def host_key(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def read_url(text: str) -> Target:
    """Take an address apart.

    Raises UnusableError, in words, where it must not be asked. Its port is judged by `judge`.
    """
    text = text.strip(" ")
    if len(text.encode("utf-8", "replace")) > URL_BYTES:
        raise UnusableError(f"is longer than {URL_BYTES} bytes; check the address")
    if CONTROL.search(text) or "\\" in text:
        raise UnusableError("has control characters or backslashes; check the address")
    try:
        parts = urlsplit(text)
        scheme, port, host = parts.scheme, parts.port, parts.hostname or ""
    except ValueError as error:
        raise UnusableError("is no valid address; check how it is written") from error
    if scheme not in DEFAULT_PORTS:
        raise UnusableError("is no http or https address; check the address")
    if "@" in parts.netloc:
        raise UnusableError("has a user name in it, which is never sent; take it out")
    path = quote(parts.path or "/", safe=PATH, errors="replace")
    query = f"?{quote(parts.query, safe=QUERY, errors='replace')}" if parts.query else ""
    return Target(
        scheme,
        _host(host, "[" in parts.netloc),
        DEFAULT_PORTS[scheme] if port is None else port,
        path + query,
    )


def _host(host: str, bracketed: bool) -> str:
    """Return a host's canonical form; a number that is no canonical address is refused."""
    if bracketed:
        if "%" in host:
            raise UnusableError("names a network interface; check the address")
        return _number(host)
    try:
        name = (host if host.isascii() else host.encode("idna").decode("ascii")).lower()
    except UnicodeError as error:
        raise UnusableError("has no valid host name; check the address") from error
    if NUMBER.fullmatch(name.rstrip(".").rpartition(".")[2]):
        return _number(name)
    if not NAME.fullmatch(name):
        raise UnusableError("has no valid host name; check the address")
    return name


def _number(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError as error:
        raise UnusableError("has a host that is no valid IP address; check the address") from error


def forms(address: Address) -> tuple[Address, ...]:
    """Return an address and the IPv4 address that it carries, if it does."""
    if isinstance(address, IPv4Address):
        return (address,)
    plain = IPv6Address(int(address))  # without a scope, which networks do not match
    return (plain, *(IPv4Address(int(plain) >> up & 0xFFFFFFFF) for net, up in CARRIERS if plain in net))


def is_public(address: Address) -> bool:
    """Say whether an address lies in the public Internet, and so does the one it carries."""
    whole, *carried = forms(address)
    unicast = bool(carried) or isinstance(whole, IPv4Address) or whole in UNICAST
    return unicast and not any(_within(form, NOT_PUBLIC) for form in (whole, *carried))


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """Say whether an address, or the one it carries, lies in a network that the operator allows."""
    networks = tuple(allowed)
    return any(_within(form, networks) for form in forms(address))


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def judge(target: Target, addresses: Sequence[Address], allowed: Sequence[Network]) -> None:
    """Raise UnusableError, in words, unless a target may be asked at every one of its host's addresses.

    allowed: networks that are open to this request though they are not public.
    """
    for address in addresses:
        if not is_public(address) and not is_allowed(address, allowed):
            raise UnusableError(
                f"points into a private network ({address}); "
                "allow it with AGGREGATOR_ALLOW_NETWORKS if that is meant"
            )
    if target.port not in PORTS and not all(is_allowed(address, allowed) for address in addresses):
        ports = ", ".join(map(str, sorted(PORTS)))
        raise UnusableError(f"uses port {target.port}, and only {ports} are asked; check the address")
