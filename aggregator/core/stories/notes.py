"""What the engine remembers of an entry instead of its text."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import nan
from typing import NamedTuple

from aggregator.core.stories.shingles import Sketch, sketches
from aggregator.core.text import Excerpt, Profile, profile
from aggregator.model import Entry, Stored

DAY = 86_400  # seconds
TELLING = 3  # stems from which on a headline is more than "Morning news" or "Live updates"
INDEXED = (
    6  # shingles by which a text is found: of equally long texts that share 4 in 5, 9,999 in 10,000 meet
)
KEYED_TEXT = 400  # characters that tell entries apart for the order within a batch


class Note(NamedTuple):
    """An entry as it is compared. Hashes are 63 bits and the same in every process; 0 stands for nothing."""

    id: int  # Stored.id
    day: float  # days since 1970; NaN: unknown
    weights: Mapping[str, float]  # stem -> weight
    sketch: Sketch  # of the body
    marks: tuple[int, ...]  # by which the text is found again: its wording first, then some of its shingles
    key: int  # hash of the content: breaks ties, whatever the order of arrival
    template: int  # hash of the title's stems without its numbers; 0: too few to be telling
    numbers: int  # hash of the title's numbers
    publisher: int  # hash of the publisher; 0: unknown
    bare: bool  # a title without a body
    excerpt: Excerpt  # for explaining


def take_notes(batch: Sequence[Stored]) -> list[Note]:
    """Read entries once and keep what comparing them needs."""
    profiles = [profile(stored.entry) for stored in batch]
    found = sketches([text.body for text in profiles])
    return [_note(*one) for one in zip(batch, profiles, found, strict=True)]


def _note(stored: Stored, text: Profile, shingles: Sketch) -> Note:
    entry = stored.entry
    publisher = _publisher(stored.publisher_key) if stored.publisher_key else 0
    numbers = [stem for stem in text.title if stem[0].isdigit()]
    template = [stem for stem in text.title if not stem[0].isdigit()]
    return Note(
        id=stored.id,
        day=entry.published.timestamp() / DAY if entry.published else nan,
        weights=text.weights,
        sketch=shingles,
        marks=(_wording(entry, text, publisher), *shingles[:INDEXED].tolist()),
        key=_key(entry),
        template=stable_hash(template) if len(template) >= TELLING else 0,
        numbers=stable_hash(numbers) if numbers else 0,
        publisher=publisher,
        bare=not text.body,
        excerpt=text.excerpt,
    )


@lru_cache(maxsize=4_096)
def _publisher(key: str) -> int:
    return stable_hash(key)


def _wording(entry: Entry, text: Profile, publisher: int) -> int:
    """Return the hash of an entry's very words; of few words, as one publisher says them."""
    words = " ".join((*text.title, "|", *text.body)) if text.weights else entry.title[:KEYED_TEXT].casefold()
    return stable_hash(words, publisher if len(text.weights) < TELLING else None)


def _key(entry: Entry) -> int:
    title, opening = entry.title[:KEYED_TEXT], entry.text[:KEYED_TEXT]
    return stable_hash(title, opening, entry.publisher, entry.url, str(entry.published))


def in_order(note: Note) -> tuple[bool, float, int, int]:
    """Return what sorts a batch: the date, unknown dates last, then the content; not the arrival."""
    unknown = note.day != note.day
    return unknown, 0.0 if unknown else note.day, note.key, note.id


def stable_hash(*parts: object) -> int:
    """Return a 63-bit hash of values whose `repr` says all."""
    digest = blake2b(repr(parts).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
