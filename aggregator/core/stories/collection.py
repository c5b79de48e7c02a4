"""A whole collection grouped, as if its entries arrived in batches."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from uuid import UUID

from aggregator.core.stories.engine import Engine
from aggregator.model import Grouping, Stored


def group_all(
    entries: Sequence[Stored],
    batch: int,
    mint: Callable[[], UUID],
    watch: Callable[[Grouping], None] = lambda _grouping: None,
) -> dict[int, UUID]:
    """Return the story of each entry (by `Stored.id`) after all have arrived in order, `batch` at a time.

    Entries of different beats are grouped apart. `watch` is told of every batch.
    """
    engines: dict[str | None, Engine] = defaultdict(lambda: Engine(mint))
    story: dict[int, UUID] = {}
    ended: dict[UUID, UUID] = {}
    for at in range(0, len(entries), batch):
        arriving = entries[at : at + batch]
        for beat in dict.fromkeys(stored.beat for stored in arriving):
            grouping = engines[beat].add([stored for stored in arriving if stored.beat == beat])
            watch(grouping)
            story |= {placement.entry: placement.story for placement in grouping.placements}
            ended |= {younger: elder for elder, younger in grouping.merges}
    return {entry: _elder(last, ended) for entry, last in story.items()}


def _elder(story: UUID, ended: dict[UUID, UUID]) -> UUID:
    """Return the story that a story is part of by now."""
    while story in ended:
        story = ended[story]
    return story
