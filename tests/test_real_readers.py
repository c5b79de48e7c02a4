"""Readers that others wrote, against what we serve: what they hold after a story's life."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from make import NOW, fill, hours_ago, make_app, make_story, make_topic, publish, serving

from aggregator.core.render import Site
from aggregator.model import Grouping, Placement, Rule
from aggregator.store import Store
from aggregator.store.schema import entries

HOUR = timedelta(hours=1)
FEED = "/topics/bridges.atom"
Held = dict[str, list[str]]  # what of a feed a reader holds -> ids, one for each entry that it shows


def run(home: Path, *words: str | Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
    subprocess.run(words, env=env, cwd=home, capture_output=True, timeout=120, check=False)


def newsboat(home: Path, base: str) -> Held:
    """Poll with newsboat; returns the ids that it has, and those that it shows as unread."""
    (home / "urls").write_text(f"{base}{FEED}\n")
    (home / "config").touch()
    cache = home / "cache.db"
    run(home, "newsboat", "-u", home / "urls", "-c", cache, "-C", home / "config", "-x", "reload")
    with closing(sqlite3.connect(cache)) as connection, connection:
        held = [str(row[0]) for row in connection.execute("SELECT guid FROM rss_item WHERE deleted = 0")]
        unread = [str(row[0]) for row in connection.execute("SELECT guid FROM rss_item WHERE unread = 1")]
        connection.execute("UPDATE rss_item SET unread = 0")
    return {"held": held, "unread": unread}


def sfeed(home: Path, base: str) -> Held:
    """Poll with sfeed; returns the ids that it has, and those of lines that were not there before."""
    listed = f'sfeedpath="{home}/feeds"\nfeeds() {{\nfeed bridges "{base}{FEED}"\n}}\n'
    (home / "sfeedrc").write_text(listed)
    file = home / "feeds" / "bridges"
    before = file.read_text().splitlines() if file.exists() else []
    run(home, "sfeed_update", home / "sfeedrc")
    after = file.read_text().splitlines()
    known = {entry_of(line) for line in before}
    new = [line for line in after if entry_of(line) not in known]
    return {"held": [line.split("\t")[5] for line in after], "unread": [line.split("\t")[5] for line in new]}


def entry_of(line: str) -> tuple[str, ...]:
    """Return what sfeed takes for an entry: its title, link and id."""
    fields = line.split("\t")
    return fields[1], fields[2], fields[5]


READERS = {"newsboat": newsboat, "sfeed_update": sfeed}


@pytest.mark.parametrize("program", READERS)
def test_a_reader_shows_every_story_once_through_all_that_happens_to_it(
    store: Store, tmp_path: Path, program: str
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    poll = READERS[program]
    home = tmp_path / "home"
    home.mkdir()
    told = [make_story(hours_ago(n, f"Bridge {n} shut", publisher=f"Paper {n}")) for n in range(3)]
    ids = {story.story.urn for story in told}
    topic = make_topic("bridges")

    def look(now: datetime) -> Held:
        publish(store, now, site)
        return poll(home, site.url)

    with serving(make_app(store, NOW + 40 * HOUR)) as url:
        site = Site(url, "Desk")
        fill(store, *told, topics=[topic], site=site)
        first = look(NOW)
        assert set(first["held"]) == set(first["unread"]) == ids

        second = hours_ago(
            0, "Bridge 0 closed to all", publisher="Paper 9", text="Another text of their own."
        )
        fill(store, make_story(second, id=told[0].story), now=NOW + HOUR, seed="b", site=site)
        happenings: list[Callable[[], object]] = [
            lambda: None,
            lambda: store.apply(Grouping(merges=((told[0].story, told[1].story),)), NOW + 2 * HOUR),
            lambda: store.apply(Grouping(back(store, "Bridge 1 shut")), NOW + 3 * HOUR),
        ]
        for n, happen in enumerate(happenings, 2):
            happen()
            after = look(NOW + n * HOUR)
            assert (sorted(after["held"]), after["unread"]) == (sorted(ids), [])

        fresh = make_story(hours_ago(-9, "Bridge 9 opened"))
        fill(store, fresh, topics=[topic], now=NOW + 9 * HOUR, seed="c", site=site)
        last = look(NOW + 9 * HOUR)
        assert (set(last["held"]), last["unread"]) == (ids | {fresh.story.urn}, [fresh.story.urn])
        store.apply(Grouping(follows=((fresh.story, told[2].story),)), NOW + 9 * HOUR)
        assert look(NOW + 10 * HOUR)["unread"] == [], "what it follows is said without a word"
    with serving(make_app(store, NOW + 40 * HOUR), port=int(url.rpartition(":")[2])):  # restarted
        assert look(NOW + 11 * HOUR)["unread"] == []


def back(store: Store, title: str) -> tuple[Placement, ...]:
    """Let an entry open a story of its own again."""
    with store.read() as connection:
        entry = connection.execute(sa.select(entries.c.id).where(entries.c.title == title)).scalar_one()
    return (Placement(entry, uuid4(), Rule.OPENED),)
