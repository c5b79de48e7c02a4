"""A refresh that finds nothing new costs little: what only changes need is not even imported."""

import os
import subprocess
import sys
from pathlib import Path

SLOW = {"aggregator.core.parse", "aggregator.core.seeds", "aggregator.core.discovery", "aggregator.core.text"}
SLOW |= {"aggregator.steps.documents", "aggregator.steps.tell", "aggregator.web"}
SLOW |= {"alembic", "apscheduler", "feedgen", "feedparser", "flask", "lxml", "numpy", "rich", "scipy"}
PROGRAM = """
import sys
from aggregator.cli import main
try:
    main(["refresh", "--now"])
except SystemExit:
    print(*sys.modules)
"""


def test_a_refresh_that_finds_nothing_new_imports_nothing_slow(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("data", "feeds", "seeds")}
    for folder in folders.values():
        folder.mkdir()
    (folders["feeds"] / "news.toml").write_text('[[feeds]]\nurl = "http://127.0.0.1:1/feed"\n')
    settings = {f"AGGREGATOR_{name.upper()}_DIR": str(folder) for name, folder in folders.items()}
    environment = {**os.environ, **settings, "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8"}

    def refresh() -> set[str]:
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=60
        )
        assert "refuses the connection" in ran.stderr, ran.stderr
        return set(ran.stdout.splitlines()[-1].split())

    first, second = refresh(), refresh()

    assert "alembic" in first  # it made the database
    assert not SLOW & second
