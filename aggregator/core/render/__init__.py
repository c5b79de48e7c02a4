"""A topic's stories -> bytes. The bytes depend on stored facts only: no clock, no counter, no version."""

from dataclasses import dataclass
from uuid import UUID

from aggregator.core.months import Month
from aggregator.core.publish import ENTRIES

GENERATOR = "aggregator"


@dataclass(frozen=True, slots=True)
class Site:
    """Where and under what name we publish."""

    url: str  # base of every link, without a slash at its end
    title: str
    hub: str | None = None  # WebSub hub; None: no hub is told
    language: str = "en"  # of our own words


def topic_feed_path(name: str, view: str = "", suffix: str = "atom") -> str:
    """Return the address of a topic's feed below the base URL; `view` as in `publish.VIEWS`."""
    query = f"?view={view}" if view == ENTRIES else f"?min_sources={view}"
    return f"/topics/{name}.{suffix}" + (query if view else "")


def archive_path(name: str, month: Month, part: int = 0) -> str:
    """Return the address of a month in a topic's archive below the base URL; part 0: the month's last."""
    return f"/topics/{name}/{month}.atom" + (f"?part={part}" if part else "")


def story_feed_path(story: UUID, suffix: str = "atom") -> str:
    """Return the address of a story's own feed below the base URL."""
    return f"/stories/{story_id(story)}.{suffix}"


def entry_path(entry: int) -> str:
    """Return the address, below the base URL, that leads to whatever story an entry is in by then."""
    return f"/entries/{entry}"


def story_path(story: UUID, slug: str) -> str:
    """Return the address of a story's page below the base URL."""
    return f"/stories/{story_id(story)}" + (f"-{slug}" if slug else "")


def story_id(value: UUID) -> str:
    """Write a story's id as 26 characters of base32 (RFC 4648, lower case, no padding)."""
    number = value.int << 2  # 128 bits in 26 characters of 5 bits leave two at the end
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


ID_LENGTH = 26  # characters of a story's id
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def read_story_name(text: str) -> UUID | None:
    """Read a story's id as people copy it: its 26 characters, its page's or its feed's address, its URN."""
    name = text.strip()
    if name.lower().startswith("urn:uuid:"):
        try:
            return UUID(name)
        except ValueError:
            return None
    tail = name.partition("/stories/")[2] or name
    return parse_story_id(tail[:ID_LENGTH]) if tail[ID_LENGTH : ID_LENGTH + 1] in ("", "-", ".") else None


def story_ids_beginning(text: str) -> tuple[UUID, UUID] | None:
    """Return the least and the greatest id that begin so when written; None where none does."""
    if not 0 < len(text) < ID_LENGTH or any(c not in ALPHABET for c in text.lower()):
        return None
    rest = ID_LENGTH - len(text)
    ends = (_number(text.lower() + fill * rest) >> 2 for fill in (ALPHABET[0], ALPHABET[-1]))
    return UUID(int=next(ends)), UUID(int=next(ends))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    return number


def parse_story_id(text: str) -> UUID | None:
    """Read what `story_id` wrote, in either case; None where it is no such id."""
    letters = text.lower()
    if len(letters) != ID_LENGTH or any(c not in ALPHABET for c in letters):
        return None
    number = _number(letters)
    return None if number & 3 else UUID(int=number >> 2)
