"""What the engine remembers of entries instead of their texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from aggregator.core.stories.columns import Ints, runs
from aggregator.core.stories.lexicon import Terms, Weights
from aggregator.core.stories.shingles import Sketches
from aggregator.core.text import Excerpt

INDEXED = (
    6  # shingles by which a text is found: of equally long texts that share 4 in 5, 9,999 in 10,000 meet
)
HEADS = np.dtype(  # Hashes are 63 bits and the same in every process; 0 stands for nothing.
    [
        ("id", np.int64),  # Stored.id
        ("day", np.float64),  # since 1970; NaN: unknown
        ("key", np.int64),  # hash of the content: breaks ties, whatever the order of arrival
        ("template", np.int64),  # hash of the title's stems without its numbers; 0: too few to be telling
        ("numbers", np.int64),  # hash of the title's numbers
        ("publisher", np.int64),  # hash of the publisher; 0: unknown
        ("wording", np.int64),  # hash of the very words
        ("bare", np.bool_),  # a title without a body
    ]
)


@dataclass(frozen=True, slots=True)
class Notes:
    """Entries as they are compared, a place for each."""

    heads: NDArray[np.void]  # of HEADS
    sketches: Sketches  # of the bodies
    lengths: Ints  # how many different stems each has
    terms: Terms  # of all, one entry after the other, each in the order of its text
    weights: Weights  # of the terms
    excerpts: Sequence[Excerpt]  # for explaining

    def __len__(self) -> int:
        return len(self.heads)

    def take(self, places: Ints) -> "Notes":
        """Return the notes at some places."""
        at = self.positions(places)
        return Notes(
            self.heads[places],
            self.sketches.take(places),
            self.lengths[places],
            self.terms[at],
            self.weights[at],
            [self.excerpts[place] for place in places.tolist()],
        )

    def positions(self, places: Ints) -> Ints:
        """Return where the terms of places are."""
        return runs((np.cumsum(self.lengths) - self.lengths)[places], self.lengths[places])

    def marks(self) -> list[tuple[int, ...]]:
        """Return by what each text is found again: its wording first, then some of its shingles."""
        counts = np.minimum(self.sketches.counts, INDEXED).tolist()
        found = zip(
            self.heads["wording"].tolist(), self.sketches.hashes[:, :INDEXED].tolist(), counts, strict=True
        )
        return [(wording, *hashes[:count]) for wording, hashes, count in found]

    def in_order(self) -> Ints:
        """Return the places by date, unknown dates last, then by content; not by arrival."""
        days, unknown = self.heads["day"], np.isnan(self.heads["day"])
        return np.lexsort((self.heads["id"], self.heads["key"], np.where(unknown, 0.0, days), unknown))


def join(ones: Notes, others: Notes) -> Notes:
    """Return notes and others after them."""
    return Notes(
        np.concatenate([ones.heads, others.heads]),
        ones.sketches.join(others.sketches),
        np.concatenate([ones.lengths, others.lengths]),
        np.concatenate([ones.terms, others.terms]),
        np.concatenate([ones.weights, others.weights]),
        [*ones.excerpts, *others.excerpts],
    )


def stable_hash(*parts: object) -> int:
    """Return a 63-bit hash of values whose `repr` says all."""
    digest = blake2b(repr(parts).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
