"""JSON Lines, JSON arrays, and JSON objects that hold a list of entries, however deep."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from aggregator.core.seeds import dates
from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.fields import draft_of, publisher_name, text_of
from aggregator.core.seeds.keys import field_of
from aggregator.core.seeds.language import language_of

Row = Mapping[str, Any]

LISTS = frozenset(  # keys under which interfaces, exports and libraries keep their entries
    "entries entry items item articles article posts post results result documents document docs stories "
    "data news hits records rows feed channel rss response edges nodes node children list content contents "
    "value values objects payload output collection @graph itemListElement pages headlines messages notes "
    "bookmarks saved artikel artículos articulos noticias notícias notizie nachrichten actualités "
    "новости 기사 أخبار 新闻".split()
)
# Keys of what only belongs to an entry or a feed: its links and pictures have titles too.
AROUND = frozenset(
    "related links images image media multimedia comments authors author contributors tags keywords "
    "categories facets aggregations recommended see_also seealso breadcrumbs publisher source "
    "sources enclosures attachments videos galleries previous next navigation menu user users".split()
)
WRAPS = (  # keys under which one entry's own values are kept, beside its number or kind
    "_source attributes fields node data article post item document doc story entry resource properties "
    "frontmatter front_matter metadata meta _embedded object attrs"
).split()
MAX_DEPTH = 8  # objects around the list: {"response": {"results": […]}}
MAX_WRAPS = 3  # objects around one entry
CALL = re.compile(r"^[\w.$]{1,60}\s*\(\s*(?=[\[{])")  # JSONP: a call around the JSON
MAX_BROKEN = 100  # objects of several lines; after so many the text is no such thing
SAMPLE = 50  # entries whose dates tell how the document writes them
BETWEEN = re.compile(r"[\s,;\x1e\[]*")
LINE_START = re.compile(r"\n[ \t\x1e\[,]*(?=\{)")
_DECODER = json.JSONDecoder()


def is_json(text: str, _name: str) -> bool:
    """Tell whether a text is JSON: it, its first line or its first value is an object or a list."""
    start = _trimmed(text)
    if not start.startswith(("{", "[")):
        return False
    return _loads(start.split("\n", 1)[0]) is not None or _loads(start) is not None or bool(_pieces(start, 1))


def read_json(text: str) -> tuple[Draft, ...]:
    """Return the entries of a JSON text, in order; lines and items that are no entry are passed over."""
    text = _trimmed(text)
    whole = _loads(text)
    values = [whole] if whole is not None else _pieces(text)
    rows = [row for value in values for row in _rows(value)]
    order = _order(rows)
    return tuple(draft_of(row, order) for row in rows)


def _trimmed(text: str) -> str:
    """Return a text without what may stand around JSON: marks, white space, a call."""
    text = text.strip("\ufeff\x1e \t\r\n")
    call = CALL.match(text[:100])
    return text[call.end() :].rstrip("); \r\n\t") if call else text


# --- texts of several values ----------------------------------------------------------------------------


def _pieces(text: str, most: int | None = None) -> list[Any]:
    """Return the objects that begin on a line each, also where others are broken or the list is open."""
    found: list[Any] = []
    position, in_vain = 0, 0
    while (start := _next_start(text, position)) is not None and (most is None or len(found) < most):
        end = text.find("\n", start) + 1 or len(text)
        value = _loads(text[start:end])
        if value is None and in_vain < MAX_BROKEN:
            # A failure costs a look at the whole text: it counts the lines before the error.
            value, end = _object_at(text, start, end)
            in_vain += value is None
        found += [] if value is None else [value]
        position = end
    return found


def _object_at(text: str, start: int, line_end: int) -> tuple[Any, int]:
    """Return the object of several lines that begins at `start`, and its end; the line's where it is none."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, line_end


def _next_start(text: str, position: int) -> int | None:
    """Return where the next object begins: right after another, or at the beginning of a line."""
    match = BETWEEN.match(text, position)
    position = match.end() if match else position
    if text.startswith("{", position):
        return position
    match = LINE_START.search(text, position)
    return match.end() if match else None


def _loads(text: str) -> Any:
    """Return what a JSON text says; None where it is none, or nested beyond reason."""
    text = text.strip().removesuffix(",")
    if not text.startswith(("{", "[")):
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


# --- entries --------------------------------------------------------------------------------------------


def _rows(value: Any, depth: int = 0) -> list[Row]:
    """Return the objects that have a title, wherever the lists of them are kept."""
    if depth > MAX_DEPTH:
        return []
    if isinstance(value, list):
        return [row for item in _tabled(value) for row in _rows(item, depth + 1)]
    if not isinstance(value, Mapping):
        return []
    inside = [row for key in value if key in LISTS for row in _rows(_list_in(key, value[key]), depth + 1)]
    entry = _unwrapped(value)
    if _has_title(entry) and not (inside and _holds_others(entry)):
        return [entry]
    inside = inside or [row for columns in _columns(value) for row in columns]
    inside = inside or [row for inner in _others(value) for row in _rows(inner, depth + 1)]
    return _published_by(_envelope_publisher(value), inside)


