"""How many of the pairs that editors decided about a grouping gets right by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from uuid import UUID

from aggregator.model import Correction, Kind


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs of entries that editors decided about, and those that a grouping decides alike."""

    pairs: int
    right: int
    together: int  # of the pairs: decided to report one event
    together_right: int
    apart: int
    apart_right: int
    waiting: int  # entries that are not here, whose pairs are not counted


def decided_pairs(corrections: Iterable[Correction], named: Mapping[str, int]) -> dict[tuple[int, int], bool]:
    """Return pairs of entries, the lower id first -> whether they belong together; each counts once.

    named: name -> Stored.id, of the entries that are here.
    """
    pairs: dict[tuple[int, int], bool] = {}
    for correction in corrections:
        entries, others = (
            [named[name] for name in side if name in named]
            for side in (correction.entries, correction.others)
        )
        found = product(entries, others) if correction.others else combinations(entries, 2)
        for one, other in found:
            if one != other:
                pairs[min(one, other), max(one, other)] = correction.kind is not Kind.APART
    return pairs


def judge(pairs: Mapping[tuple[int, int], bool], stories: Mapping[int, UUID], waiting: int = 0) -> Judged:
    """Compare decided pairs with a grouping, given as entry -> its story; others are left out."""
    found = [
        (together, (stories[one] == stories[other]) is together)
        for (one, other), together in pairs.items()
        if one in stories and other in stories
    ]
    return Judged(
        pairs=len(found),
        right=sum(right for _, right in found),
        together=sum(together for together, _ in found),
        together_right=sum(right for together, right in found if together),
        apart=sum(not together for together, _ in found),
        apart_right=sum(right for together, right in found if not together),
        waiting=waiting,
    )
