"""What subscribers' readers show over simulated weeks: every story once, and again only for what is worth it.

`make readers` replays a month of 10,000 entries; the tests of every day replay some days.
"""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from databases import Databases
from make import make_app
from newsroom import PAPERS, News, Oracle, make_news, papers_of
from readers import BOT, CURIOUS, QUIET, Document, every_reader, read_document

from aggregator.core.publish import BUMP_EVERY, MAX_BUMPS, WINDOW_BYTES, WINDOW_STORIES
from aggregator.core.render import Site, story_id
from aggregator.model import Intake, ParsedFeed, Poll
from aggregator.pipeline import Line, refresh
from aggregator.steps import Progress, silent
from aggregator.steps.group import Grouper
from aggregator.steps.poll import Poller
from aggregator.steps.read import Taken
from aggregator.store import Store, open_store

START = datetime(2026, 9, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = Site("https://desk.example", "Desk")
LONG = bool(os.environ.get("READERS"))  # `make readers` sets it
SUBSCRIBED = (
    "/topics/all.atom",
    "/topics/all.rss",
    "/topics/all.json",
    "/topics/all.atom?min_sources=2",
    "/topics/all.atom?min_sources=3",
    "/topics/all.atom?min_sources=5",
    "/topics/all.atom?view=entries",
    "/topics/quays.atom",
)
DOCUMENT_CAP = 1_000_000  # bytes, whatever is estimated


class Wire(Poller):
    """Feeds that bring what the simulated papers have published since the last poll."""

    def __init__(self, news: News) -> None:
        self.news, self.last = news, START - timedelta(days=1)

    def close(self) -> None:
        """There is nothing to close."""

    def poll(
        self, store: Store, now: datetime, everything: bool = False, progress: Progress = silent
    ) -> Taken:
        """Bring what is new, each paper's in one poll."""
        states = {state.url: state for state in store.all_feeds()}
        brought = papers_of(self.news.between(self.last, now))
        self.last = now
        polls = [
            Poll(
                states[address(paper)].id,
                now,
                now + HOUR,
                digest=f"{paper} {now}",
                parsed=ParsedFeed(paper, tuple(entries)),
                newest=now,
            )
            for paper, entries in sorted(brought.items())
        ]
        return Taken(len(polls), store.save_polls(polls) if polls else Intake())


def address(paper: str) -> str:
    return f"https://{paper.lower().replace(' ', '-')}.example/feed"


class Desk:
    """A service under a simulated clock, and readers that subscribe to what it serves."""

    def __init__(self, root: Path, url: sa.URL, news: News, real: bool = False) -> None:
        self.root, self.url, self.news, self.real = root, url, news, real
        for name in ("seeds", "feeds"):
            (root / name).mkdir()
        papers = (*PAPERS, "Tail Gazette")
        listed = "".join(f'\n[[feeds]]\nurl = "{address(p)}"\npublisher = "{p}"\n' for p in papers)
        (root / "feeds" / "papers.toml").write_text(f'title = "Papers"\n{listed}')
        self.quays()
        self.wire = Wire(news)
        self.now = START
        self.subscriptions = {path: list(every_reader()) for path in SUBSCRIBED}
        self.documents: dict[str, tuple[str, Document]] = {}  # path -> (ETag, what was last read)
        self.retitled: set[str] = set()  # stories that an editor gave other headlines
        self.gone: dict[str, set[str]] = defaultdict(set)
        self.shown_again: list[tuple[str, str, str, datetime]] = []  # path, reader, id, when
        self._open()

    def quays(self) -> None:
        (self.root / "feeds" / "quays.toml").write_text(
            'title = "Quays"\nany = ["quay", "ferry", "harbour"]\n'
        )

    def _open(self) -> None:
        self.store = open_store(self.url)
        if not self.real and not hasattr(self, "oracle"):
            self.oracle = Oracle(self.store, self.news, uuid4)
        if not self.real:
            self.oracle.store = self.store
        grouper = Grouper(self.store, uuid4) if self.real else self.oracle
        self.line = Line(
            self.store,
            SITE,
            self.root / "feeds",
            self.root / "seeds",
            self.wire,
            grouper,  # type: ignore[arg-type]
            uuid4,
        )

    def restart(self) -> None:
        self.store.close()
        self._open()

    def refresh(self, now: datetime) -> None:
        self.now = now
        report = refresh(self.line, now)
        assert report.problems == ()

    def be_quiet(self) -> None:
        """Let nothing happen any more."""
        self.wire.news = News(())
        self.oracle.merges, self.oracle.splits = [], []

    def etags(self) -> dict[str, str]:
        with self.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT path, etag FROM documents")
            return {str(row[0]): str(row[1]) for row in rows}

    def deliver(self, share: int = 1, turn: int = 0) -> None:
        """Let readers poll: of those of each subscription, every `share`-th."""
        client = make_app(self.store, self.now, SITE).test_client()
        for path, readers in self.subscriptions.items():
            document = self._fetch(client, path)
            for reader in readers[turn % share :: share]:
                again = reader.take(document)
                self.shown_again += [(path, reader.name, entry, self.now) for entry in again]

    def _fetch(self, client, path: str) -> Document:  # type: ignore[no-untyped-def]
        etag, before = self.documents.get(path, ("", Document("", ())))
        answer = client.get(path, headers={"If-None-Match": etag} if etag else {})
        if answer.status_code == 304:
            return before
        assert answer.status_code == 200, (path, answer.status)
        document = read_document(answer.data, ".json" in path)
        self._judge(path, before, document, len(answer.data))
        self.documents[path] = answer.headers["ETag"], document
        return document

    def _judge(self, path: str, before: Document, document: Document, size: int) -> None:
        """Check what holds for every document, and for one that follows another."""
        ids = [item.id for item in document.items]
        assert len(set(ids)) == len(ids) <= WINDOW_STORIES
        assert size <= DOCUMENT_CAP
        if path == "/topics/all.atom":
            assert size <= 1.5 * WINDOW_BYTES, "the limit is kept by an estimate"
        if ".atom" in path and "view=" not in path and document.items:
            assert document.updated == max(item.updated for item in document.items)
        assert not self.gone[path].intersection(ids), "what left comes back"
        self.gone[path] |= {item.id for item in before.items} - set(ids)
        shared = set(ids) & {item.id for item in before.items}
        assert [i for i in ids if i in shared] == [i.id for i in before.items if i.id in shared], "order"
        kept = {(item.id, item.title, item.link) for item in before.items if item.id in shared}
        now = {(item.id, item.title, item.link) for item in document.items if item.id in shared}
        assert {changed[0] for changed in kept - now} <= self.retitled, "a title or link changed"

    def again(self, *names: str) -> list[tuple[str, str, str, datetime]]:
        return [shown for shown in self.shown_again if shown[1] in names]


def news_of(days: int, events_a_day: int, seed: int = 5) -> News:
    return make_news(seed, START, days, events_a_day)


@pytest.fixture
def desk(tmp_path: Path, databases: Databases) -> Iterator[Desk]:
    made = Desk(tmp_path, databases.new(), news_of(3, 14))
    yield made
    made.store.close()


def replay(desk: Desk, days: float, every: timedelta = 2 * HOUR) -> list[tuple[UUID, datetime, bool]]:
    """Run the service for some days, readers polling at uneven times; returns the moves of `updated`.

    For each move: the story, when, and whether something allowed it.
    """
    moves: list[tuple[UUID, datetime, bool]] = []
    before: dict[UUID, datetime] = {}
    corroborated: set[UUID] = set()
    turns = int(days * 86_400 / every.total_seconds())
    for turn in range(1, turns + 1):
        desk.refresh(START + turn * every)
        causes, _ = desk.oracle.told()
        updated = dates_of(desk.store)
        # A split can leave a story with one paper: the next one is its second again.
        corroborated = {story for story in corroborated if desk.oracle.corroborated(story)}
        for story in [story for story, when in updated.items() if before.get(story, when) != when]:
            second = story not in corroborated and desk.oracle.corroborated(story)
            corroborated |= {story} if second else set()
            moves.append((story, desk.now, second or story in causes))
        before = updated
        if turn % 3 == 0:
            desk.deliver(share=2, turn=turn)
        if turn % 17 == 0:
            desk.restart()
    desk.deliver()
    return moves


def dates_of(store: Store) -> dict[UUID, datetime]:
    with store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, updated FROM stories WHERE published IS NOT NULL AND merged_into IS NULL"
        )
        return {UUID(str(row[0])): datetime.fromisoformat(str(row[1])) for row in rows}


