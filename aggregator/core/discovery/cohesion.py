"""How near stories are to each other: what a topic's stories have in common besides its name."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise

from aggregator.core.discovery.mentions import Reading
from aggregator.core.topics import spread

COMMON = 0.05  # a word in more of the stories of its language tells them apart no longer
NOT_COMMON = 8  # stories; a word in so many is not common, however few there are
SHORT = 4  # letters; shorter words are mostly function words
OWN = 0.8  # a word in more of a topic's stories may be part of its name: "Ada" of "Quill"
OWN_WORDS = 2  # at most, the most shared ones
RANDOM_PAIRS = 10  # that are counted in, so that two stories which happen to agree prove little


class Cohesion:
    """Compare a set of stories with random ones by the telling words that two of them share.

    The measure is a quotient: how many telling words (neither in one story only nor in many) a pair of
    these stories shares on average, beyond the topic's name, over the same for any pair of stories of
    the same languages. 1 is a backdrop such as a capital; an affair has 3 and more.
    """

    def __init__(self, readings: Sequence[Reading], tongues: Sequence[str]) -> None:
        self._tongues = tongues
        self._size = Counter(tongues)
        held = [_words(reading) for reading in readings]
        spoken: dict[str, Counter[str]] = defaultdict(Counter)
        for tongue, found in zip(tongues, held, strict=True):
            spoken[tongue].update(found)
        telling = {tongue: _telling(found, self._size[tongue]) for tongue, found in spoken.items()}
        self._held = [found & telling[tongue].keys() for tongue, found in zip(tongues, held, strict=True)]
        self._usual = {tongue: self._mean(tongue, telling[tongue].values()) for tongue in telling}

    def __call__(self, stories: Collection[int], name: Collection[str]) -> float:
        """Return the quotient for stories, given by their places; 0 where there is nothing to compare."""
        shared = expected = 0.0
        by_tongue: dict[str, list[int]] = defaultdict(list)
        for story in stories:
            by_tongue[self._tongues[story]].append(story)
        for tongue, members in by_tongue.items():
            usual = RANDOM_PAIRS * self._usual[tongue] / len(by_tongue)
            shared += usual + self._shared(members, name)
            expected += usual + _pairs(len(members)) * self._usual[tongue]
        return shared / expected if expected else 0.0

    def _shared(self, stories: Sequence[int], name: Collection[str]) -> int:
        counts: Counter[str] = Counter()
        for story in stories:
            counts.update(self._held[story])
        shared = sorted((n for word, n in counts.items() if n > 1 and word not in name), reverse=True)
        own = sum(n > OWN * len(stories) for n in shared[:OWN_WORDS])
        return sum(map(_pairs, shared[own:]))

    def _mean(self, tongue: str, counts: Collection[int]) -> float:
        return sum(map(_pairs, counts)) / (_pairs(self._size[tongue]) or 1)


def _words(reading: Reading) -> set[str]:
    found = spread(reading.text + reading.loud).split(" ")
    alone = {word for word in found if len(word) >= SHORT and not word.isdigit()}
    return alone | {a + b for a, b in pairwise(found) if len(a) == len(b) == 1 and not (a + b).isascii()}


def _telling(counts: Counter[str], stories: int) -> dict[str, int]:
    return {word: n for word, n in counts.items() if 2 <= n <= max(NOT_COMMON, COMMON * stories)}


def _pairs(n: int) -> int:
    return n * (n - 1) // 2
