"""What editors decided, as it bears on the live entries: who may not move, who may not meet."""

from collections.abc import Sequence

from aggregator.core.corrections.constraints import Constraints
from aggregator.core.stories.columns import Ints
from aggregator.core.stories.membership import Stories


class Holds:
    """Rows of the window that editors decided about. A copy counts as the row that it follows."""

    def __init__(self, constraints: Constraints[int], stories: Stories) -> None:
        self._constraints, self._stories = constraints, stories
        self._units: dict[int, dict[int, None]] = {}  # row -> units that it, and what follows it, belong to
        self._rows: dict[int, dict[int, None]] = {}  # unit -> its rows

    def __bool__(self) -> bool:
        return bool(self._units)

    def note(self, row: int, entry: int) -> None:
        """Take note of an entry that has a row, or follows one."""
        unit = self._constraints.unit.get(entry)
        if unit is not None:
            self._units.setdefault(row, {})[unit] = None
            self._rows.setdefault(unit, {})[row] = None

    def home(self, row: int) -> int | None:
        """Return the story that the rest of a row's unit is in; None: it has none there."""
        homes = {story for unit in self._units.get(row, ()) for story in self._stories_of(unit, but=row)}
        return min(homes, key=self._stories.age, default=None)

    def fixed(self, row: int) -> bool:
        """Say whether a row may not leave its story: others of its unit are there, or it is pinned."""
        return any(
            self._constraints.is_pinned(unit) or len(self._rows[unit]) > 1
            for unit in self._units.get(row, ())
        )

    def bars(self, row: int, story: int) -> bool:
        """Say whether a row may not be in a story, for an entry that is there."""
        return any(self._meets(unit, story) for unit in self._units.get(row, ()))

    def bars_merge(self, elder: int, younger: int) -> bool:
        """Say whether two stories may not become one: entries are kept apart, or the younger is pinned."""
        if not self._units:
            return False
        units = {u for row in self._stories.members[younger] for u in self._units.get(row, ())}
        return any(self._constraints.is_pinned(unit) or self._meets(unit, elder) for unit in units)

    def bars_following(self, entry: int, row: int) -> bool:
        """Say whether an entry may not count as a copy of a row's text: an editor says where it belongs."""
        unit = self._constraints.unit.get(entry)
        if unit is None:
            return False
        story = int(self._stories.of[row])
        if not self._constraints.foes(unit).isdisjoint(self._units.get(row, ())):
            return True
        return (story >= 0 and self._meets(unit, story)) or bool(self._stories_of(unit) - {story})

    def _meets(self, unit: int, story: int) -> bool:
        return any(
            self._stories.of[row] == story
            for foe in self._constraints.foes(unit)
            for row in self._rows.get(foe, ())
        )

    def _stories_of(self, unit: int, but: int = -1) -> set[int]:
        found = {int(self._stories.of[row]) for row in self._rows.get(unit, ()) if row != but}
        return found - {-1}

    def keep(self, _rows: Ints, number: Sequence[int]) -> None:
        """Forget all rows but some; `number` says of each row which it is now, below 0: none."""
        self._units = {number[row]: units for row, units in self._units.items() if number[row] >= 0}
        self._rows = {}
        for row, units in self._units.items():
            for unit in units:
                self._rows.setdefault(unit, {})[row] = None
