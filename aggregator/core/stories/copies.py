"""Near-copies: texts that repeat one another word for word, as newspapers print an agency's report.

They join their original's story for certain and say nothing new: only the original takes part in the
grouping, and what repeats it follows it. Copies are looked up by hashes, so that a flood of them costs no
comparisons.
"""

from collections.abc import Sequence

from aggregator.core.stories.notes import Note
from aggregator.core.stories.shingles import Sketch, containment
from aggregator.core.stories.window import Ints, Window
from aggregator.model import Placement

SAME_WORDS = 1.0  # the share of equal texts; near-copies are said to have less
CONTAINED = 0.8  # share of the shorter text's shingles that the other has too
ALIKE = 0.5  # cosine of whole texts; below it two items share only a publisher's closing formula


class Originals:
    """The rows of the window by their words, and the entries that repeat each."""

    def __init__(self, window: Window) -> None:
        self._window, self._settings = window, window.settings
        self._by_mark: dict[int, int] = {}  # hash of a wording or of a shingle -> the last row that had it
        self._sketches: list[Sketch] = []  # by row
        self._followers: dict[int, list[Placement]] = {}  # row -> what repeats it, as it was placed

    def admit(self, notes: Sequence[Note]) -> Ints:
        """Give notes rows in the window, as originals of their words; returns the rows."""
        for row, note in enumerate(notes, len(self._window)):
            self._sketches.append(note.sketch)
            self._by_mark.update(dict.fromkeys(note.marks, row))
        return self._window.append(notes)

    def original(self, note: Note) -> tuple[int, float] | None:
        """Return the row that a note repeats, and how much of the shorter text both have; None: it is new."""
        row = self._by_mark.get(note.marks[0])
        if row is not None and self._in_reach(row, note):
            return row, SAME_WORDS
        found = {self._by_mark[mark] for mark in note.marks[1:] if mark in self._by_mark}
        shares = (
            (containment(self._sketches[row], note.sketch), -row)
            for row in found
            if self._in_reach(row, note)
        )
        share, last = max(shares, default=(0.0, 0))
        if share < CONTAINED or self._window.likeness(-last, note.weights) < ALIKE:
            return None
        return -last, min(share, 0.9999)

    def _in_reach(self, row: int, note: Note) -> bool:
        """Say whether a row is near enough in time to be repeated: what comes later comes again.

        Other publishers print a report for days; one's own, or a bare headline, recurs after `again` days.
        """
        window, s = self._window, self._settings
        other = note.publisher != window.publishers.values[row]
        reach = s.window if other and not note.bare else s.again
        return bool(window.alive.values[row]) and not abs(note.day - window.days.values[row]) > reach

    def follow(self, row: int, copy: Placement, note: Note) -> None:
        """Let an entry follow a row; its own words lead there from now on."""
        self._followers.setdefault(row, []).append(copy)
        self._by_mark.update(dict.fromkeys(note.marks, row))

    def followers(self, row: int) -> Sequence[Placement]:
        """Return the entries that repeat a row, as they were first placed."""
        return self._followers.get(row, ())

    def forget(self, count: int) -> None:
        """Drop the first rows; the others move down."""
        self._sketches = self._sketches[count:]
        self._followers = {row - count: copies for row, copies in self._followers.items() if row >= count}
        self._by_mark = {mark: row - count for mark, row in self._by_mark.items() if row >= count}
