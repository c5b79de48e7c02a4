"""Headlines of a feed told apart from the names that stand around them, and agencies found in their place.

"Dam holds - Upland Radio" and "Dam holds | Upland Radio" end with the feed's name; "Dam holds (AP)" and "Dam
holds — Reuters" say who reported it; so do a byline that is an agency's name, and the agency in a dateline
("TAMSEL (Reuters) - The dam …").
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aggregator.core.agencies import is_agency, signs
from aggregator.core.identity import publisher_key, squeezed, words
from aggregator.model import Entry

MAX_NAME_WORDS = 6
MIN_HEADLINE_WORDS = 2  # what is left must be a headline
USUAL_SHARE = 0.8  # of a feed's entries that end alike: then it is a name, whatever it says
USUAL_ENTRIES = 4  # at least so many entries, to speak of what is usual

_SEPARATOR = re.compile(r"\s+(?:[-–—|•·»]|::|//)\s+")
_BRACKETS = re.compile(
    r"\s*(?:\((?P<round>[^()]{2,40})\)|\[(?P<square>[^\[\]]{2,40})\]|【(?P<wide>[^】]{2,40})】)\s*$"
)
_DATELINE = re.compile(r"^(?:[^()\n]{0,60}\s)?\((?P<name>[^()\n]{2,40})\)\s*(?:[-–—]{1,2}|[:|])\s")
_DASHED = re.compile(r"^[^\W\d_][^.!?\n]{0,50}?,?\s[-–—/]\s?(?P<name>[A-Z][A-Za-z]{1,12})\s[-–—/]\s")


@dataclass(frozen=True, slots=True)
class _Ending:
    """A headline cut before a name at its end."""

    headline: str
    name: str


def tell_apart(entries: Sequence[Entry], names: Iterable[str | None]) -> tuple[Entry, ...]:
    """Return entries whose titles are headlines alone, and whose publisher is the agency that reported them.

    names: what the feed is called (its title, its publisher as configured). Order and number stay.
    """
    keys = frozenset(key for name in names for key in _keys(name))
    usual = _usual(entries)
    return tuple(_credited(_without_name(entry, keys, usual)) for entry in entries)


def speaks_for_itself(entry: Entry, names: Iterable[str | None]) -> bool:
    """Tell whether a title is told from names around it whatever the other entries of the feed are."""
    endings = list(_endings(entry.title))
    if not endings:
        return True
    known = frozenset(key for name in (*names, entry.publisher) for key in _keys(name))
    return signs(endings[-1].name) or bool(known.intersection(_keys(endings[-1].name)))


def _without_name(entry: Entry, keys: frozenset[str], usual: frozenset[str]) -> Entry:
    """Cut off the longest ending that is a name, sections before it included ("| World | Name")."""
    for ending in reversed(list(_endings(entry.title))):
        if signs(ending.name):
            return replace(entry, title=ending.headline, publisher=entry.publisher or ending.name)
        known = keys | _keys(entry.publisher)
        if squeezed(ending.name) in usual or known.intersection(_keys(ending.name)):
            return replace(entry, title=ending.headline)
    return entry


def _credited(entry: Entry) -> Entry:
    """Take the agency of the byline or the dateline as publisher, where the entry names none of its own."""
    if entry.publisher:
        return entry
    if entry.author and signs(entry.author):
        return replace(entry, publisher=entry.author)
    found = next(filter(is_agency, _datelines(entry.text)), None)
    return replace(entry, publisher=found) if found else entry


def _datelines(text: str) -> Iterator[str]:
    head = text[:140]
    for pattern in (_DATELINE, _DASHED):
        if match := pattern.match(head):
            yield match["name"].strip()


def _endings(title: str) -> Iterator[_Ending]:
    """Yield the ways to cut a name off the end of a title, the shortest name first."""
    if match := _BRACKETS.search(title):
        name = match["round"] or match["square"] or match["wide"]
        if _is_headline(title[: match.start()]):
            yield _Ending(title[: match.start()].rstrip(), name.strip())
    for mark in reversed(list(_SEPARATOR.finditer(title))):
        headline, name = title[: mark.start()].rstrip(), title[mark.end() :].strip()
        if len(name.split()) > MAX_NAME_WORDS or not _is_headline(headline):
            return
        yield _Ending(headline, name)


def _is_headline(text: str) -> bool:
    return len(words(text)) >= MIN_HEADLINE_WORDS or (not text.isascii() and len(text.strip()) >= 6)


def _keys(name: str | None) -> frozenset[str]:
    """Return how a name may be written: in its normal form, and whole."""
    return frozenset(filter(None, (publisher_key(name), squeezed(name or ""))))


def _usual(entries: Sequence[Entry]) -> frozenset[str]:
    """Return the endings that nearly all titles share."""
    seen = Counter(squeezed(ending.name) for entry in entries for ending in _endings(entry.title))
    enough = max(USUAL_ENTRIES, USUAL_SHARE * len(entries))
    return frozenset(key for key, times in seen.items() if key and times >= enough)
