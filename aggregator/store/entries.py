"""Entries as origins bring them: found again, found elsewhere, or new."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from aggregator.model import Intake
from aggregator.store.bulk import insert, next_ids
from aggregator.store.fulltext import index_changed, index_new
from aggregator.store.homes import SAID, Home, Homes, Sought, sought
from aggregator.store.moving import earlier_of
from aggregator.store.publishers import publishers_of
from aggregator.store.reading import Read, Reading, Source, distinct
from aggregator.store.retention import buried, page_key
from aggregator.store.schema import Row, changes, entries, feeds, origins, stories

KNOWN = tuple(origins.c[name] for name in ("id", "entry", "key", "title_key", "body_key", "content"))


@dataclass(frozen=True, slots=True)
class _Compared:
    """What an origin says, beside what it said before."""

    reading: Reading
    changed: Sequence[tuple[Read, Row]]
    new: Sought
    again: Mapping[str, int]  # key of a new one -> the entry that it is: its feed has moved
    size: int  # entries

    @property
    def source(self) -> Source:
        return self.reading.source


@dataclass(slots=True)
class _Written:
    """Rows to insert, gathered over all readings: one statement for many rows costs the least."""

    entries: list[dict[str, Any]]
    homes: list[Home]  # of those entries
    origins: list[tuple[dict[str, Any], Home | None]]  # None: its entry is named, or was removed


def save_entries(connection: sa.Connection, readings: Sequence[Reading]) -> Intake:
    """Store what origins of one kind say now, in turn. Entries they say no more stay as they are."""
    publishers = publishers_of(connection)
    unread = _unread(connection, [reading.source for reading in readings])
    compared = [
        _compare(connection, reading, distinct(reading.source, reading.entries, publishers), unread)
        for reading in readings
    ]
    changing = [row.entry for one in compared for _, row in one.changed]
    homes = Homes(connection, [one.new for one in compared], changing)
    removed = _removed(connection, [item for one in compared for item in one.new.items])
    written = _Written([], [], [])
    for one in compared:
        for item, row in one.changed:
            _change(connection, one.source, item, row, homes)
        _add(connection, one, homes, removed, written)
    _insert(connection, written)
    new, said = len(written.entries), sum(one.size for one in compared)
    return Intake(new, len(changing), said - new - len(changing))


def _unread(connection: sa.Connection, sources: Sequence[Source]) -> set[int]:
    """Return the feeds that never brought anything: nothing of theirs can be found again."""
    ids = {source.id for source in sources if source.is_feed}
    read = sa.exists().where(origins.c.feed == feeds.c.id)
    query = sa.select(feeds.c.id).where(feeds.c.id.in_(ids), ~read)
    return set(connection.execute(query).scalars()) if ids else set()


def _compare(
    connection: sa.Connection, reading: Reading, read: Sequence[Read], unread: set[int]
) -> _Compared:
    """Find again what an origin brought before; what was removed stays so, whatever its origin says."""
    source = reading.source
    is_new = source.is_feed and source.id in unread
    known = () if is_new else _known(connection, source, read)
    matches = _match(read, known, ("key",) if source.is_feed else ("key", "title_key", "body_key"))
    pairs = [(item, row) for item, row in zip(read, matches, strict=True) if row is not None]
    changed = [(item, row) for item, row in pairs if row.entry is not None and item.content != row.content]
    fresh = [item for item, row in zip(read, matches, strict=True) if row is None]
    moved = source.is_feed and not (is_new or pairs or source.unread)
    again = _again(connection, source, fresh) if moved else {}
    return _Compared(reading, changed, sought(source, fresh), again, len(read))


def _again(connection: sa.Connection, source: Source, fresh: Sequence[Read]) -> dict[str, int]:
    """Return key -> the entry that it is, where a feed's whole document is new to us."""
    found = earlier_of(connection, source.id, [(item.title_key, item.entry) for item in fresh])
    return {item.key: entry for item, entry in zip(fresh, found, strict=True) if entry is not None}


def _known(connection: sa.Connection, source: Source, read: Sequence[Read]) -> Sequence[Row]:
    """Return the origins an entry may be found again in: a seed's are few, a feed's are asked for by key."""
    query = sa.select(*KNOWN).where(origins.c[source.column] == source.id)
    if source.is_feed:
        query = query.where(origins.c.key.in_([item.key for item in read]))
    return connection.execute(query.order_by(origins.c.id)).all()


