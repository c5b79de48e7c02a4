"""Measure refreshes beside another reader's, on one corpus, in turn: `make bench`.

python tests/benchmarks/refresh.py [--feeds 1000] [--rounds 1] [--program "python -m aggregator"]
"""

import argparse
import os
import shlex
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
import venv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import PORT, corpus

HERE = Path(__file__).resolve().parent
PEER = ("reader==3.26", "sgmllib3k")  # its feedparser needs the second, which is packed as source only
SAMPLE = 0.05  # seconds between looks at the memory
PHASES = {"cold": 0, "unchanged": 0, "5 % changed": 1}  # name -> version of the corpus that is served
TARGETS = {"cold": (0.6, 0.5), "unchanged": (0.15, None), "5 % changed": (0.25, None)}  # of CPU, of wall

PEER_PROGRAM = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
if len(sys.argv) > 2:
    for line in open(sys.argv[2]):
        reader.add_feed(line.strip(), exist_ok=True)
else:
    for _ in reader.update_feeds_iter(workers=10, scheduled=False):
        pass
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took."""

    cpu: float  # seconds, children included
    wall: float  # seconds
    main: float  # peak MB of the process
    children: float  # peak MB of its children together
    answered: float = 0.0  # seconds until the last feed that answers was stored; 0: not measured
    own: float = 0.0  # seconds of the process alone, as last seen


def main() -> None:
    """Run everything and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--feeds", type=int, default=int(os.environ.get("FEEDS", "1000")))
    arguments.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "1")))
    arguments.add_argument("--program", default=f"{sys.executable} -m aggregator")
    chosen = arguments.parse_args()
    with TemporaryDirectory(prefix="bench-") as folder, serving(chosen.feeds):
        costs = measure(Path(folder), chosen.feeds, chosen.rounds, shlex.split(chosen.program))
    print(table(costs, chosen.feeds, chosen.rounds))


