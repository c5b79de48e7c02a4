"""Near-copies: texts that repeat one another word for word, as newspapers print an agency's report.

They join their original's story for certain and say nothing new: only the original takes part in the
grouping, and what repeats it follows it. Copies are looked up by hashes, so that a flood of them costs no
comparisons.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from aggregator.core.stories.columns import Bools, Column, Ints
from aggregator.core.stories.notes import Notes
from aggregator.core.stories.shingles import SKETCH, Sketches, containments
from aggregator.core.stories.window import Window
from aggregator.model import Placement

SAME_WORDS = 1.0  # the share of equal texts; near-copies are said to have less
CONTAINED = 0.8  # share of the shorter text's shingles that the other has too
ALIKE = 0.5  # cosine of whole texts; below it two items share only a publisher's closing formula
TOGETHER = 512  # pairs whose sketches are compared at once: 512 bytes each, which fits a fast cache

Marks = tuple[int, ...]


class Originals:
    """The rows of the window by their words, and the entries that repeat each."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._by_mark: dict[int, int] = {}  # hash of a wording or of a shingle -> the last row that had it
        self._hashes, self._counts = Column(np.uint32, SKETCH), Column(np.int64)  # of sketches, by row
        self._followers: dict[int, list[Placement]] = {}  # row -> what repeats it, as it was placed

    def admit(self, notes: Notes) -> Ints:
        """Give notes rows in the window, as originals of their words; returns the rows."""
        self._hashes.extend(notes.sketches.hashes)
        self._counts.extend(notes.sketches.counts)
        for row, marks in enumerate(notes.marks(), len(self.window)):
            self._by_mark.update(dict.fromkeys(marks, row))
        return self.window.append(notes)

    def having(self, mark: int) -> int | None:
        """Return the last row that has a mark, or is followed by what has it."""
        return self._by_mark.get(mark)

    def having_any(self, marks: Marks) -> set[int]:
        """Return the last rows that have some of these marks."""
        return {row for row in map(self._by_mark.get, marks) if row is not None}

    def sketches(self, rows: Ints) -> Sketches:
        """Return the sketches of rows."""
        return Sketches(self._hashes.values[rows], self._counts.values[rows])

    def follow(self, row: int, copy: Placement, marks: Marks) -> None:
        """Let an entry follow a row; its own words lead there from now on."""
        self._followers.setdefault(row, []).append(copy)
        self._by_mark.update(dict.fromkeys(marks, row))

    def followers(self, row: int) -> Sequence[Placement]:
        """Return the entries that repeat a row, as they were first placed."""
        return self._followers.get(row, ())

    def keep(self, rows: Ints, number: Sequence[int]) -> None:
        """Forget all rows but these; `number` says of each row which it is now, below 0: none."""
        self._hashes.keep(rows)
        self._counts.keep(rows)
        followed = self._followers.items()
        self._followers = {number[row]: copies for row, copies in followed if number[row] >= 0}
        self._by_mark = {mark: number[row] for mark, row in self._by_mark.items() if number[row] >= 0}


class Arriving:
    """Notes that have no rows yet, and what they repeat."""

    def __init__(self, notes: Notes, originals: Originals) -> None:
        self.notes, self.marks = notes, notes.marks()
        self._originals, self._window = originals, originals.window
        # (place of a note, row) -> how much of the shorter text both have; below 0: too far apart
        self._shares: dict[tuple[int, int], float] = {}

    def compare(self, places: Iterable[int]) -> None:
        """Compare notes with the rows that they may repeat, many at once."""
        pairs = {(place, row) for place in places for row in self._originals.having_any(self.marks[place])}
        asked = sorted(pairs - self._shares.keys())
        for at in range(0, len(asked), TOGETHER):
            some = asked[at : at + TOGETHER]
            place, row = np.array(some).T
            shares = containments(self.notes.sketches.take(place), self._originals.sketches(row))
            shares[~self._in_reach(place, row)] = -1
            self._shares.update(zip(some, shares.tolist(), strict=True))

    def _in_reach(self, place: Ints, row: Ints) -> Bools:
        """Say whether rows are near enough in time to be repeated: what comes later comes again.

        Other publishers print a report for days; one's own, or a bare headline, recurs after `again` days.
        """
        heads, window, s = self.notes.heads[place], self._window, self._window.settings
        other = heads["publisher"] != window.publishers.values[row]
        reach = np.where(other & ~heads["bare"], s.window, s.again)
        apart = np.abs(heads["day"] - window.days.values[row])
        return np.asarray(window.alive.values[row] & ~(apart > reach))

    def original(self, place: int) -> tuple[int, float] | None:
        """Return the row that a note repeats, and how much of the shorter text both have; None: it is new."""
        marks = self.marks[place]
        rows = self._originals.having_any(marks)
        if not rows:
            return None
        if any((place, row) not in self._shares for row in rows):
            self.compare([place])
        row = self._originals.having(marks[0])
        if row is not None and self._shares[place, row] >= 0:
            return row, SAME_WORDS
        found = self._originals.having_any(marks[1:])
        share, last = max(((self._shares[place, row], -row) for row in found), default=(0.0, 0))
        if share < CONTAINED or self._likeness(place, -last) < ALIKE:
            return None
        return -last, min(share, 0.9999)

    def _likeness(self, place: int, row: int) -> float:
        """Return the cosine of a note and a row, all stems weighted by their place and number alone."""
        own = self.notes.positions(np.array([place]))
        return self._window.likeness(row, self.notes.terms[own], self.notes.weights[own])
