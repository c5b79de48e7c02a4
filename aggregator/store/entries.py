"""Entries as origins bring them: found again, found elsewhere, or new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from aggregator.core.identity import content_digest, digest, entry_keys, words
from aggregator.core.publishers import Publishers
from aggregator.model import Entry, Intake
from aggregator.store.bulk import insert, next_ids
from aggregator.store.fulltext import index_changed, index_new
from aggregator.store.moving import earlier_of
from aggregator.store.publishers import publishers_of
from aggregator.store.retention import buried, page_key
from aggregator.store.schema import Row, changes, entries, origins, stories

CHUNK = 10_000  # keys in one statement; PostgreSQL takes 65,535 values
SAME_ARTICLE = timedelta(days=2)  # a seed and a feed may date the same article so far apart
TELLING_WORDS = 4  # a title of fewer words ("Daily briefing") does not identify an article


@dataclass(frozen=True, slots=True)
class Source:
    """The feed or the seed that a reading came from."""

    column: str  # "feed" or "seed"
    id: int
    publisher: str | None = None  # for entries that name none
    named: bool = True  # somebody said so; else it is the feed's own title
    language: str | None = None
    updated: datetime | None = None  # the feed's own date; None: it has none
    unread: int = 0  # entries of its document that are known, and were not read again

    @property
    def is_feed(self) -> bool:
        return self.column == "feed"


@dataclass(frozen=True, slots=True)
class Read:
    """An entry just read, with the keys it may be known by."""

    entry: Entry
    key: str
    title_key: str
    body_key: str  # of a feed's entries, which are not found by it, the key again
    url_key: str | None
    content: str
    is_telling: bool  # its title identifies an article
    publisher_key: str | None
    named: bool  # somebody said that this is its publisher


def save_entries(connection: sa.Connection, source: Source, found: Sequence[Entry], now: datetime) -> Intake:
    """Store what an origin says now. Entries it says no more stay as they are."""
    read = _distinct(source, found, publishers_of(connection))
    known = _known(connection, source, read)
    matches = _match(read, known, ("key",) if source.is_feed else ("key", "title_key", "body_key"))
    pairs = [(item, row) for item, row in zip(read, matches, strict=True) if row is not None]
    # One that was removed is known, and stays removed whatever its origin says.
    changed = [(item, row) for item, row in pairs if row.entry is not None and item.content != row.content]
    for item, row in changed:
        _change(connection, source, item, row)
    fresh = [item for item, row in zip(read, matches, strict=True) if row is None]
    again = _moved(connection, source, fresh) if not pairs else {}
    new = _add(connection, source, fresh, now, again)
    return Intake(new=new, changed=len(changed), known=len(read) - new - len(changed))


def _distinct(source: Source, found: Sequence[Entry], publishers: Publishers) -> list[Read]:
    """Keep the first of entries that share a key."""
    by_key: dict[str, Read] = {}
    for entry in found:
        read = _read(source, entry, publishers)
        by_key.setdefault(read.key, read)
    return list(by_key.values())


def _read(source: Source, entry: Entry, publishers: Publishers) -> Read:
    """Fill in what the origin knows of an entry, and work out its keys."""
    whole = replace(
        entry,
        publisher=entry.publisher or source.publisher,
        language=entry.language or source.language,
    )
    key = entry_keys(whole, own_id=source.is_feed)[0]
    named = entry.publisher is not None or source.named
    title = words(whole.title)
    found_by_body = whole.text and not source.is_feed
    return Read(
        entry=whole,
        key=key,
        title_key=digest(" ".join(title)),
        body_key=digest(" ".join(words(whole.text))) if found_by_body else key,
        url_key=digest(whole.url) if whole.url else None,
        content=content_digest(whole),
        is_telling=len(title) >= TELLING_WORDS or not whole.title.isascii(),
        publisher_key=publishers.key(whole.publisher, whole.url, named),
        named=named,
    )


def _known(connection: sa.Connection, source: Source, read: Sequence[Read]) -> Sequence[Row]:
    """Return the origins an entry may be found again in: a seed's are few, a feed's are asked for by key."""
    query = sa.select(
        origins.c.id,
        origins.c.entry,
        origins.c.key,
        origins.c.title_key,
        origins.c.body_key,
        origins.c.content,
    ).where(origins.c[source.column] == source.id)
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


def _change(connection: sa.Connection, source: Source, item: Read, row: Row) -> None:
    """Take over what an origin now says differently; a seed does not overrule a feed."""
    keys = {"key": item.key, "title_key": item.title_key, "body_key": item.body_key, "content": item.content}
    connection.execute(sa.update(origins).where(origins.c.id == row.id).values(**keys))
    _overwrite(connection, source, item, row.entry)


def _overwrite(connection: sa.Connection, source: Source, item: Read, entry: int) -> None:
    change = sa.update(entries).where(entries.c.id == entry)
    if not source.is_feed:
        change = change.where(sa.not_(entries.c.from_feed))
    columns = _columns(source, item)
    if connection.execute(change.values(**columns)).rowcount:
        index_changed(connection, [columns | {"id": entry}])
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


def _moved(connection: sa.Connection, source: Source, fresh: Sequence[Read]) -> dict[str, int]:
    """Return key -> the entry that it is, where a feed's whole document is new to us."""
    if not source.is_feed or source.unread or not fresh:
        return {}
    found = earlier_of(connection, source.id, [(item.title_key, item.entry) for item in fresh])
    return {item.key: entry for item, entry in zip(fresh, found, strict=True) if entry is not None}