def assert_calm(desk: Desk, moves: list[tuple[UUID, datetime, bool]]) -> None:
    """Check what readers showed against what subscribers were promised."""
    assert desk.again(*QUIET) == [], "a reader showed an entry that it had shown"
    assert all(allowed for *_, allowed in moves), "`updated` moved for nothing worth it"
    by_story = defaultdict(list)
    for story, when, _ in moves:
        by_story[story].append(when)
    assert max(map(len, by_story.values())) <= MAX_BUMPS
    gaps = [b - a for times in by_story.values() for a, b in pairwise(times)]
    assert all(gap >= BUMP_EVERY for gap in gaps)
    moved = Counter(story.urn for story, *_ in moves)
    repeats = Counter((path, entry) for path, _, entry, _ in desk.again(BOT) if "view=" not in path)
    assert all(times <= moved[entry] for (_, entry), times in repeats.items())


def test_some_days_of_news_are_shown_once_by_every_reader(desk: Desk) -> None:
    moves = replay(desk, days=4)
    assert_calm(desk, moves)
    read = [len(reader.shown) for readers in desk.subscriptions.values() for reader in readers]
    assert min(read) > 0 and max(read) > 50, "there was news in every subscription"
    assert len(desk.oracle.merged) > 3, "and stories that turned out to be one"
    assert moves, "and stories that a second paper reported"


