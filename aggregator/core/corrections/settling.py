"""Stories that go against an editor's decisions -> the moves that put them right.

First what is kept apart leaves the stories that hold both sides; then units that lie in several stories come
together. The larger part of a story keeps its id, and of stories that become one the elder does.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aggregator.core.corrections.constraints import Constraints
from aggregator.model import Grouping, Member, Placement, Rule


@dataclass(frozen=True, slots=True)
class Opened:
    """A story as it is settled: when it opened, who is in it, whose words it is told with."""

    at: datetime
    members: Sequence[Member]  # in order of arrival
    lead: int | None = None  # Stored.id; None: it was not told yet

    @property
    def age(self) -> tuple[datetime, int]:
        """Return what sorts stories, the elder first."""
        return self.at, self.members[0].stored.id


@dataclass(slots=True)
class _Plan:
    """Where entries will be."""

    of: dict[int, UUID]  # entry -> story
    age: dict[UUID, tuple[datetime, int]]
    moved: dict[int, UUID] = field(default_factory=dict)
    merges: list[tuple[UUID, UUID]] = field(default_factory=list)

    def stories_of(self, entries: Collection[int]) -> list[UUID]:
        """Return the stories that hold some of the entries, the elder first."""
        return sorted({self.of[entry] for entry in entries if entry in self.of}, key=self.age.__getitem__)

    def inside(self, story: UUID) -> list[int]:
        return [entry for entry, its in self.of.items() if its == story]

    def move(self, entries: Collection[int], story: UUID) -> None:
        for entry in entries:
            if self.of[entry] != story:
                self.of[entry] = self.moved[entry] = story


def settle(
    constraints: Constraints[int], stories: Mapping[UUID, Opened], mint: Callable[[], UUID]
) -> Grouping:
    """Return what has to change so that nothing goes against the constraints; nothing where nothing does.

    stories: all that hold an entry which the constraints name.
    """
    members = {m.stored.id: m for story in stories.values() for m in story.members}
    plan = _Plan(
        {entry: m.placement.story for entry, m in members.items()},
        {story: opened.age for story, opened in stories.items()},
    )
    for entries, others in constraints.sides:
        for story in plan.stories_of(_with_units(entries, constraints)):
            _part(plan, constraints, story, (entries, others), _Origin(stories, members, mint))
    for unit in constraints.units.values():
        _unite(plan, constraints, unit)
    placements = tuple(
        _placement(members[entry], story, plan.of) for entry, story in sorted(plan.moved.items())
    )
    # A part that left and came to another story at once never was a story.
    return Grouping(placements, tuple(pair for pair in plan.merges if pair[1] in stories))


@dataclass(frozen=True, slots=True)
class _Origin:
    stories: Mapping[UUID, Opened]
    members: Mapping[int, Member]
    mint: Callable[[], UUID]


def _part(
    plan: _Plan,
    constraints: Constraints[int],
    story: UUID,
    sides: tuple[Collection[int], Collection[int]],
    origin: _Origin,
) -> None:
    """Let one side of a decision leave a story that holds both, in a new story; the larger keeps the id."""
    inside = plan.inside(story)
    leaving, staying = (_with_units(side, constraints) & set(inside) for side in sides)
    if not leaving or not staying:
        return
    leaving = _with_copies(leaving, inside, origin.members, constraints)
    rest = [entry for entry in inside if entry not in leaving]
    known = origin.stories.get(story)
    lead_leaves = known is not None and known.lead in leaving
    away = rest if (len(leaving), lead_leaves) > (len(rest), not lead_leaves) else sorted(leaving)
    new = origin.mint()
    plan.age[new] = (max(age for age, _ in plan.age.values()), max(plan.of) + len(plan.age))
    plan.move(away, new)


def _with_units(entries: Collection[int], constraints: Constraints[int]) -> set[int]:
    return {e for entry in entries for e in constraints.units[constraints.unit[entry]]}


def _with_copies(
    leaving: set[int], inside: Collection[int], members: Mapping[int, Member], constraints: Constraints[int]
) -> set[int]:
    """Add what repeats the text of an entry that leaves, unless an editor decided about it."""
    copies = {entry: members[entry].placement.copy_of for entry in inside if entry not in constraints.unit}
    while new := {entry for entry, of in copies.items() if of in leaving} - leaving:
        leaving = leaving | new
    return leaving


def _unite(plan: _Plan, constraints: Constraints[int], unit: Collection[int]) -> None:
    """Bring a unit into one story: whole stories become one, unless others in them are kept apart."""
    homes = plan.stories_of(unit)
    for younger in homes[1:]:
        elder, inside = homes[0], plan.inside(younger)
        if _may_meet(constraints, plan.inside(elder), inside):
            plan.move(inside, elder)
            plan.merges.append((elder, younger))
        else:
            plan.move([entry for entry in unit if plan.of.get(entry) == younger], elder)


def _may_meet(constraints: Constraints[int], some: Collection[int], others: Collection[int]) -> bool:
    there = {constraints.unit[entry] for entry in others if entry in constraints.unit}
    here = {constraints.unit[entry] for entry in some if entry in constraints.unit}
    pinned = any(constraints.is_pinned(unit) for unit in there - here)
    return not pinned and all(constraints.foes(unit).isdisjoint(there) for unit in here)


def _placement(member: Member, story: UUID, of: Mapping[int, UUID]) -> Placement:
    """Say that an editor put an entry into a story; it goes on to repeat what it repeats there."""
    copy_of = member.placement.copy_of
    return Placement(
        entry=member.stored.id,
        story=story,
        rule=Rule.EDITOR,
        copy_of=copy_of if copy_of is not None and of.get(copy_of) == story else None,
    )
