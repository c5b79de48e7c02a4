"""PostgreSQL: what it does unlike SQLite, and how we come through its ends."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from databases import Databases, Postgres
from make import NOW, fill, make_app, make_entry, make_story, make_topic
from postgres import Server, server_or_skip
from test_pipeline import CABLE, HOUR, WHEAT, House, archive, post, state

from aggregator.errors import StoreError
from aggregator.schedule import Schedule
from aggregator.store import Store, open_store
from aggregator.store.database import connect
from aggregator.store.meta import note, noted, raise_generation
from aggregator.store.schema import metadata

PATIENCE = 60.0  # seconds, on a loaded machine


@pytest.fixture
def databases(postgresql: Postgres) -> Iterator[Databases]:
    with closing(Databases(postgresql)) as made:
        yield made


@pytest.fixture
def store(databases: Databases) -> Store:
    return databases.open(databases.new())


@pytest.fixture(scope="module")
def server(postgresql: Postgres) -> Iterator[Server]:  # asked for so that both are skipped together
    """Return a server that may be ended."""
    with server_or_skip() as running:
        yield running


@pytest.fixture
def own_databases(server: Server) -> Iterator[Databases]:
    with closing(Postgres(server.url)) as kind, closing(Databases(kind)) as made:
        yield made


# ---- transactions


def test_a_reader_sees_one_state_from_beginning_to_end(store: Store) -> None:
    with store.read() as connection:
        assert noted(connection, "x") is None
        with store.write() as other:
            note(other, "x", "1")
        assert noted(connection, "x") is None
    with store.read() as connection:
        assert noted(connection, "x") == "1"


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="read-only"), store.read() as connection:
        note(connection, "x", "1")


def test_what_a_writer_has_read_stays_true_until_it_ends(store: Store) -> None:
    def raise_often() -> None:
        for _ in range(20):
            with store.write() as connection:
                raise_generation(connection)

    threads = [threading.Thread(target=raise_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.generation() == "80"


# ---- texts and times


def test_every_text_is_ordered_by_code_points_whatever_the_servers_language(store: Store) -> None:
    query = sa.text(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
    )
    with store.read() as connection:
        others = {tuple(row) for row in connection.execute(query)}
    assert others == {("alembic_version", "version_num")}, "migrations make texts with `Text`"


def test_the_tables_are_those_that_the_program_works_with(store: Store) -> None:
    inspector = sa.inspect(store.engine)
    for table in metadata.sorted_tables:
        assert {c["name"] for c in inspector.get_columns(table.name)} == set(table.c.keys()), table.name
        indexes = {i["name"] for i in inspector.get_indexes(table.name)}
        assert indexes >= {i.name for i in table.indexes}, table.name


def test_a_text_with_nul_is_asked_for_and_kept_without_it(store: Store) -> None:
    assert store.topic("bri\0dges") is None
    fill(store, make_story(), topics=[make_topic("bridges", title="Bri\0dges")])
    assert {topic.title for topic in store.topics()} == {"All stories", "Bri\ufffddges"}
    assert make_app(store).test_client().get("/topics/bri%00dges.atom").status_code == 404


# ---- opening


def test_the_short_name_of_the_scheme_is_understood(databases: Databases) -> None:
    url = databases.new().set(drivername="postgres").render_as_string(hide_password=False)
    with closing(open_store(url)) as store:
        assert store.topics() == ()


def test_a_missing_driver_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'aggregator\[postgres\]'") as caught:
        connect("postgresql://desk:secret@db/news")
    assert "secret" not in str(caught.value)


def test_an_unknown_database_is_an_error_in_words_without_the_password(databases: Databases) -> None:
    url = databases.new().set(database="nowhere", password="secret")
    with pytest.raises(StoreError, match='database "nowhere" does not exist') as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


def test_another_programs_database_is_left_alone(databases: Databases) -> None:
    url = databases.bare()
    with closing(Store(connect(url))) as other, other.write() as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (name text)")
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store(url)


def test_processes_that_start_together_migrate_once(databases: Databases) -> None:
    url, failed = databases.bare(), []

    def start() -> None:
        try:
            open_store(url).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


# ---- restarted and killed


def filled(root: Path, databases: Databases) -> House:
    root.mkdir()
    house = House(root, databases.new())
    house.topic("cables", 'any = ["undersea cable"]')
    write_news(house)
    return house


def write_news(house: House) -> None:
    cable = post("Cable to the islands fails", CABLE, "Nordwire")
    wheat = post("Wheat ships queue at Brekke", WHEAT, "Harbour Gazette")
    house.write("blog.txt", archive(cable, wheat))


def ended(server: Server, how: str) -> None:
    {"restarted": server.stop, "killed": server.crash}[how]()


@pytest.mark.parametrize("how", ["restarted", "killed"])
def test_nothing_is_noticed_of_a_server_that_ended_between_two_refreshes(
    own_databases: Databases, server: Server, tmp_path: Path, how: str
) -> None:
    with closing(filled(tmp_path / "house", own_databases)) as house:
        client = make_app(house.store).test_client()
        house.refresh()
        before, feed = state(house), client.get("/topics/cables.atom").data

        ended(server, how)
        server.start()

        assert client.get("/topics/cables.atom").data == feed
        assert client.get("/").status_code == 200
        report = house.refresh(NOW + HOUR)
        assert (report.intake.new, report.told, report.rendered) == (0, 0, 0)
        assert state(house) == before


def test_who_asks_while_the_server_starts_again_waits_for_it(
    own_databases: Databases, server: Server, tmp_path: Path
) -> None:
    with closing(filled(tmp_path / "house", own_databases)) as house:
        house.refresh()
        server.stop()
        starting = threading.Timer(0.3, server.start)
        starting.start()
        try:
            assert house.store.topic("cables") is not None
        finally:
            starting.join()


def test_while_the_server_is_away_pages_ask_for_patience_and_are_back_with_it(
    own_databases: Databases, server: Server, tmp_path: Path
) -> None:
    with closing(filled(tmp_path / "house", own_databases)) as house:
        house.refresh()
        client = make_app(house.store).test_client()
        server.stop()
        try:
            answer = client.get("/")
            with pytest.raises(StoreError, match="cannot be reached"):
                house.refresh()
        finally:
            server.start()
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "try again" in answer.text
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("how", ["restarted", "killed"])
def test_a_refresh_whose_server_ends_in_its_midst_is_finished_by_the_next(
    own_databases: Databases, server: Server, tmp_path: Path, how: str
) -> None:
    with closing(filled(tmp_path / "whole", own_databases)) as whole:
        whole.refresh()
        expected = state(whole)
    failed = 0
    for number in (12, 30, 48, 66, 84):
        with closing(filled(tmp_path / str(number), own_databases)) as house:
            try:
                with ending_at(number, house.store, lambda: (ended(server, how), server.start())):
                    house.refresh()
            except sa.exc.OperationalError:
                failed += 1  # unless a transaction was just beginning: that is tried again
            house.refresh()
            assert state(house) == expected, f"after statement {number}"
    assert failed


def test_the_service_goes_on_by_itself_after_its_server_was_killed(
    own_databases: Databases, server: Server, tmp_path: Path
) -> None:
    with closing(filled(tmp_path / "whole", own_databases)) as whole:
        whole.refresh()
        expected = state(whole)
    with closing(filled(tmp_path / "house", own_databases)) as house:
        crashes = ending_at(40, house.store, server.crash)
        schedule = Schedule(lambda now, _check: house.refresh(), lambda: NOW, HOUR / 36_000)
        with crashes as crashed:
            schedule.start()
            try:
                assert crashed.wait(PATIENCE)
                server.start()
                until = time.monotonic() + PATIENCE
                while not finished(house) and time.monotonic() < until:
                    time.sleep(0.1)
            finally:
                assert schedule.stop(PATIENCE)
        house.refresh()
        assert state(house) == expected


def finished(house: House) -> bool:
    document = house.store.document("/topics/cables.atom")
    return document is not None and b"Cable to the islands fails" in document.body


class ending_at:  # noqa: N801 # reads as a sentence
    """Do something just before a statement of a store, counted from the first, once."""

    def __init__(self, number: int, store: Store, work: Callable[[], Any]) -> None:
        self._left, self._engine, self._work = number, store.engine, work
        self._done = threading.Event()

    def __enter__(self) -> threading.Event:
        sa.event.listen(self._engine, "before_cursor_execute", self._count)
        return self._done

    def __exit__(self, *_error: object) -> None:
        sa.event.remove(self._engine, "before_cursor_execute", self._count)

    def _count(self, *_about: object) -> None:
        self._left -= 1
        if self._left == 0:
            self._work()
            self._done.set()


def test_what_was_acknowledged_is_there_after_a_kill(own_databases: Databases, server: Server) -> None:
    with closing(open_store(own_databases.new())) as store:
        for number in range(5):
            fill(store, make_story(make_entry(f"Bridge {number} opens")), seed=str(number))
            server.crash()
            server.start()
            assert len(store.ungrouped()) == 0
            assert len(store.newest_stories(10)) == number + 1
