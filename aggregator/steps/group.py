"""Group: entries that are in no story yet join one, or open one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from aggregator.core.corrections.constraints import Constraints
from aggregator.core.followups.parts import in_sagas, roots
from aggregator.steps import Progress, chunks, silent
from aggregator.steps.correct import read_constraints
from aggregator.store import Store
from aggregator.store.noted import LIVE_ENTRIES

if TYPE_CHECKING:
    from aggregator.core.stories import Engine

BATCH = 400  # entries the engine is given and the store takes together; see docs/grouping.md


class Grouper:
    """Hold the engine between refreshes, so that its state is read from the store only once."""

    def __init__(self, store: Store, mint: Callable[[], UUID]) -> None:
        self._store = store
        self._mint = mint
        self._engine: Engine | None = None
        self._constraints = Constraints[int]()
        # What the engine knows: the highest entry id, the corrections, what was removed, what follows what.
        self._known: tuple[int, str, str | None, str | None] = (0, "", None, None)

    def group(self, now: datetime, progress: Progress = silent) -> int:
        """Group every entry that is in no story; return how many there were."""
        waiting = self._store.ungrouped()
        # Of an entry that is not among the newest, a note would be dropped again before it is read.
        first_noted = min(sorted(waiting)[-LIVE_ENTRIES:], default=0)
        done = 0
        for ids in chunks(waiting, BATCH):
            progress("Grouping", done, len(waiting))
            self._group_batch(ids, now, first_noted)
            done += len(ids)
        progress("Grouping", done, len(waiting))
        return done

    def _group_batch(self, ids: Sequence[int], now: datetime, first_noted: int) -> None:
        from aggregator.core.text import BODY_CHARACTERS
        from aggregator.steps.revive import revive

        engine = self._ready()
        self._engine = None  # until the store has it too: after an error the state is read anew
        grouping = engine.add(self._store.readable(ids, BODY_CHARACTERS))
        noted = tuple((entry, note) for entry, note in grouping.notes if entry >= first_noted)
        grouping = replace(grouping, notes=noted)
        self._store.apply(revive(self._store, grouping, ids, self._constraints, self._mint, now), now)
        self._engine, self._known = engine, (self._store.last_grouped(), *self._known[1:])

    def _ready(self) -> "Engine":
        """Return the engine, its state read anew where others grouped, an editor decided, or entries went."""
        # With it come numpy and scipy, a third of a second: a refresh that finds nothing does without.
        from aggregator.core.stories import VERSION, Engine
        from aggregator.core.text import BODY_CHARACTERS

        store = self._store
        state = store.corrections_state(), store.removal(), store.follow_ups_state()
        now = (store.last_grouped(), *state)
        if self._engine is None or self._known != now:
            self._constraints = read_constraints(store)[0]
            self._engine = Engine(self._mint, constraints=self._constraints)
            self._engine.restore(in_sagas(store.live(VERSION), roots(store.follow_ups())))
            self._engine.read(store.readable(self._engine.unread(), BODY_CHARACTERS))
            self._known = now
        return self._engine