def measure(
    folder: Path, feeds: int, rounds: int, program: Sequence[str]
) -> dict[tuple[str, str], list[Cost]]:
    """Return (phase, who) -> costs, one of each round."""
    say("installing reader")
    peer = install_peer(folder / "peer")
    urls = [feed.url for feed in corpus(feeds)]
    (folder / "urls").write_text("\n".join(urls) + "\n")
    (folder / "peer.py").write_text(PEER_PROGRAM)
    (folder / "feeds").mkdir()
    (folder / "seeds").mkdir()
    listed = "".join(f'\n[[feeds]]\nurl = "{url}"\n' for url in urls)
    (folder / "feeds" / "news.toml").write_text(f'title = "News"\n{listed}')
    costs = defaultdict(list)
    for number in range(rounds):
        data, theirs = (
            folder / f"data{number}",
            [str(peer), str(folder / "peer.py"), str(folder / f"{number}.db")],
        )
        subprocess.run([*theirs, str(folder / "urls")], check=True)
        ours = [*program, "refresh", "--now"]
        for phase, version in PHASES.items():
            control(f"version/{version}")
            say(f"round {number + 1}: {phase}")
            for who in sorted(("aggregator", "reader"), reverse=bool(number % 2)):
                if who == "reader":
                    cost = run(theirs)
                else:  # in the cold phase it is watched until the last feed is stored, all of which answer
                    cost = run(ours, environment(folder, data), data, feeds if phase == "cold" else 0)
                costs[phase, who].append(cost)
        hanging = max(feeds // 100, 1)
        control(f"hanging/{hanging}")
        say(f"round {number + 1}: cold, {hanging} hanging")
        data = folder / f"hanging{number}"
        costs["cold, 1 % hanging", "aggregator"].append(
            run(ours, environment(folder, data), data, feeds - hanging)
        )
        control("hanging/0")
    return costs


def environment(folder: Path, data: Path) -> dict[str, str]:
    settings = {"DATA_DIR": data, "FEEDS_DIR": folder / "feeds", "SEEDS_DIR": folder / "seeds"}
    settings |= {"HOST_SPACING_SECONDS": 0, "ALLOW_NETWORKS": "127.0.0.0/8"}
    return {**os.environ, **{f"AGGREGATOR_{name}": str(value) for name, value in settings.items()}}


def install_peer(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--quiet", *PEER], check=True)
    return python


@contextmanager
def serving(feeds: int) -> Iterator[None]:
    """Serve the corpus meanwhile."""
    say(f"making {feeds} feeds")
    server = subprocess.Popen(
        [sys.executable, str(HERE / "server.py"), str(feeds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert server.stdout is not None
        if server.stdout.readline() != b"ready\n":
            raise SystemExit("the corpus cannot be served; see above")
        yield
    finally:
        server.kill()
        server.wait()


def control(switch: str) -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/{switch}").read()


def run(
    command: Sequence[str],
    environ: dict[str, str] | None = None,
    data: Path | None = None,
    answering: int = 0,
) -> Cost:
    """Run a command to its end. answering: how many feeds to wait for in the database."""
    started = time.monotonic()
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        main, children, answered, own, over = [0.0], [0.0], [0.0], [0.0], threading.Event()

        def watch() -> None:
            while not over.wait(SAMPLE):
                main.append(resident(process.pid, "VmHWM"))
                own.append(busy(process.pid))
                children.append(sum(resident(child, "VmRSS") for child in children_of(process.pid)))
                if (
                    answering
                    and data
                    and not answered[0]
                    and stored(data / "aggregator.sqlite3") >= answering
                ):
                    answered[0] = time.monotonic() - started

        watching = threading.Thread(target=watch)
        watching.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        over.set()
        watching.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, wall, max(main), max(children), answered[0], max(own))


def busy(pid: int) -> float:
    """Return the CPU seconds of a process without its children; 0 where it has ended."""
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def resident(pid: int, which: str) -> float:
    """Return MB; 0 where the process has ended."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/status").read_text().split(f"{which}:")[1].split()[0]) / 1024
    return 0.0


def children_of(pid: int) -> list[int]:
    with suppress(OSError):
        return [
            int(n)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for n in (task / "children").read_text().split()
        ]
    return []


def stored(database: Path) -> int:
    """Return how many feeds have been asked and stored."""
    with suppress(sqlite3.Error):
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            return int(
                connection.execute("SELECT count(*) FROM feeds WHERE last_poll IS NOT NULL").fetchone()[0]
            )
        finally:
            connection.close()
    return 0


def table(costs: dict[tuple[str, str], list[Cost]], feeds: int, rounds: int) -> str:
    """Write the medians as Markdown."""
    lines = [
        f"{feeds} feeds, median of {rounds}; CPU with children; MB of the main process + of its children",
        "",
        "| | aggregator CPU s | wall s | MB | reader CPU s | wall s | MB | CPU (target) | wall (target) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for phase in PHASES:
        ours, theirs = median(costs[phase, "aggregator"]), median(costs[phase, "reader"])
        cpu, wall = TARGETS[phase]
        lines.append(
            f"| {phase} | {cells(ours)} | {cells(theirs)} | {ours.cpu / theirs.cpu:.2f} ({cpu}) "
            f"| {ours.wall / theirs.wall:.2f} ({wall or '–'}) |"
        )
    hanging = median(costs["cold, 1 % hanging", "aggregator"])
    lines.append(f"| cold, 1 % hanging | {cells(hanging)} | | | | | |")
    none = median(costs["cold", "aggregator"])
    lines += [
        "",
        f"Last answer stored after {none.answered:.1f} s; with 1 % hanging, after {hanging.answered:.1f} s.",
    ]
    return "\n".join(lines)


def median(costs: Sequence[Cost]) -> Cost:
    def of(name: str) -> float:
        return statistics.median(getattr(cost, name) for cost in costs)

    return Cost(of("cpu"), of("wall"), of("main"), of("children"), of("answered"))


def cells(cost: Cost) -> str:
    return f"{cost.cpu:.1f} | {cost.wall:.1f} | {cost.main:.0f} + {cost.children:.0f}"


def say(what: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
