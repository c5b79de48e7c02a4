"""How near entries are to whole stories."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from scipy import sparse

from aggregator.core.stories.columns import Bools, Floats, Ints
from aggregator.core.stories.membership import Stories
from aggregator.core.stories.neighbours import Views

SMALL = 3  # entries up to which a story's size raises no doubt


@dataclass(frozen=True, slots=True)
class Links:
    """Scores between rows and stories; for each row the nearest story first."""

    row: Ints
    story: Ints
    score: Floats  # 1 is enough to join

    def without(self, barred: Callable[[int, int], bool]) -> "Links":
        """Return the links but those of rows to stories that are barred to them."""
        pairs = zip(self.row.tolist(), self.story.tolist(), strict=True)
        keep = np.array([not barred(row, story) for row, story in pairs], bool)
        return Links(self.row[keep], self.story[keep], self.score[keep])

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
    s, near = views.settings, views.neighbours[places]
    label = np.where(near >= 0, stories.of[near], -1)
    key = views.window.keys.values[near]
    row, size = views.rows[places][:, None], stories.sizes()[label]
    home = stories.of[row] == label
    # One neighbour after another along the first axis: numpy adds up whole tables much faster than rows.
    label_of, score_of = label.T[:, :, None], scores.T[:, :, None]
    mates = (label_of == label) & (label_of >= 0)
    rank = _rank(mates, scores, key)
    counted = mates & (rank.T[:, :, None] < s.best_links)
    total = np.where(counted, score_of, 0.0).sum(axis=0)
    barred = (mates & (score_of < 0)).any(axis=0)
    count = np.minimum(size - home, s.best_links)
    doubt = s.size_doubt * views.rich(row) * np.log2(np.maximum(size, SMALL) / SMALL)
    score = total / np.maximum(count, 1) / (1 + doubt)
    keep = (label >= 0) & (rank == 0) & (count > 0) & ~barred & (home | (score >= s.noticed))
    at, slot = np.nonzero(keep)
    order = np.lexsort((key[at, slot], -score[at, slot], at))  # the nearest entry decides between equals
    at, slot = at[order], slot[order]
    return Links(row[at, 0], label[at, slot], score[at, slot])


def _rank(mates: Bools, scores: Floats, key: Ints) -> Ints:
    """Return how many of the neighbours in the same story score higher, or as high with a lower key."""
    theirs, their_key = scores.T[:, :, None], key.T[:, :, None]
    before = (theirs > scores) | ((theirs == scores) & (their_key < key))
    return np.asarray((mates & before).sum(axis=0, dtype=np.int64))


def nearest_story(
    labels: Sequence[int], scores: Sequence[float], stories: Stories, rich: float
) -> tuple[float, int]:
    """Return how near the nearest story is to a row that has none yet, and that story.

    What `link` does for many rows at once, for one row: its neighbours' stories and scores. Stories without
    a link that is enough are left out, for their mean is not enough either; (0, -1): none is left.
    """
    s, best = stories.settings, (0.0, -1)
    links: dict[int, list[float]] = {}
    for label, score in zip(labels, scores, strict=True):
        links.setdefault(label, []).append(score)
    for story, found in links.items():
        if story < 0 or max(found) < 1 or min(found) < 0:
            continue
        size = len(stories.members[story])
        count = min(size, s.best_links)
        near = sum(sorted(found, reverse=True)[:count]) / count
        near /= 1 + s.size_doubt * rich * log2(max(size, SMALL) / SMALL)
        if near > best[0] or (near == best[0] and stories.age(story) < stories.age(best[1])):
            best = near, story
    return best


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
