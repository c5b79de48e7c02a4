"""Notes as bytes, so that a restart need not read the texts again."""

from struct import Struct

import numpy as np

from aggregator.core.stories.notes import INDEXED, Note
from aggregator.core.text import Excerpt

VERSION = 1  # of what a note says; raise it when other words, weights or hashes come out of a text
HEAD = Struct("<dqqqqq?HH")  # day, key, template, numbers, publisher, wording, bare, shingles, stems
UNREAD = Excerpt("", "", "english")


def pack(note: Note) -> bytes:
    """Write down a note, but for its excerpt and id."""
    hashes = (note.key, note.template, note.numbers, note.publisher, note.marks[0])
    head = HEAD.pack(note.day, *hashes, note.bare, len(note.sketch), len(note.weights))
    weights = np.fromiter(note.weights.values(), "<f4", len(note.weights))
    stems = " ".join(note.weights).encode("utf-8", "surrogatepass")
    return b"".join((head, note.sketch.astype("<u4").tobytes(), weights.tobytes(), stems))


def unpack(entry: int, packed: bytes) -> Note:
    """Read what `pack` wrote of an entry (`Stored.id`); its excerpt is UNREAD."""
    day, key, template, numbers, publisher, wording, bare, shingles, stems = HEAD.unpack_from(packed)
    middle = HEAD.size + 4 * shingles
    sketch = np.frombuffer(packed, "<u4", shingles, HEAD.size)
    weights = np.frombuffer(packed, "<f4", stems, middle).tolist()
    words = packed[middle + 4 * stems :].decode("utf-8", "surrogatepass").split()
    return Note(
        id=entry,
        day=day,
        weights=dict(zip(words, weights, strict=True)),
        sketch=sketch,
        marks=(wording, *sketch[:INDEXED].tolist()),
        key=key,
        template=template,
        numbers=numbers,
        publisher=publisher,
        bare=bare,
        excerpt=UNREAD,
    )
