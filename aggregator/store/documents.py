"""Documents as they are served, who stands in them, and which may have to be written anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.publish import VIEWS
from aggregator.model import Membership
from aggregator.store.database import Database
from aggregator.store.meta import (
    GENERATION,
    last_rewritten,
    note,
    note_rewritten,
    noted,
    raise_generation,
)
from aggregator.store.schema import documents, entry_memberships, memberships, topics


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it is served."""

    path: str  # address below the base URL, variant included
    media_type: str
    etag: str
    modified: datetime  # when these bytes became others
    updated: datetime  # atom:updated of the feed
    body: bytes
    gzip: bytes


SERVED = tuple(documents.c[name] for name in StoredDocument.__dataclass_fields__)


class DocumentStore(Database):
    """Keep what is served."""

    def dirty_topics(self, oldest: datetime) -> tuple[UUID, ...]:
        """Return the topics whose documents may have changed, or hold a story from before `oldest`."""
        # Topic by topic and view by view: so each is a look into an index, however much was ever shown.
        stories_of, entries_of = (
            sa.exists().where(
                places.c.topic == topics.c.id, places.c.left.is_(None), places.c.entered < oldest, *of_view
            )
            for places, of_view in (
                (memberships, (memberships.c.view.in_(VIEWS),)),
                (entry_memberships, ()),
            )
        )
        query = sa.select(topics.c.id).where(topics.c.dirty | stories_of | entries_of)
        with self.read() as connection:
            return tuple(connection.execute(query.order_by(topics.c.name)).scalars())

    def all_dirty(self, digest: str, now: datetime) -> None:
        """Have every document rendered anew where what all depend on has another digest than before."""
        with self.write() as connection:
            if noted(connection, "render") == digest:
                return
            note(connection, "render", digest)
            note_rewritten(connection, now)
            connection.execute(sa.update(topics).values(dirty=True))

    def last_rewritten(self, topic: UUID | None = None) -> datetime | None:
        """Return when documents, or a topic's, last became others for another reason than stories."""
        with self.read() as connection:
            return last_rewritten(connection, topic)

    def in_documents(self, topic: UUID) -> dict[str, list[Membership[UUID]]]:
        """Return view -> the members of its document; absent: it has none."""
        # View by view: so the index leads to those that did not leave, however many did.
        of_view = memberships.c.view.in_(VIEWS)
        query = sa.select(memberships.c.view, memberships.c.story, memberships.c.entered).where(
            memberships.c.topic == topic, of_view, memberships.c.left.is_(None)
        )
        found: dict[str, list[Membership[UUID]]] = {}
        with self.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.view, []).append(Membership(row.story, row.entered))
        return found

    def save_documents(
        self,
        topic: UUID,
        leaving: Mapping[str, Sequence[Membership[UUID]]],
        leaving_entries: Sequence[Membership[int]],
        changed: Sequence[StoredDocument],
    ) -> None:
        """Store a topic's documents with the members that left them (view -> memberships), all or nothing."""
        with self.write() as connection:
            for view, members in leaving.items():
                mine = (memberships.c.topic == topic) & (memberships.c.view == view)
                for m in members:
                    change = sa.update(memberships).where(mine, memberships.c.story == m.of)
                    connection.execute(change.values(left=m.left))
            for entry in leaving_entries:
                mine = (entry_memberships.c.topic == topic) & (entry_memberships.c.entry == entry.of)
                connection.execute(sa.update(entry_memberships).where(mine).values(left=entry.left))
            for document in changed:
                connection.execute(sa.delete(documents).where(documents.c.path == document.path))
                connection.execute(sa.insert(documents).values(**asdict(document)))
            if changed:
                raise_generation(connection)
            connection.execute(sa.update(topics).where(topics.c.id == topic).values(dirty=False))

    def written(self, paths: Iterable[str]) -> dict[str, tuple[str, datetime]]:
        """Return path -> (ETag, `updated`) of those documents that are stored."""
        query = sa.select(documents.c.path, documents.c.etag, documents.c.updated)
        with self.read() as connection:
            rows = connection.execute(query.where(documents.c.path.in_(list(paths))))
            return {row.path: (row.etag, row.updated) for row in rows}

    def unpinged(self, limit: int) -> tuple[tuple[str, str], ...]:
        """Return (path, tag) of topics' present documents whose bytes the hub was not told about."""
        query = sa.select(documents.c.path, documents.c.etag).where(documents.c.pinged.is_(None))
        living = sa.select(topics.c.name).where(sa.not_(topics.c.withdrawn))
        with self.read() as connection:
            names = set(connection.execute(living).scalars())
            rows = connection.execute(query.order_by(documents.c.path)).all()
        # What a topic left behind under an earlier name changes no more.
        return tuple((row.path, row.etag) for row in rows if _topic_in(row.path) in names)[:limit]

    def note_pinged(self, path: str, etag: str, now: datetime) -> None:
        """Note that the hub was told about a document, unless it has changed meanwhile."""
        those = (documents.c.path == path) & (documents.c.etag == etag)
        with self.write() as connection:
            connection.execute(sa.update(documents).where(those).values(pinged=now))

    def generation(self) -> str | None:
        """Return a mark that is another one as soon as some feed is answered otherwise."""
        with self.read() as connection:
            return noted(connection, GENERATION)

    def document(self, path: str) -> StoredDocument | None:
        """Return a document as it is served; None: there is none."""
        with self.read() as connection:
            row = connection.execute(sa.select(*SERVED).where(documents.c.path == path)).first()
        return StoredDocument(**row._mapping) if row else None


def move_documents(connection: sa.Connection, before: str, now: str) -> None:
    """Let a renamed topic's documents be served under its new name, until they are rendered with it."""
    if before == now:
        return
    paths = list(connection.execute(sa.select(documents.c.path)).scalars())
    stale = [path for path in paths if _topic_in(path) == now]  # of whoever had that name before
    connection.execute(sa.delete(documents).where(documents.c.path.in_(stale)))
    for path in (path for path in paths if _topic_in(path) == before):
        moved = f"/topics/{now}{path.removeprefix(f'/topics/{before}')}"
        change = sa.update(documents).where(documents.c.path == path)
        connection.execute(change.values(path=moved))


def _topic_in(path: str) -> str:
    return path.removeprefix("/topics/").partition(".")[0]
