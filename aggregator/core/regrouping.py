"""A fresh grouping beside the one that is: which story is which, and what would change.

A new story is the old one most of whose entries it has; a pinned one stays itself.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from aggregator.core.corrections.constraints import Constraints
from aggregator.core.stories import Engine
from aggregator.model import Placement, Stored

BATCH = 200  # entries the engine sees together, as at a refresh


@dataclass(frozen=True, slots=True)
class Regrouping:
    """What a fresh grouping would change."""

    placements: tuple[Placement, ...]  # of the entries that would move, in order of arrival
    entries: int  # that were grouped
    before: int  # stories
    kept: int  # stories that keep their id
    new: int  # stories that no story became
    retired: tuple[tuple[UUID, UUID], ...]  # (a story that would end, where most of its entries would go)


def arrivals(entries: Sequence[Stored]) -> list[Stored]:
    """Order entries as they arrived: by refresh, and the oldest first in each."""

    def key(stored: Stored) -> tuple[datetime, datetime, int]:
        return stored.first_seen, stored.entry.published or stored.first_seen, stored.id

    return sorted(entries, key=key)


def group_afresh(
    entries: Sequence[Stored], mint: Callable[[], UUID], constraints: Constraints[int] | None = None
) -> dict[int, Placement]:
    """Return how entries, in order of arrival, would be placed by an engine that knows nothing yet."""
    engine, placed, ended = Engine(mint, constraints=constraints), dict[int, Placement](), dict[UUID, UUID]()
    for at in range(0, len(entries), BATCH):
        grouping = engine.add(entries[at : at + BATCH])
        placed |= {placement.entry: placement for placement in grouping.placements}
        ended |= {younger: elder for elder, younger in grouping.merges}
    for entry, placement in placed.items():
        story = placement.story
        while story in ended:
            story = ended[story]
        placed[entry] = replace(placement, story=story)
    return placed


def compare(
    before: Mapping[int, UUID], after: Mapping[int, Placement], pinned: Mapping[int, UUID] | None = None
) -> Regrouping:
    """Say what would change if entries were placed so.

    before: entry -> its story; after: of the same entries. pinned: entries that pins hold -> their story.
    """
    became = _identities(before, after, pinned or {})
    to = {entry: became.get(placement.story, placement.story) for entry, placement in after.items()}
    moved = [entry for entry in sorted(before) if to[entry] != before[entry]]
    stories = set(before.values())
    retired = sorted(stories - set(to.values()), key=str)
    return Regrouping(
        placements=tuple(replace(after[entry], story=to[entry]) for entry in moved),
        entries=len(before),
        before=len(stories),
        kept=len(stories) - len(retired),
        new=len(set(to.values()) - stories),
        retired=tuple((story, _heir(story, before, to)) for story in retired),
    )


def _identities(
    before: Mapping[int, UUID], after: Mapping[int, Placement], pinned: Mapping[int, UUID]
) -> dict[UUID, UUID]:
    """Return new story -> the old one that it is; what shares the most goes first, ties by arrival."""
    shared = Counter((after[entry].story, story) for entry, story in before.items())
    held = {(after[entry].story, story) for entry, story in pinned.items() if entry in after}
    first: dict[UUID, int] = {}
    for entry, story in sorted(before.items()):
        first.setdefault(story, entry)
    became: dict[UUID, UUID] = {}
    taken: set[UUID] = set()
    for new, old in sorted(shared, key=lambda p: (p not in held, -shared[p], first[p[1]], str(p[0]))):
        if new not in became and old not in taken:
            became[new] = old
            taken.add(old)
    return became


def _heir(story: UUID, before: Mapping[int, UUID], to: Mapping[int, UUID]) -> UUID:
    heirs: dict[UUID, int] = defaultdict(int)
    for entry, its in before.items():
        heirs[to[entry]] += its == story
    return max(heirs, key=lambda heir: (heirs[heir], str(heir)))
