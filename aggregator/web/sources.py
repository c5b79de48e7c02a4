"""How the sources are: feeds and seed documents, problems first, for people and for monitoring."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from aggregator.core.polling import is_silent
from aggregator.store.health import FeedHealth, Mistake, SeedHealth
from aggregator.store.outages import NETWORK, REFRESH, Outage
from aggregator.web.answer import Answer
from aggregator.web.desk import Desk
from aggregator.web.times import Moment, Times, about

LATELY = timedelta(days=7)  # entries are counted since then
FEEDS_ON_A_PAGE, SEEDS_ON_A_PAGE = 50, 40  # together below 1,500 elements
QUIET = timedelta(days=30)  # a feed that brought nothing for so long is worth a look


class State(Enum):
    """How a source is: (word, sign, colour); in order of urgency."""

    FAILING = ("Failing", "✕", "hot")
    ENDED = ("Ended", "✕", "hot")
    MOVED = ("Moved", "▲", "warn")
    EMPTY = ("Empty", "▲", "warn")
    QUIET = ("Quiet", "▲", "warn")
    WAITING = ("Waiting", "○", "m")
    HEALTHY = ("Healthy", "●", "ok")

    @property
    def word(self) -> str:
        return self.value[0]

    @property
    def sign(self) -> str:
        return self.value[1]

    @property
    def tone(self) -> str:
        return self.value[2]


OUT = {REFRESH: "refresh", NETWORK: "network"}  # what may be out -> as it is called
URGENCY = {state: n for n, state in enumerate(State)}

# What errors advise after their last semicolon -> the same, for who looks after feeds/.
ADVICE = {"check the address": "Look on its site for its present one, and put that into its file in feeds/."}


@dataclass(frozen=True, slots=True)
class Source:
    """A feed or a seed document in the table."""

    name: str
    address: str  # URL or file name
    state: State
    said: str  # what happened, and what to do; empty: all is well
    last: Moment | None  # when it was last asked or read
    newest: Moment | None  # when it last brought something
    entries: int
    following: Moment | None  # when it is asked again

    @property
    def key(self) -> str:
        """Return what sources are sorted by: problems first, then by name."""
        return f"{URGENCY[self.state]} {self.name.casefold()} {self.address}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a table of sources."""

    sources: tuple[Source, ...]
    continued: bool  # others come before it
    following: str  # the query of the next part; empty: this is the last


def page(desk: Desk) -> Response:
    """Show every source with its state."""
    times, pulse = desk.times(), desk.store.pulse()
    feeds = [_feed(health, times) for health in desk.store.feed_health(_since(times))]
    seeds = [_seed(health, times) for health in desk.store.seed_health()]
    tones = Counter(source.state.tone for source in (*feeds, *seeds))
    return desk.page(
        "sources.html",
        times,
        pulse,
        outages=[_outage(outage, times) for outage in _outages(desk)],
        mistakes=[_mistake(mistake, times) for mistake in desk.store.mistakes()],
        # Who goes on in one table has seen the other one.
        feeds=_part(feeds, "feeds", FEEDS_ON_A_PAGE) if "seeds" not in request.args else None,
        seeds=_part(seeds, "seeds", SEEDS_ON_A_PAGE) if "feeds" not in request.args else None,
        tones=tones,
        total=len(feeds) + len(seeds),
        lately=LATELY.days,
    )


def as_json(desk: Desk) -> Response:
    """Answer with the same as JSON, for monitoring."""
    times = desk.times()
    feeds = desk.store.feed_health(_since(times))
    seeds = desk.store.seed_health()
    mistakes = [
        {"state": "failing", "name": m.place, "error": m.reason, "failing_since": _iso(m.since)}
        for m in desk.store.mistakes()
    ]
    service = [
        {"state": "failing", "name": OUT[o.what], "error": o.reason, "failing_since": _iso(o.since)}
        for o in _outages(desk)
    ]
    whole = {
        "service": service,
        "configuration": mistakes,
        "feeds": sorted((_feed_json(health, times.now) for health in feeds), key=_by_urgency),
        "seeds": sorted(map(_seed_json, seeds), key=_by_urgency),
    }
    counts = Counter(source["state"] for sources in whole.values() for source in sources)
    body = json.dumps({"states": dict(sorted(counts.items()))} | whole, ensure_ascii=False, indent=1)
    return Answer(body.encode(), "application/json; charset=utf-8").response()


def _since(times: Times) -> datetime:
    return times.start(times.today) - LATELY


def _part(sources: Sequence[Source], name: str, limit: int) -> Part:
    """Return the sources after the key that the address names, problems first."""
    after = request.args.get(name, "")
    rest = sorted((source for source in sources if source.key > after), key=lambda source: source.key)
    shown = tuple(rest[:limit])
    following = urlencode({name: shown[-1].key}) if len(rest) > limit else ""
    return Part(shown, bool(after), following)


def _by_urgency(source: dict[str, Any]) -> tuple[int, str]:
    return URGENCY[State[source["state"].upper()]], source.get("url") or source["name"]


