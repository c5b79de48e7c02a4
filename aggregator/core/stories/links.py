"""How near entries are to whole stories."""

from dataclasses import dataclass

import numpy as np

from aggregator.core.stories.membership import Stories
from aggregator.core.stories.neighbours import Views, rank_within, share
from aggregator.core.stories.settings import Settings
from aggregator.core.stories.window import Floats, Ints

SMALL = 3  # entries up to which a story's size raises no doubt


@dataclass(frozen=True, slots=True)
class Links:
    """Scores between rows and stories; for each row the nearest story first, the elder of equals."""

    row: Ints
    story: Ints
    score: Floats  # 1 is enough to join

    def own(self, of: Ints) -> dict[int, float]:
        """Return the score of each row to the story it is in; rows alone in theirs are left out."""
        mine = of[self.row] == self.story
        return dict(zip(self.row[mine].tolist(), self.score[mine].tolist(), strict=True))

    def best_other(self, of: Ints) -> dict[int, tuple[float, int]]:
        """Return for each row that has one the nearest story it is not in, with its score."""
        others = np.flatnonzero(of[self.row] != self.story)
        rows, first = np.unique(self.row[others], return_index=True)
        best = others[first]
        pairs = zip(self.score[best].tolist(), self.story[best].tolist(), strict=True)
        return dict(zip(rows.tolist(), pairs, strict=True))


def link(views: Views, stories: Stories, places: Ints, scores: Floats) -> Links:
    """Link the rows at `places` to the stories of their neighbours, given what each neighbour scores.

    A story is as near as the mean of its best links, less if it is large. A recurring headline bars its story.
    """
    s, of = views.settings, stories.of
    at, slot = np.nonzero((views.neighbours[places] >= 0) & (of[views.neighbours[places]] >= 0))
    row, score = views.rows[places][at], scores[at, slot]
    story = of[views.neighbours[places][at, slot]]
    order = np.lexsort((-score, story, at))
    at, row, story, score = at[order], row[order], story[order], score[order]
    first = np.flatnonzero(np.r_[True, (np.diff(at) != 0) | (np.diff(story) != 0)][: len(at)])
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(at)]))
    rank = np.arange(len(at)) - first[group]
    total = np.bincount(group, np.where(rank < s.best_links, score, 0.0), minlength=len(first))
    barred = np.minimum.reduceat(score, first) < 0 if len(first) else np.zeros(0, bool)
    at, row, story = at[first], row[first], story[first]
    home, size = of[row] == story, stories.sizes()[story]
    count = np.minimum(size - home, s.best_links)
    near = total / np.maximum(count, 1) / (1 + doubt(views, s, row, size))
    keep = (count > 0) & ~barred & (home | (near >= s.noticed))
    at, row, story, near = at[keep], row[keep], story[keep], near[keep]
    order = np.lexsort((story, -near, at))
    return Links(row[order], story[order], near[order])


def doubt(views: Views, settings: Settings, row: Ints, size: Ints) -> Floats:
    """Return by how much more than enough a large story must be near: long texts name its subject anyway."""
    rich = share(views.window.lengths[row], settings.enough_words, settings.enough_words_power)
    return np.asarray(settings.size_doubt * rich * np.log2(np.maximum(size, SMALL) / SMALL))


def between(links: Links, stories: Stories, settings: Settings) -> dict[tuple[int, int], float]:
    """Return how near stories are to others, one way: (from, to) -> mean of the best links of their rows."""
    start = stories.of[links.row]
    away = (start != links.story) & (start >= 0)
    start, end, score = start[away], links.story[away], links.score[away]
    order = np.lexsort((-score, end, start))
    start, end, score = start[order], end[order], score[order]
    rank = rank_within(start, end)
    present = np.bincount(stories.of[np.unique(links.row)], minlength=int(end.max(initial=0)) + 1)
    sizes = stories.sizes()
    count = np.minimum(present[start], np.maximum(1, settings.merge_links * sizes[end]))
    counted = rank < count
    sums: dict[tuple[int, int], float] = {}
    for a, b, value in zip(
        start[counted].tolist(), end[counted].tolist(), (score / count)[counted].tolist(), strict=True
    ):
        sums[a, b] = sums.get((a, b), 0.0) + value
    return sums
