"""The straight line as a whole, on documents written for these tests and on the two seed documents."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import feedparser
import pytest
import sqlalchemy as sa
from databases import Databases

from aggregator.config import write_topic
from aggregator.core.render import Site
from aggregator.core.seeds import read_seed
from aggregator.core.topics import quiet_before
from aggregator.fetch import FetchSettings
from aggregator.model import Document, Entry
from aggregator.pipeline import Line, Report, refresh
from aggregator.steps.group import Grouper
from aggregator.steps.poll import Poller
from aggregator.steps.read import read_seeds
from aggregator.store import Store, open_store
from aggregator.store.database import sqlite_url

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEEDS = Path(__file__).resolve().parents[1] / "seeds"
FEEDS = Path(__file__).resolve().parents[1] / "feeds"

ARCHIVE = """Category: Harbour news

{posts}
"""
POST = """{title}

Posted on November {day}, 2026 by Ada Quill

{body}

[{publisher}]
"""
CABLE = """The undersea cable between Osse and Karsund failed at dawn, and the operator Lindvik says
a repair ship will leave the port of Osterholm tonight to find the fault.

Traffic was moved to two land routes, so that nobody on the islands is offline, the operator said.
The cable had failed once before, in the spring, when an anchor was dragged across it."""
WHEAT = """Nine ships wait for wheat at the silo of Brekke after a conveyor belt tore on Sunday, the
harbour master said.

