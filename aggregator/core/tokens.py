"""Words as the full-text indexes see them: FTS5 cuts texts so, and for PostgreSQL they are cut here likewise.

A word is a run of letters and digits of any script; case does not count, nor do accents on Latin letters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.core.search import Term

TOKEN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
MARKS = re.compile(r"[\u0300-\u036f]+")  # that stand by themselves
ACCENTS = re.compile(r"(?<=[A-Za-z])[\u0300-\u036f]+")  # that are part of a Latin letter
MAX_WORD = 255  # characters; PostgreSQL takes 2,046 bytes
MAX_VECTOR = 900_000  # bytes; PostgreSQL takes 1,048,575
GAP = 2  # between two fields, so that no phrase reaches from one into the other


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text, and where it stands there."""

    word: str
    start: int
    end: int


def tokens_of(text: str) -> Iterator[Token]:
    """Cut a text into words."""
    for found in TOKEN.finditer(text):
        yield Token(fold(found.group()), *found.span())


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Return what a word is compared by."""
    if word.isascii():
        return word[:MAX_WORD].lower()
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", MARKS.sub("", word[:MAX_WORD])))
    return unicodedata.normalize("NFC", bare).lower().replace("ς", "σ")[:MAX_WORD]


def tsvector(fields: Iterable[str | None]) -> str:
    """Write the words of an entry's fields, with their places, as PostgreSQL reads a tsvector.

    Places above 16,383 are all the same to it: further on, words are found but phrases are not.
    """
    places: dict[str, list[int]] = {}
    place = size = 0
    for field in fields:
        for token in tokens_of(field or ""):
            place += 1
            size += 2 if token.word in places else 8 + len(token.word.encode())
            if size > MAX_VECTOR:
                break
            places.setdefault(token.word, []).append(place)
        place += GAP
    return " ".join(f"'{word}':{','.join(map(str, where))}" for word, where in places.items())


def tsquery(terms: Sequence[Term]) -> str:
    """Write terms as PostgreSQL reads a tsquery; empty where they hold no word."""
    return " & ".join(f"({' <-> '.join(_lexemes(*phrase))})" for phrase in _phrases(terms))


def _lexemes(words: Sequence[str], prefix: bool) -> Iterator[str]:
    yield from (f"'{word}'" for word in words[:-1])
    yield f"'{words[-1]}'" + ":*" * prefix


Phrase = tuple[tuple[str, ...], bool]  # words in a row, and whether the last one may go on


def _phrases(terms: Sequence[Term]) -> list[Phrase]:
    cut = ((tuple(t.word for t in tokens_of(" ".join(term.words))), term.prefix) for term in terms)
    return [(words, prefix) for words, prefix in cut if words]


def matches(tokens: Sequence[Token], terms: Sequence[Term]) -> list[tuple[int, int, int]]:
    """Return where terms match: the first token, the one after the last, and which term."""
    words = [token.word for token in tokens]
    return sorted(
        (at, at + len(phrase[0]), number)
        for number, phrase in enumerate(_phrases(terms))
        for at in range(len(words) - len(phrase[0]) + 1)
        if _stands_at(words, at, phrase)
    )


def _stands_at(words: Sequence[str], at: int, phrase: Phrase) -> bool:
    *before, last = phrase[0]
    here = words[at + len(before)]
    if here != last and not (phrase[1] and here.startswith(last)):
        return False
    return all(words[at + n] == word for n, word in enumerate(before))
