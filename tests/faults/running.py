"""`aggregator run` as people run it: a process with its own folders, that faults happen to."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from make import free_port

from aggregator.store.database import sqlite_url

PATIENCE = 60  # seconds until it has to be healthy again
PROGRAM = (sys.executable, str(Path(__file__).with_name("quick.py")))


@dataclass
class Running:
    """A service and what it said."""

    root: Path
    settings: dict[str, str] = field(default_factory=dict)
    before: Sequence[str] = ()  # what starts it: a command that ends by running the words after it
    limits: dict[int, int] = field(default_factory=dict)  # of resources, from its start
    process: subprocess.Popen[bytes] | None = None
    words: Sequence[str] = ("run",)  # the command

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        for name in ("feeds", "seeds"):
            (self.root / name).mkdir(exist_ok=True)

    @property
    def env(self) -> dict[str, str]:
        folders = {
            f"AGGREGATOR_{name.upper()}_DIR": str(self.root / name) for name in ("data", "feeds", "seeds")
        }
        others = {
            "AGGREGATOR_PORT": str(self.port),
            "AGGREGATOR_HOST_SPACING_SECONDS": "0",
            "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
            "OPENBLAS_NUM_THREADS": "1",
        }
        return dict(os.environ) | folders | others | self.settings

    @property
    def database(self) -> str:
        return sqlite_url(self.root / "data" / "aggregator.sqlite3").render_as_string(hide_password=False)

    @property
    def log(self) -> str:
        return (self.root / "log").read_text("utf-8") if (self.root / "log").exists() else ""

    @property
    def lines(self) -> list[str]:
        return self.log.splitlines()

    def begin(self) -> subprocess.Popen[bytes]:
        """Start it, and do not wait."""
        with (self.root / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.before, *PROGRAM, *self.words], env=self.env, stderr=log, preexec_fn=self._limit
            )
        return self.process

    def start(self) -> None:
        self.begin()
        self.wait_for(lambda: self.get("/healthz")[0] == 200)

    def _limit(self) -> None:
        for what, value in self.limits.items():
            resource.setrlimit(what, (value, resource.getrlimit(what)[1]))

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait(10)
            self.process = None

    def stop(self) -> tuple[int, float]:
        """Ask it to end; return its exit code and how long it took, in seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.process = None
        return code, time.monotonic() - began

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.before, *PROGRAM, *words], env=self.env, capture_output=True, text=True, check=False
        )

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def titles(self, topic: str = "all", view: str = "?view=entries") -> set[str]:
        """Return the titles that a topic's feed shows."""
        status, body = self.get(f"/topics/{topic}.json{view}")
        return {entry["title"] for entry in json.loads(body)["items"]} if status == 200 else set()

    def sources(self) -> Any:
        return json.loads(self.get("/sources.json")[1])

    def wait_for(self, condition: Callable[[], bool], seconds: float = 2 * PATIENCE) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, self.log[-3000:]
            time.sleep(0.1)
