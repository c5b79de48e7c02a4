"""What one story is about, by name, and which other stories speak of the same."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from uuid import UUID

from aggregator.core.discovery.labels import is_telling
from aggregator.core.discovery.mentions import MAX_ENTRIES, read
from aggregator.core.discovery.names import Name, Phrase, names
from aggregator.core.search import A_PAIR, Mention
from aggregator.core.topics import compared
from aggregator.model import Entry

NOBODY = UUID(int=0)  # readings of entries have no id to tell
SHOWN = 6  # names of a story
ASKED = 5  # of them are looked for in other stories, two at a time
ENOUGH = 2.0  # weight of what two stories share: two names that 11 other stories say, or three that 20 do
RELATED = 5  # stories shown


@dataclass(frozen=True, slots=True)
class Related:
    """Another story, and what it shares with this one."""

    story: UUID
    names: tuple[str, ...]


def subjects(entries: Sequence[Entry]) -> tuple[Name, ...]:
    """Return what a story's entries name, what most of them say first; `stories` are places of entries.

    What only one of several says is left out. Publishers and authors are no subjects.
    """
    readings = [read(NOBODY, [entry]) for entry in entries[:MAX_ENTRIES]]
    writers = frozenset[str]().union(*(reading.writers for reading in readings)) - {""}
    # One entry has no other that would confirm its names, so that it is heard twice.
    heard = readings if len(readings) > 1 else readings * 2
    found = names(heard, [reading.language or reading.script for reading in heard], least=2)
    telling = (name for name in found if is_telling(name.title, writers))
    return tuple(sorted(telling, key=lambda n: (-len(n.stories), -len(n.headlined), n.title)))[:SHOWN]


def say(name: Name, texts: Iterable[str]) -> int:
    """Count the texts that say a name: of a long story more than it was found in."""
    return sum(1 for text in texts if _said(text, (name,)))


def pairs(found: Sequence[Name]) -> tuple[tuple[Phrase, Phrase], ...]:
    """Return what a related story may say: any two of the first names."""
    return tuple(combinations((name.phrases[0] for name in found[:ASKED]), 2))


def related(found: Sequence[Name], mentions: Iterable[Mention]) -> tuple[Related, ...]:
    """Choose the stories that share most with one that names these, the rarer the better."""
    shared: dict[UUID, set[int]] = defaultdict(set)
    for mention in mentions:
        shared[mention.story] |= _said(mention.words, found)
    weights = _weights(shared.values())
    ranked = sorted(shared, key=lambda story: (-_weight(shared[story], weights), story))
    return tuple(
        Related(story, tuple(found[n].title for n in sorted(shared[story])))
        for story in ranked[:RELATED]
        if len(shared[story]) > 1 and _weight(shared[story], weights) >= ENOUGH
    )


def _said(text: str, found: Sequence[Name]) -> set[int]:
    words = f" {compared(text)} "
    return {
        n for n, name in enumerate(found) if any(f" {' '.join(phrase)} " in words for phrase in name.phrases)
    }


def _weights(shared: Iterable[Collection[int]]) -> Mapping[int, float]:
    """Weigh names by how few of the other stories say them."""
    stories: dict[int, int] = defaultdict(int)
    for said in shared:
        for n in said:
            stories[n] += 1
    return {n: log(1 + A_PAIR / held) for n, held in stories.items()}


def _weight(said: Iterable[int], weights: Mapping[int, float]) -> float:
    return sum(weights[n] for n in said)
