"""What the grouping noted of the newest entries, so that a start need not read their texts."""

from collections.abc import Sequence

import sqlalchemy as sa

from aggregator.store.schema import notes

LIVE_ENTRIES = 20_000  # the newest entries that the engine compares with: its own setting `live`
SPARE_NOTES = 2_000  # beyond those, so that not every batch looks for the few that are too many
FIRST_AND_LAST = sa.select(
    sa.select(sa.func.min(notes.c.entry)).scalar_subquery(),
    sa.select(sa.func.max(notes.c.entry)).scalar_subquery(),  # by itself: SQLite would read them all for both
)


def keep_notes(connection: sa.Connection, noted: Sequence[tuple[int, bytes]], version: int) -> None:
    """Keep notes, and drop those of entries that are no longer among the newest."""
    if not noted:
        return
    connection.execute(sa.delete(notes).where(notes.c.entry.in_([entry for entry, _ in noted])))
    connection.execute(
        sa.insert(notes), [{"entry": entry, "version": version, "note": note} for entry, note in noted]
    )
    first, last = connection.execute(FIRST_AND_LAST).one()
    if last - first >= LIVE_ENTRIES + SPARE_NOTES:  # else their range alone says that none is too many
        newest = sa.select(notes.c.entry).order_by(notes.c.entry.desc()).offset(LIVE_ENTRIES).limit(1)
        connection.execute(sa.delete(notes).where(notes.c.entry <= newest.scalar_subquery()))
