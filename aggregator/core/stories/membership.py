"""Which rows of the window make up which story."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import numpy as np

from aggregator.core.stories.columns import Column, Ints
from aggregator.core.stories.window import HEAD_CREDIT, Window


class Stories:
    """Stories as sets of live rows. They are numbered as they open; a number is never used again."""

    def __init__(self, window: Window) -> None:
        self._window, self.settings = window, window.settings
        self._of = Column(np.int64)
        self.opened = 0  # numbers given
        self._sizes: Ints | None = None  # None: something has changed since
        self.members: dict[int, dict[int, None]] = {}  # story -> its live rows, as they joined
        self.names: dict[
            int, UUID
        ] = {}  # stories known outside; a story gets its name when its first batch is decided

    @property
    def of(self) -> Ints:
        """The story of each row; -1: none."""
        return self._of.values

    def make_room(self) -> None:
        """Let rows that the window has gained be placed."""
        self._of.extend(np.full(len(self._window) - len(self._of.values), -1))

    def sizes(self) -> Ints:
        """Return how many live rows each story has, by number."""
        if self._sizes is None:
            self._sizes = np.bincount(self.of[self.of >= 0], minlength=1)
        return self._sizes

    def open(self, row: int, name: UUID | None = None) -> int:
        """Put a row into a new story of its own and return the story."""
        story = self.opened
        self.opened += 1
        if name is not None:
            self.names[story] = name
        self.put(row, story)
        return story

    def put(self, row: int, story: int) -> None:
        """Put a row into a story, out of the one it was in."""
        self.take(row)
        self._sizes = None
        self.members.setdefault(story, {})[row] = None
        self.of[row] = story

    def take(self, row: int) -> None:
        """Take a row out of its story; a story without rows is gone."""
        story = int(self.of[row])
        if story < 0:
            return
        self._sizes = None
        del self.members[story][row]
        if not self.members[story]:
            del self.members[story]
        self.of[row] = -1

    def keep(self, rows: Ints, number: Sequence[int]) -> None:
        """Forget all rows but these, which include all that belong to a story. Stories get new numbers.

        `number` says of each row which it is now.
        """
        self._of.keep(rows)
        self._sizes = None
        kept = {story: place for place, story in enumerate(sorted(self.members))}
        self.members = {
            kept[story]: {number[row]: None for row in members} for story, members in self.members.items()
        }
        self.names = {kept[story]: name for story, name in self.names.items() if story in kept}
        for story, members in self.members.items():
            self.of[list(members)] = story
        self.opened = len(kept)

    def age(self, story: int) -> tuple[bool, int]:
        """Return what sorts stories, elder first: known ones by their first live arrival, then new ones."""
        if story not in self.names:
            return True, story
        return False, int(self._window.ids.values[list(self.members[story])].min())

    def count_heads(self, stories: Iterable[int], member_credit: int) -> None:
        """Let one entry of each story count in document frequencies and the others little.

        Which one is the head follows from the texts alone, so that the same stories always weigh the same.
        """
        rows = [np.array(list(self.members[story])) for story in stories if story in self.members]
        heads = [int(own[np.argmin(self._window.keys.values[own])]) for own in rows]
        self._window.set_credit(
            np.setdiff1d(np.concatenate([*rows, np.zeros(0, np.int64)]), heads), member_credit
        )
        self._window.set_credit(np.array(heads, np.int64), HEAD_CREDIT)
