"""Judge: whether the grouping would have decided as editors did."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from aggregator.core.corrections.judging import Judged, decided_pairs, judge
from aggregator.core.regrouping import arrivals, group_afresh
from aggregator.model import Correction, Kind
from aggregator.store import Store


def judge_corrections(store: Store, corrections: Sequence[Correction], mint: Callable[[], UUID]) -> Judged:
    """Group the live entries without corrections, and count the decided pairs that come out right."""
    decided = tuple(_with_entries(store, corrections))
    names = list(dict.fromkeys(name for c in decided for name in (*c.entries, *c.others)))
    found = store.look_up(names)
    here = {name: min(ids) for name, ids in found.items() if len(ids) == 1} | store.named()
    live = [stored for stored, _ in store.live_entries()]
    known = {stored.id for stored in live}
    missing = [
        stored for stored in store.entries(here[n] for n in names if n in here) if stored.id not in known
    ]
    stories = {e: p.story for e, p in group_afresh(arrivals([*live, *missing]), mint).items()}
    return judge(decided_pairs(decided, here), stories, waiting=sum(name not in here for name in names))


def _with_entries(store: Store, corrections: Iterable[Correction]) -> Iterable[Correction]:
    """Give pins that name no entries those that their stories have."""
    for correction in corrections:
        if correction.kind is Kind.PIN and correction.story and not correction.entries:
            heir = store.heirs([correction.story]).get(correction.story)
            members = store.members([heir]).get(heir, ()) if heir else ()
            names = store.called([m.stored.id for m in members])
            yield replace(correction, entries=tuple(names.values()))
        else:
            yield correction
