"""How near entries are to whole stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from scipy import sparse

from aggregator.core.stories.membership import Stories
from aggregator.core.stories.neighbours import Views
from aggregator.core.stories.window import Floats, Ints

SMALL = 3  # entries up to which a story's size raises no doubt


@dataclass(frozen=True, slots=True)
class Links:
    """Scores between rows and stories; for each row the nearest story first."""

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

    A story is as near as the mean of its best links, less if it is large and the text long, for then its
    subject is named everywhere. A recurring headline bars its story.
    """
    s, of = views.settings, stories.of
    at, slot = np.nonzero((views.neighbours[places] >= 0) & (of[views.neighbours[places]] >= 0))
    row, score = views.rows[places][at], scores[at, slot]
    key = views.window.keys.values[views.neighbours[places][at, slot]]
    story = of[views.neighbours[places][at, slot]]
    order = np.lexsort((key, -score, story, at))
    at, row, story, score, key = at[order], row[order], story[order], score[order], key[order]
    first = np.flatnonzero(np.r_[True, (np.diff(at) != 0) | (np.diff(story) != 0)][: len(at)])
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(at)]))
    rank = np.arange(len(at)) - first[group]
    total = np.bincount(group, np.where(rank < s.best_links, score, 0.0), minlength=len(first))
    barred = np.minimum.reduceat(score, first) < 0 if len(first) else np.zeros(0, bool)
    at, row, story, key = at[first], row[first], story[first], key[first]
    home, size = of[row] == story, stories.sizes()[story]
    count = np.minimum(size - home, s.best_links)
    doubt = s.size_doubt * views.rich(row) * np.log2(np.maximum(size, SMALL) / SMALL)
    near = total / np.maximum(count, 1) / (1 + doubt)
    keep = (count > 0) & ~barred & (home | (near >= s.noticed))
    at, row, story, near, key = at[keep], row[keep], story[keep], near[keep], key[keep]
    order = np.lexsort((key, -near, at))  # the nearest entry's content decides between equals
    return Links(row[order], story[order], near[order])


def nearest_story(
    labels: Sequence[int], scores: Sequence[float], stories: Stories, rich: float
) -> tuple[float, int]:
    """Return how near the nearest story is to a row that has none yet, and that story; (0, -1): none.

    What `link` does for many rows at once, for one row: its neighbours' stories (-1: none) and scores.
    """
    s, links = stories.settings, []
    for story in {
        label for label, score in zip(labels, scores, strict=True) if score >= s.noticed and label >= 0
    }:
        found = sorted((x for x, label in zip(scores, labels, strict=True) if label == story), reverse=True)
        size = len(stories.members[story])
        count = min(size, s.best_links)
        near = sum(found[:count]) / count / (1 + s.size_doubt * rich * log2(max(size, SMALL) / SMALL))
        if found[-1] >= 0:
            links.append((near, story))
    return min(links, key=lambda one: (-one[0], stories.age(one[1])), default=(0.0, -1))


def bonds(views: Views, stories: Stories, rows: Ints) -> sparse.csr_matrix:
    """Return how near rows under consideration are to others of their stories among them: symmetric."""
    places, numbers = views.places[rows], np.full(len(views.places) + 1, -1)
    numbers[rows] = np.arange(len(rows))
    other = numbers[views.neighbours[places]]
    at, slot = np.nonzero((other >= 0) & (stories.of[views.neighbours[places]] == stories.of[rows][:, None]))
    near = views.mutual(places, stories.of)[at, slot]
    table = sparse.csr_matrix((near, (at, other[at, slot])), shape=(len(rows), len(rows)))
    return (table + table.T) / 2


def between(links: Links, stories: Stories) -> dict[tuple[int, int], float]:
    """Return how near stories are to others, one way: (from, to) -> mean of the best links of their rows.

    Only what could be enough for a merge is returned.
    """
    s, of, sizes = stories.settings, stories.of, stories.sizes()
    away = of[links.row] != links.story
    start, end, score = of[links.row][away], links.story[away], links.score[away]
    order = np.lexsort((-score, end, start))
    start, end, score = start[order], end[order], score[order]
    pair, first, group = np.unique(start * len(sizes) + end, return_index=True, return_inverse=True)
    present = np.bincount(of[np.unique(links.row)], minlength=len(sizes))
    count = np.minimum(present[start[first]], np.maximum(1, s.merge_links * sizes[end[first]]))
    counted = np.arange(len(score)) - first[group] < count[group]
    near = np.bincount(group, np.where(counted, score, 0.0), minlength=len(pair)) / np.maximum(count, 1)
    enough = near >= s.merge_floor
    keys = zip((pair[enough] // len(sizes)).tolist(), (pair[enough] % len(sizes)).tolist(), strict=True)
    return dict(zip(keys, near[enough].tolist(), strict=True))
