"""How much stories change after people could see them: the price of looking again."""

from dataclasses import dataclass
from uuid import UUID

from aggregator.model import Grouping


@dataclass(frozen=True, slots=True)
class Churn:
    """Shares between 0 and 1, lower is calmer. What changes within the batch that brought it nobody saw."""

    moved: float  # of the entries: came into another story in a later batch, by a merge too
    ended: float  # of the stories that a batch left behind: were gone after a later one


class Watch:
    """Follow batch after batch what becomes of entries and stories."""

    def __init__(self) -> None:
        self._story: dict[int, UUID] = {}
        self._entries: dict[UUID, set[int]] = {}
        self._moved: set[int] = set()
        self._seen: set[UUID] = set()

    def note(self, grouping: Grouping) -> None:
        """Take note of what one batch changed."""
        for placement in grouping.placements:
            self._put(placement.entry, placement.story)
        for elder, younger in grouping.merges:
            for entry in list(self._entries.get(younger, ())):
                self._put(entry, elder)
        self._seen |= {self._story[placement.entry] for placement in grouping.placements}

    def _put(self, entry: int, story: UUID) -> None:
        before = self._story.get(entry)
        if before is not None and before != story:
            self._moved.add(entry)
            self._entries[before].remove(entry)
        self._story[entry] = story
        self._entries.setdefault(story, set()).add(entry)

    def churn(self) -> Churn:
        """Return what was seen so far."""
        gone = sum(not self._entries[story] for story in self._seen)
        return Churn(
            moved=len(self._moved) / len(self._story) if self._story else 0.0,
            ended=gone / len(self._seen) if self._seen else 0.0,
        )
