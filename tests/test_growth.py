"""What readers ask for costs the same however much is stored: every query is answered by an index."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from databases import Databases
from make import (
    database_of,
    fill,
    hours_ago,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
    story_path_of,
)

from aggregator.core.render import story_id
from aggregator.store import Store

TEXT = (
    "The bridge over the Velmar Strait is closed, as Lindvik Telecom was told in the morning by the police."
)
STORY = make_story(
    make_entry(text=TEXT), make_entry("Brekke bridge is closed", publisher="Nordwire", text=TEXT)
)
GROWING = (
    *("entries", "stories", "memberships", "entry_memberships", "topic_stories", "topic_entries"),
    *("passed_ids", "origins"),
)
WAYS = ("seqscan", "hashjoin", "mergejoin")  # that PostgreSQL takes with tables as small as these
SCAN = re.compile(r"\bSCAN (\w+?)(?:_\d+)?\b")  # under whatever number SQLAlchemy gives a table
FEED = "/topics/bridges"


@pytest.fixture(scope="module")
def filled(lasting_databases: Databases) -> sa.URL:
    store = make_store(lasting_databases)
    fill(store, STORY, make_story(hours_ago(30, "A second bridge opens")), topics=[make_topic("bridges")])
    return database_of(store)


@pytest.fixture
def store(databases: Databases, filled: sa.URL) -> Iterator[Store]:
    opened = make_store(databases, filled)
    yield opened
    opened.close()


def plans(store: Store, work: Callable[[], object], *without: str) -> dict[str, list[str]]:
    """Do some work; return statement -> how the database goes about it, without further ways if it can."""
    asked: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        if statement.startswith(("SELECT", "WITH", "UPDATE")):
            asked[statement] = parameters

    sa.event.listen(store.engine, "before_cursor_execute", note)
    work()
    sa.event.remove(store.engine, "before_cursor_execute", note)
    assert asked
    with store.engine.connect() as connection:
        explain = steps_of_postgresql if store.engine.dialect.name == "postgresql" else steps_of_sqlite
        return {said: explain(connection, said, given, *without) for said, given in asked.items()}


def steps_of_sqlite(connection: sa.Connection, statement: str, parameters: Any, *_: str) -> list[str]:
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def steps_of_postgresql(
    connection: sa.Connection, statement: str, parameters: Any, *without: str
) -> list[str]:
    """Return the steps as SQLite would name them, were the tables too large to be read whole."""
    for way in (*WAYS, *without):
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    return [
        f"{'SEARCH' if step.keys() & {'Index Cond', 'Recheck Cond'} else 'SCAN'} {step['Relation Name']}"
        f" {step.get('Index Name', '')}"
        for step in steps_below(found.scalar_one()[0]["Plan"])
        if "Relation Name" in step and step["Node Type"] != "ModifyTable"
    ]


def steps_below(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for below in step.get("Plans", ()):
        yield from steps_below(below)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/topics/all",
        FEED,
        f"{FEED}?order=sources",
        f"{FEED}?order=first-seen",
        f"{FEED}?upto=1-{story_id(STORY.story)}",
        f"{FEED}?order=sources&before=1-1-{story_id(STORY.story)}",
        f"{FEED}.atom",
        f"{FEED}.atom?min_sources=2",
        f"{FEED}.json?view=entries",
        f"{FEED}/2026-11.atom",
        f"{FEED}/2026-11.atom?part=1",
        story_path_of(STORY) + "-bridge-at-brekke-closes-after-inspection",
        f"{story_path_of(STORY)}.atom",
        f"{story_path_of(STORY)}.json",
        "/search",
        "/search?q=nothing",
        "/search.atom?q=bridge",
        "/search.atom?q=bridge&topic=bridges&source=Nordwire&from=2026-11-01",
        "/topics.opml",
    ],
)
def test_no_table_that_grows_is_read_from_end_to_end(store: Store, path: str) -> None:
    client = make_app(store).test_client()
    assert client.get(path).status_code == 200

    assert scans(plans(store, lambda: make_app(store).test_client().get(path))) == []


@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("newest", "ix_topic_stories_topic_latest_story"),
        ("sources", "ix_topic_stories_publishers"),
        ("first-seen", "ix_topic_stories_opened"),
    ],
)
def test_a_page_of_a_topic_is_cut_from_an_index_in_its_order(store: Store, order: str, index: str) -> None:
    topic = store.topic("bridges")
    assert topic is not None

    (steps,) = plans(store, lambda: store.topic_page(topic.id, 25, order), "sort").values()

    assert [step for step in steps if index in step]


def test_publishing_what_changed_reads_no_table_from_end_to_end(store: Store) -> None:
    new = make_story(make_entry("A third bridge opens"))
    topics = [make_topic("bridges")]

    assert scans(plans(store, lambda: fill(store, new, topics=topics, seed="b"))) == []


def test_publishing_reads_only_the_places_that_are_still_taken(store: Store) -> None:
    new = make_story(make_entry("A third bridge opens"))

    found = plans(store, lambda: fill(store, new, topics=[make_topic("bridges")], seed="b"))

    # All that ever had a place in a topic grows, too; a statement reads all that it finds, but for these two.
    whole = (plan for statement, plan in found.items() if not re.search(r"LIMIT|max\(", statement))
    steps = [step for plan in whole for step in plan]
    assert [step for step in steps if "memberships" in step]
    assert [step for step in steps if re.search(r"memberships.*\(topic=\?\)$", step)] == []


def test_a_query_without_an_index_would_be_noticed(store: Store) -> None:
    def count() -> None:
        with store.read() as connection:
            connection.execute(sa.text("SELECT count(*) FROM entries AS entries_1 WHERE title = 'x'"))

    assert len(scans(plans(store, count))) == 1


SELECTED = "USING INDEX ix_stories_untold"  # an index of nothing but what is to be read


def scans(found: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return the statements that read a whole table that grows."""
    return [
        (statement, step)
        for statement, plan in found.items()
        for step in plan
        if any(table in GROWING for table in SCAN.findall(step)) and SELECTED not in step
    ]
