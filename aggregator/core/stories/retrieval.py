"""Blocks of rows, inverted, and rows that look for their nearest among them."""

import numpy as np
from scipy import sparse

from aggregator.core.stories.columns import Floats, Ints
from aggregator.core.stories.lexicon import Terms, Weights


class Block:
    """Some rows of the window, inverted: for each term the rows that have it."""

    def __init__(self, first: int, terms: Terms, weights: Weights, starts: Ints) -> None:
        self.first, self.end = first, first + len(starts) - 1
        self.terms = int(terms.max(initial=0)) + 1
        shape = (len(starts) - 1, self.terms)
        rows = sparse.csr_matrix((weights, terms, starts.astype(np.int32)), shape=shape)
        self._squares = sparse.csr_matrix((weights * weights, rows.indices, rows.indptr), shape=shape)
        self.postings = rows.T.tocsr()
        self._known: tuple[Floats, Floats] | None = None  # (idf, the norms it makes)

    def norms(self, idf: Floats) -> Floats:
        """Return the lengths of the vectors of the rows."""
        if self._known is None or self._known[0] is not idf:
            squares = self._squares @ idf[: self.terms] ** 2
            self._known = idf, np.sqrt(np.maximum(squares, 1e-9))
        return self._known[1]


class Query:
    """Rows that look for their nearest among others."""

    def __init__(self, telling: tuple[Terms, Weights, Ints], norms: Floats, idf: Floats) -> None:
        """Ask with terms that may find candidates, their weights, and whose they are, of so many `norms`."""
        self._idf, self._rows = idf, len(norms)
        self._terms, weights, self._owner = telling
        values = weights * idf[self._terms] ** 2 / norms[self._owner]
        self._values = values.astype(np.float32)  # as the postings are, or they would be copied each time

    def products(self, block: Block, floors: Floats) -> tuple[Ints, Ints, Floats]:
        """Return pairs (place, row of the block) and their cosines, where above the floor of the place."""
        norms = block.norms(self._idf)
        product = self._matrix(block.terms) @ block.postings
        least = np.repeat(floors * norms.min(), np.diff(product.indptr))
        hit = np.flatnonzero(product.data > least)
        owner = np.searchsorted(product.indptr, hit, side="right") - 1
        column = product.indices[hit]
        cosine = product.data[hit] / norms[column]
        keep = cosine > floors[owner]
        return owner[keep], column[keep].astype(np.int64) + block.first, cosine[keep]

    def _matrix(self, terms: int) -> sparse.csr_matrix:
        """Return the rows by terms below a number: a block has no later ones."""
        known = self._terms < terms
        starts = np.searchsorted(self._owner[known], np.arange(self._rows + 1))
        return sparse.csr_matrix((self._values[known], self._terms[known], starts), shape=(self._rows, terms))
