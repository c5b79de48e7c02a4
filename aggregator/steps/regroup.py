"""Regroup: what is stored, grouped afresh with the present engine and editors' decisions."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from aggregator.core.regrouping import Regrouping, arrivals, compare, group_afresh
from aggregator.model import Grouping, Kind
from aggregator.steps.correct import read_constraints
from aggregator.store import Store


def regroup(store: Store, mint: Callable[[], UUID]) -> Regrouping:
    """Say what grouping the live entries afresh would change; nothing is changed."""
    live = store.live_entries()
    constraints, _ = read_constraints(store)
    fresh = group_afresh(arrivals([stored for stored, _ in live]), mint, constraints)
    before = {stored.id: placement.story for stored, placement in live}
    return compare(before, fresh, _pinned(store))


def apply_regrouping(store: Store, change: Regrouping, now: datetime) -> None:
    """Move entries as a fresh grouping says; subscribers are shown nothing again for it."""
    store.regroup(Grouping(change.placements), now)


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
