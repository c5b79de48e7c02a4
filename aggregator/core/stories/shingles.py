"""How much of a text another one repeats, estimated from small sketches."""

from collections.abc import Sequence
from itertools import accumulate, chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

SHINGLE = 4  # stems in a shingle; without stop words that is about seven running words
SKETCH = 64  # smallest shingle hashes kept of a text (bottom-k sketch, Broder 1997): 256 bytes an entry
MIN_SHINGLES = 12  # fewer say little: an opening formula alone can be as long
MIN_COMPARED = 4  # of a short text's shingles lie in the range that a long one's sketch covers
MULTIPLIERS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64
)

KNOWN = 100_000  # stems whose checksums are remembered: 10 MB

Sketch = NDArray[np.uint32]
NONE: Sketch = np.zeros(0, np.uint32)


def sketches(bodies: Sequence[Sequence[str]]) -> list[Sketch]:
    """Return of each body, given as stems, the smallest hashes of its shingles, ascending.

    Empty where it has too few.
    """
    ends = list(accumulate(map(len, bodies)))
    words = np.fromiter(map(_CHECKSUMS.__getitem__, chain.from_iterable(bodies)), np.uint64)
    mixed = np.zeros(max(0, len(words) - SHINGLE + 1), np.uint64)
    for at, factor in enumerate(MULTIPLIERS):
        mixed += words[at : at + len(mixed)] * factor
    shingles = (mixed >> np.uint64(32)).astype(np.uint32)
    counts = [len(body) - SHINGLE + 1 for body in bodies]
    return [
        np.sort(shingles[end - len(body) : end - len(body) + count])[:SKETCH]
        if count >= MIN_SHINGLES
        else NONE
        for body, end, count in zip(bodies, ends, counts, strict=True)
    ]


class _Checksums(dict[str, int]):
    """Checksums of stems, the same in every process, unlike hash(); worked out once."""

    def __missing__(self, stem: str) -> int:
        if len(self) >= KNOWN:
            self.clear()
        self[stem] = found = crc32(stem.encode())
        return found


_CHECKSUMS = _Checksums()


def containment(one: Sketch, other: Sketch) -> float:
    """Estimate which share of the shingles of the text that has fewer of them the other text has too."""
    if not len(one) or not len(other):
        return 0.0
    reach = min(sketch[-1] if len(sketch) == SKETCH else np.iinfo(np.uint32).max for sketch in (one, other))
    ours, theirs = (set(sketch[: sketch.searchsorted(reach, "right")].tolist()) for sketch in (one, other))
    fewest = min(len(ours), len(theirs))
    return len(ours & theirs) / fewest if fewest >= MIN_COMPARED else 0.0
