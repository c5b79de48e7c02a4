"""How near entries are inside their own neighbourhoods.

An entry's neighbourhood are its nearest live entries, few of any one story. Stems are weighted anew by what
they tell apart *there*: the subject of a beat weighs nothing among texts that all have it, and one
threshold fits all.
"""

import numpy as np
from numpy.typing import ArrayLike

from aggregator.core.stories.columns import Floats, Ints
from aggregator.core.stories.membership import Stories
from aggregator.core.stories.window import Window

NOBODY = -2  # the story of a row that has none, equal to no neighbour's
RECURRING = -1.0  # in place of a score: the same headline on another occasion
CHUNK = 24  # neighbourhoods worked out together: their table of stems fits a fast cache


class Views:
    """The entries under consideration, their neighbours, and how near those are; 1 is enough to join."""

    def __init__(self, window: Window, rows: Ints, candidates: Ints, cosines: Floats) -> None:
        self.window, self.settings = window, window.settings
        self.rows = rows
        self._candidates, self._cosines = candidates, cosines  # of each row, as `Window.nearest` gives them
        shape = (len(rows) + 1, self.settings.neighbours)  # the last stands for what is not under view
        self.neighbours = np.full(shape, -1, np.int64)
        self._near, self._plain = np.zeros(shape), np.zeros(shape)
        self.places = np.full(
            len(window), -1, np.int64
        )  # row -> place in `rows`, -1: not under consideration
        self.places[rows] = np.arange(len(rows))
        self._idf = local_idf(1 + self.settings.neighbours, self.settings.local_power)

    def refresh(self, stories: Stories, places: Ints) -> None:
        """Choose the neighbourhoods at `places` as the stories now are, and score those that changed."""
        chosen, cosines = self._choose(stories.of, stories.sizes(), places)
        changed = np.flatnonzero((chosen != self.neighbours[places]).any(axis=1))
        for at in range(0, len(changed), CHUNK):
            part = changed[at : at + CHUNK]
            self._look(places[part], chosen[part], cosines[part])

    def _choose(self, story: Ints, size: Ints, places: Ints) -> tuple[Ints, Floats]:
        """Return the nearest candidates, few of one story, and their cosines."""
        s = self.settings
        row, cosine = self._candidates[places], self._cosines[places]
        label = np.where(story[row] < 0, -1 - row, story[row])  # without a story it is one of its own
        members = np.where(story[row] < 0, 1, size[story[row]])
        there = (row >= 0) & self.window.alive.values[row]
        rank = rank_within(np.where(there, label, len(self.places)))
        keep = there & ((rank < s.of_one_story) | ((rank < s.whole_story) & (members <= s.whole_story)))
        place = np.cumsum(keep, axis=1) - 1
        owner, at = np.nonzero(keep & (place < s.neighbours))
        chosen = np.full((len(places), s.neighbours), -1, np.int64)
        cosines = np.zeros(chosen.shape)
        chosen[owner, place[owner, at]] = row[owner, at]
        cosines[owner, place[owner, at]] = cosine[owner, at]
        return chosen, cosines

    def _look(self, places: Ints, chosen: Ints, cosines: Floats) -> None:
        """Score the chosen neighbours of a few entries with weights learnt among them."""
        s, window = self.settings, self.window
        centre, slot = np.nonzero(chosen >= 0)
        other, this = chosen[centre, slot], self.rows[places][centre]
        texts = 1 + np.bincount(centre, minlength=len(places))
        local = self._local_cosines(self.rows[places], centre, other, texts)
        local = local * window.closeness(other, this)
        words = np.minimum(self.rich(other), self.rich(this))
        trust = words * share(texts, s.enough_texts, s.enough_texts_power)[centre]
        plain = (1 - trust) * cosines[centre, slot] / s.global_threshold
        self.neighbours[places] = chosen
        for table, value in ((self._near, trust * local / s.local_threshold + plain), (self._plain, plain)):
            table[places] = 0
            table[places[centre], slot] = value

    def rich(self, rows: Ints) -> Floats:
        """Return how far the words of rows can be trusted by themselves: titles little, long texts fully."""
        s = self.settings
        return share(self.window.lengths(rows), s.enough_words, s.enough_words_power)

    def _local_cosines(self, rows: Ints, centre: Ints, other: Ints, texts: Ints) -> Floats:
        """Return the cosine of each centre with its neighbours; idf is ln((n + ½) / df) among n texts."""
        table = Table(self.window, rows, centre, other)
        value = self._idf.take(texts[table.group] * self._idf.shape[1] + table.frequency) * table.weights
        norm = np.sqrt(np.bincount(table.text, value * value, minlength=len(rows) + len(other)))
        norm[norm == 0] = 1
        own = np.zeros(table.cells)
        own[table.cell[: table.ends]] = value[: table.ends]
        dots = np.bincount(
            table.text[table.ends :] - len(rows),
            value[table.ends :] * own[table.cell[table.ends :]],
            minlength=len(other),
        )
        return np.asarray(dots / norm[len(rows) :] / norm[centre])

    def mutual(self, places: Ints, story: Ints) -> Floats:
        """Return the mean of both sides' views, for each entry and each of its neighbours.

        Where the neighbour does not look back, its mean view of the entry's story stands in, else the plain
        cosine; a story-mate that is not under consideration is taken to agree. RECURRING marks headlines of
        different occasions.
        """
        rows, neighbours, near = self.rows[places][:, None], self.neighbours[places], self._near[places]
        mine = np.where(story[rows] < 0, NOBODY, story[rows])
        there = self.places[neighbours]  # of what is not under view: the last place, which is empty
        # One neighbour's neighbour after another along the first axis: see `link`.
        seen, back = self.neighbours.T[:, there], self._near.T[:, there]
        label = np.where(self.neighbours >= 0, story[self.neighbours], -1).T[:, there]
        same, hit = label == mine, seen == rows
        count = same.sum(axis=0, dtype=np.int64)
        mean = np.where(same, back, 0.0).sum(axis=0) / np.maximum(count, 1)
        stand_in = np.where(count > 0, mean, self._plain[places])
        stand_in = np.where((there < 0) & (story[neighbours] == mine), near, stand_in)
        answer = np.where(hit.any(axis=0), np.where(hit, back, 0.0).sum(axis=0), stand_in)
        both = np.where(neighbours >= 0, np.round((near + answer) / 2, 6), 0.0)
        again = (neighbours >= 0) & self.window.recurring(neighbours, rows)
        return np.where(again, RECURRING, both)

    def shared(self, rows: Ints, others: Ints) -> list[list[str]]:
        """Return the stems each row shares with one of its neighbours, strongest around the row first."""
        return [
            stems
            for at in range(0, len(rows), CHUNK)
            for stems in self._shared(rows[at : at + CHUNK], others[at : at + CHUNK])
        ]

    def _shared(self, rows: Ints, others: Ints) -> list[list[str]]:
        around = self.neighbours[self.places[rows]]
        centre, slot = np.nonzero(around >= 0)
        other, texts = around[centre, slot], 1 + np.bincount(centre, minlength=len(rows))
        table = Table(self.window, rows, centre, other)
        place = np.full(table.cells, -1)
        place[table.cell[: table.ends]] = np.arange(table.ends)
        mate = np.r_[np.zeros(len(rows), bool), other == others[centre]]
        at = np.flatnonzero(mate[table.text] & (place[table.cell] >= 0))
        owner, own = table.group[at], place[table.cell[at]]
        strength = table.weights[at] * table.weights[own] * self._idf[texts[owner], table.frequency[at]]
        order = np.lexsort((own, -np.round(strength, 6), owner))  # of equals, the first in the row's text
        found: list[list[str]] = [[] for _ in range(len(rows))]
        for row, term in zip(owner[order].tolist(), table.terms[at][order].tolist(), strict=True):
            found[row].append(self.window.stems[term])
        return found


