"""What the grouping decided about sagas -> the part that each entry belongs to; new parts."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from aggregator.core.followups.parts import Part, appeared_of, in_order, part_at, united
from aggregator.core.publish import OLD_AT_ARRIVAL
from aggregator.model import Grouping, Placement, Rule, Stored


@dataclass(frozen=True, slots=True)
class Scene:
    """What bears on a batch and the grouping does not know."""

    # First part -> all, in order: of stories that are dormant, have follow-ups, end, or may be left empty.
    sagas: Mapping[UUID, Sequence[Part]]
    entries: Mapping[int, Stored]  # those that the grouping placed or moved
    known: Collection[int] = ()  # of those, the ones in stories that were published
    stories: Mapping[int, UUID] = field(default_factory=dict)  # where these, and their mates, are so far
    mates: Mapping[int, Sequence[int]] = field(default_factory=dict)  # entry -> those it stays with
    repeats: Collection[int] = ()  # those that say only what was said in their saga before


def follow_up(grouping: Grouping, scene: Scene, mint: Callable[[], UUID], now: datetime) -> Grouping:
    """Return what the grouping decided, with the parts of sagas in place of their first stories."""
    plan = _Plan(scene, mint, now)
    merges = [pair for merge in grouping.merges for pair in plan.merge(*merge)]
    for root, story in _emptied(grouping, scene):
        plan.succeed(root, story)
    plan.place(grouping.placements)
    moved = [
        replace(placement, story=plan.to[placement.entry])
        for placement in grouping.placements
        if scene.stories.get(placement.entry) != plan.to[placement.entry]
    ]
    return replace(grouping, placements=tuple(moved), merges=tuple(merges), follows=tuple(plan.follows))


def _emptied(grouping: Grouping, scene: Scene) -> list[tuple[UUID, UUID]]:
    """Return (saga, story) where all entries of a story that is alone in its saga go to another one."""
    merging = {younger for _, younger in grouping.merges}
    going = Counter((p.story, scene.stories[p.entry]) for p in grouping.placements if p.entry in scene.known)
    return [
        (root, story)
        for (root, story), count in sorted(going.items(), key=str)
        if story not in merging and [part.entries for part in scene.sagas.get(story, ())] == [count]
    ]


class _Plan:
    """Where entries will be."""

    def __init__(self, scene: Scene, mint: Callable[[], UUID], now: datetime) -> None:
        self._scene, self._mint, self._now = scene, mint, now
        self._parts = {root: list(parts) for root, parts in scene.sagas.items()}
        self._went: dict[UUID, UUID] = {}  # part of a saga that came into another one -> where it ended
        self.follows: list[tuple[UUID, UUID]] = []
        self.to: dict[int, UUID] = {}  # entry -> story

    def merge(self, elder: UUID, younger: UUID) -> Sequence[tuple[UUID, UUID]]:
        """Let a saga come into another one; returns what has to merge for that: one pair or none."""
        if not {elder, younger} <= self._parts.keys():
            return ((elder, younger),)  # nothing is known of one: let it end as it would
        if self.succeed(elder, younger):
            return ()
        theirs = self._join(elder, younger)
        home = part_at([part for part in self._parts[elder] if part not in theirs], theirs[0].latest)
        stays, ends = (home, theirs[0]) if home.id == elder else in_order((home, theirs[0]))
        self._went[ends.id] = stays.id
        others = [part for part in self._parts[elder] if part not in (stays, ends)]
        self._parts[elder] = in_order((united(stays, ends), *others))
        return ((stays.id, ends.id),)

    def succeed(self, root: UUID, story: UUID) -> bool:
        """Let a story that subscribers see follow a saga that is dormant; False where it cannot."""
        ours, theirs = self._parts.get(root, ()), self._parts[story]
        if not ours or not theirs[0].shown or not ours[-1].is_dormant(theirs[0].earliest):
            return False
        self.follows.append((story, ours[-1].id))
        self._join(root, story)
        return True

    def _join(self, root: UUID, story: UUID) -> list[Part]:
        """Take the parts of another saga into one; returns those, which stay where they are so far."""
        theirs = self._parts.pop(story)
        self._went |= {part.id: part.id for part in theirs}
        self._parts[root] = in_order((*self._parts[root], *theirs))
        return theirs

    def place(self, placements: Iterable[Placement]) -> None:
        """Choose the story of each entry, in order of publication; who stays with another comes after it."""

        def order(placement: Placement) -> tuple[bool, datetime, int]:
            stored = self._scene.entries[placement.entry]
            return placement.entry in self._scene.mates, appeared_of(stored)[0], stored.id

        for placement in sorted(placements, key=order):
            self.to[placement.entry] = self._story(placement)

    def _story(self, placement: Placement) -> UUID:
        home = self._scene.stories.get(placement.entry)
        if placement.entry in self._scene.known and home in self._went:
            return self._now_at(home)
        parts = self._parts.get(placement.story)
        if parts is None:
            return placement.story
        stored = self._scene.entries[placement.entry]
        beside = self._beside(placement.entry, parts)
        if beside is None and self._is_news(placement, stored, parts[-1]):
            self._found(parts)
        return beside or self._by_time(stored, parts)

    def _now_at(self, story: UUID) -> UUID:
        while self._went.get(story, story) != story:
            story = self._went[story]
        return story

    def _beside(self, entry: int, parts: Sequence[Part]) -> UUID | None:
        """Return the part that those are in which an entry stays with; None: none."""
        so_far = self._scene.stories
        mates = [mate for mate in self._scene.mates.get(entry, ()) if mate in self.to or mate in so_far]
        homes = {self.to.get(mate) or self._now_at(so_far[mate]) for mate in mates}
        return next((part.id for part in parts if part.id in homes), None)

    def _is_news(self, placement: Placement, stored: Stored, last: Part) -> bool:
        """Say whether an entry is news of a saga whose last part is dormant."""
        if placement.copy_of is not None or placement.rule is Rule.EDITOR or not stored.publisher_key:
            return False
        if stored.id in self._scene.known or stored.id in self._scene.repeats:
            return False
        at, _ = appeared_of(stored)
        return last.is_dormant(at) and self._now - at <= OLD_AT_ARRIVAL

    def _found(self, parts: list[Part]) -> None:
        """Open a follow-up of the last part; it has no entry yet."""
        new = replace(parts[-1], id=self._mint(), opened=self._now, published=False, entries=0)
        self.follows.append((new.id, parts[-1].id))
        parts.append(new)

    def _by_time(self, stored: Stored, parts: list[Part]) -> UUID:
        at, until = appeared_of(stored)
        part = part_at(parts, at)
        if part is parts[-1]:
            parts[-1] = replace(part, latest=max(part.latest, until), entries=part.entries + 1)
        return part.id
