"""The decisions: which story each newcomer joins, which entries move, which stories are one."""

from dataclasses import dataclass
from math import log2

import numpy as np
from scipy.sparse.csgraph import connected_components

from aggregator.core.stories.columns import Bools, Floats, Ints
from aggregator.core.stories.holds import Holds
from aggregator.core.stories.links import Links, between, bonds, link, nearest_story
from aggregator.core.stories.membership import Stories
from aggregator.core.stories.neighbours import Views
from aggregator.model import Rule


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was put where it is."""

    rule: Rule
    score: float = 0.0  # to the story; see Settings
    needed: float = 1.0


DECIDED = Reason(Rule.EDITOR, needed=0.0)


class Decision:
    """The entries under consideration and what has been decided about them."""

    def __init__(self, stories: Stories, views: Views, holds: Holds) -> None:
        self._holds = holds
        self._stories, self._views, self._settings = stories, views, views.settings
        days, keys = views.window.days.values[views.rows], views.window.keys.values[views.rows]
        self._in_order = np.lexsort((keys, days))  # places, by date and content: unknown dates come last
        self.reasons: dict[int, Reason] = {}  # row -> why it was put where it is, for rows that were put
        self.merges: list[tuple[int, int]] = []  # (elder, younger), in order

    def decide(self, newcomers: Ints) -> Ints:
        """Place the newcomers and look again at the others; returns the stories, old and new, it touched."""
        start = self._stories.of[self._views.rows].copy()
        look = self._in_order
        self._views.refresh(self._stories, look)
        self._place(look[np.isin(self._views.rows[look], newcomers)])
        for _ in range(self._settings.passes):
            self._views.refresh(self._stories, look)
            before = self._stories.of[self._views.rows].copy()
            changes = self._move(self._links(look))
            changes += self._split(self._stories_at(look))
            changes += self._merge(self._stories_at(look))
            if not changes:
                break
            look = self._affected(before)
        return np.setdiff1d(np.union1d(start, self._stories.of[self._views.rows]), [-1])

    def _place(self, places: Ints) -> None:
        """Let each newcomer join the nearest story, or open one."""
        views, of = self._views, self._stories.of
        scores, rich = views.mutual(places, of).tolist(), views.rich(views.rows[places]).tolist()
        for at, place in enumerate(places.tolist()):
            row, best, story = int(views.rows[place]), 0.0, -1
            if self._holds and (home := self._holds.home(row)) is not None:
                self._put(row, home, DECIDED)
                continue
            if max(scores[at]) >= 1:
                near = views.neighbours[place]  # where there is none it scores 0, whatever story is read
                labels = self._open_to(row, of[near].tolist())
                best, story = nearest_story(labels, scores[at], self._stories, rich[at])
            if best >= 1:
                self._put(row, story, Reason(Rule.JOINED, best))
            else:
                self._open(row)

    def _open_to(self, row: int, labels: list[int]) -> list[int]:
        """Return the stories of a row's neighbours, -1 for those that editors bar it from."""
        if not self._holds:
            return labels
        return [-1 if label >= 0 and self._holds.bars(row, label) else label for label in labels]

    def _stories_at(self, places: Ints) -> set[int]:
        return set(self._stories.of[self._views.rows[places]].tolist())

    def _open(self, row: int) -> None:
        self._stories.open(row)
        self.reasons[row] = Reason(Rule.OPENED)

    def _put(self, row: int, story: int, reason: Reason) -> None:
        self._stories.put(row, story)
        self.reasons[row] = reason

    def _links(self, places: Ints) -> Links:
        links = link(self._views, self._stories, places, self._views.mutual(places, self._stories.of))
        return links.without(self._holds.bars) if self._holds else links

    def _move(self, links: Links) -> int:
        """Let entries leave stories they are not near to, or join nearer ones; return how many did."""
        stories, moved = self._stories, 0
        own, best_other = links.own(stories.of), links.best_other(stories.of)
        for row in dict.fromkeys(links.row.tolist()):
            if self._holds and self._holds.fixed(row):
                continue
            home, near = int(stories.of[row]), own.get(row, 0.0)
            best, other = best_other.get(row, (0.0, -1))
            if other not in stories.members or self._holds.bars(row, other):
                best = 0.0  # it has ended since, or somebody joined it
            alone = len(stories.members[home]) == 1
            if best < 1 and near < 1 and not alone:
                self._open(row)
            elif best >= 1 and (
                stories.age(other) < stories.age(home) if alone else best >= near + self._settings.margin
            ):
                self._put(row, other, Reason(Rule.JOINED, best))
            else:
                continue
            moved += 1
        return moved

    def _split(self, touched: set[int]) -> int:
        """Let small stories that fall into two parts, now that more is known, split; return how many did."""
        s, stories, views = self._settings, self._stories, self._views
        small = [
            np.array(list(stories.members[story]))
            for story in touched & stories.members.keys()
            if s.split_least <= len(stories.members[story]) <= s.split_most
        ]
        small = [rows for rows in small if (views.places[rows] >= 0).all() and not self._are_held(rows)]
        if not small:
            return 0
        bond = bonds(views, stories, np.concatenate(small))
        _, part = connected_components(bond >= 1, directed=False)
        ends = np.cumsum([len(rows) for rows in small])
        apart = [
            (rows, part[end - len(rows) : end], slice(end - len(rows), end))
            for rows, end in zip(small, ends.tolist(), strict=True)
            if len(set(part[end - len(rows) : end].tolist())) == 2
        ]
        apart.sort(key=lambda one: stories.age(int(stories.of[one[0][0]])))
        return sum(self._fall_apart(rows, parts, bond[own, own].toarray()) for rows, parts, own in apart)

    def _are_held(self, rows: Ints) -> bool:
        return bool(self._holds) and any(self._holds.fixed(row) for row in rows.tolist())

    def _fall_apart(self, rows: Ints, part: Ints, bond: Floats) -> int:
        """Split a story of two parts, unless one is a single entry or they are near all the same."""
        elder = part == part[np.argmin(self._views.window.ids.values[rows])]
        near = bond[elder][:, ~elder].mean()
        if not 2 <= elder.sum() <= len(rows) - 2 or near >= self._settings.split_below:
            return 0
        self._leave_together(rows[~elder], bond[~elder][:, ~elder])
        return 1

    def _leave_together(self, rows: Ints, bond: Floats) -> None:
        """Open a story with some rows of another, the one with the least content key first."""
        first, *others = np.argsort(self._views.window.keys.values[rows]).tolist()
        self._open(int(rows[first]))
        for at in others:
            story = int(self._stories.of[rows[first]])
            self._put(int(rows[at]), story, Reason(Rule.JOINED, float(bond[at].max())))

    def _affected(self, before: Ints) -> Ints:
        """Return the places, in order, of rows and neighbours of stories that changed since `before`."""
        of, rows, neighbours = self._stories.of, self._views.rows, self._views.neighbours
        changed = before != of[rows]
        touched = self._marked(np.concatenate([before[changed], of[rows][changed]]))
        near = touched[np.where(neighbours >= 0, of[neighbours], -1)[:-1]]
        affected = near.any(axis=1) | touched[of[rows]]
        return self._in_order[affected[self._in_order]]

    # -- merges ------------------------------------------------------------------------------------

    def _merge(self, touched: set[int]) -> int:
        """Make touched stories one with others that are near from both sides; return how many ended."""
        s, stories = self._settings, self._stories
        links = self._links(self._around(touched))
        near = between(links, stories)
        pairs: dict[tuple[int, int], float] = {}
        for (one, other), score in near.items():
            if one not in touched:
                continue
            smaller = min(len(stories.members[one]), len(stories.members[other]))
            both = (score + near.get((other, one), 0.0)) / 2
            if both < s.merge_at:
                continue  # and doubt only takes from it
            both /= 1 + s.merge_doubt * self._rich(one) * log2(smaller)
            if both >= s.merge_at and smaller <= s.merge_most:
                elder, younger = sorted((one, other), key=stories.age)
                pairs[elder, younger] = max(both, pairs.get((elder, younger), 0.0))
        return self._unite(pairs)

    def _around(self, touched: set[int]) -> Ints:
        """Return the places, in order, of rows of touched stories and of those that they are near to."""
        of, views = self._stories.of, self._views
        own, wanted = of[views.rows], self._marked(np.fromiter(touched, np.int64))
        near = views.neighbours[:-1][wanted[own]]
        wanted[of[near[near >= 0]]] = True
        wanted[-1] = False
        return self._in_order[wanted[own][self._in_order]]

    def _marked(self, stories: Ints) -> Bools:
        """Return a table that says of each story whether it is among these; -1, no story, is not."""
        table = np.zeros(self._stories.opened + 1, bool)
        table[stories] = True
        table[-1] = False
        return table

    def _rich(self, story: int) -> float:
        """Return how far the words of a story's entries can be trusted, on the whole."""
        return float(self._views.rich(np.array(list(self._stories.members[story]))).mean())

    def _unite(self, pairs: dict[tuple[int, int], float]) -> int:
        """Let the younger of each pair end in the elder, the nearest first; returns how many did."""
        done: set[int] = set()
        age = {story: self._stories.age(story) for pair in pairs for story in pair}
        for (elder, younger), score in sorted(
            pairs.items(), key=lambda p: (-p[1], age[p[0][0]], age[p[0][1]])
        ):
            if elder in done or younger in done or self._holds.bars_merge(elder, younger):
                continue
            done.update((elder, younger))
            for row in list(self._stories.members[younger]):
                self._put(row, elder, Reason(Rule.MERGED, score, self._settings.merge_at))
            self.merges.append((elder, younger))
        return len(done) // 2
