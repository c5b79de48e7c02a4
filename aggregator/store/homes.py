"""The same article in another origin: entries that those just read may be."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from aggregator.core.identity import digest
from aggregator.store.reading import Read, Source
from aggregator.store.schema import entries, origins

SAME_ARTICLE = timedelta(days=2)  # a seed and a feed may date the same article so far apart
CHUNK = 5_000  # keys asked for in one statement
SAID = ("url_key", "title_key", "publisher_key", "named", "published", "from_feed")


@dataclass(slots=True, eq=False)
class Home:
    """An entry that is stored, or will be at the end of the transaction."""

    id: int  # 0: it has none yet
    url_key: str | None
    title_key: str
    publisher_key: str | None
    named: bool
    published: datetime | None
    from_feed: bool
    origins: set[tuple[str, int]] = field(default_factory=set)  # column and number of each `Source`

    def is_from(self, source: Source) -> bool:
        """Tell whether an origin brought it."""
        return (source.column, source.id) in self.origins


@dataclass(frozen=True, slots=True)
class Sought:
    """New entries of one origin, and the keys by which they are looked for among those of others."""

    source: Source
    items: Sequence[Read]
    alike: Mapping[str | None, str]  # key of an address -> that of the other of http and https
    urls: Collection[str]
    titles: Collection[str]


def sought(source: Source, items: Sequence[Read]) -> Sought:
    """Say what new entries are looked for by."""
    urls = Counter(item.url_key for item in items if item.url_key)
    unique = [url for url, n in urls.items() if n == 1]  # a page that several entries share identifies none
    alike = {item.url_key: _with_other_scheme(item.entry.url) for item in items if item.entry.url}
    titles = {item.title_key for item in items if item.is_telling}
    return Sought(source, items, alike, {*unique, *(alike[url] for url in unique)}, titles)


class Homes:
    """Find entries that other origins brought; what this transaction says of entries counts too."""

    def __init__(
        self, connection: sa.Connection, all_sought: Sequence[Sought], changing: Iterable[int]
    ) -> None:
        self._by_url: dict[str | None, list[Home]] = defaultdict(list)
        self._by_title: dict[str, list[Home]] = defaultdict(list)
        self._by_id = _stored(connection, all_sought, changing)
        for home in self._by_id.values():
            self._index(home)

    def of(self, wanted: Sought) -> list[Home | None]:
        """Return for each of an origin's new entries the one that another brought; None: nobody did."""
        return [self._of(wanted, item) for item in wanted.items]

    def add(self, home: Home) -> None:
        """Take in an entry that will be stored."""
        self._index(home)

    def now_says(self, entry: int, columns: Mapping[str, Any]) -> None:
        """Take over what an entry that is stored says from now on."""
        home = self._by_id[entry]
        self._by_url[home.url_key].remove(home)
        self._by_title[home.title_key].remove(home)
        for name in SAID:
            setattr(home, name, columns[name])
        self._index(home)

    def _index(self, home: Home) -> None:
        for alike in (self._by_url[home.url_key], self._by_title[home.title_key]):
            alike.append(home)
            # Those that are stored stand before those that will be, and in their order.
            if home.id and len(alike) > 1:
                alike.sort(key=lambda one: (not one.id, one.id))

    def _of(self, wanted: Sought, item: Read) -> Home | None:
        pages = (url for url in (item.url_key, wanted.alike.get(item.url_key)) if url in wanted.urls)
        on_page = (home for url in pages for home in self._by_url.get(url, ()))
        if (home := next((one for one in on_page if _same_page(wanted.source, item, one)), None)) is not None:
            return home
        titled = self._by_title.get(item.title_key, ()) if item.title_key in wanted.titles else ()
        return next((home for home in titled if _same_article(wanted.source, item, home)), None)


def _stored(
    connection: sa.Connection, all_sought: Sequence[Sought], changing: Iterable[int]
) -> dict[int, Home]:
    """Return by their ids the stored entries that may be those sought, and those that will change."""
    found: dict[int, Home] = {}
    columns = (entries.c.id, *(entries.c[name] for name in SAID))
    for condition in _conditions(all_sought, set(changing)):
        for number, *said in connection.execute(sa.select(*columns).where(condition)):
            found.setdefault(number, Home(number, *said))
    query = sa.select(origins.c.entry, origins.c.feed, origins.c.seed)
    for ids in _parts(found):
        for entry, feed, seed in connection.execute(query.where(origins.c.entry.in_(ids))):
            found[entry].origins.add(("feed", feed) if seed is None else ("seed", seed))
    return dict(sorted(found.items()))


def _conditions(all_sought: Sequence[Sought], changing: set[int]) -> Iterable[sa.ColumnElement[bool]]:
    urls = {url for one in all_sought for url in one.urls}
    titles = {title for one in all_sought for title in one.titles}
    yield from (entries.c.url_key.in_(part) for part in _parts(urls))
    # Only a seed and a feed carry one article by its title.
    other = entries.c.from_feed != any(one.source.is_feed for one in all_sought)
    yield from (entries.c.title_key.in_(part) & other for part in _parts(titles))
    yield from (entries.c.id.in_(part) for part in _parts(changing))


def _parts(keys: Collection[Any]) -> Iterable[list[Any]]:
    ordered = sorted(keys)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def _with_other_scheme(url: str) -> str:
    """Return the key of a page's address in the other of http and https: sites move, their articles stay."""
    scheme, _, rest = url.partition(":")
    return digest(f"{'http' if scheme == 'https' else 'https'}:{rest}")


def _same_page(source: Source, item: Read, home: Home) -> bool:
    """An address names an article when the title agrees, or when another origin leads below a front page.

    In one origin, entries with other ids and titles are others, though they link to the same page.
    """
    if home.title_key == item.title_key:
        return True
    if home.is_from(source):
        return False
    parts = urlsplit(item.entry.url or "")
    return len(parts.path.strip("/")) > 0 or bool(parts.query)


def _same_article(source: Source, item: Read, home: Home) -> bool:
    """A seed and a feed carry one article when the title agrees, and publisher and date do not object."""
    if (
        home.is_from(source)
        or source.is_feed == home.from_feed
        or (item.url_key and home.url_key and item.url_key != home.url_key)
    ):
        return False
    # A feed's title may name its publisher by other words than a document does: only given names object.
    known = item.named and home.named and item.publisher_key and home.publisher_key
    if known and item.publisher_key != home.publisher_key:
        return False
    published = item.entry.published
    return not (published and home.published) or abs(published - home.published) <= SAME_ARTICLE
