"""The live entries as rows of weighted stems, and which of them are nearest by ordinary TF-IDF."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from aggregator.core.stories.notes import Note
from aggregator.core.stories.settings import Settings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DIGITS = 6  # of a similarity: what is left after the rounding of sums in whatever order
FLOORS = (0.05, 0.1, 0.15)  # cosines tried as the least of a candidate, where there are many
HEAD_CREDIT = 10  # tenths of a document: what the head of a story counts in document frequencies


class Column:
    """A numpy array that grows at its end."""

    def __init__(self, dtype: Any) -> None:
        self._room = np.zeros(1024, dtype)
        self._size = 0

    def extend(self, values: Any) -> None:
        """Append values."""
        added = np.asarray(values, self._room.dtype)
        if self._size + len(added) > len(self._room):
            room = np.zeros(max(2 * len(self._room), self._size + len(added)), self._room.dtype)
            room[: self._size] = self.values
            self._room = room
        self._room[self._size : self._size + len(added)] = added
        self._size += len(added)

    def forget(self, count: int) -> None:
        """Drop the first values."""
        self._room = self._room[count : max(self._size, count + 1024)].copy()
        self._size -= count

    @property
    def values(self) -> NDArray[Any]:
        """The filled part; writing to it writes to the column, until it grows."""
        return self._room[: self._size]


class Window:
    """Rows of weighted stems with their document frequencies. Rows are numbered in order of arrival.

    Document frequency is counted per story: the head of a story counts fully, its other entries little, so
    that a story of 300 entries does not make its own words common.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ids, self.days = Column(np.int64), Column(np.float64)
        self.keys, self.templates = Column(np.int64), Column(np.int64)
        self.numbers, self.publishers = Column(np.int64), Column(np.int64)
        self.alive, self.credit = Column(np.bool_), Column(np.int64)
        self._starts, self._terms, self._weights = Column(np.int64), Column(np.int32), Column(np.float32)
        self._starts.extend([0])
        self.stems: list[str] = []  # by term
        self._numbers: dict[str, int] = {}  # stem -> term
        self._frequency: Ints = np.zeros(1 << 14, np.int64)  # tenths of documents, per term
        self._documents = 0  # tenths
        self._blocks: list[tuple[int, sparse.csr_matrix]] = []
        self._known_scales: tuple[Floats, Floats] | None = None  # None: something has changed since

    def __len__(self) -> int:
        return len(self.ids.values)

    def lengths(self, rows: Ints) -> Ints:
        """Return how many different stems rows have."""
        starts = self._starts.values
        return np.asarray(starts[rows + 1] - starts[rows])

    def append(self, notes: Sequence[Note]) -> Ints:
        """Add entries and return their rows. Each counts as a document."""
        first, number = len(self), self._numbers
        terms = [number.setdefault(stem, len(number)) for note in notes for stem in note.weights]
        self.stems.extend(itertools.islice(number, len(self.stems), None))
        self._terms.extend(terms)
        self._weights.extend([weight for note in notes for weight in note.weights.values()])
        self._starts.extend(
            self._starts.values[-1] + np.cumsum([len(note.weights) for note in notes], dtype=np.int64)
        )
        for column, values in (
            (self.ids, [note.id for note in notes]),
            (self.days, [note.day for note in notes]),
            (self.keys, [note.key for note in notes]),
            (self.templates, [note.template for note in notes]),
            (self.numbers, [note.numbers for note in notes]),
            (self.publishers, [note.publisher for note in notes]),
            (self.alive, [True] * len(notes)),
            (self.credit, [0] * len(notes)),
        ):
            column.extend(values)
        self._make_room()
        rows = np.arange(first, len(self))
        self.set_credit(rows, HEAD_CREDIT)
        self._seal()
        return rows

    def _make_room(self) -> None:
        room = len(self._frequency)
        while room < len(self.stems):
            room *= 2
        self._frequency = np.concatenate([self._frequency, np.zeros(room - len(self._frequency), np.int64)])

    def set_credit(self, rows: Ints, credit: int) -> None:
        """Let rows count so many tenths of a document."""
        self._known_scales = None
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
        starts, counts = self._starts.values[rows], self.lengths(rows)
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        owner = np.repeat(np.arange(len(rows)), counts)
        return np.arange(total) - np.repeat(ends - counts - starts, counts), owner

    def texts(self, rows: Ints) -> tuple[NDArray[np.int32], NDArray[np.float32], Ints]:
        """Return the terms and weights of rows, row after row, and which of `rows` each belongs to."""
        at, owner = self.positions(rows)
        return self._terms.values[at], self._weights.values[at], owner

    def forget(self, count: int) -> None:
        """Drop the first rows, which were removed; the others move down. Terms get new numbers."""
        end = self._starts.values[count]
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
            column.forget(count)
        self._starts.forget(count)
        self._starts.values[:] -= end
        self._terms.forget(end)
        self._weights.forget(end)
        used, terms = np.unique(self._terms.values, return_inverse=True)
        self._terms.values[:] = terms
        self.stems = [self.stems[term] for term in used.tolist()]
        self._numbers = {stem: term for term, stem in enumerate(self.stems)}
        self._frequency = self._frequency[used]
        self._make_room()
        self._blocks = []
        self._seal()

    def likeness(self, row: int, weights: Mapping[str, float]) -> float:
        """Return the cosine of a row and a text, all stems weighted by their place and number alone."""
        terms, own, _ = self.texts(np.array([row]))
        theirs = np.array([weights.get(self.stems[term], 0.0) for term in terms.tolist()])
        norm = np.sqrt((own @ own) * sum(weight * weight for weight in weights.values()))
        return float(own @ theirs / norm) if norm else 0.0

    # -- retrieval ---------------------------------------------------------------------------------

    def _seal(self) -> None:
        """Invert full blocks of rows; they never change again."""
        size = self.settings.block
        while len(self) - len(self._blocks) * size >= size:
            first = len(self._blocks) * size
            self._blocks.append((first, self._inverted(first, first + size)))

    def _inverted(self, first: int, end: int) -> sparse.csr_matrix:
        starts = self._starts.values[first : end + 1]
        part = slice(starts[0], starts[-1])
        rows = sparse.csr_matrix(
            (self._weights.values[part], self._terms.values[part], starts - starts[0]),
            shape=(end - first, len(self._frequency)),
        )
        return rows.T.tocsr()

    def _scales(self) -> tuple[Floats, Floats]:
        """Return the idf of each term and the length of each row's vector, as things are now."""
        if self._known_scales is None:
            documents, frequency = self._documents / HEAD_CREDIT, self._frequency / HEAD_CREDIT
            idf = np.log((documents + self.settings.background + 1) / (frequency + 0.5))
            idf = np.maximum(0, idf) ** self.settings.global_power
            squares = (self._weights.values**2, self._terms.values, self._starts.values)
            lengths = sparse.csr_matrix(squares, shape=(len(self), len(idf))) @ idf**2
            self._known_scales = idf, np.sqrt(np.maximum(lengths, 1e-9))
        return self._known_scales

    def nearest(self, rows: Ints) -> tuple[Ints, Floats]:
        """Return the nearest live rows of each row, best first, and the cosines, faded by the days between.

        Shape (rows, candidates); -1 and 0 where there are fewer.
        """
        idf, norms = self._scales()
        found = np.full((len(rows), self.settings.candidates), -1, np.int64)
        similarity = np.zeros(found.shape)
        chunk = self.settings.chunk
        for at in range(0, len(rows), chunk):
            part = slice(at, at + chunk)
            owner, row, cosine = self._matches(rows[part], idf, norms)
            place = np.arange(len(owner)) - np.searchsorted(owner, owner)
            keep = place < self.settings.candidates
            found[part][owner[keep], place[keep]] = row[keep]
            similarity[part][owner[keep], place[keep]] = cosine[keep]
        return found, similarity

    def _matches(self, rows: Ints, idf: Floats, norms: Floats) -> tuple[Ints, Ints, Floats]:
        """Return pairs (place in `rows`, live row) and their similarities, the best of each place first."""
        query = self._query(rows, idf, norms)
        floors = np.full(len(rows), self.settings.floor)
        above = np.zeros((len(FLOORS), len(rows)), np.int64)
        parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
        for first, block in self._blocks_near(rows):
            owner, row, cosine = self._products(query, first, block, norms, floors)
            keep = self.alive.values[row] & (row != rows[owner])
            keep &= ~(np.abs(self.days.values[row] - self.days.values[rows[owner]]) > self.settings.window)
            parts.append((owner[keep], row[keep], cosine[keep]))
            for level, floor in enumerate(FLOORS):
                above[level] += np.bincount(owner[keep & (cosine > floor)], minlength=len(rows))
                floors[above[level] >= self.settings.candidates] = floor
        owner, row, cosine = (np.concatenate(part) for part in zip(*parts, strict=True))
        keep = cosine > floors[owner]
        owner, row, cosine = owner[keep], row[keep], cosine[keep]
        cosine = np.round(cosine * self.closeness(row, rows[owner]), DIGITS)
        tie = (self.keys.values[row] % 1024) * 10.0 ** -(DIGITS + 4)  # content decides between equals
        order = np.argsort(owner * 2 - cosine + tie)
        return owner[order], row[order], cosine[order]

    def _products(
        self, query: sparse.csr_matrix, first: int, block: sparse.csr_matrix, norms: Floats, floors: Floats
    ) -> tuple[Ints, Ints, Floats]:
        """Return pairs (place, row of the block) and their cosines, where above the floor of the place."""
        product = query @ self._padded(block)
        length = norms[first : first + block.shape[1]]
        least = np.repeat(floors * length.min(), np.diff(product.indptr))
        hit = np.flatnonzero(product.data > least)
        owner = np.searchsorted(product.indptr, hit, side="right") - 1
        column = product.indices[hit]
        return owner, column.astype(np.int64) + first, product.data[hit] / length[column]

    def _blocks_near(self, rows: Ints) -> Iterator[tuple[int, sparse.csr_matrix]]:
        """Yield the blocks with rows within the time window of some of `rows`, the newest first."""
        sealed, days = len(self._blocks) * self.settings.block, self.days.values
        wanted, reach = days[rows], self.settings.window
        if sealed < len(self):
            yield sealed, self._inverted(sealed, len(self))
        for first, block in reversed(self._blocks):
            there = days[first : first + block.shape[1]]
            undated = np.isnan(there).any() or np.isnan(wanted).any()
            if undated or (there.max() >= wanted.min() - reach and there.min() <= wanted.max() + reach):
                yield first, block

    def _padded(self, block: sparse.csr_matrix) -> sparse.csr_matrix:
        missing = len(self._frequency) - block.shape[0]
        if missing:
            end = np.full(missing, block.indptr[-1], block.indptr.dtype)
            indptr = np.concatenate([block.indptr, end])
            return sparse.csr_matrix(
                (block.data, block.indices, indptr), shape=(len(self._frequency), block.shape[1])
            )
        return block

    def _query(self, rows: Ints, idf: Floats, norms: Floats) -> sparse.csr_matrix:
        """Return what finds candidates for rows; one word alone finds none ("Obituaries", "Television")."""
        terms, weights, owner = self.texts(rows)
        limit = max(self.settings.common_least, self.settings.common * self._documents / HEAD_CREDIT)
        keep = (self._frequency[terms] <= limit * HEAD_CREDIT) & (self.lengths(rows) > 1)[owner]
        value = (weights * idf[terms] ** 2 / norms[rows][owner])[keep]
        starts = np.searchsorted(owner[keep], np.arange(len(rows) + 1))
        return sparse.csr_matrix((value, terms[keep], starts), shape=(len(rows), len(self._frequency)))

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
