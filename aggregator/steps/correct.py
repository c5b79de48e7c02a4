"""Correct: what editors decided holds for the stories, whoever grouped them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product
from uuid import UUID

from aggregator.core.corrections.constraints import Clash, Constraints, constraints_of
from aggregator.core.corrections.settling import settle
from aggregator.core.corrections.telling import ambiguous, contradictory, waiting
from aggregator.core.followups.parts import parted
from aggregator.errors import ConfigError
from aggregator.model import Correction, Kind
from aggregator.store import Store


def correct(store: Store, mint: Callable[[], UUID], now: datetime) -> tuple[ConfigError, ...]:
    """Put right what goes against editors' decisions; returns what is wrong with the decisions themselves.

    A decision about entries that are not here yet waits for them.
    """
    decided = store.corrections()
    heirs = store.heirs(c.story for c in decided if c.story) if decided else {}
    store.retitle(_titles(decided, heirs))
    if not decided:
        return ()
    doubtful = store.find_names(name for c in decided for name in (*c.entries, *c.others))
    decided = tuple(_with_its_entries(store, c, heirs) for c in decided)
    constraints, clashes = constraints_of(decided, store.named())
    if not constraints.are_kept(store.homes(list(constraints))):
        grouping = settle(constraints, store.opened(list(constraints)), mint)
        store.correct(grouping, now)
    _part_ways(store, constraints)
    return (*ambiguous(decided, doubtful), *map(contradictory, clashes))


def _part_ways(store: Store, constraints: Constraints[int]) -> None:
    """Let a story follow another one no more, where an editor keeps entries of the two apart."""
    follows = store.follow_ups()
    if not follows:
        return
    homes = store.homes(list(constraints))
    apart = {
        (homes[one], homes[other])
        for entries, others in constraints.sides
        for one, other in product(entries, others)
        if one in homes and other in homes
    }
    if wrong := parted(follows, apart):
        store.part_ways(wrong)


def read_constraints(store: Store) -> tuple[Constraints[int], tuple[Clash, ...]]:
    """Return what editors' decisions ask of the entries that are here."""
    decided = store.corrections()
    return constraints_of(decided, store.named() if decided else {})


def _titles(decided: Iterable[Correction], heirs: Mapping[UUID, UUID]) -> dict[UUID, str]:
    """Return the headlines of stories; one of a story that ended goes to its heir, unless it has its own."""
    titles = {c.story: c.title for c in decided if c.kind is Kind.TITLE and c.story in heirs}
    given = {story: title for story, title in titles.items() if story is not None}
    inherited = {heirs[story]: title for story, title in given.items()}
    return inherited | {story: title for story, title in given.items() if heirs[story] == story}


def _with_its_entries(store: Store, pin: Correction, heirs: Mapping[UUID, UUID]) -> Correction:
    """Note the entries of a story that was pinned since, or was not here until now; others stay."""
    story = heirs.get(pin.story) if pin.story else None
    if pin.kind is not Kind.PIN or pin.entries or story is None:
        return pin
    members = store.members([story]).get(story, ())
    names = store.name_entries([m.stored.id for m in members])
    entries = tuple(names[m.stored.id] for m in members)
    store.fill_pin(pin, entries)
    return replace(pin, entries=entries)


def review(
    store: Store, corrections: Sequence[Correction]
) -> tuple[tuple[ConfigError, ...], tuple[ConfigError, ...]]:
    """Return what is wrong with a file's corrections and what they wait for, as far as entries are here.

    Nothing is changed: they need not be imported yet.
    """
    names = list(dict.fromkeys(name for c in corrections for name in (*c.entries, *c.others)))
    found = store.look_up(names)
    named = {name: min(ids) for name, ids in found.items() if len(ids) == 1}
    commands = (c for c in store.corrections() if not c.place)
    _, clashes = constraints_of((*corrections, *commands), named | store.named())
    doubtful = {name: len(ids) for name, ids in found.items() if len(ids) > 1}
    stories = store.heirs(c.story for c in corrections if c.story)
    mistakes = (*ambiguous(corrections, doubtful), *map(contradictory, clashes))
    return mistakes, tuple(waiting(corrections, found, stories))
