"""Whether it is our own network that fails: no host at all is reached, so none of them is to blame."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from aggregator.core.identity import digest

CUT_OFF = 2  # hosts that answered the last time, and now are not reached one after the other
SOONEST = timedelta(minutes=4)  # until a feed is asked again that was not reached
SHARE = 8  # the longer it lasts, the longer the waits: an eighth of it, and at most our interval
CATCHING_UP = timedelta(minutes=5)  # in which feeds are asked again that were not reached, once one is


@dataclass(frozen=True, slots=True)
class Reach:
    """What this process knows of its own network."""

    missed: frozenset[str] = field(default_factory=frozenset)  # hosts not reached since any was
    since: datetime | None = None  # when the first of them was not

    @property
    def is_cut_off(self) -> bool:
        """Tell whether it is rather we who reach nobody."""
        return len(self.missed) >= CUT_OFF

    def after(self, reached: bool, missed: Collection[str], now: datetime) -> "Reach":
        """Return what is known after some feeds were asked.

        reached: whether a host answered, whatever it said; one that is asked by its address may be next door,
        and does not count. missed: hosts that did not, of feeds that had not failed before.
        """
        if reached:
            return Reach()
        known = self.missed | frozenset(missed)
        return Reach(known, self.since or now) if known else self


def has_name(host: str) -> bool:
    """Tell whether a host has to be looked up; host: with its port, if it has one."""
    try:
        ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return True
    return False


def again(url: str, failing_since: datetime | None, now: datetime, every: timedelta) -> datetime:
    """Say when to ask a feed again that was not reached, maybe for a trouble of ours."""
    lasted = max(now - (failing_since or now), timedelta(0))
    wait = max(min(lasted / SHARE, every), SOONEST)
    return now + wait * (1 + _share(url, now)) / 2


def catch_up(url: str, now: datetime) -> datetime:
    """Say when to ask a feed that was not reached, now that others are: all of them, but not at once."""
    return now + CATCHING_UP * _share(url, now)


def _share(url: str, now: datetime) -> float:
    """Return a number from 0 to 1 that differs from feed to feed and time to time."""
    return int(digest("reach", url, now.isoformat())[:8], 16) / 0xFFFFFFFF
