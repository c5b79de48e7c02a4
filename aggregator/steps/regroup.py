"""Regroup: what is stored, grouped afresh with the present engine and editors' decisions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from aggregator.core.followups.parts import appeared_of, part_at, roots
from aggregator.core.regrouping import Regrouping, arrivals, compare, group_afresh
from aggregator.model import Grouping, Kind, Placement
from aggregator.steps.correct import read_constraints
from aggregator.steps.revive import followers, sagas_of
from aggregator.store import Store

EVER = datetime(1970, 1, 1, tzinfo=UTC)  # whether subscribers see a story does not matter here


def regroup(store: Store, mint: Callable[[], UUID]) -> Regrouping:
    """Say what grouping the live entries afresh would change; nothing is changed."""
    live = store.live_entries()
    constraints, _ = read_constraints(store)
    fresh = group_afresh(arrivals([stored for stored, _ in live]), mint, constraints)
    first = roots(store.follow_ups())  # to the grouping a story and its follow-ups are one
    before = {stored.id: first.get(placement.story, placement.story) for stored, placement in live}
    pinned = {entry: first.get(story, story) for entry, story in _pinned(store).items()}
    change = compare(before, fresh, pinned)
    return replace(change, placements=_in_parts(store, change.placements))


def apply_regrouping(store: Store, change: Regrouping, now: datetime) -> None:
    """Move entries as a fresh grouping says; subscribers are shown nothing again for it."""
    store.regroup(Grouping(change.placements), now)


def _in_parts(store: Store, placements: Sequence[Placement]) -> tuple[Placement, ...]:
    """Put entries that come to a story with follow-ups into the one they belong to by their time."""
    later = followers(store)
    sagas = sagas_of(store, {p.story for p in placements} & later.keys(), later, EVER)
    moved = store.entries(p.entry for p in placements if p.story in sagas)
    at = {stored.id: appeared_of(stored)[0] for stored in moved}
    return tuple(
        replace(p, story=part_at(sagas[p.story], at[p.entry]).id) if p.story in sagas else p
        for p in placements
    )


def _pinned(store: Store) -> dict[int, UUID]:
    """Return the entries of pinned stories, with the stories they are."""
    pins = [c for c in store.corrections() if c.kind is Kind.PIN and c.story]
    heirs, named = store.heirs(c.story for c in pins if c.story), store.named()
    return {
        named[name]: heirs[pin.story]
        for pin in pins
        if pin.story in heirs
        for name in pin.entries
        if name in named
    }