def test_news_of_stories_that_were_over_is_shown_once_under_an_id_of_its_own(
    tmp_path: Path, databases: Databases
) -> None:
    desk = Desk(tmp_path, databases.new(), make_news(5, START, 3, 30, revived=0.5))
    moves = replay(desk, days=8, every=12 * HOUR)
    assert_calm(desk, moves)
    founded = [story.urn for story in desk.oracle.follow_ups]
    readers = desk.subscriptions["/topics/all.atom"]
    for reader in readers:
        if reader.name in QUIET:
            assert {reader.shown[story] for story in founded} <= {0, 1}
    shown = [story for story in founded if readers[0].shown[story]]
    assert len(shown) > 8, "and there were some"
    desk.store.close()


def test_readers_that_look_for_changes_show_only_what_changed(desk: Desk) -> None:
    touched: set[str] = set()
    for turn in range(1, 25):
        desk.refresh(START + turn * 2 * HOUR)
        touched |= {story.urn for story in desk.oracle.told()[1]}
        before = len(desk.shown_again)
        desk.deliver()
        shown = [s for s in desk.shown_again[before:] if s[1] in CURIOUS and "view=" not in s[0]]
        assert {entry for _, _, entry, _ in shown} <= touched
        touched.clear()


def test_hours_without_news_change_no_byte(desk: Desk) -> None:
    for turn in range(1, 13):
        desk.refresh(START + turn * 2 * HOUR)
    desk.be_quiet()
    before = desk.etags()
    desk.refresh(desk.now + HOUR)
    desk.restart()
    desk.refresh(desk.now + HOUR)
    assert desk.etags() == before


