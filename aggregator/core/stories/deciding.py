"""The decisions of one turn: which story each newcomer joins, who moves, which stories are one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

from aggregator.core.stories.membership import Stories
from aggregator.core.stories.neighbours import Views, share
from aggregator.core.stories.settings import Settings
from aggregator.core.stories.window import Ints
from aggregator.model import Rule

SMALL = 3  # entries up to which a story's size raises no doubt


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was put where it is."""

    rule: Rule
    score: float = 0.0  # to the story; see Settings
    needed: float = 1.0
    nearest: int | None = None  # row that speaks for the story, where the row's own neighbours do not


Link = tuple[float, int]  # how near a story is, and minus its number: the best, then the elder, sorts highest


class Decision:
    """The entries under consideration and what has been decided about them."""

    def __init__(self, stories: Stories, views: Views, settings: Settings) -> None:
        self._stories, self._views, self._settings = stories, views, settings
        self._rich = share(views.window.lengths, settings.enough_words, settings.enough_words_power).tolist()
        days, keys = views.window.days.values[views.rows], views.window.keys.values[views.rows]
        self._in_order = np.lexsort((keys, days))  # places, by date and content: unknown dates come last
        self.reasons: dict[int, Reason] = {}  # row -> why it was put where it is, for rows that were put
        self.merges: list[tuple[int, int]] = []  # (elder, younger), in order

    def decide(self, newcomers: Ints) -> list[int]:
        """Place the newcomers, then look again at everything; returns the stories, old and new, that this touched."""
        start = self._stories.of[self._views.rows].copy()
        everyone = self._in_order
        self._views.refresh(self._stories, everyone)
        self._place(newcomers)
        look = everyone
        for _ in range(self._settings.passes):
            self._views.refresh(self._stories, look)
            before = self._stories.of[self._views.rows].copy()
            links = self._links(look)
            moved = self._move(links)
            merged = self._merge({} if moved else links, look)
            if not moved and not merged:
                break
            look = self._affected(before)
        return np.setdiff1d(np.union1d(start, self._stories.of[self._views.rows]), [-1]).tolist()

    def _place(self, newcomers: Ints) -> None:
        """Let each newcomer join the nearest story, or open one."""
        stories, views = self._stories, self._views
        places = self._in_order[np.isin(views.rows[self._in_order], newcomers)]
        scores = views.mutual(places, stories.of).tolist()
        for row, near, score in zip(views.rows[places].tolist(), views.neighbours[places], scores, strict=True):
            labels = np.where(near >= 0, stories.of[near], -1).tolist()
            best, story = max(self._nearness(row, labels, score), default=(0.0, 0))
            if best >= 1:
                self._put(row, -story, Reason(Rule.JOINED, best))
            else:
                self._open(row)

    def _open(self, row: int) -> None:
        self._stories.open(row)
        self.reasons[row] = Reason(Rule.OPENED)

    def _put(self, row: int, story: int, reason: Reason) -> None:
        self._stories.put(row, story)
        self.reasons[row] = reason

    def _links(self, places: Ints) -> dict[int, list[Link]]:
        """Return for each row at `places` the stories it is near, nearest first."""
        views, of = self._views, self._stories.of
        neighbours, scores = views.neighbours[places], views.mutual(places, of)
        labels = np.where(neighbours >= 0, of[neighbours], -1)
        links: dict[int, list[Link]] = {row: [] for row in views.rows[places].tolist()}
        own = labels == of[views.rows[places]][:, None]
        some = np.flatnonzero((own | (scores >= self._settings.noticed)).any(axis=1))
        for row, *near in zip(
            views.rows[places[some]].tolist(), labels[some].tolist(), scores[some].tolist(), strict=True
        ):
            links[row] = self._nearness(row, *near)
        return links

    def _nearness(self, row: int, labels: Sequence[int], scores: Sequence[float]) -> list[Link]:
        """Return the stories near a row, nearest first, from its neighbours' stories (-1: none) and scores.

        A story is as near as the mean of its best links, less if it is large. One recurring headline bars a story.
        """
        s, members, home = self._settings, self._stories.members, int(self._stories.of[row])
        by_story: dict[int, list[float]] = defaultdict(list)
        for label, score in zip(labels, scores, strict=True):
            if label >= 0:
                by_story[label].append(score)
        links = []
        for story, found in by_story.items():
            size = len(members[story])
            count = min(size - (story == home), s.best_links)
            if not count or (story != home and max(found) < s.noticed) or min(found) < 0:
                continue
            near = sum(sorted(found, reverse=True)[:count]) / count
            if size > SMALL:
                near /= 1 + s.size_doubt * self._rich[row] * log2(size / SMALL)
            if near >= s.noticed or story == home:
                links.append((near, -story))
        return sorted(links, reverse=True)

    def _move(self, links: dict[int, list[Link]]) -> int:
        """Let entries leave stories they are not near to, or join nearer ones; return how many did."""
        stories, moved = self._stories, 0
        for row, near in links.items():
            home = int(stories.of[row])
            own = next((score for score, story in near if -story == home), 0.0)
            best, other = next(((x, -y) for x, y in near if -y != home and -y in stories.members), (0.0, -1))
            alone = len(stories.members[home]) == 1
            if best < 1:
                if not alone and own < 1:
                    self._open(row)
                    moved += 1
            elif (alone and stories.age(other) < stories.age(home)) or (
                not alone and best >= own + self._settings.margin
            ):
                self._put(row, other, Reason(Rule.JOINED, best))
                moved += 1
        return moved

    def _affected(self, before: Ints) -> Ints:
        """Return the places, in order, that changed story since `before` or have to do with a story that did."""
        of, rows, neighbours = self._stories.of, self._views.rows, self._views.neighbours
        changed = before != of[rows]
        touched = np.union1d(before[changed], of[rows][changed])
        near = np.where(neighbours >= 0, of[neighbours], -1)
        affected = np.isin(near, touched).any(axis=1) | np.isin(of[rows], touched)
        return self._in_order[affected[self._in_order]]

    # -- merges ------------------------------------------------------------------------------------

    def _merge(self, links: dict[int, list[Link]], look: Ints) -> int:
        """Make stories one that are near each other from both sides; return how many ended."""
        stories = self._stories
        missing = np.array([row not in links for row in self._views.rows[self._in_order].tolist()], dtype=bool)
        links = links | self._links(self._in_order[missing])
        present: dict[int, list[int]] = defaultdict(list)
        for row in links:
            present[int(stories.of[row])].append(row)
        pairs = {}
        for story in {int(of): None for of in stories.of[self._views.rows[look]]}:
            for other, near in self._near_stories(present[story], story, links).items():
                if other in present and max(near) >= self._settings.merge_floor:
                    score = self._twinned(story, other, present, links)
                    if score >= self._settings.merge_at:
                        pair = tuple(sorted((story, other), key=stories.age))
                        pairs[pair] = max(score, pairs.get(pair, 0.0))
        return self._unite(pairs)

    def _near_stories(
        self, rows: Iterable[int], story: int, links: dict[int, list[Link]]
    ) -> dict[int, list[float]]:
        near: dict[int, list[float]] = defaultdict(list)
        for row in rows:
            for score, other in links[row]:
                if -other != story:
                    near[-other].append(score)
        return near

    def _twinned(
        self, story: int, other: int, present: dict[int, list[int]], links: dict[int, list[Link]]
    ) -> float:
        """Return how near two stories are: mean of the links of the entries present, from both sides."""
        s, sides = self._settings, []
        for here, there in ((story, other), (other, story)):
            rows = present[here][-s.merge_sample :]
            found = sorted((x for row in rows for x, y in links[row] if -y == there), reverse=True)
            count = min(len(rows), max(1, s.merge_links * len(self._stories.members[there])))
            sides.append(sum(found[:count]) / count)
        smaller = min(len(self._stories.members[story]), len(self._stories.members[other]))
        if sides[0] < s.merge_floor or smaller > s.merge_small:
            return 0.0
        return sum(sides) / 2 / (1 + s.merge_doubt * self._rich[present[story][0]] * log2(smaller))

    def _unite(self, pairs: dict[tuple[int, int], float]) -> int:
        done: set[int] = set()
        for (elder, younger), score in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
            if elder in done or younger in done:
                continue
            done.update((elder, younger))
            for row in list(self._stories.members[younger]):
                self._put(row, elder, Reason(Rule.MERGED, score, self._settings.merge_at))
            self.merges.append((elder, younger))
        return len(done) // 2
