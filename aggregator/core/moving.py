"""A feed that gives all its entries other ids and addresses at once: which of them are which.

A site moves to another domain, or to another program, and its feed lists the same articles under other ids.
That is recognised only where a whole document is new to us, for then what it listed before is gone from it:
a bulletin that says the same under the same title every hour comes one at a time.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.core.identity import words
from aggregator.model import Entry

ZONES = timedelta(hours=14)  # by which a date is off that was read in another time zone
SAME_TIME = timedelta(hours=1)  # by which one is off that was summer's and is winter's
FEWEST = 2  # entries that must be recognised, and half of the document


@dataclass(frozen=True, slots=True)
class Earlier:
    """An entry that the feed brought before."""

    id: int
    title_key: str
    published: datetime | None
    text: str


def recognised(found: Sequence[tuple[str, Entry]], earlier: Sequence[Earlier]) -> list[int | None]:
    """Return for each entry of a document the earlier one that it is; None: it is new.

    found: (title key, entry), none of which is known by its id or address.
    """
    known: dict[str, list[Earlier]] = defaultdict(list)
    for one in earlier:
        known[one.title_key].append(one)
    became = [_take(entry, known[title_key]) for title_key, entry in found]
    same = sum(one is not None for one in became)
    return became if same >= FEWEST and 2 * same >= len(found) else [None] * len(found)


def _take(entry: Entry, candidates: list[Earlier]) -> int | None:
    """Choose among those of the same title the one nearest in time, which is nobody else's then."""
    near = [(_apart(entry, one), one.id, one) for one in candidates if _is_same(entry, one)]
    if not near:
        return None
    chosen = min(near, key=lambda one: one[:2])[2]
    candidates.remove(chosen)
    return chosen.id


def _apart(entry: Entry, earlier: Earlier) -> timedelta:
    if entry.published is None or earlier.published is None:
        return timedelta()
    return abs(entry.published - earlier.published)


def _is_same(entry: Entry, earlier: Earlier) -> bool:
    """Say whether entries of one title are one: by their texts, or by their dates where these differ."""
    text = words(entry.text)
    if text and text == words(earlier.text):
        return _apart(entry, earlier) <= ZONES
    dated = entry.published is not None and earlier.published is not None
    return dated and _apart(entry, earlier) <= SAME_TIME
