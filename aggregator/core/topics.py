"""Which stories belong to which topic: the rules of configured topics."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from aggregator.core.identity import folded, words
from aggregator.core.text import UNSPACED
from aggregator.model import Entry, Rules, Topic

DORMANT = timedelta(days=30)  # without a new story a discovered topic is not listed, nor counted
CHARACTER = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row that a rule asks for."""

    row: str  # between single spaces, as `compared` gives them
    longest: str  # of its words: it is the least likely to stand anywhere
    words: tuple[str, ...]


class Searched:
    """An entry in which phrases are looked for: in its title and in its text, not across both.

    Its words are told apart only where all words of a phrase stand somewhere in it: most texts never are.
    """

    def __init__(self, title: str, text: str, categories: Iterable[str]) -> None:
        self._title, self._text = title, text
        self._folded = folded(f"{title}\n{text}")
        self._rows: str | None = None  # None: not needed yet
        self.labels = tuple(map(_label, categories))

    def __contains__(self, phrase: Phrase) -> bool:
        if phrase.longest not in self._folded:
            return False
        return all(word in self._folded for word in phrase.words) and phrase.row in self._words()

    def _words(self) -> str:
        if self._rows is None:
            self._rows = f" {compared(self._title)} | {compared(self._text)} "
        return self._rows


class Matcher:
    """Tell whether entries match a topic's rules: whole words, case-folded, hyphen equal to space.

    Chinese, Japanese and Korean do not tell words by spaces: there, characters in a row match.

    An entry matches when (`any` or `categories`) and `all` and not `none`; without `any` and
    `categories`, `all` and `none` decide alone.
    """

    def __init__(self, rules: Rules) -> None:
        self._any = _phrases(rules.any)
        self._all = _phrases(rules.all)
        self._none = _phrases(rules.none)
        self._categories = frozenset(words(label) for label in rules.categories)

    def __call__(self, entry: Entry) -> bool:
        return self.matches(searched(entry))

    def matches(self, entry: Searched) -> bool:
        """Decide for an entry that several rules are tried on."""
        return (
            self._chosen(entry)
            and all(phrase in entry for phrase in self._all)
            and not any(phrase in entry for phrase in self._none)
        )

    def _chosen(self, entry: Searched) -> bool:
        if not self._any and not self._categories:
            return True
        return any(phrase in entry for phrase in self._any) or not self._categories.isdisjoint(entry.labels)


def searched(entry: Entry) -> Searched:
    """Return an entry as rules look at it."""
    return Searched(entry.title, entry.text, entry.categories)


@lru_cache(maxsize=10_000)
def _label(label: str) -> tuple[str, ...]:
    return words(label)


def compared(text: str) -> str:
    """Return the words of a text between single spaces, as phrases are looked for."""
    return spread(" ".join(words(text)))


def spread(text: str) -> str:
    """Make each character of a script without spaces between words a word of its own."""
    if text.isascii() or not CHARACTER.search(text):
        return text
    return " ".join(CHARACTER.sub(r" \g<0> ", text).split())


def _phrases(rules: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(_phrase(row) for row in map(compared, rules) if row)


def _phrase(row: str) -> Phrase:
    found = tuple(row.split(" "))
    return Phrase(f" {row} ", max(found, key=len), found)


class Filing:
    """File entries under topics: by a topic's rules over every origin, else by the feeds it draws on."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._everything = tuple(t.id for t in topics if t.everything)
        self._ruled = tuple((t.id, Matcher(t.rules)) for t in topics if t.rules and not t.everything)
        self._drawing = frozenset(t.id for t in topics if not t.rules and not t.everything)

    def __call__(self, entry: Entry, drawn_from: Iterable[UUID]) -> frozenset[UUID]:
        """Return the topics of an entry; `drawn_from` are the topics whose files name a feed it came from."""
        ruled: Iterable[UUID] = ()
        if self._ruled:
            looked = searched(entry)
            ruled = (topic for topic, matcher in self._ruled if matcher.matches(looked))
        return frozenset((*self._everything, *ruled)) | self._drawing.intersection(drawn_from)


def quiet_before(now: datetime) -> datetime:
    """Return the time since which a story must have entered a discovered topic that is not dormant.

    Stories enter when we first file them there, whatever the dates of their events: old documents read
    today are no quiet topic.
    """
    return now - DORMANT
