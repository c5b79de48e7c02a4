"""Notes as bytes, so that a restart need not read the texts again."""

from collections.abc import Iterator, Sequence
from struct import Struct

import numpy as np

from aggregator.core.stories.lexicon import Lexicon
from aggregator.core.stories.notes import HEADS, Notes
from aggregator.core.stories.shingles import NOTHING, SKETCH, Sketches
from aggregator.core.text import Excerpt

VERSION = 1  # of what a note says; raise it when other words, weights or hashes come out of a text
HEAD = Struct("<dqqqqq?HH")  # day, key, template, numbers, publisher, wording, bare, shingles, stems
UNREAD = Excerpt("", "", "english")


def pack(notes: Notes, lexicon: Lexicon) -> Iterator[tuple[int, bytes]]:
    """Write down each note, but for its excerpt; yields it with its entry (`Stored.id`)."""
    counts, lengths = notes.sketches.counts.tolist(), notes.lengths.tolist()
    hashes, weights = notes.sketches.hashes.astype("<u4").tobytes(), notes.weights.astype("<f4").tobytes()
    stems, end = list(map(lexicon.stems.__getitem__, notes.terms.tolist())), 0
    for at, (head, count, length) in enumerate(zip(notes.heads.tolist(), counts, lengths, strict=True)):
        first, end, row = end, end + length, 4 * SKETCH * at
        words = " ".join(stems[first:end]).encode("utf-8", "surrogatepass")
        sketch = hashes[row : row + 4 * count]
        packed = HEAD.pack(*head[1:], count, length)
        yield head[0], b"".join((packed, sketch, weights[4 * first : 4 * end], words))


def unpack(packed: Sequence[tuple[int, bytes]], lexicon: Lexicon) -> Notes:
    """Read what `pack` wrote of entries (`Stored.id`); their excerpts are UNREAD."""
    heads = [HEAD.unpack_from(note) for _, note in packed]
    hashes, terms = np.full((len(packed), SKETCH), NOTHING), list[int]()
    weights = [np.zeros(0, np.float32)]
    for (_, note), head, sketch in zip(packed, heads, hashes, strict=True):
        shingles, stems = head[-2:]
        middle = HEAD.size + 4 * shingles
        sketch[:shingles] = np.frombuffer(note, "<u4", shingles, HEAD.size)
        weights.append(np.frombuffer(note, "<f4", stems, middle))
        terms += lexicon.terms(note[middle + 4 * stems :].decode("utf-8", "surrogatepass").split())
    return Notes(
        np.array([(entry, *head[:-2]) for (entry, _), head in zip(packed, heads, strict=True)], HEADS),
        Sketches(hashes, np.array([head[-2] for head in heads], np.int64)),
        np.array([head[-1] for head in heads], np.int64),
        np.array(terms, np.int32),
        np.concatenate(weights, dtype=np.float32),
        [UNREAD] * len(packed),
    )
