"""Days of polling on a clock of our own: what publishers saw of us, judged from their side."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import pairwise
from uuid import uuid4

import pytest
from fetching import LOOPBACK
from hostile_server import Exchange, HostileServer, reply
from test_pipeline import SITE, House

from aggregator import __version__
from aggregator.core.render import Site
from aggregator.fetch import FetchSettings
from aggregator.fetch.connection import ACCEPT
from aggregator.pipeline import Line, refresh
from aggregator.steps.group import Grouper
from aggregator.steps.poll import Poller

START = datetime(2026, 11, 20, 6, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERY = 30 * MINUTE
OUTAGE = (START + 2.5 * DAY, START + 2.9 * DAY)  # nobody answers well
ABSENCE = (START + 4 * DAY, START + 5.5 * DAY)  # we are not running
END = START + 8.5 * DAY

Wait = tuple[timedelta, str]  # how long an answer asks us to stay away at least, and why


@dataclass
class Visit:
    """One request as the publisher wrote it down."""

    at: datetime
    path: str
    headers: dict[str, str]
    expected: dict[str, str]  # the validators that were last given
    wait: Wait
    manual: bool  # a person asked for it


@dataclass
class Publisher:
    """A feed with manners of its own, and its log."""

    name: str
    host: str
    etag: bool = True
    dated: bool = False  # sends Last-Modified
    news: timedelta | None = 6 * HOUR  # has another document so often; None: always the same
    entries: bool = False  # they bring new entries
    channel: str = ""  # elements of its own
    fields: Callable[[datetime], tuple[str, ...]] = lambda now: ()
    silent_304: bool = False  # its 304 repeats no validators
    moving_304: bool = False  # its 304 has other validators than its 200
    wish: timedelta = timedelta()  # what it asks for in good answers
    skipped: tuple[int, ...] = ()  # hours
    fault: Callable[[datetime], bytes | None] = lambda now: None
    asks: Callable[[datetime], timedelta] = lambda now: timedelta()  # of faults
    moved_to: str = ""  # 301 to the feed of that name, on its host
    visits: list[Visit] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)  # validators, by the header that brings them back
    failures: int = 0

    @property
    def path(self) -> str:
        return f"/{self.name.replace(' ', '-')}.xml?edition=1&utm_source=own"

    def version(self, now: datetime) -> int:
        return 0 if self.news is None else (now - START) // self.news

    def answer(self, exchange: Exchange, now: datetime, manual: bool) -> bytes:
        sent = {k: v for k, v in exchange.headers.items() if k in ("if-none-match", "if-modified-since")}
        visit = Visit(now, exchange.path, dict(exchange.headers), dict(self.given), (EVERY, "ours"), manual)
        self.visits.append(visit)
        date = f"Date: {format_datetime(now, usegmt=True)}"
        out = OUTAGE[0] <= now < OUTAGE[1]
        fault = reply(500) if out else self.fault(now)
        if fault is not None:
            self.failures += 1
            back_off = min(max(self.failures * HOUR, EVERY), DAY) * 0.9
            visit.wait = max(
                (back_off, "back-off"), (timedelta() if out else min(self.asks(now), 7 * DAY), "Retry-After")
            )
            return fault.replace(b"\r\n", f"\r\n{date}\r\n".encode(), 1) if b"Date" not in fault else fault
        if self.moved_to:
            return reply(301, b"", f"Location: {Publisher(self.moved_to, self.host).path}", date)
        self.failures = 0
        visit.wait = max((EVERY * 0.9, "our interval"), (min(self.wish, DAY), "its wish"))
        version = self.version(now)
        known = sent.get("if-none-match") or sent.get("if-modified-since")
        tag, since = f'W/"{self.name} {version}"', format_datetime(START + version * HOUR, usegmt=True)
        unchanged = known is not None and known.rstrip("+") in ((tag,) if self.etag else (since,))
        if unchanged and self.moving_304:
            tag = (known or "") + "+"
        validators = {"if-none-match": tag} if self.etag else {}
        validators |= {"if-modified-since": since} if self.dated else {}
        names = {"if-none-match": "ETag", "if-modified-since": "Last-Modified"}
        lines = (date, "Set-Cookie: id=1", *self.fields(now))
        told = tuple(f"{names[name]}: {value}" for name, value in validators.items())
        if unchanged:
            self.given |= {} if self.silent_304 else validators
            return reply(304, b"", *lines, *(() if self.silent_304 else told))
        self.given = validators
        return reply(200, self.document(now, version), *lines, *told)

    def document(self, now: datetime, version: int) -> bytes:
        """Change with each version, and with those of half a day bring an entry: most days have the same."""
        number = version * (self.news or DAY) // (12 * HOUR)
        date = f"<pubDate>{format_datetime(START + number * 12 * HOUR)}</pubDate>" if self.entries else ""
        item = f"<guid>{self.name}-{number if self.entries else 0}</guid><title>{self.name} reports</title>"
        head = f"<title>{self.name}</title><link>http://{self.name}.example/</link>{self.channel}"
        built = f"<lastBuildDate>{format_datetime(START + version * MINUTE)}</lastBuildDate>"
        return f'<rss version="2.0"><channel>{head}{built}<item>{item}{date}</item></channel></rss>'.encode()


def skip(*hours: int) -> str:
    return "<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in hours) + "</skipHours>"


def once(at: datetime, status: int, *fields: str) -> Callable[[datetime], bytes | None]:
    """Fail from a time on, for three hours or until it would be well again."""
    return lambda now: reply(status, b"", *fields) if at <= now < at + 3 * HOUR else None


def until(end: datetime, status: int, how: Callable[[datetime], tuple[str, ...]]) -> dict[str, object]:
    """Refuse everybody until a time, and say so in each answer."""
    return {
        "fault": lambda now: reply(status, b"", *how(now)) if START + HOUR <= now < end else None,
        "asks": lambda now: end - now,
    }


def seconds_to(end: datetime, now: datetime) -> tuple[str, ...]:
    return (f"Retry-After: {int((end - now).total_seconds())}",)


def date_of(end: datetime, now: datetime) -> tuple[str, ...]:
    return (f"Retry-After: {format_datetime(end, usegmt=True)}",)


def skewed(end: datetime, now: datetime) -> tuple[str, ...]:
    """Tell the end by a clock that is wrong by 5 days, and what that clock says now."""
    return (*date_of(end + 5 * DAY, now), f"Date: {format_datetime(now + 5 * DAY, usegmt=True)}")


def expires(now: datetime) -> tuple[str, ...]:
    return (f"Expires: {format_datetime(now + 3 * HOUR, usegmt=True)}",)


def publishers() -> list[Publisher]:
    """Return feeds of every manner, each on a host of its own but for some that share one."""
    end = START + DAY
    made: list[Publisher] = []

    def add(name: str, host: str = "", **manners: object) -> None:
        made.append(Publisher(name, host or f"127.1.0.{len(made) + 1}", **manners))  # type: ignore[arg-type]

    add("etag", entries=True)
    add("modified", etag=False, dated=True)
    add("both", dated=True)
    add("neither", etag=False)
    add("busy", news=10 * MINUTE)
    add("busydated", etag=False, dated=True, news=10 * MINUTE)
    add("quiet", news=None, entries=True)
    add("silent304", dated=True, silent_304=True)
    add("moving304", moving_304=True)
    add("bothmoving304", dated=True, moving_304=True)
    add("maxage", fields=lambda now: ("Cache-Control: public, max-age=7200",), wish=2 * HOUR)
    add("longage", fields=lambda now: ("Cache-Control: max-age=9999999",), wish=DAY)
    add("shortage", fields=lambda now: ("Cache-Control: no-cache, max-age=0",))
    add("expires", fields=expires, wish=3 * HOUR)
    add("wrongexpires", fields=lambda now: ("Expires: +9999 Nov 15:00:00 9999999999",))
    add("ttl", channel="<ttl>90</ttl>", wish=90 * MINUTE)
    add("night", channel=skip(*range(8)), skipped=tuple(range(8)))
    add(
        "nightfailing",
        channel=skip(*range(8)),
        skipped=tuple(range(8)),
        fault=lambda now: reply(500) if START + DAY < now < START + 2 * DAY else None,
    )
    add("failing", fault=lambda now: reply(503) if START + DAY < now < START + 2 * DAY else None)
    add("never", fault=lambda now: reply(404))
    add("gone", fault=lambda now: reply(410) if now > START + DAY else None)
    for status in (429, 503):
        add(f"seconds{status}", **until(end, status, partial(seconds_to, end)))
        add(f"date{status}", **until(end, status, partial(date_of, end)))
        add(f"skewed{status}", **until(end, status, partial(skewed, end)))
    add("month", **until(START + 30 * DAY, 429, partial(seconds_to, START + 30 * DAY)))
    add("moved", moved_to="moved (new)")
    for n in range(5):
        add(f"shared{n}", host="127.1.8.8", dated=n % 2 == 0, news=(1 + n) * HOUR)
    return made


class Times(House):
    """A house on a clock of our own, whose feeds are on this machine."""

    def _line(self, site: Site = SITE) -> Line:
        fetching = FetchSettings(base_url=site.url, host_spacing=0, allow_networks=(LOOPBACK,))
        poller = Poller(fetching, EVERY)
        return Line(self.store, site, self.feeds, self.seeds, poller, Grouper(self.store, uuid4), uuid4)


@dataclass
class Run:
    """What days of polling left behind."""

    publishers: dict[str, Publisher]
    here: list[tuple[datetime, datetime]]  # (a tick, the one before)
    hosts: dict[str, int]  # most connections at a time
    restarts: int
    burst: dict[datetime, int]  # requests at a tick

    @property
    def visits(self) -> list[Visit]:
        return [visit for publisher in self.publishers.values() for visit in publisher.visits]


def ticks(dice: random.Random) -> Iterator[datetime]:
    """Yield the times at which we look what is due: often at first, then at whiles, with an absence."""
    now = START
    while now < END:
        if not ABSENCE[0] <= now < ABSENCE[1]:
            yield now
        short = now < START + 3 * DAY
        now += timedelta(seconds=dice.randrange(5 * 60, 25 * 60) if short else dice.randrange(3600, 9000))


def serve(server: HostileServer, feeds: list[Publisher], clock: Callable[[], tuple[datetime, bool]]) -> None:
    async def answer(publisher: Publisher, exchange: Exchange) -> None:
        await exchange.send(publisher.answer(exchange, *clock()))

    for publisher in feeds:
        server.answers[publisher.path] = partial(answer, publisher)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    dice = random.Random(20261120)
    feeds = publishers()
    followed = tuple(feeds)
    feeds += (Publisher(one.moved_to, one.host) for one in followed if one.moved_to)
    state = [START, False]
    seen: dict[datetime, int] = {}
    here: list[tuple[datetime, datetime]] = []
    with HostileServer() as server:
        serve(server, feeds, lambda: (state[0], bool(state[1])))  # type: ignore[return-value]
        house = Times(tmp_path_factory.mktemp("times"))
        rows = "".join(f'[[feeds]]\nurl = "{server.url(one.path, one.host)}"\n' for one in followed)
        house.topic("all-of-them", f'any = ["rain"]\n{rows}')
        before, restarts = START, 0
        for number, now in enumerate(ticks(dice)):
            if number % 40 == 39:
                house.restart()
                restarts += 1
            state[:] = [now, number % 90 == 70]
            asked = len(server.exchanges)
            report = refresh(house.line, now, everything=bool(state[1]))
            assert report.polled <= len(followed)
            seen[now] = len(server.exchanges) - asked
            here.append((now, before))
            before = now
        house.close()
        hosts = dict(server.most_open)
    yield Run({one.name: one for one in feeds}, here, hosts, restarts, seen)


def test_the_days_were_as_they_are_told(run: Run) -> None:
    print(f"{len(run.visits)} requests of {len(run.here)} ticks with {run.restarts} restarts")
    assert run.restarts >= 5
    assert len(run.here) > 300
    assert len(run.visits) > 2_000
    assert sum(visit.manual for visit in run.visits) > 50
    assert {visit.wait[1] for visit in run.visits} == {
        "ours", "our interval", "its wish", "back-off", "Retry-After"
    }  # fmt: skip


def test_a_feed_that_sends_validators_is_asked_once_without_them_for_ever(run: Run) -> None:
    unconditional = {
        name: sum(not _validators(visit) for visit in one.visits)
        for name, one in run.publishers.items()
        if (one.etag or one.dated) and one.given and not one.moved_to
    }
    assert len(unconditional) > 20
    assert {name: n for name, n in unconditional.items() if n != 1} == {}


def test_validators_go_back_as_they_were_last_given(run: Run) -> None:
    wrong = [
        (name, visit.at, _validators(visit), visit.expected)
        for name, one in run.publishers.items()
        for visit in one.visits
        if not one.moved_to and _validators(visit) != visit.expected
    ]
    assert wrong == []
    assert sum(bool(_validators(visit)) for visit in run.visits) > 1_000


def test_no_feed_is_asked_earlier_than_it_may_be(run: Run) -> None:
    early = [
        (name, str(before.at), str(after.at - before.at), before.wait)
        for name, one in run.publishers.items()
        for before, after in pairwise(one.visits)
        if not after.manual and after.at - before.at < before.wait[0] - timedelta(seconds=1)
    ]
    assert early == []


def test_no_feed_is_asked_in_the_hours_that_it_asked_to_skip(run: Run) -> None:
    for name in ("night", "nightfailing"):
        one = run.publishers[name]
        known = [visit for visit in one.visits[1:] if not visit.manual]
        assert len(known) > 30
        assert [str(visit.at) for visit in known if visit.at.hour in one.skipped] == []


def test_a_feed_that_has_ended_is_never_asked_again(run: Run) -> None:
    gone = run.publishers["gone"].visits
    after = [visit for visit in gone if visit.at > START + DAY]
    assert len(gone) > 20 and len(after) == 1


def test_feeds_are_asked_as_often_as_they_may_be(run: Run) -> None:
    """Who asks nobody is polite, and of no use."""
    last_tick = dict(run.here)
    late: list[object] = []
    for name in ("busy", "busydated", "shortage", "maxage", "ttl", "expires", "longage", "failing", "both"):
        for before, after in pairwise(run.publishers[name].visits):
            longest = max(before.wait[0] * 1.25, 35 * MINUTE)
            quiet = HOUR if name in ("busy", "busydated") else HOUR * 3
            if last_tick[after.at] - before.at > max(longest, quiet):
                late.append((name, str(before.at), str(after.at - before.at), before.wait))
    assert late == []


def test_a_quiet_feed_is_asked_less_often_than_a_busy_one(run: Run) -> None:
    counts = {name: len(one.visits) for name, one in run.publishers.items()}
    assert counts["quiet"] * 2 < counts["busy"]


def test_failures_are_met_with_growing_patience(run: Run) -> None:
    never = [visit for visit in run.publishers["never"].visits if not visit.manual]
    gaps = [after.at - before.at for before, after in pairwise(never)]
    assert 8 <= len(never) <= 30
    assert min(gaps[6:]) > max(gaps[:3]) > HOUR


def test_a_move_is_followed_at_once_and_believed_after_a_week(run: Run) -> None:
    old, new = run.publishers["moved"].visits, run.publishers["moved (new)"].visits
    believed = max(visit.at for visit in old)
    assert START + 7 * DAY <= believed < START + 8 * DAY
    assert sum(visit.at > believed for visit in new) > 5
    assert {visit.at for visit in old} - {visit.at for visit in new} == {
        visit.at for visit in old if OUTAGE[0] <= visit.at < OUTAGE[1]
    }
    assert [visit.at for visit in new if _validators(visit) != visit.expected] == []


def test_requests_say_who_asks_and_nothing_else(run: Run) -> None:
    ours = {"host", "user-agent", "accept", "accept-encoding", "connection"}
    for visit in run.visits:
        assert set(visit.headers) - {"if-none-match", "if-modified-since"} <= ours
        assert visit.headers["user-agent"] == f"aggregator/{__version__} (+{SITE.url})"
        assert visit.headers["accept"] == ACCEPT
        assert visit.path.endswith(".xml?edition=1&utm_source=own")


def test_one_host_is_asked_once_at_a_time_also_when_all_come_due_together(run: Run) -> None:
    back = min(now for now in run.burst if now >= ABSENCE[1])
    assert run.burst[back] > len(run.publishers) // 2, "after an absence, most feeds are due"
    assert set(run.hosts.values()) == {1}


def test_after_an_outage_of_all_feeds_they_do_not_come_back_in_one_moment(run: Run) -> None:
    first: defaultdict[datetime, int] = defaultdict(int)
    for one in run.publishers.values():
        back = [visit.at for visit in one.visits if visit.at >= OUTAGE[1] and not visit.manual]
        if back:
            first[back[0]] += 1
    assert len(first) >= 5
    assert max(first.values()) <= len(run.publishers) // 2


def _validators(visit: Visit) -> dict[str, str]:
    return {k: v for k, v in visit.headers.items() if k in ("if-none-match", "if-modified-since")}
