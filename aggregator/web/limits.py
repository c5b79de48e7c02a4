"""How often one client may ask for what costs much: a bucket of tokens for each address, a bounded number."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

REMEMBERED = 10_000  # clients; beyond that the one that was quiet for longest is forgotten
IPV6_CLIENT = 64  # bits: whoever has an IPv6 address has as many as this leaves


@dataclass(frozen=True, slots=True)
class Rate:
    """What one client may ask for."""

    burst: int  # questions at once
    seconds: float  # until one more


# A reader that follows a hundred searches asks for them at once, and no person types faster than this; a
# search takes some milliseconds, so that one client has a few hundredths of a processor.
SEARCHES = Rate(burst=100, seconds=0.2)


class Limit:
    """Count what clients ask for, and say who has to wait."""

    def __init__(
        self,
        rate: Rate,
        monotonic: Callable[[], float] = time.monotonic,
        remembered: int = REMEMBERED,
    ) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._remembered = remembered
        self._full: OrderedDict[str, float] = OrderedDict()  # client -> when its bucket will be full again
        self._taking = Lock()

    def take(self, address: str) -> int:
        """Take a token for a client; returns 0, or the seconds until there is one."""
        now, client = self._monotonic(), client_of(address)
        with self._taking:
            full = max(self._full.get(client, now), now) + self._rate.seconds
            missing = full - now - self._rate.burst * self._rate.seconds
            if missing > 1e-6:
                return math.ceil(missing)
            self._full[client] = full
            self._full.move_to_end(client)
            while len(self._full) > self._remembered:
                self._full.popitem(last=False)
        return 0

    def __len__(self) -> int:
        return len(self._full)


def client_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the network that an IPv6 address is in."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""  # no address: a socket of this machine
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, IPV6_CLIENT), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)
