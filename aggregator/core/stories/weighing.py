"""How much each stem of an entry weighs: by where it stands, and how often."""

from functools import cache
from math import log

import numpy as np

from aggregator.core.stories.columns import Floats, Ints
from aggregator.core.stories.lexicon import Lexicon, Terms, Weights
from aggregator.core.text import BODY_CHARACTERS

TITLE_WEIGHT = 2.0  # a headline says what is new in few words; the body repeats the background
BODY_WEIGHT = 0.8
MAX_STEMS = 160  # of one entry: bounds the work on hostile texts; news with 200 words of body has about 120
TOGETHER = 32  # entries weighed together: their table of stems fits a fast cache


def weigh(lexicon: Lexicon, terms: Terms, counts: Ints) -> tuple[Ints, Terms, Weights]:
    """Return how many different stems entries have, which, in the order of the text, and their weights.

    `counts`: the stems of each title and of the body after it.
    """
    ends, step = np.r_[0, np.cumsum(counts)], 2 * TOGETHER
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))]
    for at in range(0, len(counts), step):
        some = counts[at : at + step]
        parts.append(_weigh(lexicon, terms[ends[at] : ends[at + len(some)]], some))
    lengths, own, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
    return lengths, own, weights


def _weigh(lexicon: Lexicon, terms: Terms, counts: Ints) -> tuple[Ints, Terms, Weights]:
    texts = len(counts) // 2
    text = np.repeat(np.arange(texts), counts[::2] + counts[1::2])
    first = _first_places(lexicon, terms, text)
    often = np.bincount(first, minlength=len(terms))
    in_body = np.bincount(first[np.repeat(np.arange(len(counts)) % 2 == 1, counts)], minlength=len(terms))
    new = np.flatnonzero(often)
    by_title, by_body = _by_number()
    weights = by_title[often[new] - in_body[new]] + by_body[in_body[new]]
    lengths = np.bincount(text[new], minlength=texts)
    if lengths.max(initial=0) > MAX_STEMS:
        keep = np.arange(len(new)) - (np.cumsum(lengths) - lengths)[text[new]] < MAX_STEMS
        new, weights, lengths = new[keep], weights[keep], np.minimum(lengths, MAX_STEMS)
    return lengths, terms[new], weights.astype(np.float32)


def _first_places(lexicon: Lexicon, terms: Terms, text: Ints) -> Ints:
    """Return for each term of texts where it is in its text for the first time."""
    width, number = lexicon.compact(terms)
    cell, at = text * width + number, np.arange(len(terms))
    table = np.empty(width * (int(text[-1]) + 1 if len(text) else 0), np.int64)
    table[cell[::-1]] = at[::-1]  # of equal ones the last stays
    return np.asarray(table[cell])


@cache
def _by_number() -> tuple[Floats, Floats]:
    """Return what a stem weighs that a title, and that a body, has so many times: 1 + ln n times as much."""
    numbers = np.array([0.0, *(1 + log(n) for n in range(1, BODY_CHARACTERS + 1))])
    return TITLE_WEIGHT * numbers, BODY_WEIGHT * numbers