# ---- the service itself


def _outages(desk: Desk) -> tuple[Outage, ...]:
    """Return what is out; the store may not know of it, being what is out."""
    known = {outage.what: outage for outage in (*desk.outages(), *desk.store.outages())}
    return tuple(known[what] for what in sorted(known))


def _outage(outage: Outage, times: Times) -> Source:
    said = _said_of_error(outage.reason, outage.since, times)
    return _problem(OUT[outage.what], f"{said} What was published is served on.")


# ---- configuration


def _mistake(mistake: Mistake, times: Times) -> Source:
    said = _said_of_error(mistake.reason, mistake.since, times)
    return _problem(mistake.place, f"{said} What it configures stays as it was until then.")


def _problem(name: str, said: str) -> Source:
    """Make a row of something that is no source."""
    return Source(
        name=name,
        address="",
        state=State.FAILING,
        said=said,
        last=None,
        newest=None,
        entries=0,
        following=None,
    )


# ---- feeds


def _feed_state(health: FeedHealth, now: datetime) -> State:
    feed = health.state
    checks = (
        (feed.gone, State.ENDED),
        (feed.error is not None, State.FAILING),
        (feed.last_poll is None, State.WAITING),
        (feed.moved_to is not None, State.MOVED),
        (health.newest is None, State.EMPTY),
        (health.newest is not None and now - health.newest > QUIET, State.QUIET),
        (is_silent(feed, now), State.QUIET),
    )
    return next((state for holds, state in checks if holds), State.HEALTHY)


def _feed(health: FeedHealth, times: Times) -> Source:
    feed, state = health.state, _feed_state(health, times.now)
    return Source(
        name=feed.publisher or feed.title or feed.url,
        address=feed.url,
        state=state,
        said=_said_of_feed(health, state, times),
        last=times.at(feed.last_poll, times.today) if feed.last_poll else None,
        newest=times.at(health.newest, times.today) if health.newest else None,
        entries=health.entries,
        following=times.at(feed.next_poll, times.today) if feed.next_poll and not feed.gone else None,
    )


def _said_of_feed(health: FeedHealth, state: State, times: Times) -> str:
    feed = health.state
    newest = times.short(times.day(health.newest)) if health.newest else ""
    habit = f", though it usually brings something every {about(feed.rhythm)}" if feed.rhythm else ""
    words = {
        State.FAILING: _said_of_error(feed.error or "", feed.failing_since, times, feed.failures),
        State.ENDED: "Its publisher says that this feed has ended (410). Take it out of its file in feeds/.",
        State.MOVED: f"It moved for good to {feed.moved_to}. Put that address into its file in feeds/.",
        State.EMPTY: "It answers, but held no entry that could be read so far.",
        State.QUIET: f"Nothing new since {newest}{habit}. See on its site whether it is still written.",
    }
    return words.get(state, "")


def _said_of_error(error: str, since: datetime | None, times: Times, tries: int = 0) -> str:
    what, _, advice = error.rstrip(".").rpartition("; ")
    if not what:
        what, advice = advice, ""
    when = [f"since {times.at(since, times.today).label}"] if since else []
    tried = [f"{tries} tries"] if tries > 1 else []
    context = f" ({', '.join(when + tried)})" if when or tried else ""
    step = ADVICE.get(advice, _sentence(advice))
    return f"{_sentence(what)[:-1]}{context}. {step}".rstrip()


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _feed_json(health: FeedHealth, now: datetime) -> dict[str, Any]:
    feed = health.state
    return {
        "state": _feed_state(health, now).name.lower(),
        "url": feed.url,
        "title": feed.title,
        "publisher": feed.publisher,
        "topics": list(health.topics),
        "error": feed.error,
        "failing_since": _iso(feed.failing_since),
        "failures": feed.failures,
        "moved_to": feed.moved_to,
        "last_poll": _iso(feed.last_poll),
        "last_success": _iso(feed.last_success),
        "next_poll": _iso(feed.next_poll),
        "newest_entry": _iso(health.newest),
        f"entries_{LATELY.days}_days": health.entries,
    }


# ---- seeds


def _seed_state(health: SeedHealth) -> State:
    if health.error is not None:
        return State.FAILING
    return State.HEALTHY if health.entries else State.EMPTY


def _seed(health: SeedHealth, times: Times) -> Source:
    state = _seed_state(health)
    said = ""
    if health.error is not None:
        said = _said_of_error(health.error, health.failing_since, times)
        said += f" See what it yields: aggregator inspect seeds/{health.name}"
    return Source(
        name=health.name,
        address="",
        state=state,
        said=said,
        last=times.at(health.read, times.today) if health.read else None,
        newest=None,
        entries=health.entries,
        following=None,
    )


def _seed_json(health: SeedHealth) -> dict[str, Any]:
    return {
        "state": _seed_state(health).name.lower(),
        "name": health.name,
        "entries": health.entries,
        "error": health.error,
        "failing_since": _iso(health.failing_since),
        "read": _iso(health.read),
    }


def _iso(when: datetime | None) -> str | None:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if when else None