def _list_in(key: str, value: Any) -> Any:
    """Return where a list may be: what a feed says of itself is no entry."""
    if key in {"feed", "channel"} and isinstance(value, Mapping):
        return [inner for name, inner in value.items() if name in LISTS]
    return value


def _holds_others(entry: Row) -> bool:
    """Tell a feed, which has a title and a list of entries, from an entry."""
    return any(isinstance(entry.get(key), list) for key in LISTS) and not _has_body(entry)


def _has_body(entry: Row) -> bool:
    return any(
        field_of(key) in {"text", "html"} and isinstance(value, str) and value for key, value in entry.items()
    )


def _others(value: Row) -> Iterator[Any]:
    """Yield what else may hold entries: lists, and objects under keys of their own (numbers, sections)."""
    for key, inner in value.items():
        if key not in LISTS and str(key).casefold() not in AROUND and isinstance(inner, list | Mapping):
            yield inner


def _unwrapped(value: Row, depth: int = 0) -> Row:
    """Return an entry with the values that are kept one object deeper: {"_id": 1, "_source": {…}}."""
    inner = [value[key] for key in WRAPS if isinstance(value.get(key), Mapping)]
    if not inner or depth >= MAX_WRAPS:
        return value if _has_title(value) else _named(value)
    merged = {
        key: inner for key, inner in value.items() if key not in WRAPS or not isinstance(inner, Mapping)
    }
    for deeper in inner:
        for key, found in _unwrapped(deeper, depth + 1).items():
            if merged.get(key) in (None, "", [], {}) or isinstance(merged[key], int):
                merged[key] = found
    return merged if _has_title(merged) else _named(merged)


def _named(value: Row) -> Row:
    """Take the name of an article that has no other title (schema.org calls it so)."""
    name = value.get("name")
    told = {field_of(str(key)) for key in value}
    if isinstance(name, str) and told & {"text", "html"} and told & {"published", "url", "created"}:
        return {**value, "title": name}
    return value


def _has_title(item: Row) -> bool:
    return any(field_of(str(key)) == "title" and _is_said(value) for key, value in item.items())


def _is_said(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) == 1 and _is_said(value[0])
    return isinstance(value, str | Mapping) and bool((text_of(value) or "").strip())


# --- what the list says of its entries ------------------------------------------------------------------


def _envelope_publisher(value: Row) -> str | None:
    """Return who publishes all entries of a list: the object around it says so, or is a feed with a title."""
    for field in ("publisher", "title"):
        said = (publisher_name(inner) for key, inner in value.items() if field_of(str(key)) == field)
        if name := next((name for name in said if name), None):
            return name
    feed = next((value[key] for key in ("feed", "channel") if isinstance(value.get(key), Mapping)), None)
    return publisher_name(feed.get("title")) if feed else None


def _published_by(publisher: str | None, rows: list[Row]) -> list[Row]:
    if publisher is None:
        return rows
    return [row if _says_publisher(row) else {**row, "publisher": publisher} for row in rows]


def _says_publisher(row: Row) -> bool:
    return any(field_of(str(key)) == "publisher" and publisher_name(value) for key, value in row.items())


def _order(rows: list[Row]) -> dates.Order:
    """Tell how the document writes numeric dates, by all of them and its language."""
    written = [
        value
        for row in rows
        for key, value in row.items()
        if isinstance(value, str) and field_of(str(key)) == "published"
    ]
    words = (value for row in rows[:SAMPLE] for value in row.values() if isinstance(value, str))
    return dates.order_of(written, language_of("\n".join(value[:500] for value in words)))


# --- tables ---------------------------------------------------------------------------------------------


def _tabled(value: list[Any]) -> list[Any]:
    """Return the rows of a table whose first row names the columns; another list as it is."""
    if len(value) < 2 or not all(isinstance(row, list) for row in value[:2]):
        return value
    names = [str(name) for name in value[0]]
    if "title" not in {field_of(name) for name in names}:
        return value
    return [dict(zip(names, row, strict=False)) for row in value[1:] if isinstance(row, list)]


def _columns(value: Row) -> Iterator[list[Row]]:
    """Yield the rows of a table kept by column, as pandas writes them."""
    if isinstance(names := value.get("columns"), list) and isinstance(rows := value.get("data"), list):
        yield [row for row in _tabled([names, *rows]) if isinstance(row, Mapping) and _has_title(row)]
        return
    columns = {key: inner for key, inner in value.items() if isinstance(inner, list | Mapping)}
    titles = next((inner for key, inner in columns.items() if field_of(str(key)) == "title"), None)
    if isinstance(titles, Mapping):
        yield [
            {key: inner.get(i) for key, inner in columns.items() if isinstance(inner, Mapping)}
            for i in titles
        ]
    elif isinstance(titles, list):
        full = {
            key: inner
            for key, inner in columns.items()
            if isinstance(inner, list) and len(inner) == len(titles)
        }
        yield [{key: inner[i] for key, inner in full.items()} for i in range(len(titles))]
