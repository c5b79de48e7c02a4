"""How much of a text another one repeats, estimated from small sketches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aggregator.core.stories.columns import Bools, Floats, Ints

SHINGLE = 4  # stems in a shingle; without stop words that is about seven running words
SKETCH = 64  # smallest shingle hashes kept of a text (bottom-k sketch, Broder 1997): 256 bytes an entry
MIN_SHINGLES = 12  # fewer say little: an opening formula alone can be as long
MIN_COMPARED = 4  # of a short text's shingles lie in the range that a long one's sketch covers
MULTIPLIERS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64
)
NOTHING = np.uint32(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Sketches:
    """The smallest hashes of the shingles of texts, a row for each text, ascending."""

    hashes: NDArray[np.uint32]  # SKETCH in a row; beyond a row's count they are the greatest number
    counts: Ints  # how many a row has; 0: its text has too few shingles

    def take(self, places: Ints) -> "Sketches":
        return Sketches(self.hashes[places], self.counts[places])

    def join(self, others: "Sketches") -> "Sketches":
        hashes = np.concatenate([self.hashes, others.hashes])
        return Sketches(hashes, np.concatenate([self.counts, others.counts]))


def sketches(words: NDArray[np.uint32], counts: Ints) -> Sketches:
    """Sketch bodies, given as checksums of stems.

    `counts`: the stems of each title and of the body after it.
    """
    mixed = np.zeros(max(0, len(words) - SHINGLE + 1), np.uint64)
    for at, factor in enumerate(MULTIPLIERS):
        mixed += words[at : at + len(mixed)] * factor
    shingles = (mixed >> np.uint64(32)).astype(np.uint32)
    first, own = (np.cumsum(counts) - counts)[1::2], np.maximum(0, counts[1::2] - SHINGLE + 1)
    own[own < MIN_SHINGLES] = 0
    found = Sketches(np.full((len(own), SKETCH), NOTHING), np.minimum(own, SKETCH))
    for row, start, count in zip(found.hashes, first.tolist(), own.tolist(), strict=True):
        if count:
            row[:count] = np.sort(shingles[start : start + count])[:SKETCH]
    return found


def containments(ones: Sketches, others: Sketches) -> Floats:
    """Estimate of pairs which share of the shingles of the text that has fewer the other text has too."""
    reach = np.minimum(_reach(ones), _reach(others))[:, None]
    ours, theirs = _distinct(ones, reach), _distinct(others, reach)
    hashes = np.where(np.hstack([ours, theirs]), np.hstack([ones.hashes, others.hashes]), NOTHING)
    hashes.sort(axis=1)  # what both have stands twice
    both = np.count_nonzero((hashes[:, 1:] == hashes[:, :-1]) & (hashes[:, 1:] != NOTHING), axis=1)
    fewest = np.minimum(np.count_nonzero(ours, axis=1), np.count_nonzero(theirs, axis=1))
    return np.where(fewest >= MIN_COMPARED, both / np.maximum(fewest, 1), 0.0)


def _reach(these: Sketches) -> NDArray[np.uint32]:
    """Return up to which hash sketches are complete."""
    return np.where(these.counts == SKETCH, these.hashes[:, -1], NOTHING)


def _distinct(these: Sketches, reach: NDArray[np.uint32]) -> Bools:
    """Mark the hashes up to the reach of each pair, equal ones once."""
    keep = (np.arange(SKETCH) < these.counts[:, None]) & (these.hashes <= reach)
    keep[:, 1:] &= these.hashes[:, 1:] != these.hashes[:, :-1]
    return np.asarray(keep)