class Table:
    """The stems of neighbourhoods: the texts of `rows`, then of `other`, which are around rows `centre`."""

    def __init__(self, window: Window, rows: Ints, centre: Ints, other: Ints) -> None:
        self.terms, self.weights, self.text = window.texts(np.concatenate([rows, other]))
        self.ends = int(window.lengths(rows).sum())  # where the texts of `rows` end
        self.group = np.concatenate([np.arange(len(rows)), centre])[self.text]  # place in `rows`
        width, term = window.lexicon.compact(self.terms)
        self.cells = len(rows) * width
        self.cell = self.group * width + term  # a number for each pair of neighbourhood and term
        counts = np.bincount(self.cell, minlength=self.cells)
        self.frequency = counts[self.cell]  # in how many texts of the neighbourhood the term is


def local_idf(texts: int, power: float) -> Floats:
    """Return ln((n + ½) / df) ** power for n and df up to so many texts; never below 0."""
    n, df = np.arange(texts + 1)[:, None], np.maximum(1, np.arange(texts + 1))
    return np.asarray(np.maximum(0, np.log((n + 0.5) / df)) ** power)


def share(amount: ArrayLike, half: float, power: float) -> Floats:
    """Return a share between 0 and 1 that is ½ at `half` and steep by the power (Hill 1910)."""
    raised = np.asarray(amount, float) ** power
    return np.asarray(raised / (raised + half**power))


def rank_within(label: Ints) -> Ints:
    """Return of each element the number of equal ones before it in its row."""
    order = np.argsort(label, axis=1, kind="stable")
    inside = np.take_along_axis(label, order, axis=1)
    fresh = np.ones(label.shape, bool)
    fresh[:, 1:] = inside[:, 1:] != inside[:, :-1]
    at = np.arange(label.shape[1])
    starts = np.maximum.accumulate(np.where(fresh, at, 0), axis=1)
    rank = np.empty(label.shape, np.int64)
    np.put_along_axis(rank, order, at - starts, axis=1)
    return rank
