"""Pages of a topic by key: news that arrives while somebody pages neither repeats nor skips a story."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from aggregator.core.render import parse_story_id, story_id
from aggregator.model import Story
from aggregator.store.pages import ORDERS, Cursor
from aggregator.web.desk import Desk

ON_A_PAGE = 25  # stories
COUNTS = 2**31  # no story has so many publishers, nor has a column of PostgreSQL room for it
NUMBER = re.compile(r"\d{1,17}", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a list; keys are written as addresses carry them."""

    stories: tuple[Story, ...]
    above: str  # key that ends the page before this one; empty: this is the first
    below: str  # key after which the next page begins; empty: this is the last


def read_leaf(desk: Desk, topic: UUID, order: str, args: Mapping[str, str]) -> Leaf:
    """Return the page that an address asks for: after its key `before`, or up to its key `upto`."""
    upto = _read_cursor(args.get("upto", ""), order)
    if upto is not None:
        stories, above = desk.store.topic_page_above(topic, ON_A_PAGE, order, upto)
        if above is not None:
            return Leaf(stories, _write_cursor(above), _write_cursor(upto))
    before = None if upto is not None else _read_cursor(args.get("before", ""), order)
    stories, below = desk.store.topic_page(topic, ON_A_PAGE, order, before)
    return Leaf(
        stories, above=_write_cursor(before) if before else "", below=_write_cursor(below) if below else ""
    )


def _write_cursor(cursor: Cursor) -> str:
    """Write the key of the last story on a page, for the address of the next one."""
    *numbers, latest, story = cursor
    return "-".join((*map(str, numbers), str((latest - EPOCH) // MICROSECOND), story_id(story)))


def _read_cursor(text: str, order: str) -> Cursor | None:
    """Read what `_write_cursor` wrote; None where it is none of this order's."""
    *numbers, story = text.split("-")
    found = parse_story_id(story)
    if found is None or len(numbers) != len(ORDERS[order]) - 1 or not all(map(NUMBER.fullmatch, numbers)):
        return None
    *others, latest = map(int, numbers)
    if any(number >= COUNTS for number in others):
        return None
    when = EPOCH + latest * MICROSECOND
    return (others[0], when, found) if others else (when, found)
