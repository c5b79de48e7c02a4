"""Which stories belong to which topic: the rules of configured topics."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from aggregator.core.identity import words
from aggregator.core.text import UNSPACED
from aggregator.model import Entry, Rules, Topic

DORMANT = timedelta(days=30)  # without a new story a discovered topic is not listed, nor counted
CHARACTER = re.compile(f"[{UNSPACED}]")


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
        return self.matches(searchable(entry), entry.categories)

    def matches(self, text: str, categories: Iterable[str]) -> bool:
        """Decide for a text that `searchable` made."""
        return (
            self._chosen(text, categories)
            and all(phrase in text for phrase in self._all)
            and not any(phrase in text for phrase in self._none)
        )

    def _chosen(self, text: str, categories: Iterable[str]) -> bool:
        if not self._any and not self._categories:
            return True
        return any(phrase in text for phrase in self._any) or any(
            words(label) in self._categories for label in categories
        )


def searchable(entry: Entry) -> str:
    """Return the words of an entry's title and text, between single spaces, for phrases to be found in."""
    return f" {compared(entry.title)} | {compared(entry.text)} "


def compared(text: str) -> str:
    """Return the words of a text between single spaces, as phrases are looked for."""
    return spread(" ".join(words(text)))


def spread(text: str) -> str:
    """Make each character of a script without spaces between words a word of its own."""
    if text.isascii() or not CHARACTER.search(text):
        return text
    return " ".join(CHARACTER.sub(r" \g<0> ", text).split())


def _phrases(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(f" {found} " for rule in rules if (found := compared(rule)))


class Filing:
    """File entries under topics: by a topic's rules over every origin, else by the feeds it draws on."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._everything = tuple(t.id for t in topics if t.everything)
        self._ruled = tuple((t.id, Matcher(t.rules)) for t in topics if t.rules and not t.everything)
        self._drawing = frozenset(t.id for t in topics if not t.rules and not t.everything)

    def __call__(self, entry: Entry, drawn_from: Iterable[UUID]) -> frozenset[UUID]:
        """Return the topics of an entry; `drawn_from` are the topics whose files name a feed it came from."""
        text = searchable(entry)
        ruled = (topic for topic, matcher in self._ruled if matcher.matches(text, entry.categories))
        return frozenset((*self._everything, *ruled)) | self._drawing.intersection(drawn_from)


def quiet_before(now: datetime) -> datetime:
    """Return the time since which a story must have entered a discovered topic that is not dormant.

    Stories enter when we first file them there, whatever the dates of their events: old documents read
    today are no quiet topic.
    """
    return now - DORMANT