def test_what_the_engine_itself_groups_is_shown_once_too(tmp_path: Path, databases: Databases) -> None:
    desk = Desk(tmp_path, databases.new(), news_of(2, 12, seed=8), real=True)
    before: dict[UUID, datetime] = {}
    moves: Counter[str] = Counter()
    for turn in range(1, 13):
        desk.refresh(START + turn * 6 * HOUR)
        updated = dates_of(desk.store)
        moves.update(story.urn for story, when in updated.items() if before.get(story, when) != when)
        before = updated
        desk.deliver()
        if turn % 4 == 0:
            desk.restart()
    assert desk.again(*QUIET) == []
    repeats = Counter((path, entry) for path, _, entry, _ in desk.again(BOT) if "view=" not in path)
    assert all(times <= moves[entry] for (_, entry), times in repeats.items())
    assert moves, "some stories were reported by a second paper"
    desk.store.close()


def test_an_editors_headline_is_the_only_one_that_sfeed_shows_twice(desk: Desk) -> None:
    for turn in range(1, 9):
        desk.refresh(START + turn * 2 * HOUR)
    desk.deliver()
    desk.be_quiet()
    story = UUID(desk.documents["/topics/all.atom"][1].items[0].id)
    (desk.root / "feeds" / "corrections.toml").write_text(
        f'[[stories]]\nstory = "{story_id(story)}"\ntitle = "As the editor says"\n'
    )
    desk.retitled = {story.urn}
    desk.refresh(desk.now + 7 * HOUR)
    desk.deliver()
    titles = {item.id: item.title for item in desk.documents["/topics/all.atom"][1].items}
    assert titles[story.urn] == "As the editor says"
    assert {(name, entry) for _, name, entry, _ in desk.again(*QUIET)} == {("sfeed", story.urn)}


ELSEWHERE = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C"}
RENDER = """
import sys
from datetime import datetime
from aggregator.core.render import Site
from aggregator.steps.render import render_documents
from aggregator.store import open_store
store = open_store(sys.argv[1])
with store.write() as connection:
    connection.exec_driver_sql("UPDATE topics SET dirty = true")
print(render_documents(store, Site("https://desk.example", "Desk"), datetime.fromisoformat(sys.argv[2])))
"""


def test_another_process_zone_locale_and_hash_seed_write_the_same_bytes(desk: Desk) -> None:
    for turn in range(1, 13):
        desk.refresh(START + turn * 2 * HOUR)
    before, url = desk.etags(), desk.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", RENDER, url, desk.now.isoformat()]
    answer = subprocess.run(
        command, env={**os.environ, **ELSEWHERE}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "0", "documents with other bytes"
    assert desk.etags() == before


def test_a_topic_file_that_vanishes_and_returns_shows_nothing_again(desk: Desk) -> None:
    for turn in range(1, 19):
        if turn in {7, 13}:
            (desk.root / "feeds" / "quays.toml").unlink()
        if turn in {9, 16}:
            desk.quays()
        desk.refresh(START + turn * 2 * HOUR)
        desk.deliver()
    assert desk.again(*QUIET) == []


@pytest.mark.skipif(not LONG, reason="`make readers` runs it: it takes a quarter of an hour")
def test_a_month_of_ten_thousand_entries_is_shown_once_by_every_reader(
    tmp_path: Path, databases: Databases
) -> None:
    desk = Desk(tmp_path, databases.new(), news_of(30, 125))
    moves = replay(desk, days=34)
    assert_calm(desk, moves)
    print(
        f"\n{len(desk.news.reports):,} entries, {len(desk.oracle.members):,} stories, {len(moves)} moves of"
        f" `updated`, {len(desk.oracle.merged)} merges, {len(desk.oracle.follow_ups)} follow-ups; again: "
        + ", ".join(f"{name} {len(desk.again(name))}" for name in (*QUIET, *CURIOUS, BOT))
    )
    desk.store.close()
