"""How much of a text another one repeats, estimated from small sketches."""

from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from aggregator.core.text import Profile

SHINGLE = 4  # stems in a shingle; without stop words that is about seven running words
SKETCH = 64  # smallest shingle hashes kept of a text (bottom-k sketch, Broder 1997): 256 bytes an entry
MIN_SHINGLES = 12  # fewer say little: an opening formula alone can be as long
MIN_COMPARED = 4  # of a short text's shingles lie in the range that a long one's sketch covers
MULTIPLIERS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64
)

Sketch = NDArray[np.uint32]


def sketch(text: Profile) -> Sketch:
    """Return the smallest hashes of the shingles of a body, ascending; empty where it has too few."""
    words = np.fromiter(map(_hash, text.body), np.uint64, len(text.body))
    count = len(words) - SHINGLE + 1
    if count < MIN_SHINGLES:
        return np.zeros(0, np.uint32)
    mixed = np.zeros(count, np.uint64)
    for at, factor in enumerate(MULTIPLIERS):
        mixed += words[at : at + count] * factor
    return np.sort((mixed >> np.uint64(32)).astype(np.uint32))[:SKETCH]


@lru_cache(maxsize=200_000)
def _hash(stem: str) -> int:
    return crc32(stem.encode())  # the same in every process, unlike hash()


def containment(one: Sketch, other: Sketch) -> float:
    """Estimate which share of the shingles of the text that has fewer of them the other text has too."""
    if not len(one) or not len(other):
        return 0.0
    reach = min(sketch[-1] if len(sketch) == SKETCH else np.iinfo(np.uint32).max for sketch in (one, other))
    one, other = np.unique(one[one <= reach]), np.unique(other[other <= reach])
    fewest = min(len(one), len(other))
    if fewest < MIN_COMPARED:
        return 0.0
    return len(np.intersect1d(one, other, assume_unique=True)) / fewest
