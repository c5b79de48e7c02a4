"""Near-copies: texts that repeat one another word for word, as newspapers print an agency's report.

They join their original's story for certain and say nothing new: only the original takes part in the
grouping, what repeats it follows it. Equal texts are found by a hash, near-copies among the nearest entries
by shingles.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from aggregator.core.stories.notes import Note
from aggregator.core.stories.shingles import Sketch, containment
from aggregator.core.stories.window import Floats, Ints, Window
from aggregator.model import Placement

CONTAINED = 0.8  # share of the shorter text's shingles that the other has too
TRIED = 8  # nearest entries that are tried as originals
SIMILAR = 0.4  # cosine from which one is: below are texts that share only a publisher's closing formula


class Originals:
    """The rows of the window by their exact words, and the entries that repeat each."""

    def __init__(self, window: Window) -> None:
        self._window, self._settings = window, window.settings
        self._by_wording: dict[int, tuple[int, float]] = {}  # wording -> row, day
        self._sketches: list[Sketch] = []  # by row
        self._followers: dict[int, list[Placement]] = {}  # row -> its copies, as they were placed
        self._replaced: dict[int, int] = {}  # row that turned out to be a copy -> its original

    def admit(self, notes: Sequence[Note]) -> Ints:
        """Give notes rows in the window, as originals of their words; returns the rows."""
        for row, note in enumerate(notes, len(self._window)):
            self._sketches.append(note.sketch)
            self._by_wording[note.wording] = (row, note.day)
        return self._window.append(notes)

    def twin(self, note: Note) -> int | None:
        """Return the row that has a note's very words; None: none has, or so long ago that they recur."""
        reach = self._settings.again if note.bare else self._settings.window
        row, day = self._by_wording.get(note.wording, (-1, note.day))
        row = self.root(row)
        known = row >= 0 and self._window.alive.values[row]
        return row if known and not abs(note.day - day) > reach else None

    def follow(self, row: int, copy: Placement, note: Note) -> None:
        """Let an entry follow a row; its own words lead there from now on."""
        self._followers.setdefault(row, []).append(copy)
        self._by_wording.setdefault(note.wording, (row, note.day))

    def replace(self, row: int, original: int) -> None:
        """Let a row that turned out to be a copy, and what follows it, follow its original."""
        self._window.remove(np.array([row]))
        self._replaced[row] = original
        self._followers.setdefault(original, []).extend(self._followers.pop(row, ()))

    def root(self, row: int) -> int:
        """Return the row that stands for a row."""
        while row in self._replaced:
            row = self._replaced[row]
        return row

    def followers(self, row: int) -> Sequence[Placement]:
        """Return the entries that repeat a row, as they were first placed."""
        return self._followers.get(row, ())

    def near_copies(self, rows: Ints, candidates: Ints, cosines: Floats) -> Iterator[tuple[int, int, float]]:
        """Yield (row, the earlier row it repeats, how much of it) for those of `rows` that repeat one."""
        for row, near, cosine in zip(rows.tolist(), candidates[:, :TRIED], cosines[:, :TRIED], strict=True):
            tried = near[(cosine >= SIMILAR) & (near < row)]
            tried = tried[~self._window.recurring(tried, np.full(len(tried), row))]
            found = [
                (containment(self._sketches[row], self._sketches[other]), -other) for other in tried.tolist()
            ]
            share, other = max(found, default=(0.0, 0))
            if share >= CONTAINED:
                yield row, self.root(-other), share

    def forget(self, count: int) -> None:
        """Drop the first rows; the others move down."""
        self._sketches = self._sketches[count:]
        self._followers = {row - count: copies for row, copies in self._followers.items() if row >= count}
        self._by_wording = {
            w: (row - count, day) for w, (row, day) in self._by_wording.items() if row >= count
        }
