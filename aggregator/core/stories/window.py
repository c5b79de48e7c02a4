"""The live entries as rows of weighted stems, and which of them are nearest by ordinary TF-IDF."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from aggregator.core.stories.columns import Column, Floats, Ints, runs
from aggregator.core.stories.lexicon import Lexicon, Terms, Weights
from aggregator.core.stories.notes import Notes
from aggregator.core.stories.retrieval import Block, Query
from aggregator.core.stories.settings import Settings

DIGITS = 6  # of a similarity: what is left after the rounding of sums in whatever order
FLOORS = (0.05, 0.1, 0.15)  # cosines tried as the least of a candidate, where there are many
LITTER = 100_000  # stems, 10 MB; 20,000 entries of news have about as many
HEAD_CREDIT = 10  # tenths of a document: what the head of a story counts in document frequencies


class Window:
    """Rows of weighted stems with their document frequencies. Rows are numbered in order of arrival.

    Document frequency is counted per story: the head of a story counts fully, its other entries little, so
    that a story of 300 entries does not make its own words common.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings, self.lexicon = settings, Lexicon()
        self.ids, self.days = Column(np.int64), Column(np.float64)
        self.keys, self.templates = Column(np.int64), Column(np.int64)
        self.numbers, self.publishers = Column(np.int64), Column(np.int64)
        self.alive, self.credit = Column(np.bool_), Column(np.int64)
        self._starts, self._terms, self._weights = Column(np.int64), Column(np.int32), Column(np.float32)
        self._starts.extend([0])
        self._stems_then = 0  # how many stems there were when unused ones were last looked for
        self._frequency: Ints = np.zeros(1 << 14, np.int64)  # tenths of documents, per term
        self._scratch = np.zeros(len(self._frequency), np.float32)  # for `likeness`: nothing but zeros
        self._documents = 0  # tenths
        self._blocks: list[Block] = []  # full ones, which never change again
        self._rest: Block | None = None  # the rows after them; None: not inverted yet
        self._known_idf: Floats | None = None  # None: something has changed since

    def __len__(self) -> int:
        return len(self.ids.values)

    @property
    def stems(self) -> Sequence[str]:
        """The stem of each term."""
        return self.lexicon.stems

    def lengths(self, rows: Ints) -> Ints:
        """Return how many different stems rows have."""
        starts = self._starts.values
        return np.asarray(starts[rows + 1] - starts[rows])

    def append(self, notes: Notes) -> Ints:
        """Add entries and return their rows; in frequencies they count once they have got credit.

        Before, a burst of reports of one event would make the event's own words common.
        """
        first = len(self)
        self._terms.extend(notes.terms)
        self._weights.extend(notes.weights)
        self._starts.extend(self._starts.values[-1] + np.cumsum(notes.lengths))
        for column, values in (
            (self.ids, notes.heads["id"]),
            (self.days, notes.heads["day"]),
            (self.keys, notes.heads["key"]),
            (self.templates, notes.heads["template"]),
            (self.numbers, notes.heads["numbers"]),
            (self.publishers, notes.heads["publisher"]),
            (self.alive, np.ones(len(notes), bool)),
            (self.credit, np.zeros(len(notes), np.int64)),
        ):
            column.extend(values)
        self._make_room()
        self._seal()
        return np.arange(first, len(self))

    def _make_room(self) -> None:
        self._known_idf = None
        missing = len(self.lexicon) - len(self._frequency)
        if missing > 0:
            more = np.zeros(missing + len(self.lexicon), np.int64)
            self._frequency = np.concatenate([self._frequency, more])
            self._scratch = np.zeros(len(self._frequency), np.float32)

    def set_credit(self, rows: Ints, credit: int) -> None:
        """Let rows count so many tenths of a document."""
        self._known_idf = None
        change = credit - self.credit.values[rows]
        rows, change = rows[change != 0], change[change != 0]
        at, owner = self.positions(rows)
        np.add.at(self._frequency, self._terms.values[at], change[owner])
        self._documents += int(change.sum())
        self.credit.values[rows] = credit

    def arrivals(self, before: int) -> Ints:
        """Return the live rows below `before` in order of arrival."""
        rows = np.flatnonzero(self.alive.values[:before])
        return rows[np.argsort(self.ids.values[rows], kind="stable")]

    def remove(self, rows: Ints) -> None:
        """Take rows out of all comparisons."""
        if len(rows):
            self.set_credit(rows, 0)
            self.alive.values[rows] = False

    def positions(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return where the terms of rows lie, row after row, and which of `rows` each belongs to."""
        counts = self.lengths(rows)
        return runs(self._starts.values[rows], counts), np.repeat(np.arange(len(rows)), counts)

    def texts(self, rows: Ints) -> tuple[Terms, Weights, Ints]:
        """Return the terms and weights of rows, row after row, and which of `rows` each belongs to."""
        at, owner = self.positions(rows)
        return self._terms.values[at], self._weights.values[at], owner

    def keep(self, rows: Ints, _number: Sequence[int]) -> None:
        """Forget all rows but these; the others were removed."""
        at, lengths = self.positions(rows)[0], self.lengths(rows)
        for column in (
            self.ids,
            self.days,
            self.keys,
            self.templates,
            self.numbers,
            self.publishers,
            self.alive,
            self.credit,
        ):
            column.keep(rows)
        self._terms.keep(at)
        self._weights.keep(at)
        self._starts = Column(np.int64)
        self._starts.extend(np.r_[0, np.cumsum(lengths)])
        self._blocks, self._rest, self._known_idf = [], None, None
        self.number_terms_anew()
        self._seal()

    @property
    def is_littered(self) -> bool:
        """Say whether so many stems are new that many may be of copies alone, which have no rows."""
        return len(self.lexicon) > self._stems_then + LITTER

    def number_terms_anew(self) -> None:
        """Forget stems that no row has, where they are more than the others."""
        used = np.unique(self._terms.values)
        if len(self.lexicon) > 2 * len(used):
            self._terms.values[:] = np.searchsorted(used, self._terms.values)
            self.lexicon.keep(used)
            self._frequency = self._frequency[used]
            self._make_room()
            self._blocks, self._rest = [], None
            self._seal()
        self._stems_then = len(self.lexicon)

    def likeness(self, row: int, terms: Terms, weights: Weights) -> float:
        """Return the cosine of a row and a text, all stems weighted by their place and number alone."""
        theirs, own, _ = self.texts(np.array([row]))
        self._make_room()
        self._scratch[theirs] = own
        product = float(self._scratch[terms] @ weights)
        self._scratch[theirs] = 0
        norm = float(np.sqrt((own @ own) * (weights @ weights)))
        return product / norm if norm else 0.0

    # -- retrieval ---------------------------------------------------------------------------------

    def _seal(self) -> None:
        """Invert full blocks of rows."""
        size, self._rest = self.settings.block, None
        while len(self) - len(self._blocks) * size >= size:
            first = len(self._blocks) * size
            self._blocks.append(self._inverted(first, first + size))

    def _inverted(self, first: int, end: int) -> Block:
        starts = self._starts.values[first : end + 1]
        part = slice(starts[0], starts[-1])
        return Block(first, self._terms.values[part], self._weights.values[part], starts - starts[0])

    def _idf(self) -> Floats:
        """Return the idf of each term, as things are now."""
        if self._known_idf is None:
            documents, frequency = self._documents / HEAD_CREDIT, self._frequency / HEAD_CREDIT
            idf = np.log((documents + self.settings.background + 1) / (frequency + 0.5))
            self._known_idf = np.maximum(0, idf) ** self.settings.global_power
        return self._known_idf

    def nearest(self, rows: Ints) -> tuple[Ints, Floats]:
        """Return the nearest live rows of each row, best first, and the cosines, faded by the days between.

        Shape (rows, candidates); -1 and 0 where there are fewer.
        """
        found = np.full((len(rows), self.settings.candidates), -1, np.int64)
        similarity = np.zeros(found.shape)
        chunk = self.settings.chunk
        for at in range(0, len(rows), chunk):
            part = slice(at, at + chunk)
            owner, row, cosine = self._matches(rows[part])
            place = np.arange(len(owner)) - np.searchsorted(owner, owner)
            keep = place < self.settings.candidates
            found[part][owner[keep], place[keep]] = row[keep]
            similarity[part][owner[keep], place[keep]] = cosine[keep]
        return found, similarity

    def _matches(self, rows: Ints) -> tuple[Ints, Ints, Floats]:
        """Return pairs (place in `rows`, live row) and their similarities, the best of each place first."""
        idf = self._idf()
        query = Query(self.telling(rows), self.norms(rows, idf), idf)
        floors = np.full(len(rows), self.settings.floor)
        above = np.zeros((len(FLOORS), len(rows)), np.int64)
        parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        for block in self._blocks_near(rows):
            owner, row, cosine = query.products(block, floors)
            asking = rows[owner]
            keep = self.alive.values[row] & (row != asking)
            keep &= ~(np.abs(self.days.values[row] - self.days.values[asking]) > self.settings.window)
            owner, row, cosine = owner[keep], row[keep], cosine[keep]
            parts.append((owner, row, cosine))
            for level, floor in enumerate(FLOORS):
                above[level] += np.bincount(owner[cosine > floor], minlength=len(rows))
                floors[above[level] >= self.settings.candidates] = floor
        owner, row, cosine = (np.concatenate(part) for part in zip(*parts, strict=True))
        keep = cosine > floors[owner]
        owner, row, cosine = owner[keep], row[keep], cosine[keep]
        cosine = np.round(cosine * self.closeness(row, rows[owner]), DIGITS)
        tie = (self.keys.values[row] % 1024) * 10.0 ** -(DIGITS + 4)  # content decides between equals
        order = np.argsort(owner * 2 - cosine + tie)
        return owner[order], row[order], cosine[order]

    def _blocks_near(self, rows: Ints) -> Iterator[Block]:
        """Yield the blocks with rows within the time window of some of `rows`, the newest first."""
        sealed, days = len(self._blocks) * self.settings.block, self.days.values
        wanted, reach = days[rows], self.settings.window
        if sealed < len(self):
            self._rest = self._rest or self._inverted(sealed, len(self))
            yield self._rest
        for block in reversed(self._blocks):
            there = days[block.first : block.end]
            undated = np.isnan(there).any() or np.isnan(wanted).any()
            if undated or (there.max() >= wanted.min() - reach and there.min() <= wanted.max() + reach):
                yield block

    def telling(self, rows: Ints) -> tuple[Terms, Weights, Ints]:
        """Return the terms of rows that may find candidates, with weights and places in `rows`.

        One word alone finds none ("Obituaries", "Television"), nor does a word that many have.
        """
        terms, weights, owner = self.texts(rows)
        limit = max(self.settings.common_least, self.settings.common * self._documents / HEAD_CREDIT)
        keep = (self._frequency[terms] <= limit * HEAD_CREDIT) & (self.lengths(rows) > 1)[owner]
        return terms[keep], weights[keep], owner[keep]

    def norms(self, rows: Ints, idf: Floats) -> Floats:
        """Return the lengths of the vectors of rows."""
        terms, weights, owner = self.texts(rows)
        squares = np.bincount(owner, (weights * idf[terms]) ** 2, minlength=len(rows))
        return np.asarray(np.sqrt(np.maximum(squares, 1e-9)))

    def closeness(self, row: Ints, other: Ints) -> Floats:
        """Return a factor for the days between rows: 1 within half a day, falling, 0 outside the window.

        Where both dates are unknown it is 1; where one is, `half_dated`.
        """
        s = self.settings
        days, others = self.days.values[row], self.days.values[other]
        apart = np.abs(days - others)
        fading = np.exp(-s.fading * np.maximum(0, apart - s.free_days))
        fading[apart > s.window] = 0
        return np.where(
            np.isnan(apart), np.where(np.isnan(days) & np.isnan(others), 1.0, s.half_dated), fading
        )

    def recurring(self, row: Ints, other: Ints) -> NDArray[np.bool_]:
        """Say which pairs are the same headline about different occasions.

        Days apart a headline comes again, or sooner where its numbers differ or it is the same publisher's;
        undated, one publisher's headline comes again with other numbers.
        """
        s, n = self.settings, self.numbers.values
        template, publisher = self.templates.values, self.publishers.values
        same = (template[row] == template[other]) & (template[row] != 0)
        differ = n[row] != n[other]
        ours = (publisher[row] == publisher[other]) & (publisher[row] != 0)
        apart = np.abs(self.days.values[row] - self.days.values[other])
        again = (apart > s.again_late) | ((apart > s.again) & (differ | ours))
        return np.asarray(same & (again | (differ & ours)))
