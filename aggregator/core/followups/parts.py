"""A story and its follow-ups: the parts of a saga, and which of them is dormant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from aggregator.model import Live, Stored

# Half of what the grouping lets lie between two entries of one event. In the labelled collections no story is
# still for more than a day (3,000 gaps), so that what comes after two is no late report of the same.
STILL = timedelta(days=2)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A story of a saga, as far as it matters for what comes next."""

    id: UUID
    opened: datetime
    earliest: datetime  # of its entries, as `appeared` has it
    latest: datetime  # of its entries, as `appeared_until` has it
    entries: int = 1
    published: bool = True
    shown: bool = False  # it stands in some topic's feed of all stories

    def is_dormant(self, at: datetime) -> bool:
        """Say whether a report of this time is the first after the story was over for subscribers."""
        return self.published and not self.shown and at - self.latest >= STILL


def appeared(published: datetime | None, first_seen: datetime) -> datetime:
    """Return when an entry appeared: its date, or its arrival where it has none or one that lies ahead."""
    return published if published is not None and published <= first_seen else first_seen


def appeared_until(published: datetime | None, first_seen: datetime, day_only: bool) -> datetime:
    """Return when an entry appeared at the latest: a date without a time may mean the end of its day."""
    return min(appeared(published, first_seen) + DAY * day_only, first_seen)


def appeared_of(stored: Stored) -> tuple[datetime, datetime]:
    """Return between which times an entry appeared."""
    published = stored.entry.published
    until = appeared_until(published, stored.first_seen, stored.entry.day_only)
    return appeared(published, stored.first_seen), until


def _way_up(follows: Mapping[UUID, UUID], story: UUID) -> list[UUID]:
    """Return what a story follows, from itself to the first of its saga."""
    way = [story]
    while (former := follows.get(way[-1])) is not None and former not in way:
        way.append(former)
    return way


def roots(follows: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Return follow-up -> the first story of its saga; `follows`: follow-up -> the story it follows."""
    return {story: _way_up(follows, story)[-1] for story in follows}


def parted(follows: Mapping[UUID, UUID], apart: Iterable[tuple[UUID, UUID]]) -> list[UUID]:
    """Return the follow-ups that must be none, so that no two stories that are apart are in one saga."""
    found = set()
    for one, other in apart:
        ways = _way_up(follows, one), _way_up(follows, other)
        if one != other and ways[0][-1] == ways[1][-1]:
            found.add(max(ways, key=len)[0])
    return sorted(found, key=str)


def in_sagas(live: Iterable[Live], first: Mapping[UUID, UUID]) -> Iterable[Live]:
    """Yield grouped entries in the first stories of their sagas, as the grouping knows them; see `roots`."""
    for one in live:
        placement = one.placement
        if placement.story in first:
            placement = replace(placement, story=first[placement.story])
        yield one if placement is one.placement else replace(one, placement=placement)


def handed_over(
    follows: Mapping[UUID, UUID], elder: UUID, younger: UUID, age: Mapping[UUID, Any]
) -> dict[UUID, UUID]:
    """Return what follows what once a story has ended in an elder one; what the elder follows comes first.

    age: what sorts stories, the elder first. The younger of two always follows, so that no circle closes.
    """
    found: dict[UUID, UUID] = {}
    for story, former in sorted(follows.items(), key=lambda pair: (pair[0] == younger, str(pair[0]))):
        pair = {elder if one == younger else one for one in (story, former)}
        if len(pair) > 1:
            first, second = sorted(pair, key=age.__getitem__)
            found.setdefault(second, first)
    return found


def in_order(parts: Iterable[Part]) -> list[Part]:
    """Order the parts of a saga."""
    return sorted(parts, key=lambda part: (part.opened, str(part.id)))


def part_at(parts: Sequence[Part], moment: datetime) -> Part:
    """Choose the part of a saga that a report of this time belongs to."""
    return next((part for part in parts if moment <= part.latest), parts[-1])


def united(elder: Part, younger: Part) -> Part:
    """Return what two parts are once the younger has ended in the elder."""
    return replace(
        elder,
        earliest=min(elder.earliest, younger.earliest),
        latest=max(elder.latest, younger.latest),
        entries=elder.entries + younger.entries,
    )
