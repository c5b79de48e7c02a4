"""The tables. Big texts stand last in their rows, so that reading the other columns does not touch them."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from aggregator.store.texts import Text

Row: TypeAlias = sa.Row[*tuple[Any, ...]]  # a row as queries give it; it never leaves the store


class Utc(TypeDecorator[datetime]):
    """A time in UTC; SQLite would give back naive times.

    Times stand in every row that is read or written, so that SQLite's texts are made and read here without
    the steps between: as SQLAlchemy writes them, in a third of the time.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[datetime | None], Any]:
        return _as_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: sa.Dialect, _type: object) -> Callable[[Any], datetime | None]:
        return _of_text if dialect.name == "sqlite" else _in_utc


class Id(TypeDecorator[UUID]):
    """An id that we minted. Most rows name one that another row has just named: it is made only once."""

    impl = sa.Uuid
    cache_ok = True

    def result_processor(self, dialect: sa.Dialect, _type: object) -> Callable[[Any], UUID | None] | None:
        return _of_hex if dialect.name == "sqlite" else super().result_processor(dialect, _type)


@lru_cache(maxsize=10_000)
def _of_hex(value: str | None) -> UUID | None:
    return UUID(hex=value) if value else None


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a time without zone reached the store: {value!r}")
    return value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    moment = value if value.tzinfo is UTC else _in_utc(value)
    return moment.isoformat(" ", "microseconds").removesuffix("+00:00") if moment else None


def _of_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value + "+00:00") if value else None


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER is SQLite's row id

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", Text(50), primary_key=True),
    sa.Column("value", Text, nullable=False),
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("url", Text, nullable=False, unique=True),
    sa.Column("active", sa.Boolean, nullable=False),  # some topic or command follows it
    sa.Column("added", sa.Boolean, nullable=False),  # by command: no file follows it
    sa.Column("title", Text),
    sa.Column("publisher", Text),
    sa.Column("own_id", Text),  # atom:id
    sa.Column("link", Text),
    sa.Column("etag", Text),
    sa.Column("last_modified", Text),
    sa.Column("digest", Text(64)),
    sa.Column("created", Utc, nullable=False),
    sa.Column("first_success", Utc),
    sa.Column("next_poll", Utc),
    sa.Column("wait_until", Utc),  # its publisher asked us not to ask before; NULL: it did not
    sa.Column("last_poll", Utc),
    sa.Column("last_success", Utc),
    sa.Column("error", Text),
    sa.Column("failing_since", Utc),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("moved_to", Text),
    sa.Column("moved_since", Utc),
    sa.Column("location", Text),  # where it is asked instead of its URL
    sa.Column("ttl", sa.Float),
    sa.Column("skip_hours", sa.JSON),
    sa.Column("skip_days", sa.JSON),
    sa.Column("newest", Utc),  # when it last brought something
    sa.Column("rhythm", sa.Float),  # seconds from one entry to the next, as a rule
    sa.Column("hub", Text),  # WebSub: who pushes its news, and as what
    sa.Column("self_url", Text),
    sa.Column("pushed_until", Utc),
    sa.Column("blocks", sa.LargeBinary),  # by which the entries of its last document are recognised
    sa.Index(None, "active", "next_poll"),
)

workers = sa.Table(  # processes that work on this database
    "workers",
    metadata,
    sa.Column("id", Text(100), primary_key=True),
    sa.Column("machine", Text, nullable=False),
    sa.Column("process", Text(50), nullable=False),  # on its machine
    sa.Column("until", Utc, nullable=False),  # it is taken for dead afterwards
)

claims = sa.Table(  # feeds that are being polled; not columns of theirs, whose rows are long
    "claims",
    metadata,
    sa.Column("feed", sa.Integer, sa.ForeignKey("feeds.id"), primary_key=True, autoincrement=False),
    sa.Column("worker", Text(100), nullable=False),  # who polls it, as long as that one lives
    sa.Column("called", sa.Boolean, nullable=False, server_default=sa.false()),  # its hub pushed meanwhile
)

leads = sa.Table(  # what one process at a time does
    "leads",
    metadata,
    sa.Column("name", Text(20), primary_key=True),
    sa.Column("worker", Text(100), nullable=False),  # who does it, as long as it lives; empty: nobody yet
    sa.Column("epoch", sa.Integer, nullable=False),  # how often it changed hands
)

