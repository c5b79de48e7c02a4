"""The two compose files: what they name exists, and nginx serves feeds with what stands there."""

import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from pwd import getpwuid
from textwrap import dedent

import pytest
from make import NOW, SITE, fill, free_port, make_story, make_topic, serving

from aggregator.cli import main
from aggregator.config import Settings
from aggregator.store import Store
from aggregator.web import WebSettings, create_app

ROOT = Path(__file__).resolve().parents[1]
FILES = ("compose.yaml", "compose.postgres.yaml")
FEED = "/topics/bridges.atom"
PATIENCE = 30  # seconds until a machine that is busy with other things gives up


@pytest.mark.parametrize("name", FILES)
def test_what_a_compose_file_names_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    settings = {name.upper() for name in Settings.model_fields}
    assert set(re.findall(r"AGGREGATOR_([A-Z_]+)", text)) <= settings
    assert set(re.findall(r'command: \["(\w+)"', text)) <= set(main.commands)
    for path in re.findall(r"- \./(\w+):", text):
        assert (ROOT / path).is_dir()


def nginx_settings(port: int, folder: Path, ports: list[int]) -> str:
    """Return what the compose file gives nginx, for processes on this machine."""
    text = (ROOT / "compose.postgres.yaml").read_text(encoding="utf-8")
    content = dedent(text.split("content: |\n")[1].split("\nvolumes:")[0]).replace("$$", "$")
    for inside, here in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("resolver 127.0.0.11 valid=10s;", ""),
        ("http://web:8080", "http://pool"),
        ("/var/cache/nginx/feeds", str(folder / "feeds")),
    ):
        assert inside in content
        content = content.replace(inside, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in "client_body proxy fastcgi uwsgi scgi".split()
    )
    servers = "".join(f"server 127.0.0.1:{port};" for port in ports)
    return (
        f"user {getpwuid(os.geteuid()).pw_name}; daemon off; events {{}}\n"
        f"pid {folder}/pid; error_log {folder}/error.log;\n"
        f"http {{ access_log off; {temporary} upstream pool {{ {servers} }}\n{content} }}"
    )


@contextmanager
def nginx(folder: Path, ports: list[int]) -> Iterator[str]:
    """Run nginx before processes on some ports."""
    port, settings = free_port(), folder / "nginx.conf"
    settings.write_text(nginx_settings(port, folder, ports))
    program = shutil.which("nginx") or "nginx"
    process = subprocess.Popen([program, "-c", settings, "-p", folder], stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def get(url: str) -> tuple[int, str, bytes]:
    """Return status, how nginx came by the answer, and its body; status 0: nobody listens yet."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.headers.get("X-Cache", ""), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "", b""
    except OSError:
        return 0, "", b""


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx here")
def test_nginx_answers_with_what_it_has_kept_also_when_no_web_process_is_left(
    store: Store, tmp_path: Path
) -> None:
    fill(store, make_story(), topics=[make_topic()])
    app = create_app(store, SITE, WebSettings(max_age=1), lambda: NOW)
    folder = tmp_path / "nginx"
    folder.mkdir()
    with ExitStack() as web, ExitStack() as front:
        ports = [int(web.enter_context(serving(app)).rpartition(":")[2]) for _ in range(2)]
        url = front.enter_context(nginx(folder, ports)) + FEED
        until = time.monotonic() + PATIENCE
        while (first := get(url))[0] != 200:
            assert time.monotonic() < until, (folder / "error.log").read_text()
            time.sleep(0.05)
        web.close()
        while (kept := get(url))[1] == "HIT":
            assert time.monotonic() < until
            time.sleep(0.1)
        assert kept == (200, "STALE", first[2])
        assert get(url + "?other")[0] == 502
