"""Which entries say only what was said before, however long ago: no near-copies to the grouping any more."""

from collections.abc import Sequence

import numpy as np

from aggregator.core.stories.copies import CONTAINED
from aggregator.core.stories.lexicon import Lexicon
from aggregator.core.stories.reading import take_notes
from aggregator.core.stories.shingles import containments
from aggregator.model import Stored


def repeating(entries: Sequence[Stored], earlier: Sequence[Stored]) -> set[int]:
    """Return those of the entries (`Stored.id`) whose texts repeat one of the earlier texts."""
    if not earlier:
        return set()
    lexicon = Lexicon()
    texts, said = (take_notes(some, lexicon).sketches for some in (entries, earlier))
    found = set()
    for place, one in enumerate(entries):
        alone = texts.take(np.full(len(earlier), place))
        if containments(alone, said).max() >= CONTAINED:
            found.add(one.id)
    return found