def _match(read: Sequence[Read], known: Sequence[Row], keys: Sequence[str]) -> list[Row | None]:
    """Find each entry again among those the origin had, by its strongest key first.

    Only what neither side has matched by a stronger key is tried by a weaker one.
    """
    matched: list[Row | None] = [None] * len(read)
    free = {row.id: row for row in known}
    for name in keys:
        index: dict[str, list[int]] = defaultdict(list)
        for row in free.values():
            index[getattr(row, name)].append(row.id)
        for n, item in enumerate(read):
            if matched[n] is None and (rows := index.get(getattr(item, name))):
                matched[n] = free.pop(rows.pop(0))
    return matched


# ---- what changed


def _change(connection: sa.Connection, source: Source, item: Read, row: Row, homes: Homes) -> None:
    """Take over what an origin now says differently; a seed does not overrule a feed."""
    keys = {"key": item.key, "title_key": item.title_key, "body_key": item.body_key, "content": item.content}
    connection.execute(sa.update(origins).where(origins.c.id == row.id).values(**keys))
    _overwrite(connection, source, item, row.entry, homes)


def _overwrite(connection: sa.Connection, source: Source, item: Read, entry: int, homes: Homes) -> None:
    change = sa.update(entries).where(entries.c.id == entry)
    if not source.is_feed:
        change = change.where(sa.not_(entries.c.from_feed))
    columns = _columns(source, item)
    if connection.execute(change.values(**columns)).rowcount:
        index_changed(connection, [columns | {"id": entry}])
        homes.now_says(entry, columns)
    story = sa.select(entries.c.story).where(entries.c.id == entry).scalar_subquery()
    connection.execute(sa.update(stories).where(stories.c.id == story).values(touched=True))
    # Noted too: a process that tells stories right now will take this one for told with the others.
    connection.execute(sa.insert(changes).values(entry=entry))


def _columns(source: Source, item: Read) -> dict[str, Any]:
    entry = item.entry
    return {
        "published": entry.published,
        "day_only": entry.day_only,
        "updated": entry.updated,
        "url_key": item.url_key,
        "title_key": item.title_key,
        "publisher_key": item.publisher_key,
        "named": item.named,
        "from_feed": source.is_feed,
        "own_id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "publisher": entry.publisher,
        "author": entry.author,
        "language": entry.language,
        "rights": entry.rights,
        "categories": list(entry.categories),
        "text": entry.text,
        "enclosures": [asdict(file) for file in entry.enclosures] or None,
    }


# ---- what is new


def _add(
    connection: sa.Connection, one: _Compared, homes: Homes, removed: set[str], written: _Written
) -> None:
    """Link entries that another origin brought before; gather the others, in document order."""
    found = homes.of(one.new)
    for item, home in zip(one.new.items, found, strict=True):
        if home is not None and one.source.is_feed and not home.from_feed:
            _overwrite(connection, one.source, item, home.id, homes)
    for item, other in zip(one.new.items, found, strict=True):
        if other is None and item.key in one.again:
            written.origins.append((_origin(one, item) | {"entry": one.again[item.key]}, None))
            continue
        gone = other is None and bool(removed) and _page(item) in removed
        home = None if gone else other or _gather(one, item, homes, written)
        if home is not None:
            home.origins.add((one.source.column, one.source.id))
        written.origins.append((_origin(one, item), home))


def _gather(one: _Compared, item: Read, homes: Homes, written: _Written) -> Home:
    columns = _columns(one.source, item)
    home = Home(0, *(columns[name] for name in SAID))
    homes.add(home)
    written.entries.append(columns | {"first_seen": one.reading.at})
    written.homes.append(home)
    return home


def _origin(one: _Compared, item: Read) -> dict[str, Any]:
    return {
        "feed": one.source.id if one.source.is_feed else None,
        "seed": None if one.source.is_feed else one.source.id,
        "key": item.key,
        "title_key": item.title_key,
        "body_key": item.body_key,
        "content": item.content,
        "first_seen": one.reading.at,
        "source_updated": one.source.updated,
    }


def _page(item: Read) -> str:
    return page_key(item.url_key, item.title_key) if item.url_key else ""


def _removed(connection: sa.Connection, fresh: Iterable[Read]) -> set[str]:
    """Return the pages of those that are the same article as one that was removed."""
    return buried(connection, filter(None, map(_page, fresh)))


def _insert(connection: sa.Connection, written: _Written) -> None:
    if written.entries:
        ids = next_ids(connection, entries, len(written.entries))
        for row, home, number in zip(written.entries, written.homes, ids, strict=True):
            row["id"] = home.id = number
        insert(connection, entries, written.entries)
        index_new(connection, written.entries)
    if written.origins:
        rows = [{"entry": home.id if home else None} | row for row, home in written.origins]
        insert(connection, origins, rows)
