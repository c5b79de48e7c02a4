"""What machines are told: ready or not and why, and the figures of the whole."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from make import NOW, fail_feed, fill, make_app, make_entry, make_story, publish, read_feed
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from aggregator.model import Grouping
from aggregator.store import Store, open_store
from aggregator.store.database import sqlite_url

GOOD, BAD = "https://good.example/feed", "https://bad.example/feed"


def figures(store: Store, minutes: float = 0) -> dict[str, float]:
    text = make_app(store, NOW + timedelta(minutes=minutes)).test_client().get("/metrics").text
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_it_is_ready_once_feeds_are_written(store: Store, client: FlaskClient) -> None:
    before = client.get("/readyz")
    fill(store, make_story())
    after = client.get("/readyz")

    assert (before.status_code, after.status_code) == (503, 200)
    assert "no feed is written yet" in before.text and after.text == "ready\n"
    assert before.headers["Cache-Control"] == after.headers["Cache-Control"] == "no-store"


def test_it_is_not_ready_where_the_schema_is_another_ones(store: Store, client: FlaskClient) -> None:
    fill(store, make_story())
    with store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    answer = client.get("/readyz")

    assert answer.status_code == 503 and "schema of another version" in answer.text


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_a_database_that_does_not_answer_is_said_in_words(
    store: Store, client: FlaskClient, path: str
) -> None:
    with store.write() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
        connection.execute(sa.text("DROP TABLE meta"))

    answer = client.get(path)

    assert answer.status_code == 503 and "the log says why" in answer.text
    assert client.get("/healthz").status_code == 200


def test_polls_are_counted_with_their_failures(store: Store) -> None:
    for url in (GOOD, BAD, "https://new.example/feed"):
        store.add_feed(url, NOW)
    read_feed(store, GOOD, make_entry())
    fail_feed(store, BAD, "answered 500")
    fail_feed(store, BAD, "answered 500")

    found = figures(store)

    assert found["aggregator_polls_total"] == 3
    assert found["aggregator_poll_failures_total"] == 2
    assert [found[f"aggregator_feeds {state}"] for state in ("ok", "failing", "ended", "new")] == [1, 1, 0, 1]
    assert found["aggregator_last_poll_timestamp_seconds"] == NOW.timestamp()


def test_lag_is_how_long_the_feed_that_waits_longest_is_due(store: Store) -> None:
    store.add_feed(GOOD, NOW)
    store.add_feed(BAD, NOW)
    read_feed(store, GOOD)  # due again in half an hour
    fail_feed(store, BAD, "answered 500", next_poll=NOW + timedelta(hours=3))

    lags = [figures(store, minutes)["aggregator_poll_lag_seconds"] for minutes in (10, 30, 45)]

    assert lags == [0, 0, 15 * 60]
    assert [figures(store, minutes)["aggregator_queue feeds"] for minutes in (10, 45, 600)] == [0, 1, 2]


def test_entries_stories_joins_merges_and_bumps_are_counted(store: Store) -> None:
    one = make_story(make_entry("A"), make_entry("B", publisher="Nordwire"), make_entry("C"))
    two = make_story(make_entry("D"))
    fill(store, one, two)
    before = figures(store)
    store.apply(Grouping((), ((one.story, two.story),)), NOW + timedelta(hours=7))
    waiting = figures(store)
    publish(store, NOW + timedelta(hours=7))
    after = figures(store)

    names = ("entries", "stories", "joins", "merges", "bumps")
    assert [before[f"aggregator_{name}_total"] for name in names] == [4, 2, 2, 0, 0]
    assert [after[f"aggregator_{name}_total"] for name in names] == [4, 2, 2, 1, 1]
    assert (waiting["aggregator_queue stories"], after["aggregator_queue stories"]) == (1, 0)


def test_the_size_of_the_database_includes_its_log(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "a.sqlite3"))
    before = figures(store)["aggregator_database_bytes"]
    with store.write() as connection:
        connection.execute(sa.text("INSERT INTO meta VALUES ('x', :blob)"), {"blob": "x" * 1_000_000})

    after = figures(store)["aggregator_database_bytes"]
    store.close()

    assert after >= before + 1_000_000


def test_both_formats_are_valid_in_the_eyes_of_their_parsers(store: Store, client: FlaskClient) -> None:
    fill(store, make_story())
    accept = "application/openmetrics-text; version=1.0.0"

    plain, opened = client.get("/metrics"), client.get("/metrics", headers={"Accept": accept})

    assert plain.content_type.startswith("text/plain; version=")
    assert opened.content_type.startswith("application/openmetrics-text")
    assert len(list(text_string_to_metric_families(plain.text))) > 10
    assert len(list(openmetrics.text_string_to_metric_families(opened.text))) > 10


def test_what_waits_is_found_without_looking_at_every_story(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "a.sqlite3"))
    asked: list[tuple[str, tuple[object, ...]]] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2:4]))
    store.has_untold()
    store.figures(NOW)

    looks = [one for one in asked if "stories.touched" in one[0]]
    assert len(looks) == 2
    for statement, values in looks:
        with store.read() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = [row[3] for row in plan if "stories" in row[3]]
        assert steps and all("ix_stories_untold" in step for step in steps), statement
    store.close()
