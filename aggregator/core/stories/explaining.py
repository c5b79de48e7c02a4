"""Why an entry is in its story, in terms a person can check."""

from collections.abc import Iterable, Mapping

import numpy as np

from aggregator.core.stories.membership import Stories
from aggregator.core.stories.neighbours import Views
from aggregator.core.text import Excerpt, readable

MAX_TERMS = 6


def on_scale(score: float) -> float:
    """Return a score (1: enough to join) on the scale from 0 to 1 on which ½ is enough to join."""
    return round(score / (1 + score), 4)


def nearest_mates(views: Views, stories: Stories, rows: Iterable[int]) -> dict[int, int]:
    """Return for each row its nearest neighbour in its story; rows that have none there are left out."""
    under_view = np.array([row for row in rows if views.places[row] >= 0], np.int64)
    places = views.places[under_view]
    neighbours = views.neighbours[places]
    mates = (neighbours >= 0) & (stories.of[neighbours] == stories.of[under_view][:, None])
    scores = np.where(mates, views.mutual(places, stories.of), -1.0)
    best = scores.argmax(axis=1) if len(scores) else np.zeros(0, np.int64)
    found = mates.any(axis=1)
    chosen = neighbours[np.arange(len(best)), best]
    return dict(zip(under_view[found].tolist(), chosen[found].tolist(), strict=True))


def shared_terms(
    views: Views, mates: Mapping[int, int], excerpts: Mapping[int, Excerpt]
) -> dict[int, tuple[str, ...]]:
    """Return for rows with mates the words that carried the link, strongest first, as entries write them."""
    rows = [row for row in mates if row in excerpts]
    shared = views.shared(np.array(rows, np.int64), np.array([mates[row] for row in rows], np.int64))
    return {
        row: tuple(dict.fromkeys(readable(excerpts[row], stems[:MAX_TERMS]).values()))
        for row, stems in zip(rows, shared, strict=True)
    }
