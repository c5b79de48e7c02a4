"""What an examination says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

MANY = 20  # findings of one kind that are told one by one


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"  # nothing is wrong, but it may not be what was wanted
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of an examination."""

    level: Level
    what: str  # was looked at: "folder", "database", "feed" …
    text: str  # what is, and where it is wrong what to do


def ok(what: str, text: str) -> Finding:
    """Say that something is right."""
    return Finding(Level.OK, what, text)


def note(what: str, text: str) -> Finding:
    """Say what may not be what was wanted."""
    return Finding(Level.NOTE, what, text)


def wrong(what: str, text: str) -> Finding:
    """Say what is wrong, and what to do."""
    return Finding(Level.WRONG, what, text)


def at_most(found: Iterable[Finding], what: str, where: str) -> Iterator[Finding]:
    """Yield findings of one kind, and after the first twenty only how many more there are."""
    every = list(found)
    yield from every[:MANY]
    if (more := len(every) - MANY) > 0:
        yield wrong(what, f"and {more} more; {where}")
