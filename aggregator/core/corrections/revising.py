"""A newer decision takes back what earlier ones said of the same entries, and leaves the rest of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from aggregator.model import Correction, Kind

MANY = 2  # entries from which on something can be said of them


def revise(earlier: Iterable[Correction], new: Correction) -> tuple[Correction, ...]:
    """Return earlier decisions as far as they agree with a new one, and the new one after them."""
    return (*(part for before in earlier for part in _left(before, new)), new)


def take_back(earlier: Iterable[Correction], old: Correction) -> tuple[Correction, ...]:
    """Return earlier decisions without what one of this kind says of this story."""
    return tuple(c for c in earlier if (c.kind, c.story) != (old.kind, old.story))


def _left(before: Correction, new: Correction) -> Iterable[Correction]:
    """Return what is left of a decision beside a newer one."""
    if new.kind is Kind.TOGETHER and before.kind is Kind.APART:
        return _without_pairs_in(before, set(new.entries))
    if new.kind is Kind.TOGETHER and before.kind is Kind.TOGETHER:
        return () if set(before.entries) <= set(new.entries) else (before,)
    if new.kind is Kind.APART and before.kind in (Kind.TOGETHER, Kind.PIN):
        return _cut(before, set(new.entries), set(new.others))
    if new.story is not None and (before.kind, before.story) == (new.kind, new.story):
        return ()
    return (before,)


def _without_pairs_in(before: Correction, together: set[str]) -> Iterable[Correction]:
    """Return what keeps apart all that a decision keeps apart but what is together now."""
    inside = _those(before.entries, together)
    outside = tuple(name for name in before.entries if name not in together)
    others = tuple(name for name in before.others if name not in together)
    if not inside or len(others) == len(before.others):
        return (before,)
    parts = replace(before, entries=outside), replace(before, entries=inside, others=others)
    return tuple(part for part in parts if part.entries and part.others)


def _cut(before: Correction, leaving: set[str], staying: set[str]) -> Iterable[Correction]:
    """Return what keeps together the two parts of a decision that are apart now."""
    left = _those(before.entries, leaving)
    rest = tuple(name for name in before.entries if name not in leaving)
    if not left or not _those(rest, staying):
        return (before,)
    if before.kind is Kind.PIN:
        return (replace(before, entries=rest),)
    return tuple(replace(before, entries=part) for part in (left, rest) if len(part) >= MANY)


def _those(names: Sequence[str], wanted: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in wanted)
