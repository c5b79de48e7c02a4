"""Entries read: the words of their texts as numbers with weights, and hashes to find them again by."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from math import nan

import numpy as np

from aggregator.core.stories.lexicon import Lexicon
from aggregator.core.stories.notes import HEADS, Notes, stable_hash
from aggregator.core.stories.shingles import sketches
from aggregator.core.stories.weighing import MAX_STEMS, weigh
from aggregator.core.text import Excerpt, bare_title, opening_words, stemmer_for
from aggregator.model import Entry, Stored

DAY = 86_400  # seconds
TELLING = 3  # stems from which on a headline is more than "Morning news" or "Live updates"
KEYED_TEXT = 400  # characters that tell entries apart for the order within a batch


def take_notes(batch: Sequence[Stored], lexicon: Lexicon) -> Notes:
    """Read entries once and keep what comparing them needs."""
    excerpts, texts = list[Excerpt](), list[tuple[str, list[str]]]()
    for entry in (stored.entry for stored in batch):
        opening, stemmer = opening_words(entry.text), stemmer_for(entry.language)
        words = Excerpt(bare_title(entry.title, entry.publisher), " ".join(opening), stemmer)
        texts += (stemmer, words.title.split()), (stemmer, opening)
        excerpts.append(words)
    terms, counts = lexicon.read(texts)
    lengths, own, weights = weigh(lexicon, terms, counts)
    said = list(map(lexicon.stems.__getitem__, terms.tolist()))
    heads = _heads(batch, said, counts.tolist(), lengths.tolist())
    return Notes(
        np.array(list(heads), HEADS),
        sketches(lexicon.checksums(terms), counts),
        lengths,
        own,
        weights,
        excerpts,
    )


def _heads(
    batch: Sequence[Stored], said: Sequence[str], counts: Sequence[int], lengths: Sequence[int]
) -> Iterator[tuple[int | float | bool, ...]]:
    """Yield of each entry what HEADS names; `said` are the stems of all titles and bodies, in turn."""
    ends = list(accumulate(counts, initial=0))
    for at, (stored, length) in enumerate(zip(batch, lengths, strict=True)):
        first, middle, last = ends[2 * at : 2 * at + 3]
        title, body = said[first : min(middle, first + MAX_STEMS)], said[middle:last]
        publisher = _publisher(stored.publisher_key) if stored.publisher_key else 0
        words = " ".join((*title, "|", *body)) if length else stored.entry.title[:KEYED_TEXT].casefold()
        wording = stable_hash(words, publisher if length < TELLING else None)
        own = stored.id, _day(stored.entry), _key(stored.entry)
        yield *own, *_headline(title), publisher, wording, not body


def _day(entry: Entry) -> float:
    return entry.published.timestamp() / DAY if entry.published else nan


def _headline(title: Sequence[str]) -> tuple[int, int]:
    """Return the hashes of a headline without its numbers, and of these."""
    numbers = [stem for stem in title if stem[0].isdigit()]
    template = [stem for stem in title if not stem[0].isdigit()] if numbers else list(title)
    return (
        stable_hash(template) if len(template) >= TELLING else 0,
        stable_hash(numbers) if numbers else 0,
    )


@lru_cache(maxsize=4_096)
def _publisher(key: str) -> int:
    return stable_hash(key)


def _key(entry: Entry) -> int:
    title, opening = entry.title[:KEYED_TEXT], entry.text[:KEYED_TEXT]
    return stable_hash(title, opening, entry.publisher, entry.url, str(entry.published))
