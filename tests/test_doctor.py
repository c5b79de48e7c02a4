"""The doctor: each thing that is wrong is told with what to do; what is right is not called wrong."""

import json
import os
import sqlite3
import time
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from make import NOW, fail_feed, fill, make_entry, make_story, read_feed

from aggregator.cli import main
from aggregator.config import Settings
from aggregator.doctor import Finding, Level, examine
from aggregator.model import SeedRead
from aggregator.store import Store, open_store
from aggregator.store.checkup import file_of
from aggregator.store.database import sqlite_url

FEED = "https://paper.example/feed?token=hunter2"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with everything in order: a database of one story, feeds/, seeds/."""
    for folder in ("feeds", "seeds"):
        (tmp_path / folder).mkdir()
    store = opened(tmp_path)
    store.add_feed(FEED, NOW)
    read_feed(store, FEED, make_entry("Another bridge"))
    fill(store, make_story())
    store.close()
    return tmp_path


def opened(place: Path) -> Store:
    return open_store(url_of(place))


def url_of(place: Path) -> object:
    return sqlite_url(place / "data" / "aggregator.sqlite3")


def found(
    place: Path, now: datetime = NOW, environment: dict[str, str] | None = None, **more: object
) -> list[Finding]:
    settings = Settings(
        data_dir=place / "data",
        feeds_dir=place / "feeds",
        seeds_dir=place / "seeds",
        **more,  # type: ignore[arg-type]
    )
    return list(examine(settings, url_of(place), environment or {}, now))  # type: ignore[arg-type]


def wrongs(place: Path, now: datetime = NOW, **more: object) -> list[tuple[str, str]]:
    return [(one.what, one.text) for one in found(place, now, **more) if one.level is Level.WRONG]


def the_wrong(place: Path, now: datetime = NOW, **more: object) -> tuple[str, str]:
    (one,) = wrongs(place, now, **more)
    return one


def run(place: Path, *arguments: str) -> Result:
    settings = {f"AGGREGATOR_{name.upper()}_DIR": str(place / name) for name in ("data", "feeds", "seeds")}
    return CliRunner().invoke(main, ["doctor", *arguments], env=settings, catch_exceptions=False)


def test_where_all_is_well_nothing_is_wrong_and_the_exit_code_is_0(place: Path) -> None:
    assert wrongs(place) == []
    assert {"folder", "disk", "database", "schema", "topics", "feeds", "refresh"} <= {
        one.what for one in found(place) if one.level is Level.OK
    }


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(tmp_path: Path) -> None:
    assert wrongs(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_a_line_each_and_exits_with_1_where_something_is_wrong(place: Path) -> None:
    (place / "feeds" / "bad.toml").write_text("x = 1\n")

    shown, listed = run(place), run(place, "--json")

    assert shown.exit_code == listed.exit_code == 1
    assert "wrong  topics: " in shown.output and "bad.toml:1" in shown.output
    rows = [json.loads(line) for line in listed.output.splitlines()]
    assert all(set(row) == {"level", "what", "text"} for row in rows)
    assert len(rows) == len(shown.output.splitlines())


def test_looking_changes_nothing(place: Path) -> None:
    path = place / "data" / "aggregator.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '0011'")
    connection.commit()
    connection.close()

    notes = [one.text for one in found(place) if one.what == "schema"]

    assert "becomes" in notes[0]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0011",)
    connection.close()


def test_a_damaged_database_is_told_with_the_way_back(place: Path) -> None:
    path = place / "data" / "aggregator.sqlite3"
    body = bytearray(path.read_bytes())
    body[8192:60_000] = b"\xa5" * (60_000 - 8192)
    path.write_bytes(body)

    what, text = the_wrong(place)

    assert what == "database" and "aggregator restore FILE" in text


@pytest.mark.parametrize(
    ("change", "what", "words"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "schema", "newer than this program's"),
        ("DROP TABLE alembic_version", "schema", "another program"),
        ("PRAGMA foreign_keys=OFF; DELETE FROM stories", "database", "names one of stories that is gone"),
    ],
)
def test_a_database_that_is_not_as_it_should_be_is_told(
    place: Path, change: str, what: str, words: str
) -> None:
    connection = sqlite3.connect(place / "data" / "aggregator.sqlite3")
    connection.executescript(change)
    connection.close()

    said = the_wrong(place)

    assert said[0] == what and words in said[1]


def test_a_writer_that_does_not_end_is_told(place: Path) -> None:
    connection = sqlite3.connect(place / "data" / "aggregator.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        assert the_wrong(place)[0] == "lock"
    finally:
        connection.close()


def test_what_is_left_over_beside_the_database_is_told(place: Path) -> None:
    part = place / "data" / ".b.sqlite3.x.part"
    part.write_bytes(b"half a copy")
    now = datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251 # beside real files

    young = [what for what, _ in wrongs(place, now) if what == "leftover"]
    old = [text for what, text in wrongs(place, now + timedelta(hours=2)) if what == "leftover"]

    assert young == [] and str(part) in old[0] and "delete it" in old[0]


def test_a_log_that_lost_its_database_is_told(place: Path) -> None:
    database = place / "data" / "aggregator.sqlite3"
    database.rename(place / "elsewhere")
    Path(f"{database}-wal").write_bytes(b"x")

    what, text = the_wrong(place)

    assert what == "log" and "lost its database" in text


def test_a_disk_that_is_nearly_full_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(10**9, 10**9, 5_000_000))

    what, text = the_wrong(place)

    assert what == "disk" and text.startswith("5 MB are free")


def test_a_folder_that_is_a_file_and_one_that_is_missing_are_told(place: Path) -> None:
    (place / "seeds").rmdir()
    (place / "seeds").write_text("")
    (place / "feeds").rmdir()

    said = found(place)

    assert [one.what for one in said if one.level is Level.WRONG] == ["folder"]
    assert any("AGGREGATOR_FEEDS_DIR" in one.text for one in said if one.level is Level.NOTE)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told_with_who_should(place: Path) -> None:
    (place / "data").chmod(0o555)
    try:
        assert any(what == "folder" and "chown" in text for what, text in wrongs(place))
    finally:
        (place / "data").chmod(0o755)


def test_a_secret_that_everybody_can_read_is_told(place: Path) -> None:
    secret = place / "token"
    secret.write_text("x" * 32)
    secret.chmod(0o644)
    assert "chmod 600" in the_wrong(place, admin_token_file=secret)[1]

    secret.chmod(0o600)
    assert wrongs(place, admin_token_file=secret) == []


def test_links_that_lead_nowhere_for_others_are_told(place: Path) -> None:
    assert the_wrong(place, host="0.0.0.0")[0] == "address"
    assert wrongs(place, host="0.0.0.0", base_url="https://news.example") == []


def test_an_unknown_variable_is_told_with_what_was_meant(place: Path) -> None:
    what, text = the_wrong(place, environment={"AGGREGATOR_PROT": "80"})
    assert what == "settings" and "AGGREGATOR_PORT" in text


def test_feeds_that_fail_for_long_or_ended_are_told_without_their_secrets(place: Path) -> None:
    store = opened(place)
    fail_feed(store, FEED, "answered 404")
    store.close()
    notes = [one.text for one in found(place) if one.level is Level.NOTE and one.what == "feed"]
    assert "answered 404" in notes[0] and wrongs(place) == []

    store = opened(place)
    read_feed(store, FEED)
    fail_feed(store, FEED, "answered 404", next_poll=NOW + timedelta(days=9))
    store.close()
    what, text = the_wrong(place, NOW + timedelta(days=2))

    assert what == "feed" and "answered 404" in text and "hunter2" not in text


def test_many_failing_feeds_are_told_shortly(place: Path) -> None:
    store = opened(place)
    for n in range(30):
        store.add_feed(f"https://paper{n}.example/feed", NOW)
        fail_feed(store, f"https://paper{n}.example/feed", "gone", gone=True)
    store.close()

    said = wrongs(place)

    assert len(said) == 21 and said[-1] == ("feed", "and 10 more; aggregator feeds lists all")


def test_a_document_that_cannot_be_read_is_told(place: Path) -> None:
    store = opened(place)
    store.save_seed(SeedRead("torn.html", NOW, None, (), "holds no article"))
    store.close()

    assert the_wrong(place) == ("document", "torn.html: holds no article: correct or remove it")


def test_nobody_refreshing_is_told(place: Path) -> None:
    what, text = the_wrong(place, NOW + timedelta(hours=9))
    assert what == "refresh" and "start aggregator run" in text


def test_a_clock_that_was_put_back_is_told(place: Path) -> None:
    assert the_wrong(place, NOW - timedelta(hours=1))[0] == "clock"
    assert wrongs(place, datetime(1970, 1, 1, tzinfo=UTC))[0][0] == "clock"


def test_a_database_that_lies_elsewhere_is_told_without_its_password(place: Path) -> None:
    url = "postgresql://u:hunter2@127.0.0.1:1/db"
    assert file_of(url) is None
    settings = Settings(database_url=url, feeds_dir=place / "feeds", seeds_dir=place / "seeds")

    said = [one for one in examine(settings, url, {}, NOW) if one.level is Level.WRONG]

    assert [one.what for one in said] == ["database"]
    assert "cannot be reached" in said[0].text and "hunter2" not in said[0].text
