"""Numpy arrays that grow at their ends."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Column:
    """A numpy array that grows at its end, of numbers or of rows of `width` numbers."""

    def __init__(self, dtype: Any, width: int | None = None) -> None:
        self._room = np.zeros(1024 if width is None else (1024, width), dtype)
        self._size = 0

    def extend(self, values: Any) -> None:
        """Append values."""
        added = np.asarray(values, self._room.dtype)
        if self._size + len(added) > len(self._room):
            size = max(2 * len(self._room), self._size + len(added))
            room = np.zeros((size, *self._room.shape[1:]), self._room.dtype)
            room[: self._size] = self.values
            self._room = room
        self._room[self._size : self._size + len(added)] = added
        self._size += len(added)

    def keep(self, places: Ints) -> None:
        """Keep the values at some places, in that order, and forget the others."""
        kept = self.values[places]
        self._room = np.zeros((max(1024, len(kept)), *self._room.shape[1:]), self._room.dtype)
        self._room[: len(kept)] = kept
        self._size = len(kept)

    @property
    def values(self) -> NDArray[Any]:
        """The filled part; writing to it writes to the column, until it grows."""
        return self._room[: self._size]


def runs(starts: Ints, counts: Ints) -> Ints:
    """Return the numbers of runs, one run after the other: each from its start, so many."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts - starts, counts)
