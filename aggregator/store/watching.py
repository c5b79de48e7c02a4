"""What those who run it watch: is it ready, what has it done, what waits. No question reads many rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from aggregator.store.database import Database, newest_schema
from aggregator.store.meta import COUNTED
from aggregator.store.schema import UNTOLD, documents, entries, feeds, meta, seeds, stories, topics

VERSION = sa.text("SELECT version_num FROM alembic_version")
EVERYTHING = "/topics/all.atom"  # the document that is there as soon as any is


@dataclass(frozen=True, slots=True)
class Figures:
    """The state of the whole in numbers."""

    counted: Mapping[str, int]  # a key of `meta.COUNTED` -> how often, since the database was made
    entries: int  # ever stored
    feeds: Mapping[str, int]  # "ok", "failing", "ended", "new" -> those that are followed
    seeds: Mapping[str, int]  # "ok", "failing"
    topics: int  # that are served
    queue: Mapping[str, int]  # "feeds", "entries", "stories" -> how many wait for the next refresh
    lag: timedelta  # how long the feed that waits longest is overdue; zero: none is due
    last_poll: datetime | None  # None: no feed was ever asked
    last_change: datetime | None  # when a document for subscribers last became another; None: there is none
    size: int  # bytes of the database, its log included


class WatchStore(Database):
    """Tell how it goes."""

    def not_ready(self) -> str:
        """Return why requests should not be sent here yet; empty: they may."""
        with self.read() as connection:
            if list(connection.execute(VERSION).scalars()) != [newest_schema()]:
                return "the database has the schema of another version of aggregator"
            written = sa.select(documents.c.path).where(documents.c.path == EVERYTHING)
            if connection.execute(written).first() is None:
                return "no feed is written yet; the first refresh writes them"
        return ""

    def figures(self, now: datetime) -> Figures:
        """Return the state of the whole in numbers."""
        due = _due(now)
        with self.read() as connection:
            whole = dict(connection.execute(_whole(due)).one()._mapping)
            counted = connection.execute(sa.select(meta.c.key, meta.c.value).where(meta.c.key.in_(COUNTED)))
            known = {row.key: int(row.value) for row in counted}
            return Figures(
                counted={key: known.get(key, 0) for key in COUNTED},
                feeds=_states(connection, FEED_STATE, feeds.c.active, ("ok", "failing", "ended", "new")),
                seeds=_states(connection, SEED_STATE, sa.true(), ("ok", "failing")),
                queue={name: whole.pop(name) for name in ("feeds", "entries", "stories")},
                lag=max(now - (whole.pop("oldest") or now), timedelta()),
                entries=whole.pop("last") or 0,
                size=self._size(connection),
                **whole,
            )

    def _size(self, connection: sa.Connection) -> int:
        if connection.dialect.name == "postgresql":
            return int(
                connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
            )
        pages, each = (
            connection.execute(sa.text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size")
        )
        log = Path(f"{self.engine.url.database}-wal")
        return int(pages * each) + (log.stat().st_size if log.exists() else 0)


FEED_STATE = sa.case(
    (feeds.c.gone, "ended"),
    (feeds.c.error.is_not(None), "failing"),
    (feeds.c.last_success.is_not(None), "ok"),
    else_="new",
)
SEED_STATE = sa.case((seeds.c.error.is_not(None), "failing"), else_="ok")


def _due(now: datetime) -> sa.ColumnElement[bool]:
    waits = feeds.c.next_poll.is_(None) | (feeds.c.next_poll <= now)
    return feeds.c.active & sa.not_(feeds.c.gone) & waits


def _whole(due: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select what each is one number or one time."""
    since = sa.func.coalesce(feeds.c.next_poll, feeds.c.created)
    return sa.select(
        _count(feeds, due).label("feeds"),
        _count(entries, entries.c.story.is_(None)).label("entries"),
        _count(stories, UNTOLD).label("stories"),
        _count(topics, sa.not_(topics.c.withdrawn)).label("topics"),
        sa.select(sa.func.min(since, type_=feeds.c.next_poll.type))
        .where(due)
        .scalar_subquery()
        .label("oldest"),
        sa.select(sa.func.max(entries.c.id)).scalar_subquery().label("last"),
        sa.select(sa.func.max(feeds.c.last_poll)).scalar_subquery().label("last_poll"),
        sa.select(sa.func.max(documents.c.modified)).scalar_subquery().label("last_change"),
    )


def _count(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(condition).scalar_subquery()


def _states(
    connection: sa.Connection,
    state: sa.Case[str],
    which: sa.ColumnElement[bool],
    names: tuple[str, ...],
) -> dict[str, int]:
    query = sa.select(state.label("state"), sa.func.count().label("many")).where(which).group_by("state")
    return dict.fromkeys(names, 0) | {row.state: row.many for row in connection.execute(query)}