seeds = sa.Table(
    "seeds",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", Text, nullable=False, unique=True),
    sa.Column("digest", Text(64)),  # NULL: never read without an error
    sa.Column("created", Utc, nullable=False),
    sa.Column("read", Utc),  # last time its content was taken in
    sa.Column("entries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", Text),
    sa.Column("failing_since", Utc),
)

subscriptions = sa.Table(  # what hubs were asked for
    "subscriptions",
    metadata,
    sa.Column("feed", sa.Integer, sa.ForeignKey("feeds.id"), primary_key=True),
    sa.Column("hub", Text, nullable=False),
    sa.Column("topic", Text, nullable=False),
    sa.Column("token", Text(64), nullable=False, unique=True),
    sa.Column("secret", Text(64), nullable=False),
    sa.Column("asked", Utc, nullable=False),
    sa.Column("until", Utc),  # NULL: not confirmed
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("opened", Utc, nullable=False),
    sa.Column("touched", sa.Boolean, nullable=False),  # subscribers have not been told yet
    sa.Column(
        "absorbed", sa.Boolean, nullable=False, server_default=sa.false()
    ),  # another one ended in it since
    sa.Column("merged_into", Id, sa.ForeignKey("stories.id")),
    sa.Column("published", Utc),  # NULL: never published
    sa.Column("updated", Utc),
    sa.Column("told", Utc),  # when subscribers were last told, of whatever change
    sa.Column("bumps", sa.Integer, nullable=False, server_default="0"),
    sa.Column("latest", Utc),
    sa.Column("entries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("publishers", sa.Integer, nullable=False, server_default="0"),
    sa.Column("copies", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lead", BigId),
    sa.Column("headline", Text),
    sa.Column("url", Text),
    sa.Column("slug", Text),
    sa.Column("excerpt", Text),
    sa.Column("card", sa.JSON),  # what else its entry in our feeds is made of
    sa.Column("title", Text),  # an editor's headline; NULL: nobody renamed it
    # An editor renamed it or took entries out of it since subscribers were told.
    sa.Column("corrected", sa.Boolean, nullable=False, server_default=sa.false()),
    # Regrouping changed it since: nothing of it is news to subscribers.
    sa.Column("quiet", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "latest", "id"),
    sa.Index(None, "merged_into"),
    sa.Index(
        "ix_stories_untold", "touched", sqlite_where=sa.text("touched"), postgresql_where=sa.text("touched")
    ),
)

# Changed since subscribers were told. SQLite finds them by `ix_stories_untold` only where the column stands
# bare (SQLAlchemy writes "= 1"), and where no other index offers itself for the second condition.
UNTOLD = sa.and_(sa.text("stories.touched"), sa.func.coalesce(stories.c.merged_into, sa.null()).is_(None))

follow_ups = sa.Table(  # news of stories that were over: stories of their own
    "follow_ups",
    metadata,
    sa.Column("story", Id, sa.ForeignKey("stories.id"), primary_key=True),
    sa.Column("follows", Id, sa.ForeignKey("stories.id"), nullable=False),  # it may have ended in another
    sa.Index(None, "follows"),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("story", Id, sa.ForeignKey("stories.id")),  # NULL: not grouped yet
    sa.Column("first_seen", Utc, nullable=False),
    sa.Column("published", Utc),
    sa.Column("day_only", sa.Boolean, nullable=False),
    sa.Column("updated", Utc),
    sa.Column("url_key", Text(64)),  # digest of the URL
    sa.Column("title_key", Text(64), nullable=False),  # digest of the normalised title
    sa.Column("publisher_key", Text),  # by which it is counted; NULL: unknown
    sa.Column("from_feed", sa.Boolean, nullable=False),  # a feed carries it: its URL and dates count
    sa.Column("rule", Text(10)),
    sa.Column("nearest", BigId),
    sa.Column("similarity", sa.Float),
    sa.Column("threshold", sa.Float),
    sa.Column("copy_of", BigId),
    sa.Column("terms", sa.JSON),
    sa.Column("own_id", Text),
    sa.Column("url", Text),
    sa.Column("title", Text, nullable=False),
    sa.Column("publisher", Text),
    sa.Column("author", Text),
    sa.Column("language", Text),
    sa.Column("rights", Text),
    sa.Column("categories", sa.JSON, nullable=False),
    sa.Column("text", Text, nullable=False),
    # Somebody said that this is its publisher; else it is the title of its feed.
    sa.Column("named", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("joined", Utc),  # when it came into its story
    sa.Column("enclosures", sa.JSON),  # NULL: it has none
    # What pages count of a story's entries stands in the index: no row is touched for it.
    sa.Index("ix_entries_story", "story", "published", "first_seen", "day_only", "publisher_key"),
    sa.Index("ix_entries_first_seen", "first_seen", "story", "publisher_key"),
    # Those of a time, whether they have a date or not, and those of a publisher: without touching a row.
    sa.Index(None, "published", "first_seen"),
    sa.Index(None, "publisher_key", "id"),
    sa.Index(None, "url_key"),
    sa.Index(None, "title_key"),
    sqlite_autoincrement=True,  # an id is never used twice: arrival order is kept in it
)

changes = sa.Table(  # entries that say something else than before, until somebody begins to tell stories
    "changes",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("entry", BigId, nullable=False),
)

origins = sa.Table(
    "origins",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # NULL: it was removed, and is not taken in again.
    sa.Column("entry", BigId, sa.ForeignKey("entries.id"), index=True),
    sa.Column("feed", sa.Integer, sa.ForeignKey("feeds.id")),
    sa.Column("seed", sa.Integer, sa.ForeignKey("seeds.id")),
    sa.Column("key", Text(64), nullable=False),  # by which the entry is found again in this origin
    sa.Column("title_key", Text(64), nullable=False),
    sa.Column("body_key", Text(64), nullable=False),
    sa.Column("content", Text(64), nullable=False),  # digest of what the origin last said
    sa.Column("first_seen", Utc, nullable=False),
    sa.Column("source_updated", Utc),  # the feed's own date when this was taken
    sa.UniqueConstraint("feed", "key"),
    sa.UniqueConstraint("seed", "key"),
    sa.Index(None, "feed", "first_seen"),
)

topics = sa.Table(
    "topics",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", Text(200), nullable=False, unique=True),
    sa.Column("title", Text, nullable=False),
    sa.Column("description", Text, nullable=False),
    sa.Column("rules", sa.JSON, nullable=False),
    sa.Column("everything", sa.Boolean, nullable=False),
    sa.Column("discovered", sa.Boolean, nullable=False, server_default=sa.false()),  # no file configures it
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("published", Utc),  # when its documents first took stories; NULL: never
    sa.Column("filed", Text(64)),  # digest of the rules that all stored entries were filed under
    sa.Column("dirty", sa.Boolean, nullable=False),  # its documents may have to be rendered anew
)

topic_names = sa.Table(  # earlier names, answered with 301
    "topic_names",
    metadata,
    sa.Column("name", Text(200), primary_key=True),
    sa.Column("topic", Id, sa.ForeignKey("topics.id"), nullable=False),
)

topic_feeds = sa.Table(
    "topic_feeds",
    metadata,
    sa.Column("topic", Id, sa.ForeignKey("topics.id"), primary_key=True),
    sa.Column("feed", sa.Integer, sa.ForeignKey("feeds.id"), primary_key=True),
    sa.Index(None, "feed"),
)

topic_stories = sa.Table(
    "topic_stories",
    metadata,
    sa.Column("topic", Id, sa.ForeignKey("topics.id"), primary_key=True),
    sa.Column("story", Id, sa.ForeignKey("stories.id"), primary_key=True),
    # Of the story, copied so that one index gives a page; triggers keep all but the first in step.
    sa.Column("latest", Utc, nullable=False),
    sa.Column("publishers", sa.Integer, nullable=False, server_default="0"),
    sa.Column("opened", Utc),
    sa.Index(None, "topic", "latest", "story"),
    sa.Index("ix_topic_stories_publishers", "topic", "publishers", "latest", "story"),
    sa.Index("ix_topic_stories_opened", "topic", "opened", "story"),
    sa.Index(None, "story"),
)

topic_entries = sa.Table(  # entries of the topics' stories; triggers keep it in step, nothing else writes it
    "topic_entries",
    metadata,
    sa.Column("topic", Id, primary_key=True),
    sa.Column("entry", BigId, primary_key=True, autoincrement=False),
    sa.Column("appeared", Utc, nullable=False),  # its publisher's date, or else when it was first seen
    sa.Column("day_only", sa.Boolean, nullable=False),
    sa.Column("publisher_key", Text),  # NULL: unknown
    sa.Index("ix_topic_entries_appeared", "topic", "appeared", "publisher_key", "day_only"),
    sqlite_with_rowid=False,
)

publisher_counts = sa.Table(  # triggers keep it in step, nothing else writes it
    "publisher_counts",
    metadata,
    sa.Column("publisher_key", Text, primary_key=True),  # empty: unknown
    sa.Column("entries", sa.Integer, nullable=False),  # that were read of it and are kept
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("topic", Id, sa.ForeignKey("topics.id"), primary_key=True),
    sa.Column("view", Text(10), primary_key=True),
    sa.Column("story", Id, sa.ForeignKey("stories.id"), primary_key=True),
    sa.Column("entered", Utc, nullable=False),
    sa.Column("left", Utc),  # NULL: in the subscription document
    sa.Column("archived", Utc),  # what the archive files it under; NULL: in this view it has none
    sa.Index(None, "topic", "view", "left", "entered"),
    sa.Index(None, "topic", "archived", "story"),
    sa.Index(None, "story"),
)

passed_ids = sa.Table(  # ids that original entries are passed on with, each given once
    "passed_ids",
    metadata,
    sa.Column("id", Text(64), primary_key=True),  # digest of the IRI
    sa.Column("entry", BigId, sa.ForeignKey("entries.id"), nullable=False, unique=True),
    sa.Column("iri", Text, nullable=False),
)

entry_memberships = sa.Table(  # places of original entries in ?view=entries
    "entry_memberships",
    metadata,
    sa.Column("topic", Id, sa.ForeignKey("topics.id"), primary_key=True),
    sa.Column("entry", BigId, sa.ForeignKey("entries.id"), primary_key=True),
    sa.Column("entered", Utc, nullable=False),
    sa.Column("left", Utc),  # NULL: in the document
    sa.Index(None, "topic", "left", "entered"),
    sa.Index(None, "entry"),
)

corrections = sa.Table(  # an editor's decisions, in the order of their file, then of the commands
    "corrections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", Text(10), nullable=False),
    sa.Column("entries", sa.JSON, nullable=False),  # names
    sa.Column("others", sa.JSON, nullable=False),
    sa.Column("story", sa.Uuid),  # it may not exist yet
    sa.Column("title", Text, nullable=False),
    sa.Column("note", Text, nullable=False),
    sa.Column("place", Text, nullable=False),  # file and line; empty: a command made it
)

named_entries = sa.Table(  # which entry a name was found to stand for
    "named_entries",
    metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("entry", BigId, sa.ForeignKey("entries.id"), nullable=False),
    sa.Index(None, "entry"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("path", Text, primary_key=True),  # address below the base URL, variant included
    sa.Column("media_type", Text, nullable=False),
    sa.Column("etag", Text(64), nullable=False),  # digest of the body
    sa.Column("modified", Utc, nullable=False),  # when these bytes became others
    sa.Column("updated", Utc, nullable=False),  # the feed's atom:updated; never goes back
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("gzip", sa.LargeBinary, nullable=False),
    sa.Column("pinged", Utc),  # when the hub was told about these bytes; NULL: not yet
    sa.Index(None, "pinged", "path", "etag"),
)

removed_stories = sa.Table(  # no longer kept; an id is never used again
    "removed_stories",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("removed", Utc, nullable=False),
)

tombstones = sa.Table(  # by which articles and ids are recognised that were removed
    "tombstones",
    metadata,
    sa.Column("key", Text(64), primary_key=True),
)

notes = (
    sa.Table(  # what the grouping remembers of its live entries, so that a start need not read their texts
        "notes",
        metadata,
        sa.Column("entry", BigId, sa.ForeignKey("entries.id"), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
    )
)
