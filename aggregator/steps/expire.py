"""Expire: what is older than anybody wants it kept goes, a piece at each refresh."""

from datetime import datetime, timedelta

from aggregator.store import Store

PIECE = 200  # stories that one refresh removes at most: some tenths of a second
LOOK_EVERY = timedelta(hours=6)  # once nothing old is left


def expire(store: Store, keep: timedelta | None, now: datetime) -> int:
    """Remove stories that are older than `keep` (None: all are kept for ever); return how many went."""
    if keep is None:
        return 0
    looked = store.looked_for_old()
    if looked is not None and timedelta() <= now - looked < LOOK_EVERY:
        return 0
    removed = store.remove_old(now - keep, PIECE, now)
    if removed < PIECE:
        store.have_looked_for_old(now)
    return removed
