"""Entries given as JSON Lines, for `aggregator group` and `aggregator evaluate`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aggregator.core.clean import clean_date, clean_line, clean_text, clean_url, parse_date
from aggregator.core.publishers import Publishers
from aggregator.errors import DocumentError
from aggregator.model import Entry, Stored

NO_LATER = datetime(9998, 1, 1, tzinfo=UTC)  # labelled collections carry made-up dates; any will do
ARRIVAL = datetime(1970, 1, 1, tzinfo=UTC)  # nobody saw these entries arrive

PUBLISHERS = Publishers()  # a collection comes without a publishers.toml


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a collection, with what the collection says about it."""

    id: str | int  # as given
    stored: Stored  # its id is the line's number among the entries, from 0
    story: str | None = None  # the label that people gave; None: it has none


def read_lines(name: str, lines: Iterable[str]) -> tuple[Line, ...]:
    """Read entries, in file order; raises DocumentError that names file and line.

    Reads `id`, `title`, `body` or `text`, `published`, `url`, `publisher` or `source`, `beat`, `story`;
    all but `id` and `title` may be null or absent. Blank lines are passed over.
    """
    found: list[Line] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(_line(f"{name}:{number}", line, len(found)))
    if not found:
        raise DocumentError(name, "holds no entries; one JSON object a line is expected")
    return tuple(found)


def _line(subject: str, line: str, number: int) -> Line:
    try:
        raw = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DocumentError(subject, f"is not JSON: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str | int):
        raise DocumentError(subject, "is no JSON object with an id and a title")
    if not isinstance(raw.get("title"), str):
        raise DocumentError(subject, "has no title; give an empty string where there is none")
    label = raw.get("story")
    return Line(raw["id"], _stored(raw, number), None if label is None else str(label))


def _stored(raw: dict[str, Any], number: int) -> Stored:
    publisher = clean_line(_text(raw, "publisher", "source")) or None
    published, day_only = _published(_text(raw, "published"))
    entry = Entry(
        title=clean_line(raw["title"]),
        text=clean_text(_text(raw, "body", "text")),
        url=clean_url(_text(raw, "url")),
        publisher=publisher,
        published=published,
        day_only=day_only,
        language=_text(raw, "language") or None,
    )
    return Stored(
        id=number,
        entry=entry,
        first_seen=ARRIVAL,
        publisher_key=PUBLISHERS.key(publisher, entry.url),
        beat=_text(raw, "beat") or None,
    )


def _text(raw: dict[str, Any], *names: str) -> str:
    return next((str(raw[name]) for name in names if raw.get(name) is not None), "")


def _published(text: str) -> tuple[datetime | None, bool]:
    found = parse_date(text)
    return (clean_date(found[0], NO_LATER), found[1]) if found else (None, False)
