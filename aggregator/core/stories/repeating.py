"""Which entries say only what was said before, however long ago: no near-copies to the grouping any more."""

from collections.abc import Sequence

from aggregator.core.stories.copies import CONTAINED
from aggregator.core.stories.notes import take_notes
from aggregator.core.stories.shingles import containment
from aggregator.model import Stored


def repeating(entries: Sequence[Stored], earlier: Sequence[Stored]) -> set[int]:
    """Return those of the entries (`Stored.id`) whose texts repeat one of the earlier texts."""
    texts = [note.sketch for note in take_notes(earlier)]
    return {
        note.id
        for note in take_notes(entries)
        if any(containment(note.sketch, text) >= CONTAINED for text in texts)
    }