def _add(
    connection: sa.Connection, source: Source, fresh: Sequence[Read], now: datetime, again: Mapping[str, int]
) -> int:
    """Link entries that were brought before; insert the others, in document order.

    again: key -> the entry that it is. Returns how many were inserted.
    """
    if not fresh:
        return 0
    homes = _homes(connection, source, fresh)
    known = [home.id if home else again.get(item.key) for item, home in zip(fresh, homes, strict=True)]
    removed = _removed(connection, fresh)
    missing = zip(fresh, known, removed, strict=True)
    new = [item for item, entry, gone in missing if entry is None and not gone]
    made = iter(_insert(connection, source, new, now))
    for item, home in zip(fresh, homes, strict=True):
        if home is not None and source.is_feed and not home.from_feed:
            _overwrite(connection, source, item, home.id)
    insert(
        connection,
        origins,
        [
            {
                "entry": entry if entry is not None else None if gone else next(made),
                "feed": source.id if source.is_feed else None,
                "seed": None if source.is_feed else source.id,
                "key": item.key,
                "title_key": item.title_key,
                "body_key": item.body_key,
                "content": item.content,
                "first_seen": now,
                "source_updated": source.updated,
            }
            for item, entry, gone in zip(fresh, known, removed, strict=True)
        ],
    )
    return len(new)


def _removed(connection: sa.Connection, fresh: Sequence[Read]) -> list[bool]:
    """Tell which of these is the same article as one that was removed."""
    pages = [page_key(item.url_key, item.title_key) if item.url_key else "" for item in fresh]
    gone = buried(connection, filter(None, pages))
    return [page in gone for page in pages]


def _insert(connection: sa.Connection, source: Source, new: Sequence[Read], now: datetime) -> list[int]:
    if not new:
        return []
    rows = [_columns(source, item) | {"first_seen": now} for item in new]
    ids = next_ids(connection, entries, len(rows))
    numbered = [row | {"id": number} for number, row in zip(ids, rows, strict=True)]
    insert(connection, entries, numbered)
    index_new(connection, numbered)
    return ids


# ---- the same article in another origin


def _homes(connection: sa.Connection, source: Source, fresh: Sequence[Read]) -> list[Row | None]:
    """Find the entry that another origin brought for each of these; None: nobody did."""
    urls = Counter(item.url_key for item in fresh if item.url_key)
    unique = [url for url, n in urls.items() if n == 1]  # a page that several entries share identifies none
    titles = [item.title_key for item in fresh if item.is_telling]
    alike = {item.url_key: _with_other_scheme(item.entry.url) for item in fresh if item.entry.url}
    by_url = _by(connection, source, "url_key", [*unique, *(alike[url] for url in unique)])
    by_title = _by(connection, source, "title_key", titles)
    return [
        next((row for row in by_url[item.url_key or ""] if _same_page(item, row)), None)
        or next((row for row in by_url[alike.get(item.url_key, "")] if _same_page(item, row)), None)
        or next((row for row in by_title[item.title_key] if _same_article(source, item, row)), None)
        for item in fresh
    ]


def _by(connection: sa.Connection, source: Source, column: str, keys: Iterable[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    wanted = list(dict.fromkeys(keys))
    own = sa.exists().where(origins.c.entry == entries.c.id, origins.c[source.column] == source.id)
    query = sa.select(
        entries.c.id,
        entries.c.url_key,
        entries.c.title_key,
        entries.c.publisher_key,
        entries.c.named,
        entries.c.published,
        entries.c.from_feed,
        own.label("own"),
    ).order_by(entries.c.id)
    for start in range(0, len(wanted), CHUNK):
        asked = entries.c[column].in_(wanted[start : start + CHUNK])
        for row in connection.execute(query.where(asked)):
            found[getattr(row, column)].append(row)
    return found


def _with_other_scheme(url: str) -> str:
    """Return the key of a page's address in the other of http and https: sites move, their articles stay."""
    scheme, _, rest = url.partition(":")
    return digest(f"{'http' if scheme == 'https' else 'https'}:{rest}")


def _same_page(item: Read, row: Row) -> bool:
    """An address names an article when the title agrees, or when another origin leads below a front page.

    In one origin, entries with other ids and titles are others, though they link to the same page.
    """
    if row.title_key == item.title_key:
        return True
    if row.own:
        return False
    parts = urlsplit(item.entry.url or "")
    return len(parts.path.strip("/")) > 0 or bool(parts.query)


def _same_article(source: Source, item: Read, row: Row) -> bool:
    """A seed and a feed carry one article when the title agrees, and publisher and date do not object."""
    if (
        row.own
        or source.is_feed == row.from_feed
        or (item.url_key and row.url_key and item.url_key != row.url_key)
    ):
        return False
    # A feed's title may name its publisher by other words than a document does: only given names object.
    known = item.named and row.named and item.publisher_key and row.publisher_key
    if known and item.publisher_key != row.publisher_key:
        return False
    published = item.entry.published
    return not (published and row.published) or abs(published - row.published) <= SAME_ARTICLE
