"""Which entries stay together and which never meet, as editors decided.

Entries that stay together are a *unit*. Units are what is kept apart: what is decided about one entry holds
for its whole unit, so that no third entry brings two together that are apart.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

from aggregator.model import Correction, Kind

K = TypeVar("K", bound=Hashable)  # how entries are named: by words, or by Stored.id


class Constraints(Generic[K]):
    """Decisions about entries, none of which contradicts an earlier one.

    A unit is named by the first of its entries.
    """

    def __init__(self) -> None:
        self.unit: dict[K, K] = {}  # entry -> its unit
        self.units: dict[K, list[K]] = {}  # unit -> its entries, in order of decision
        self._foes: dict[K, set[K]] = {}  # unit -> those it is kept apart from
        self._pinned: set[K] = set()
        self.sides: list[tuple[Collection[K], Collection[K]]] = []  # what is apart: (who leaves, who stays)

    def __bool__(self) -> bool:
        return bool(self.unit)

    def __iter__(self) -> Iterator[K]:
        return iter(self.unit)

    def foes(self, unit: K) -> set[K]:
        """Return the units that are never in a story with this one; two pinned stories never become one."""
        return self._foes[unit] | ((self._pinned - {unit}) if unit in self._pinned else set())

    def is_pinned(self, unit: K) -> bool:
        """Say whether a unit stays where it is."""
        return unit in self._pinned

    def are_kept(self, stories: Mapping[K, Hashable]) -> bool:
        """Say whether stories, given as entry -> its story, go against nothing; others are nowhere."""
        homes = {
            unit: {stories[entry] for entry in entries if entry in stories}
            for unit, entries in self.units.items()
        }
        return all(len(its) < 2 for its in homes.values()) and all(
            homes[unit].isdisjoint(homes[foe]) for unit, foes in self._foes.items() for foe in foes
        )

    def add(self, kind: Kind, entries: Collection[K], others: Collection[K] = ()) -> tuple[K, K] | None:
        """Take a decision. One that contradicts earlier ones is not taken: returns two entries of both."""
        if kind is Kind.APART:
            return self._part(entries, others) if others else self._part_all(list(entries))
        clash = self._meeting(entries)
        if clash is None and entries:
            self._unite(list(entries))
            if kind is Kind.PIN:
                self._pinned.add(self.unit[next(iter(entries))])
        return clash

    def _meeting(self, entries: Collection[K]) -> tuple[K, K] | None:
        """Return two of the entries that are kept apart."""
        known = {self.unit[entry]: entry for entry in entries if entry in self.unit}
        return next(
            ((known[one], known[other]) for one in known for other in self._foes[one] if other in known), None
        )

    def _part(self, entries: Collection[K], others: Collection[K]) -> tuple[K, K] | None:
        for one, other in product(entries, others):
            if one == other or (one in self.unit and self.unit[one] == self.unit.get(other)):
                return one, other
        for one, other in product(self._units_of(entries), self._units_of(others)):
            self._foes[one].add(other)
            self._foes[other].add(one)
        self.sides.append((entries, others))
        return None

    def _part_all(self, entries: list[K]) -> tuple[K, K] | None:
        together: dict[K, K] = {}
        for entry in entries:
            first = together.setdefault(self.unit.get(entry, entry), entry)
            if first is not entry:
                return first, entry
        for at in range(1, len(entries)):
            self._part(entries[at:], entries[at - 1 : at])
        return None

    def _units_of(self, entries: Iterable[K]) -> list[K]:
        return list(dict.fromkeys(self._unit_of(entry) for entry in entries))

    def _unit_of(self, entry: K) -> K:
        if entry not in self.unit:
            self.unit[entry] = entry
            self.units[entry] = [entry]
            self._foes[entry] = set()
        return self.unit[entry]

    def _unite(self, entries: list[K]) -> None:
        first, *others = self._units_of(entries)
        for other in others:
            for entry in (gained := self.units.pop(other)):
                self.unit[entry] = first
            self.units[first] += gained
            for foe in self._foes.pop(other):
                self._foes[foe].remove(other)
                self._foes[foe].add(first)
                self._foes[first].add(foe)
            if other in self._pinned:
                self._pinned = self._pinned - {other} | {first}


@dataclass(frozen=True, slots=True)
class Clash:
    """A correction that contradicts those before it, and two entries on which it does."""

    correction: Correction
    one: str
    other: str


def constraints_of(
    corrections: Iterable[Correction], named: Mapping[str, int]
) -> tuple[Constraints[int], tuple[Clash, ...]]:
    """Return what corrections ask, the earlier ones first; those that contradict are left out and returned.

    named: name -> Stored.id; what has no entry yet waits for it.
    """
    constraints, clashes = Constraints[int](), list[Clash]()
    names = {entry: name for name, entry in named.items()}
    for correction in corrections:
        sides = [_known(side, named) for side in (correction.entries, correction.others)]
        if correction.others and not all(sides):
            continue
        if clash := constraints.add(correction.kind, *sides):
            clashes.append(Clash(correction, names[clash[0]], names[clash[1]]))
    return constraints, tuple(clashes)


def _known(names: Sequence[str], named: Mapping[str, int]) -> list[int]:
    return list(dict.fromkeys(named[name] for name in names if name in named))
