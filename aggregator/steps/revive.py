"""Revive: news of stories that are over for subscribers founds follow-ups of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from aggregator.core.corrections.constraints import Constraints
from aggregator.core.followups.parts import Part, appeared_of, in_order, roots
from aggregator.core.followups.planning import Scene, follow_up
from aggregator.core.publish import WINDOW_AGE
from aggregator.core.stories.repeating import repeating
from aggregator.model import Grouping, Rule, Stored
from aggregator.store import Store


def revive(
    store: Store,
    grouping: Grouping,
    ids: Sequence[int],
    constraints: Constraints[int],
    mint: Callable[[], UUID],
    now: datetime,
) -> Grouping:
    """Return what the grouping decided about a batch, with each entry in its part of its saga."""
    named = {p.story for p in grouping.placements} | {story for pair in grouping.merges for story in pair}
    later = followers(store)
    if named.isdisjoint(later) and not store.maybe_dormant(named, now):
        return grouping
    sagas = sagas_of(store, _concerned(store, grouping), later, now - WINDOW_AGE)
    scene = _scene(store, grouping, ids, constraints, sagas)
    return follow_up(grouping, scene, mint, now)


def followers(store: Store) -> dict[UUID, set[UUID]]:
    """Return the first story of each saga -> what follows it, at whatever distance."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for story, first in roots(store.follow_ups()).items():
        found[first].add(story)
    return dict(found)


def sagas_of(
    store: Store, story_ids: Collection[UUID], later: Mapping[UUID, Collection[UUID]], oldest: datetime
) -> dict[UUID, list[Part]]:
    """Return the sagas that stories belong to, by their first ones.

    later: as `followers` returns it. oldest: what entered a document before is shown there no more.
    """
    first = {story: root for root, its in later.items() for story in its}
    ids = {first.get(story, story): () for story in story_ids}
    parts = store.parts({part for root in ids for part in (root, *later.get(root, ()))}, oldest)
    sagas = {
        root: in_order(parts[part] for part in (root, *later.get(root, ())) if part in parts) for root in ids
    }
    return {root: its for root, its in sagas.items() if its}


def _concerned(store: Store, grouping: Grouping) -> set[UUID]:
    """Return the stories that entries come from or go to."""
    named = {p.story for p in grouping.placements} | {story for pair in grouping.merges for story in pair}
    return named | set(store.homes([p.entry for p in grouping.placements]).values())


def _scene(
    store: Store,
    grouping: Grouping,
    ids: Sequence[int],
    constraints: Constraints[int],
    sagas: Mapping[UUID, Sequence[Part]],
) -> Scene:
    """Gather what bears on a batch and the grouping does not know."""
    concerned = {*ids, *(p.entry for p in grouping.placements)}
    entries = {stored.id: stored for stored in store.entries(concerned)}
    mates = _mates(grouping, constraints)
    stories = store.homes({*entries, *(mate for its in mates.values() for mate in its)})
    published = {part.id for its in sagas.values() for part in its if part.published}
    known = {entry for entry in entries if stories.get(entry) in published}
    scene = Scene(sagas, entries, known, stories, mates)
    return Scene(sagas, entries, known, stories, mates, _repeats(store, grouping, scene))


def _mates(grouping: Grouping, constraints: Constraints[int]) -> dict[int, Sequence[int]]:
    """Return entry -> those it stays with: whose text it repeats, or whom an editor put it beside."""
    mates: dict[int, Sequence[int]] = {}
    for p in grouping.placements:
        if p.rule is Rule.EDITOR and p.entry in constraints.unit:
            unit = constraints.units[constraints.unit[p.entry]]
            mates[p.entry] = [entry for entry in unit if entry != p.entry]
        elif p.copy_of is not None:
            mates[p.entry] = (p.copy_of,)
    return mates


def _repeats(store: Store, grouping: Grouping, scene: Scene) -> set[int]:
    """Return the entries that could be news of dormant sagas, and say only what was said in them."""
    late: dict[UUID, list[Stored]] = defaultdict(list)
    for p in grouping.placements:
        saga, one = scene.sagas.get(p.story), scene.entries[p.entry]
        if saga and saga[-1].is_dormant(appeared_of(one)[0]):
            late[p.story].append(one)
    said = store.members(part.id for root in late for part in scene.sagas[root])
    found: set[int] = set()
    for root, coming in late.items():
        before = (m.stored for part in scene.sagas[root] for m in said.get(part.id, ()))
        found |= repeating(coming, [one for one in before if one.id not in scene.entries])
    return found
