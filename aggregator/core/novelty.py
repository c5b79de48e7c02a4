"""What each entry adds to the ones before it: who was first, how much later the others, what they say anew.

Sentences are quoted, never rewritten. New is what no earlier entry says: numbers weigh most, then names, then
other words. Texts in other languages cannot be compared word by word: the first in each adds nothing we know.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from aggregator.core.identity import first_words
from aggregator.core.publish import by_text
from aggregator.core.text import WORD, stemmer_for, stems

READ = 2_000  # characters of a text that are looked at: what is new stands near the top
MINUTE = timedelta(minutes=1)  # pages tell no seconds, and publishers' clocks are no better
SHOWN_WORDS = 45  # of a sentence; longer ones are cut
NUMBER, NAME, OTHER = 3.0, 2.0, 1.0  # what a new one of these weighs
LEAST = 5.0  # weight from which on a sentence says something new: two names and a word, a number and a name
LEAST_SHARE = 1 / 3  # and of the sentence's weight so much must be new

END = re.compile(r"[.!?…]+[\"”’»)\]]*(?=\s+[\"“‘«(\[]?[^\W_a-z])|[。！？][」』）”]*|\n+")
WHOLE = re.compile(r"[.!?…。！？][\"”’»)\]」』）]*$")
ABBREVIATED = re.compile(
    r"\b(?:[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]|Mrs?|Ms|Dr|Prof|Gen|Col|Maj|Lt|Sgt|Capt|Adm|Sen|Rep|Gov|St|Mt|No"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|vs|Inc|Ltd|Co|Corp|approx|ca)\.$"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry of a story, as it is compared with the earlier ones."""

    id: int
    title: str
    text: str
    when: datetime  # it appeared: its date, or when we first read it
    timed: bool = True  # the minute of its publication is known
    day_only: bool = False  # the day is known, not the minute
    copy_of: int | None = None  # the entry whose text it repeats
    language: str | None = None  # BCP 47 tag
    publisher: str | None = None  # by which it is counted; None: unknown


def first_report(pieces: Sequence[Piece]) -> int | None:
    """Return who reported first, of pieces in order; None: it cannot be told.

    It cannot where the minute of the first is unknown, where another publisher was there in that minute, or
    where another entry is of that day at no known minute.
    """
    if not pieces or not pieces[0].timed:
        return None
    first, *others = pieces
    return None if any(_may_be_as_early(other, first) for other in others) else first.id


def _may_be_as_early(other: Piece, first: Piece) -> bool:
    if other.day_only:
        return other.when.date() == first.when.date()
    same = first.publisher is not None and other.publisher == first.publisher
    return other.timed and not same and other.when - first.when < MINUTE


def lags(pieces: Sequence[Piece]) -> dict[int, timedelta]:
    """Return how much later than the first the others came, of pieces in order, where minutes are known."""
    if not pieces or not pieces[0].timed:
        return {}
    return {piece.id: piece.when - pieces[0].when for piece in pieces[1:] if piece.timed}


def additions(pieces: Sequence[Piece]) -> dict[int, str]:
    """Return the sentence of each piece that is most new against those before it, of pieces in order.

    Absent: the first, copies of known texts, and those that add nothing.
    """
    added: dict[int, str] = {}
    known: dict[str, set[str]] = defaultdict(set)  # stemmer -> stems of the earlier texts it read
    for piece, *_copies in by_text(pieces, lambda piece: (piece.id, piece.copy_of)):
        stemmer = stemmer_for(piece.language)
        said, title = known[stemmer], set(stems(piece.title, stemmer))
        if said and (newest := _newest(piece.text[:READ], said | title, stemmer)):
            added[piece.id] = newest
        said |= title
        said.update(stems(piece.text[:READ], stemmer))
    return added


def _newest(text: str, known: Collection[str], stemmer: str) -> str:
    """Return the sentence of a text that is newest; empty where none is new enough."""
    best, found = 0.0, ""
    for sentence in sentences(text):
        if not WHOLE.search(sentence):
            continue  # a heading, a line of labels, or the end of what was read
        weights = _weights(sentence, stemmer)
        total = sum(weights.values())
        new = sum(weight for stem, weight in weights.items() if stem not in known)
        if new < LEAST or new < LEAST_SHARE * total:
            continue
        score = new * sqrt(new / total)  # much that is new, in few words
        if score > best:
            best, found = score, sentence
    return first_words(found, SHOWN_WORDS)


def _weights(sentence: str, stemmer: str) -> dict[str, float]:
    """Return what each stem of a sentence weighs. A capital at its beginning makes no name."""
    weights: dict[str, float] = {}
    for place, match in enumerate(WORD.finditer(sentence)):
        word = match.group()
        kind = NUMBER if word[0].isdigit() else NAME if place and word[0].isupper() else OTHER
        for stem in stems(word, stemmer):
            weights[stem] = max(kind, weights.get(stem, 0.0))
    return weights


def sentences(text: str) -> Iterator[str]:
    """Cut a text into its sentences, each on one line as it stands; a new paragraph ends one too."""
    start = 0
    for end in END.finditer(text):
        piece = text[start : end.end()].strip()
        if ABBREVIATED.search(piece):
            continue
        if piece:
            yield piece
        start = end.end()
    if rest := text[start:].strip():
        yield rest
