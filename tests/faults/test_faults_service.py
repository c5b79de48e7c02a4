"""The running service, with real processes: asked to end, killed, short of disk, of files, of memory."""

import json
import random
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import news
import pytest
from conftest import LONG
from invariants import assert_intact, assert_nothing_lost, assert_nothing_twice
from running import Running

TERMS, KILLS = (10, 60) if LONG else (2, 2)
SIGTERM_BIT = 1 << 14
STEP = 3  # events in a new seed and a new edition


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def stand() -> Iterator[news.Stand]:
    with news.Stand() as made:
        yield made


def add(service: Running, number: int) -> list[news.Item]:
    """Put one more seed into the folder; return what is in it."""
    items = news.items(range(number * STEP, (number + 1) * STEP), news.PAPERS[:2])
    (service.root / "seeds" / f".{number}").write_text(news.seed(items))
    (service.root / "seeds" / f".{number}").rename(service.root / "seeds" / f"{number}.jsonl")
    return list(items)


def catches_signals(pid: int) -> bool:
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        return bool(int(status.partition("SigCgt:")[2].split()[0], 16) & SIGTERM_BIT)
    return False


def children_of(pid: int) -> set[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return {int(word) for word in found.stdout.split()}


@pytest.mark.parametrize("command", ["run", "work", "web", "refresh"])
def test_asked_to_end_at_any_moment_it_ends_well_within_ten_seconds(service: Running, command: str) -> None:
    items, service.words = list[news.Item](), (command,)
    for n in range(TERMS):
        items += add(service, n)
        process = service.begin()
        service.wait_for(lambda: catches_signals(process.pid) or process.poll() is not None)  # noqa: B023 # called at once
        time.sleep(random.uniform(0, 3) * (n % 2))  # every other time at once
        code, seconds = service.stop()
        assert code == 0, service.log
        assert seconds < 10 or not LONG  # on a machine that does other things too
    assert "Traceback" not in service.log
    service.words = ("run",)
    service.start()
    service.wait_for(lambda: len(service.titles()) == len(items))
    assert service.stop()[0] == 0
    assert_intact(service.database)
    assert_nothing_lost(service.database, items)
    assert_nothing_twice(service.database)


def test_a_signal_while_python_starts_ends_it_without_a_word(service: Running) -> None:
    for n in range(TERMS):
        service.words = (("run", "work", "web", "refresh")[n % 4],)
        process = service.begin()
        time.sleep(random.uniform(0, 0.6))
        caught = catches_signals(process.pid)
        code, _ = service.stop()
        assert code == 0 if caught else code in (0, -signal.SIGTERM), service.log
    assert "Traceback" not in service.log and "Exception ignored" not in service.log


def test_killed_at_any_moment_it_is_whole_at_the_next_start(service: Running, stand: news.Stand) -> None:
    items, edition = list[news.Item](), list[news.Item]()
    for n in range(KILLS):
        items += add(service, n)
        edition += news.items(range(1000 + n * STEP, 1000 + (n + 1) * STEP))
        stand.carry(str(n), edition)
        rows = stand.topic(f"day-{n}", range(1000, 1000 + n * STEP + 1), news.PAPERS[: n + 1])
        (service.root / "feeds" / f"day-{n}.toml").write_text(rows)
        process = service.begin()
        service.wait_for(lambda: catches_signals(process.pid))  # noqa: B023 # called at once
        time.sleep(random.uniform(0, 4))
        parsers = children_of(process.pid)
        service.kill()
        service.wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in parsers))  # noqa: B023
        if (service.root / "data" / "aggregator.sqlite3").exists():
            assert_intact(service.database)
    service.start()
    service.wait_for(lambda: {item.title for item in items} <= service.titles())
    assert service.stop()[0] == 0
    assert_nothing_twice(service.database)


DISK = 'mount -t tmpfs -o size=12m tmpfs "$0" && exec "$@"'


def test_a_full_disk_is_said_and_survived(service: Running) -> None:
    data = service.root / "data"
    data.mkdir()
    service.before = ("unshare", "-rm", "sh", "-c", DISK, str(data))
    if subprocess.run([*service.before, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk of its own")
    items = add(service, 0)
    service.start()
    service.wait_for(lambda: len(service.titles()) == len(items))
    assert service.process is not None
    filler = Path(f"/proc/{service.process.pid}/root{data}/filler")
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(64_000)):
            continue
    many = news.items(range(100, 400), news.PAPERS[:1])
    (service.root / "seeds" / "many.jsonl").write_text(news.seed(many))
    service.wait_for(lambda: "refresh failed: " in service.log)
    assert len(service.titles()) == len(items), "what was there is served"
    filler.unlink()
    service.wait_for(lambda: service.sources()["seeds"][-1]["entries"] == len(many))
    assert service.stop()[0] == 0
    assert "cannot grow" in service.log or "cannot be read or written" in service.log
    assert "Traceback" not in service.log


def test_with_64_open_files_it_goes_on_while_clients_sit_on_connections(
    service: Running, stand: news.Stand
) -> None:
    service.limits = {resource.RLIMIT_NOFILE: 64}
    edition = news.items(range(4))
    stand.carry("1", edition)
    rows = "".join(
        f'[[feeds]]\nurl = "{stand.url(news.PAPERS[n % 4], f"127.0.1.{n + 1}")}"\n' for n in range(40)
    )
    (service.root / "feeds" / "many.toml").write_text(f'any = ["x"]\n{rows}')
    service.start()
    with ExitStack() as sitting:
        for _ in range(80):
            with suppress(OSError):
                sitting.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=5))
        items = add(service, 1)
        time.sleep(3)
    service.wait_for(lambda: {item.title for item in (*items, *edition)} <= service.titles())
    service.wait_for(lambda: json.loads(service.get("/sources.json")[1])["states"].get("waiting", 0) == 0)
    assert len(service.log) < 100_000, "the log was flooded"
    assert service.stop()[0] == 0
    assert_intact(service.database)


def test_nothing_but_the_data_need_be_written_and_any_user_will_do(service: Running) -> None:
    data = service.root / "data"
    data.mkdir()
    root = 'mount --bind "$0" "$0" && mount -o remount,ro,bind / && exec "$@"'
    service.before = ("unshare", "-rm", "sh", "-c", root, str(data))
    if subprocess.run([*service.before, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount the root as read-only")
    items = add(service, 0)
    service.start()
    service.wait_for(lambda: len(service.titles()) == len(items))
    assert service.stop()[0] == 0
    assert "Traceback" not in service.log


@pytest.mark.skipif(not LONG, reason="takes half a minute: make faults")
def test_short_of_memory_it_fails_and_goes_on_when_there_is_more(service: Running) -> None:
    items = add(service, 0)
    service.start()
    service.wait_for(lambda: len(service.titles()) == len(items))
    assert service.process is not None
    pid = service.process.pid
    used = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (used + 1_000_000, resource.RLIM_INFINITY))
    many = news.items(range(100, 4_000), news.PAPERS[:1])
    (service.root / "seeds" / "many.jsonl").write_text(news.seed(many))
    service.wait_for(lambda: "MemoryError" in service.log or "memory" in service.log)
    resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    (service.root / "seeds" / "many.jsonl").write_text(news.seed(many[:50]))
    service.wait_for(lambda: service.sources()["seeds"][-1]["entries"] == 50)
    assert service.stop()[0] == 0
    assert_intact(service.database)