Farmers in the valley want to deliver before the rain, and the mill has asked for trains instead."""
SITE = Site("http://127.0.0.1:8080", "Desk")


def post(title: str, body: str, publisher: str, day: int = 18) -> str:
    return POST.format(title=title, body=body, publisher=publisher, day=day)


def archive(*posts: str) -> str:
    return ARCHIVE.format(posts="\n".join(posts))


class House:
    """A place to run refreshes in."""

    def __init__(self, root: Path, url: sa.URL | None = None) -> None:
        self.root = root
        self.url = url or sqlite_url(root / "data" / "a.sqlite3")
        self.seeds, self.feeds = root / "seeds", root / "feeds"
        for folder in (self.seeds, self.feeds):
            folder.mkdir()
        self.store = self._open()
        self.line = self._line()

    def _open(self) -> Store:
        return open_store(self.url)

    def _line(self, site: Site = SITE) -> Line:
        poller = Poller(FetchSettings(base_url=site.url, host_spacing=0), timedelta(minutes=30))
        return Line(self.store, site, self.feeds, self.seeds, poller, Grouper(self.store, uuid4), uuid4)

    def restart(self, site: Site = SITE) -> None:
        self.close()
        self.store = self._open()
        self.line = self._line(site)

    def close(self) -> None:
        self.line.poller.close()
        self.store.close()

    def refresh(self, now: datetime = NOW) -> Report:
        return refresh(self.line, now)

    def write(self, name: str, text: str) -> None:
        (self.seeds / name).write_text(text, encoding="utf-8")

    def topic(self, name: str, toml: str) -> None:
        (self.feeds / f"{name}.toml").write_text(toml, encoding="utf-8")

    def body(self, path: str = "/topics/all.atom") -> bytes:
        document = self.store.document(path)
        assert document is not None, path
        return document.body

    def titles(self, path: str = "/topics/all.atom") -> list[str]:
        feed = feedparser.parse(self.body(path))
        assert not feed.bozo
        return [entry.title for entry in feed.entries]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.store.read() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]


@pytest.fixture
def house(tmp_path: Path, databases: Databases) -> Iterator[House]:
    made = House(tmp_path, databases.new())
    yield made
    made.close()


def test_two_publishers_of_one_event_become_one_entry_in_the_feed(house: House) -> None:
    house.write(
        "blog.txt",
        archive(
            post("Cable to the islands fails again", CABLE, "Nordwire"),
            post("Wheat ships queue at Brekke", WHEAT, "Harbour Gazette"),
        ),
    )
    again = CABLE.replace("failed at dawn", "broke early this morning").replace("nobody", "no customer")
    house.write("other.txt", archive(post("Lindvik cable breaks for a second time", again, "The Meridian")))
    report = house.refresh()
    assert (report.seeds, report.intake.new, report.problems) == (2, 3, ())
    feed = feedparser.parse(house.body())
    shared = [e for e in feed.entries if len(e.get("contributors", [])) == 2]
    assert len(feed.entries) == 2 and len(shared) == 1
    assert {c.name for c in shared[0].contributors} == {"Nordwire", "The Meridian"}


def test_a_refresh_without_news_changes_no_byte(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.refresh()
    before = house.rows("SELECT path, etag, modified FROM documents ORDER BY path")
    report = house.refresh(NOW + HOUR)
    assert (report.seeds, report.told, report.rendered) == (0, 0, 0)
    assert house.rows("SELECT path, etag, modified FROM documents ORDER BY path") == before


def test_a_restart_changes_no_byte(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.refresh()
    before = house.body()
    house.restart()
    assert house.refresh(NOW + HOUR).rendered == 0
    assert house.body() == before


def test_another_base_url_changes_links_but_no_id(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.refresh()
    ids = [entry.id for entry in feedparser.parse(house.body()).entries]
    house.restart(Site("https://news.example", "Desk"))
    house.refresh(NOW + HOUR)
    moved = feedparser.parse(house.body())
    assert [entry.id for entry in moved.entries] == ids
    assert moved.feed.links[0].href.startswith("https://news.example/")
    assert b"127.0.0.1" not in house.body()


def test_a_story_that_grows_keeps_its_id_and_moves_updated_once(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.refresh()
    first = feedparser.parse(house.body()).entries[0]
    house.write(
        "other.txt", archive(post("Lindvik cable fails", CABLE.replace("dawn", "six"), "The Meridian"))
    )
    house.refresh(NOW + HOUR)
    entries = feedparser.parse(house.body()).entries
    assert [e.id for e in entries] == [first.id]
    assert (entries[0].title, entries[0].published) == (first.title, first.published)
    assert "The Meridian" in entries[0].content[0].value


def test_a_seed_that_cannot_be_read_is_reported_and_stops_no_other(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.write("empty.txt", "")
    (house.seeds / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    report = house.refresh()
    assert sorted(problem.subject for problem in report.problems) == ["empty.txt", "picture.txt"]
    assert house.titles() == ["Cable to the islands fails"]
    assert not report.nothing_worked


def test_a_fault_of_our_own_in_one_document_or_answer_stops_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(document: Document, now: datetime) -> tuple[Entry, ...]:
        if document.name == "odd.txt":
            raise TypeError("a fault of ours")
        return read_seed(document, now)

    monkeypatch.setattr("aggregator.core.seeds.read_seed", read)
    monkeypatch.setattr("aggregator.steps.poll.retry", lambda *_: NOW + HOUR)
    monkeypatch.setattr(Poller, "_understand", lambda *_: {}["ours"])
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.write("odd.txt", "Odd")
    house.topic("cables", '[[feeds]]\nurl = "http://127.0.0.1:9/feed"')
    report = house.refresh()
    assert [problem.subject for problem in report.problems] == ["odd.txt", "http://127.0.0.1:9/feed"]
    assert all("please report it" in problem.reason for problem in report.problems)
    assert house.titles() == ["Cable to the islands fails"]


def test_nothing_worked_only_where_everything_failed(house: House) -> None:
    assert not house.refresh().nothing_worked
    house.write("empty.txt", "")
    assert house.refresh(NOW + HOUR).nothing_worked


def test_a_topic_takes_what_its_rules_say_and_old_stories_when_it_is_new(house: House) -> None:
    house.write(
        "blog.txt",
        archive(
            post("Cable to the islands fails", CABLE, "Nordwire"),
            post("Wheat ships queue at Brekke", WHEAT, "Harbour Gazette"),
        ),
    )
    house.topic("cables", 'any = ["undersea cable"]')
    house.refresh()
    assert house.titles("/topics/cables.atom") == ["Cable to the islands fails"]
    house.topic("grain", 'any = ["wheat"]')
    house.refresh(NOW + 60 * 24 * HOUR)
    assert house.titles("/topics/grain.atom") == ["Wheat ships queue at Brekke"]


def test_only_stories_that_were_told_are_filed_under_a_topic_that_comes_later(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.refresh()
    assert [entry.title for _, _, entry in house.store.told_entries(0)] == ["Cable to the islands fails"]
    house.write("blog.txt", archive(post("Cable to the islands fails", f"{CABLE} Again.", "Nordwire")))
    read_seeds(house.store, house.seeds, NOW + HOUR)
    assert house.store.told_entries(0) == ()  # it is told anew, and filed then


def test_a_story_does_not_leave_a_topic_whose_rules_change(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.topic("cables", 'any = ["undersea cable"]')
    house.refresh()
    house.topic("cables", 'any = ["satellite"]')
    house.refresh(NOW + HOUR)
    assert house.titles("/topics/cables.atom") == ["Cable to the islands fails"]


def test_a_renamed_topic_keeps_its_id_and_its_stories(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.topic("cables", 'any = ["undersea cable"]')
    house.refresh()
    before = feedparser.parse(house.body("/topics/cables.atom")).feed.id
    (house.feeds / "cables.toml").unlink()
    house.topic("sea", 'was = ["cables"]\nany = ["undersea cable"]')
    house.refresh(NOW + HOUR)
    after = feedparser.parse(house.body("/topics/sea.atom"))
    assert (after.feed.id, len(after.entries)) == (before, 1)
    found = house.store.topic("cables")
    assert found is not None and found.name == "sea"


def test_a_document_that_cannot_be_read_is_tried_again_when_it_changes_and_by_the_next_process(
    house: House,
) -> None:
    house.write("list.json", "[")
    assert house.refresh().seeds == 1
    assert house.refresh(NOW + HOUR).seeds == 0  # it would take as long as the first time, every minute
    house.write("list.json", "{")
    assert house.refresh(NOW + 2 * HOUR).seeds == 1
    house.restart()
    assert house.refresh(NOW + 3 * HOUR).seeds == 1
    house.write("list.json", '[{"title": "Cable to the islands fails", "text": "A ship left port."}]')
    assert house.refresh(NOW + 4 * HOUR).problems == ()
    assert house.titles() == ["Cable to the islands fails"]


def test_a_topic_with_a_broken_file_stays_as_it_was(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.topic("cables", 'any = ["undersea cable"]')
    house.refresh()
    house.topic("cables", "any = [")
    report = house.refresh(NOW + HOUR)
    assert [problem.subject for problem in report.problems] == ["cables.toml:1"]
    assert house.titles("/topics/cables.atom") == ["Cable to the islands fails"]


def test_a_missing_seeds_folder_is_a_sentence_not_a_crash(house: House) -> None:
    house.line = replace(house.line, seeds_dir=house.root / "nowhere")
    report = house.refresh()
    assert "AGGREGATOR_SEEDS_DIR" in str(report.problems[0])


def test_an_empty_house_serves_a_valid_empty_feed(house: House) -> None:
    house.refresh()
    feed = feedparser.parse(house.body())
    assert not feed.bozo and feed.entries == []


def test_views_hold_stories_of_enough_publishers_and_enter_once(house: House) -> None:
    house.write("blog.txt", archive(post("Cable to the islands fails", CABLE, "Nordwire")))
    house.refresh()
    assert house.titles("/topics/all.atom?min_sources=2") == []
    changed = CABLE.replace("failed at dawn", "broke at dawn").replace("nobody", "no customer")
    house.write("other.txt", archive(post("Lindvik cable fails at dawn", changed, "The Meridian")))
    house.refresh(NOW + HOUR)
    assert house.titles("/topics/all.atom?min_sources=2") == ["Cable to the islands fails"]
    assert house.titles("/topics/all.atom?min_sources=3") == []


class CrashError(Exception):
    """The power went out."""


def failing_at(number: int, engine: sa.Engine) -> Callable[..., None]:
    """Make the n-th statement that reaches the database fail."""
    seen = 0

    def count(*_args: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise CrashError

    sa.event.listen(engine, "before_cursor_execute", count)
    return count


def state(house: House) -> list[object]:
    """Return what subscribers and readers of pages can see, without the ids, which differ from run to run."""
    feeds = [
        [
            (e.title, e.published, e.updated, len(e.get("contributors", [])))
            for e in feedparser.parse(body).entries
        ]
        for (body,) in house.rows("SELECT body FROM documents WHERE path LIKE '%.atom%' ORDER BY path")
    ]
    tables = ("entries", "origins", "topic_stories", "memberships", "stories WHERE merged_into IS NULL")
    counts = [house.rows(f"SELECT count(*) FROM {table}") for table in tables]
    return [*feeds, counts]


def test_a_refresh_that_dies_at_any_statement_is_finished_by_the_next(
    tmp_path: Path, databases: Databases
) -> None:
    def build(name: str) -> House:
        root = tmp_path / name
        root.mkdir()
        made = House(root, databases.new())
        made.topic("cables", 'any = ["undersea cable"]')
        made.write(
            "blog.txt",
            archive(
                post("Cable to the islands fails", CABLE, "Nordwire"),
                post("Wheat ships queue at Brekke", WHEAT, "Harbour Gazette"),
            ),
        )
        return made

    whole = build("whole")
    whole.refresh()
    expected = state(whole)
    whole.close()
    number, step = 1, 7  # every seventh statement keeps this short; `make faults` takes each
    while True:
        house = build(str(number))
        hook = failing_at(number, house.store.engine)
        try:
            house.refresh()
            finished = True
        except CrashError:
            finished = False
        sa.event.remove(house.store.engine, "before_cursor_execute", hook)
        house.restart()
        house.refresh(NOW)
        assert state(house) == expected, f"after a crash at statement {number}"
        house.close()
        databases.drop(house.url)
        shutil.rmtree(house.root)
        if finished:
            break
        number += step
    assert number > 50


# ---- topics that nobody configured


def discovered(house: House) -> dict[str, UUID]:
    return {topic.name: topic.id for topic in house.store.topics() if topic.discovered}


def strait(*days: int) -> str:
    """Make an archive page of stories of one affair."""
    return "Category: Strait of Almery\n\n" + "\n".join(
        post(f"{what} in the Strait of Almery", f"{text} {day} ships wait.", "Nordwire", day)
        for day, (what, text) in zip(days, AFFAIR, strict=False)
    )


AFFAIR = (
    ("Tanker aground", "A tanker ran aground at the lighthouse, the coast guard said, and lost oil."),
    ("Convoy turns back", "The convoy of Karsund turned back when its escort saw mines in the water."),
    ("Pilots strike", "Pilots refuse to board after two of them were hurt on a rope ladder last night."),
    ("Buoys drift", "Storms tore eleven buoys from their chains; fishermen are asked to look out."),
)


def test_topics_are_found_again_with_their_ids_after_a_restart_and_when_more_comes(house: House) -> None:
    house.write("strait.txt", strait(3, 9, 15))
    house.refresh()
    before = discovered(house)
    assert "strait-of-almery" in before
    house.restart()
    house.write("more.txt", archive(post("Wheat ships queue at Brekke", WHEAT, "Harbour Gazette")))
    house.refresh(NOW + HOUR)
    assert before.items() <= discovered(house).items()
    assert len(house.titles("/topics/strait-of-almery.atom")) == 3


def test_what_is_told_before_topics_are_looked_for_is_counted_until_they_are(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write("blog.txt", archive(post("Wheat ships queue at Brekke", WHEAT, "Harbour Gazette")))
    house.refresh()
    assert house.store.looked_for_topics() == (0, NOW)
    monkeypatch.setattr("aggregator.steps.discover.FEW", 0)
    house.write("strait.txt", strait(3, 9, 15))
    monkeypatch.setattr("aggregator.steps.discover.NEWS", 1.5)  # more than all of them
    house.refresh(NOW + HOUR)
    assert (house.store.looked_for_topics(), discovered(house)) == ((3, NOW), {})
    house.refresh(NOW + 6 * HOUR)  # brings nothing; but what came before has waited long enough
    assert "strait-of-almery" in discovered(house)
    assert house.store.looked_for_topics() == (0, NOW + 6 * HOUR)  # telling it for the new topic is no news


def test_a_configured_topic_adopts_the_discovered_one_of_its_name(house: House) -> None:
    house.write("strait.txt", strait(3, 9, 15))
    house.refresh()
    found = discovered(house)["strait-of-almery"]
    feed = feedparser.parse(house.body("/topics/strait-of-almery.atom")).feed.id
    house.topic("strait-of-almery", 'title = "The Strait"\nany = ["almery"]')
    house.refresh(NOW + HOUR)
    topic = house.store.topic("strait-of-almery")
    assert topic is not None
    assert (topic.id, topic.title, topic.discovered) == (found, "The Strait", False)
    again = feedparser.parse(house.body("/topics/strait-of-almery.atom"))
    assert (again.feed.id, len(again.entries)) == (feed, 3)


def test_a_discovered_topic_that_is_kept_keeps_its_id_and_its_rule(house: House) -> None:
    house.write("strait.txt", strait(3, 9, 15))
    house.refresh()
    before = house.store.topic("strait-of-almery")
    assert before is not None and before.discovered
    house.topic("strait-of-almery", write_topic(before))
    house.refresh(NOW + HOUR)
    after = house.store.topic("strait-of-almery")
    assert after == replace(before, discovered=False)


def test_an_earlier_name_of_a_topic_is_not_given_to_a_discovered_one(house: House) -> None:
    house.topic("ferries", 'was = ["strait-of-almery"]\nany = ["ferry"]')
    house.write("strait.txt", strait(3, 9, 15))
    house.refresh()
    found = house.store.topic("strait-of-almery")
    assert found is not None and found.name == "ferries"


def test_a_dormant_topic_leaves_room_for_another_and_wakes_with_a_story(house: House) -> None:
    house.write("strait.txt", strait(3, 9, 15))
    house.refresh()
    found = discovered(house)["strait-of-almery"]
    later = NOW + 40 * 24 * HOUR
    assert house.store.quiet_topics(quiet_before(later)) >= {found}
    house.write("strait.txt", strait(3, 9, 15, 19))
    house.refresh(later)
    assert discovered(house)["strait-of-almery"] == found
    assert found not in house.store.quiet_topics(quiet_before(later + HOUR))


KOREAN_TEXT = "해군은 호위함과 소해함을 보냈고 유조선이 항구에서 기다린다."


def test_what_korean_headlines_repeat_becomes_a_topic_whatever_ending_it_has(house: House) -> None:
    usual = (
        "의회 예산안 처리 연기",
        "지하철 파업 예고",
        "폭우 피해 복구 지원",
        "학교 급식 개선 추진",
        "환율 급등 대책",
    )
    told = ("알메리 해협 봉쇄에 선박 대기", "알메리 해협서 유조선 좌초", "정부, 알메리 해협 항로 재개")
    titles = [f"{title} {n}" for n, title in enumerate((*told * 2, *usual * 6))]
    lines = [
        {"title": title, "text": KOREAN_TEXT if n < 6 else "", "published": str(NOW - n * 20 * 24 * HOUR)}
        for n, title in enumerate(titles)
    ]
    house.write("korean.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    house.refresh()
    (topic,) = (topic for topic in house.store.topics() if topic.discovered)
    assert topic.title == "알메리 해협"
    assert len(house.titles(f"/topics/{topic.name}.atom")) == 6


# ---- the project's own samples, and the two seed documents it was asked for


def test_the_sample_documents_fill_their_topics(house: House) -> None:
    shutil.copytree(SEEDS, house.seeds, dirs_exist_ok=True)
    shutil.copytree(FEEDS, house.feeds, dirs_exist_ok=True)
    report = house.refresh()
    assert report.problems == ()
    counts = {topic.name: stories for topic, stories in house.store.topic_counts()}
    assert all(counts[name] >= 5 for name in ("all", "cables", "floods", "korea"))
    assert house.titles("/topics/all.atom?min_sources=3")


@pytest.mark.shared
def test_the_two_seed_documents_give_five_pure_stories(house: House, shared: Path) -> None:
    for name in ("000_85d3de105060aec6.txt", "003_64a8e2b2121541b9.txt"):
        shutil.copy(shared / "seeds" / name, house.seeds)
    house.refresh()
    expected = json.loads((shared / "seeds" / "expected.json").read_text())
    labels = {
        e["title"]: e["story"] for doc in expected.values() if isinstance(doc, dict) for e in doc["entries"]
    }
    found: dict[UUID, set[str]] = {}
    for title, story in house.rows("SELECT title, story FROM entries"):
        found.setdefault(story, set()).add(labels[str(title)])  # type: ignore[arg-type]
    assert sorted(found.values(), key=str) == sorted(({label} for label in set(labels.values())), key=str)
    assert len(house.titles()) == 5
    # Three of the four on the visit name their publisher.
    counts = house.rows("SELECT entries, publishers FROM stories ORDER BY entries, publishers")
    assert counts == [(1, 1), (1, 1), (1, 1), (4, 3), (4, 4)]


@pytest.mark.shared
def test_the_seed_documents_read_one_after_the_other_end_in_the_same_stories(
    house: House, shared: Path
) -> None:
    shutil.copy(shared / "seeds" / "003_64a8e2b2121541b9.txt", house.seeds)
    house.refresh()
    shutil.copy(shared / "seeds" / "000_85d3de105060aec6.txt", house.seeds)
    house.refresh(NOW + HOUR)
    before = house.body()
    assert len(house.titles()) == 5
    house.restart()
    house.refresh(NOW + 2 * HOUR)
    assert house.body() == before
