"""Measures of agreement between stories that people labelled and stories that were found.

BCubed asks per entry (Bagga & Baldwin 1998), so that large stories do not drown small ones; pairwise F asks
per pair of entries and shows giant stories at once; the adjusted Rand index is pairwise agreement above
chance.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Scores:
    """How well found stories agree with labelled ones; shares are between 0 and 1, higher is better."""

    entries: float  # compared
    gold_stories: float
    stories: float  # found
    largest: float  # entries in the largest story found
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f: float
    pairwise_precision: float
    pairwise_recall: float
    pairwise_f: float
    ari: float  # adjusted Rand index: 0 is chance, 1 is perfect
    exact: float  # share of the labelled stories found entry by entry


def evaluate(gold: Sequence[Hashable], found: Sequence[Hashable]) -> Scores:
    """Compare two labellings of the same entries, given in the same order; at least one entry."""
    if len(gold) != len(found) or not gold:
        raise ValueError(f"{len(gold)} labels against {len(found)}")
    in_gold, in_found, in_both = Counter(gold), Counter(found), Counter(zip(gold, found, strict=True))
    precision = sum(n * n / in_found[b] for (_, b), n in in_both.items()) / len(gold)
    recall = sum(n * n / in_gold[a] for (a, _), n in in_both.items()) / len(gold)
    agreed, wanted, claimed = _pairs(in_both), _pairs(in_gold), _pairs(in_found)
    pairwise_precision = agreed / claimed if claimed else 1.0
    pairwise_recall = agreed / wanted if wanted else 1.0
    return Scores(
        entries=len(gold),
        gold_stories=len(in_gold),
        stories=len(in_found),
        largest=max(in_found.values()),
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f=harmonic_mean(precision, recall),
        pairwise_precision=pairwise_precision,
        pairwise_recall=pairwise_recall,
        pairwise_f=harmonic_mean(pairwise_precision, pairwise_recall),
        ari=_adjusted_rand(agreed, wanted, claimed, len(gold)),
        exact=sum(n == in_gold[a] == in_found[b] for (a, b), n in in_both.items()) / len(in_gold),
    )


def evaluate_by_beat(
    gold: Sequence[Hashable], found: Sequence[Hashable], beats: Sequence[Hashable]
) -> tuple[Scores, int]:
    """Return the mean over beats of what `evaluate` gives for each, and how many beats there are."""
    parts: dict[Hashable, list[int]] = defaultdict(list)
    for place, beat in enumerate(beats):
        parts[beat].append(place)
    scores = [evaluate([gold[i] for i in part], [found[i] for i in part]) for part in parts.values()]
    return mean(scores), len(scores)


def mean(scores: Sequence[Scores]) -> Scores:
    """Return the mean of each measure; at least one."""
    return Scores(*(fmean(getattr(one, field.name) for one in scores) for field in fields(Scores)))


def harmonic_mean(a: float, b: float) -> float:
    """Return F1 of a precision and a recall; 0 where both are 0."""
    return 2 * a * b / (a + b) if a + b else 0.0


def _pairs(counts: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> float:
    """Return how many unordered pairs lie inside the counted groups."""
    return sum(n * (n - 1) / 2 for n in counts.values())


def _adjusted_rand(agreed: float, wanted: float, claimed: float, entries: int) -> float:
    """Return the adjusted Rand index (Hubert & Arabie 1985); 1 where there is nothing to disagree about."""
    total = entries * (entries - 1) / 2
    chance = wanted * claimed / total if total else 0.0
    most = (wanted + claimed) / 2
    return (agreed - chance) / (most - chance) if most != chance else 1.0
