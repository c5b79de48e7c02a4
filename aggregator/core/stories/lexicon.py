"""Stems as numbers: what is said between blanks is looked up once, and is a number from then on."""

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from aggregator.core.stories.columns import Column, Ints, runs
from aggregator.core.text import KNOWN_WORDS, LONGEST_KNOWN, stems

Terms = NDArray[np.int32]
Weights = NDArray[np.float32]  # of terms
NO_STEM = -1  # what a stop word is read as; several stems are a number below


class Lexicon:
    """The stems of the live entries, numbered; a number is a *term*, until `keep` numbers anew."""

    def __init__(self) -> None:
        self._start(())

    def _start(self, known: Iterable[str]) -> None:
        self._numbers = _Numbers(known)
        self._scratch = np.zeros(len(self._numbers.stems), np.int32)  # for `compact`
        self._checksums = Column(np.uint32)  # by term, as far as they were asked for
        self._words: dict[str, _Words] = {}  # by Snowball algorithm
        self._several: list[list[int]] = []  # the terms of words that have several

    def __len__(self) -> int:
        return len(self.stems)

    @property
    def stems(self) -> Sequence[str]:
        """The stem of each term."""
        return self._numbers.stems

    def terms(self, several: Iterable[str]) -> list[int]:
        """Return the terms of stems; new ones get numbers."""
        return list(map(self._numbers.__getitem__, several))

    def read(self, texts: Sequence[tuple[str, Sequence[str]]]) -> tuple[Terms, Ints]:
        """Return the terms of texts, one after the other, and how many each has.

        A text is the Snowball algorithm of its language, and what stands in it between blanks.
        """
        self._make_room()
        codes = list[int]()
        for stemmer, words in texts:
            codes += map(self._read_by(stemmer).__getitem__, words)
        terms, counts = self._spread(np.array(codes, np.int32))
        ends = np.r_[0, np.cumsum(counts)][np.cumsum([len(words) for _, words in texts], dtype=np.int64)]
        return terms, np.diff(ends, prepend=0)

    def _make_room(self) -> None:
        """Forget the words that are known, but not their stems, where they are too many."""
        if len(self._several) + sum(map(len, self._words.values())) > KNOWN_WORDS:
            self._words.clear()
            self._several.clear()

    def _read_by(self, stemmer: str) -> "_Words":
        if stemmer not in self._words:
            self._words[stemmer] = _Words(stemmer, self._numbers, self._several)
        return self._words[stemmer]

    def _spread(self, codes: Terms) -> tuple[Terms, Ints]:
        """Return the terms that words were read as, and how many each word has."""
        counts = (codes >= 0).astype(np.int64)
        at = np.flatnonzero(codes < NO_STEM)
        found = [self._several[code] for code in (NO_STEM - 1 - codes[at]).tolist()]
        counts[at] = own = np.array([len(one) for one in found], np.int64)
        terms = np.repeat(codes, counts)
        terms[runs(np.cumsum(counts)[at] - own, own)] = [term for one in found for term in one]
        return terms, counts

    def checksums(self, terms: Terms) -> NDArray[np.uint32]:
        """Return numbers for stems that are the same in every process, unlike terms and hash()."""
        missing = self.stems[len(self._checksums.values) :]
        self._checksums.extend([crc32(stem.encode("utf-8", "surrogatepass")) for stem in missing])
        return np.asarray(self._checksums.values[terms])

    def compact(self, terms: Terms) -> tuple[int, Ints]:
        """Return how many different terms there are, and each as a number below that."""
        if len(self) > len(self._scratch):
            self._scratch = np.zeros(2 * len(self), np.int32)
        at = np.arange(len(terms), dtype=np.int32)
        self._scratch[terms] = at
        last = self._scratch[terms]  # where each term is for the last time
        numbers = np.cumsum(last == at)
        return int(numbers[-1]) if len(terms) else 0, numbers[last] - 1

    def keep(self, used: Terms) -> None:
        """Number these terms anew, from 0 on, and forget the others."""
        self._start([self.stems[term] for term in used.tolist()])


class _Numbers(dict[str, int]):
    """Stems and their terms; a new stem gets the next number."""

    def __init__(self, known: Iterable[str]) -> None:
        self.stems = list(known)  # by term
        super().__init__((stem, term) for term, stem in enumerate(self.stems))

    def __missing__(self, stem: str) -> int:
        self[stem] = term = len(self.stems)
        self.stems.append(stem)
        return term


class _Words(dict[str, int]):
    """What stands between blanks -> what it is read as; worked out once, for news repeats its words."""

    def __init__(self, stemmer: str, numbers: _Numbers, several: list[list[int]]) -> None:
        super().__init__()
        self._stemmer, self._numbers, self._several = stemmer, numbers, several

    def __missing__(self, word: str) -> int:
        terms = [self._numbers[stem] for stem in stems(word, self._stemmer)]
        code = terms[0] if len(terms) == 1 else NO_STEM
        if len(terms) > 1:
            code -= 1 + len(self._several)
            self._several.append(terms)
        if len(word) <= LONGEST_KNOWN:
            self[word] = code
        return code
