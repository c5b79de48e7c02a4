"""What a compose file says, started as processes of this machine: without an engine, on free ports."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwuid
from typing import Any

import sqlalchemy as sa
import yaml

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "secret"
PATIENCE = 180  # seconds until a machine that is busy with other things gives up
VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?::\?[^}]*)?\})")
# A Python that finds this on its path reads it first. What a cache keeps is soon old, and what any worker
# reads is soon told; parsers, which are processes of a worker's too, need not load that.
SHORT = """
import os, sys
from datetime import timedelta
if os.environ["SERVICE"] == "web":
    from aggregator import web
    web.FEED_AGE = timedelta(seconds=2)
elif os.environ["SERVICE"] in sys.orig_argv:
    from aggregator import service
    service.TICK = timedelta(seconds=2)
"""
LOOPBACK = "127.0.0.0/8"  # where everything lies here
A_RECORD = b"\x00\x01"


class Image:
    """What the Dockerfile says of a container."""

    def __init__(self) -> None:
        text = (ROOT / "Dockerfile").read_text(encoding="utf-8").rpartition("FROM ")[2].replace("\\\n", " ")
        self.environment = dict(re.findall(r"(AGGREGATOR_\w+)=(\S+)", text))
        self.command: list[str] = json.loads(_words(text, "CMD"))
        self.entrypoint: list[str] = json.loads(_words(text, "ENTRYPOINT"))
        self.health: list[str] = json.loads(_words(text, r"HEALTHCHECK .*CMD"))
        self.volumes = re.findall(r"^VOLUME (\S+)", text, re.MULTILINE)


def _words(text: str, instruction: str) -> str:
    found = re.search(rf"^{instruction} (\[.*\])$", text, re.MULTILINE)
    assert found is not None, instruction
    return found[1]


def read(name: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """Read a compose file, with its variables filled in."""

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        if isinstance(value, str):
            return VARIABLE.sub(lambda found: found["dollar"] or variables[found["name"]], value)
        return value

    said: dict[str, Any] = fill(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))
    return said


class Composed:
    """The containers of a compose file, each a process with an address of its own.

    root: holds the folders that are mounted. database: an empty one, that stands for the one in `db`.
    """

    def __init__(self, name: str, root: Path, database: sa.URL | None = None) -> None:
        self.said = read(name, {"POSTGRES_PASSWORD": PASSWORD})
        self.root, self.database = root, database
        self.image, self.port = Image(), free_port()
        self.processes: dict[str, list[subprocess.Popen[bytes]]] = {}
        (root / "sitecustomize.py").write_text(SHORT)

    def start(self, service: str) -> None:
        """Start every replica of a service."""
        said = self.said["services"][service]
        assert said["build"] == "."
        command = [sys.executable, "-m", *self.image.entrypoint, *(said.get("command") or self.image.command)]
        for n in range(said.get("deploy", {}).get("replicas", 1)):
            with (self.root / f"log-{service}").open("ab") as log:
                self.processes.setdefault(service, []).append(
                    subprocess.Popen(
                        command, env=self.environment(service, n), stderr=log, start_new_session=True
                    )
                )

    def environment(self, service: str, n: int) -> dict[str, str]:
        """Return what a replica finds in its environment, for this machine."""
        said = self.image.environment | self.said["services"][service].get("environment", {})
        here = {name: self._here(value, self._folders(service, n)) for name, value in said.items()}
        here |= {"AGGREGATOR_HOST": address(n), "AGGREGATOR_PORT": str(self.port)}
        here |= dict.fromkeys(here.keys() & {"AGGREGATOR_TRUSTED_PROXIES"}, LOOPBACK)
        here |= {"AGGREGATOR_ALLOW_NETWORKS": LOOPBACK}
        here |= {"PYTHONPATH": str(self.root), "SERVICE": service}
        return {k: v for k, v in os.environ.items() if not k.startswith("AGGREGATOR_")} | here

    def _folders(self, service: str, n: int) -> dict[str, Path]:
        """Return where the folders of a replica lie."""
        mounts = [volume.split(":") for volume in self.said["services"][service].get("volumes", ())]
        own = dict.fromkeys(self.image.volumes, self.root / f"{service}-{n}")
        return own | {inside: self.root / outside for outside, inside, *_ in mounts}

    def _here(self, value: str, folders: Mapping[str, Path]) -> str:
        if value.startswith("postgresql://"):
            url, user = sa.make_url(value), self.said["services"]["db"]["environment"]["POSTGRES_USER"]
            assert (url.host, url.username, url.database, url.password) == ("db", user, user, PASSWORD)
            assert self.database is not None
            return self.database.render_as_string(hide_password=False)
        return str(folders.get(value, value))

    def kill(self, service: str, n: int) -> None:
        """Kill a container: all its processes at once."""
        process = self.processes[service][n]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def stop(self) -> set[int]:
        """End all that still run as an engine does, and return what they exited with."""
        running = [one for ones in self.processes.values() for one in ones if one.poll() is None]
        for process in running:
            process.terminate()
        return {process.wait(PATIENCE) for process in running}

    def close(self) -> None:
        for process in (one for ones in self.processes.values() for one in ones):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(PATIENCE)

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.root.glob("log-*"))

    @contextmanager
    def nginx(self) -> Iterator[str]:
        """Run nginx as the file sets it up, before the replicas of `web`; yield its address."""
        folder, port = self.root / "nginx", free_port()
        folder.mkdir()
        with names({"web": self.said["services"]["web"]["deploy"]["replicas"]}) as resolver:
            (folder / "nginx.conf").write_text(self._nginx_settings(folder, port, resolver))
            program = [shutil.which("nginx") or "nginx", "-c", folder / "nginx.conf", "-p", folder]
            process = subprocess.Popen(program, stderr=subprocess.DEVNULL)
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.wait(PATIENCE)

    def _nginx_settings(self, folder: Path, port: int, resolver: int) -> str:
        content = self.said["configs"]["nginx"]["content"]
        for inside, here in (
            ("listen 80;", f"listen 127.0.0.1:{port};"),
            ("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{resolver} "),
            ("http://web:8080;", f"http://web:{self.port};"),
            ("/var/cache/nginx/", f"{folder}/"),
        ):
            assert content.count(inside) == 1, inside
            content = content.replace(inside, here)
        kinds = "client_body proxy fastcgi uwsgi scgi".split()
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        return (
            f"user {getpwuid(os.geteuid()).pw_name}; daemon off; events {{}}\n"
            f"pid {folder}/pid; error_log {folder}/error.log;\n"
            f"http {{ access_log off; {temporary}\n{content} }}"
        )


def address(n: int) -> str:
    """Return the address of a replica."""
    return f"127.0.0.{n + 1}"


def free_port() -> int:
    """Find a port that nobody listens on, on any address of this machine."""
    with socket.create_server(("0.0.0.0", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def names(replicas: Mapping[str, int]) -> Iterator[int]:
    """Tell the addresses of services as an engine's name server does; yield its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_tell, args=(asked, replicas))
        thread.start()
        try:
            yield int(asked.getsockname()[1])
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"", asked.getsockname())
            thread.join(PATIENCE)


def _tell(asked: socket.socket, replicas: Mapping[str, int]) -> None:
    while True:
        query, client = asked.recvfrom(512)
        if not query:
            return
        asked.sendto(answer(query, replicas), client)


def answer(query: bytes, replicas: Mapping[str, int]) -> bytes:
    """Answer a question for a name (RFC 1035 §4.1) with its addresses, where these are asked for."""
    length = query[12]
    name, end = query[13 : 13 + length].decode(), 13 + length + 1
    question = query[12 : end + 4]
    wanted = replicas.get(name, 0) if query[end : end + 2] == A_RECORD else 0
    head = query[:2] + b"\x81\x80" + b"\x00\x01" + wanted.to_bytes(2) + b"\x00\x00\x00\x00"
    record = b"\xc0\x0c" + A_RECORD + b"\x00\x01" + (5).to_bytes(4) + b"\x00\x04"
    return head + question + b"".join(record + socket.inet_aton(address(n)) for n in range(wanted))
