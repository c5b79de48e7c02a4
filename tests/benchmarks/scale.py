"""Measure what one machine carries, and write the figures of docs/scale.md: `make scale`.

python tests/benchmarks/scale.py [--feeds 300]

Each figure is CPU of whole processes, children included, on the machine it runs on. Requests are measured
where wrk and nginx are (see serving.py); the other figures need nothing.
"""

import argparse
import shlex
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import refresh
import serving
from corpus import corpus

DAY = 86_400  # seconds
POLLS = 24  # of a feed in a day: every half hour where it has news, less often where it is quiet
NEWS = 10  # new entries of a feed in a day
FEEDS_READ = 2  # topics that a subscriber follows
ASKED = 24  # times a day that a reader asks for each
FRESH = 0.1  # share of those that find another document than the last time
REFRESHES = 48  # in a day
WINDOW = 20_000  # entries that the grouping holds at most, four days' worth


@dataclass(frozen=True, slots=True)
class Unit:
    """What one thing costs."""

    poll: float  # CPU s of asking a feed that has nothing new
    entry: float  # CPU s of a new entry: parsed, stored, grouped, filed, published
    parsing: float  # share of that which runs in other processes than the leader's
    pass_: float  # CPU s of a refresh with news besides: the grouping's state read, documents written
    stored: float  # bytes of database for an entry, full-text index included
    answers: Mapping[str, tuple[float, float]]  # server -> CPU s for a 200 (gzip), for a 304


@dataclass(frozen=True, slots=True)
class Load:
    """Who follows how much."""

    name: str
    feeds: int
    subscribers: int


LOADS = (
    Load("a desk", 100, 20),
    Load("a newsroom", 1_000, 500),
    Load("10 newsrooms", 10_000, 5_000),
    Load("1,000 newsrooms", 1_000_000, 500_000),
)


def main() -> None:
    """Measure, and print both tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--feeds", type=int, default=300)
    chosen = arguments.parse_args()
    with TemporaryDirectory(prefix="bench-") as name:
        unit = measured(Path(name), chosen.feeds)
    print(units(unit), "", table(unit), sep="\n")


def measured(folder: Path, feeds: int) -> Unit:
    """Run a cold refresh, one without news, one with a little, one of nothing at all; then some requests."""
    program = shlex.split(f"{sys.executable} -m aggregator refresh --now")
    for name in ("feeds", "seeds", "nothing/feeds", "nothing/seeds"):
        (folder / name).mkdir(parents=True)
    listed = "".join(f'\n[[feeds]]\nurl = "{feed.url}"\n' for feed in corpus(feeds))
    (folder / "feeds" / "news.toml").write_text(f'title = "News"\n{listed}')
    data = folder / "data"
    database = data / "aggregator.sqlite3"
    nothing = refresh.environment(folder / "nothing", folder / "nothing" / "data")
    refresh.run(program, nothing)  # makes the schema
    start = refresh.run(program, nothing)
    costs, entries = [], []
    with refresh.serving(feeds):
        for version in (0, 0, 1):
            refresh.control(f"version/{version}")
            costs.append(refresh.run(program, refresh.environment(folder, data)))
            entries.append(count(database))
    cold, unchanged, changed = (cost.cpu - start.cpu for cost in costs)
    poll, entry = unchanged / feeds, cold / entries[0]
    news = entries[2] - entries[1]
    return Unit(
        poll=poll,
        entry=entry,
        parsing=1 - costs[0].own / costs[0].cpu,
        pass_=max(changed - feeds * poll - news * entry, 0.0),
        stored=database.stat().st_size / entries[2],
        answers=answers(folder / "serving"),
    )


def count(database: Path) -> int:
    connection = sqlite3.connect(database)
    try:
        return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])
    finally:
        connection.close()


def answers(folder: Path) -> dict[str, tuple[float, float]]:
    """Return server -> CPU s for a 200 and for a 304; empty where the tools are missing."""
    if not all(map(serving.found, ("nginx", "wrk"))):
        return {}
    folder.mkdir()
    serving.prepare(folder)
    with ExitStack() as stack:
        servers = [stack.enter_context(server) for server in serving.servers_of(folder)]
        costs = serving.measure(servers, 1, 2)
    names = [server.name for server in servers if server.name != "nginx"]
    return {name: (costs[name, "200, gzip"][0].cpu / 1e6, costs[name, "304"][0].cpu / 1e6) for name in names}


def units(unit: Unit) -> str:
    """Write what one thing costs."""
    rows = [
        ("asking a feed that has nothing new", f"{1e3 * unit.poll:.1f} ms"),
        ("a new entry, parsed to published", f"{1e3 * unit.entry:.1f} ms"),
        ("a refresh with news, apart from those", f"{unit.pass_:.1f} s"),
        ("an entry in the database", f"{unit.stored / 1e3:.1f} kB"),
        *(
            (f"{name}: a feed sent (gzip) · a 304", f"{1e6 * sent:.0f} · {1e6 * same:.0f} µs")
            for name, (sent, same) in unit.answers.items()
        ),
    ]
    return "\n".join(("| one | costs |", "|---|---|", *(f"| {what} | {cost} |" for what, cost in rows)))


def table(unit: Unit) -> str:
    """Write what the loads ask of a machine."""
    names = [*dict(rows(unit, LOADS[0]))]
    found = [dict(rows(unit, load)) for load in LOADS]
    lines = [f"| {name} | {' | '.join(each[name] for each in found)} |" for name in names]
    head = f"| | {' | '.join(load.name for load in LOADS)} |"
    return "\n".join((head, "|---" * (len(LOADS) + 1) + "|", *lines))


def rows(unit: Unit, load: Load) -> list[tuple[str, str]]:
    """Return name -> figure for one load."""
    entries = load.feeds * NEWS
    polls = load.feeds * POLLS * unit.poll
    taken = entries * unit.entry
    requests = load.subscribers * FEEDS_READ * ASKED
    sent, same = unit.answers.get("granian", (0.0, 0.0))
    answered = requests * (FRESH * sent + (1 - FRESH) * same)
    leading = taken * (1 - unit.parsing)
    return [
        ("feeds · subscribers", f"{load.feeds:,} · {load.subscribers:,}"),
        ("new entries a day", f"{entries:,}"),
        ("share of one core: polls", share(polls)),
        ("… entries", share(taken)),
        ("… of these in the one process that leads", share(leading)),
        ("… refreshes as such, each in a process of its own", share(REFRESHES * unit.pass_)),
        ("… requests of readers (granian)", share(answered) if unit.answers else "not measured"),
        ("requests a second", f"{requests / DAY:,.1f}"),
        ("days in the grouping's window", f"{WINDOW / entries:.2g}"),
        ("database after a year", size(365 * entries * unit.stored)),
    ]


def share(seconds: float) -> str:
    return f"{100 * seconds / DAY:,.2g} %" if seconds < DAY else f"{seconds / DAY:,.0f} cores"


def size(bytes_: float) -> str:
    return f"{bytes_ / 1e9:,.1f} GB" if bytes_ < 1e12 else f"{bytes_ / 1e12:,.1f} TB"


if __name__ == "__main__":
    main()
