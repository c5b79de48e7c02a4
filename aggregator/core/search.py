"""What a person types into the search box -> terms that a full-text index understands."""

import re
from dataclasses import dataclass
from uuid import UUID

MAX_QUERY = 500  # characters that are looked at
MAX_TERMS = 20
A_PAIR = 20  # entries that are looked at for two names: what more of them say tells nothing
PHRASE = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]|(\S+)')
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side: one word, or a phrase that was quoted."""

    words: tuple[str, ...]
    prefix: bool = False  # the last word may go on: scripts without spaces, and words written together


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry of another story that says two names of this one."""

    story: UUID
    words: str  # its title, and how its text begins


def read_query(text: str) -> tuple[Term, ...]:
    """Read a query: every term must be found; quoted words are a phrase. Empty: nothing to look for.

    Nothing in it is an operator, so that any text is a query.
    """
    terms = []
    for phrase, plain in PHRASE.findall(text[:MAX_QUERY]):
        words = tuple(WORD.findall(phrase or plain))
        if words:
            terms.append(Term(words, prefix=not phrase and not words[-1].isascii()))
    return tuple(dict.fromkeys(terms))[:MAX_TERMS]


def fts5(terms: tuple[Term, ...]) -> str:
    """Write terms for SQLite's FTS5: each is a quoted string, so that no word is taken for syntax."""
    return " ".join('"' + " ".join(term.words) + '"' + "*" * term.prefix for term in terms)
