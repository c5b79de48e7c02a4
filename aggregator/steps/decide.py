"""Decide: an editor's command becomes a correction, and stories follow it at once."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aggregator.core.corrections.constraints import constraints_of
from aggregator.core.corrections.revising import revise, take_back
from aggregator.core.corrections.telling import FILE
from aggregator.core.publish import tell, told_order
from aggregator.core.render import read_story_name
from aggregator.errors import ConfigError, StoreError
from aggregator.model import Correction, Kind, Member, Story
from aggregator.steps.correct import correct
from aggregator.store import Store

NO_STORY = "is no story; `aggregator stories` lists them, `aggregator stories --find WORDS` looks for them"


@dataclass(frozen=True, slots=True)
class Found:
    """A story that a command names, with its entries in order of publication."""

    story: Story
    members: tuple[Member, ...]

    @property
    def id(self) -> UUID:
        return self.story.id

    @property
    def entries(self) -> tuple[int, ...]:
        return tuple(m.stored.id for m in self.members)


def find_story(store: Store, name: str) -> Found:
    """Find a story by its id, the beginning of its id, or its page's address; raises StoreError."""
    wanted = read_story_name(name) or store.story_beginning(name)
    heir = store.heirs([wanted]).get(wanted) if wanted else None
    members = store.members([heir]).get(heir, ()) if heir else ()
    if heir is None or not members:
        raise StoreError(name, NO_STORY)
    # One that was split off a moment ago is told at the next refresh only; this is how.
    story = store.told([heir]).get(heir) or tell(heir, members, members[0].stored.first_seen)
    return Found(story, tuple(sorted(members, key=lambda m: told_order(m.stored))))


def merge(store: Store, found: Sequence[Found], mint: Callable[[], UUID], now: datetime) -> UUID:
    """Make stories one; returns the id of the elder, which stays. Raises ConfigError."""
    together = [entry for one in found for entry in one.entries]
    _decide(store, [Correction(Kind.TOGETHER, _names(store, together))], mint, now)
    return store.heirs([found[0].id])[found[0].id]


def split(
    store: Store, found: Found, leaving: Collection[int], mint: Callable[[], UUID], now: datetime
) -> tuple[UUID, UUID]:
    """Take entries out of a story, together; returns the stories of those that left and of the rest.

    `leaving`: some of its entries, not all. Raises ConfigError.
    """
    gone = [entry for entry in found.entries if entry in leaving]
    rest = [entry for entry in found.entries if entry not in leaving]
    decided = [Correction(Kind.APART, _names(store, gone), _names(store, rest))]
    if len(gone) > 1:
        decided.append(Correction(Kind.TOGETHER, _names(store, gone)))
    _decide(store, decided, mint, now)
    homes = store.homes([gone[0], rest[0]])
    return homes[gone[0]], homes[rest[0]]


def pin(store: Store, found: Found, mint: Callable[[], UUID], now: datetime) -> None:
    """Keep a story's entries in it, and it from ending in another one. Raises ConfigError."""
    names = _names(store, found.entries)
    _decide(store, [Correction(Kind.PIN, names, story=found.id)], mint, now)


def rename(store: Store, found: Found, title: str, mint: Callable[[], UUID], now: datetime) -> None:
    """Give a story another headline. Raises ConfigError."""
    _decide(store, [Correction(Kind.TITLE, story=found.id, title=title)], mint, now)


def undo(store: Store, found: Found, kind: Kind, mint: Callable[[], UUID], now: datetime) -> bool:
    """Take back a pin or a headline; returns whether there was one. Raises ConfigError."""
    old = Correction(kind, story=found.id)
    decided = store.corrections()
    _refuse_what_the_file_says(decided, old)
    commands = [c for c in decided if not c.place]
    kept = take_back(commands, old)
    store.decide(kept)
    correct(store, mint, now)
    return len(kept) < len(commands)


def _names(store: Store, entries: Collection[int]) -> tuple[str, ...]:
    names = store.name_entries(entries)
    return tuple(names[entry] for entry in entries)


def _decide(store: Store, decisions: Sequence[Correction], mint: Callable[[], UUID], now: datetime) -> None:
    """Keep decisions with what is left of earlier ones, unless the file says otherwise."""
    decided = store.corrections()
    file = tuple(c for c in decided if c.place)
    kept = tuple(c for c in decided if not c.place)
    for new in decisions:
        _refuse_what_the_file_says(file, new)
        kept = revise(kept, new)
    _, clashes = constraints_of((*file, *kept), store.named())
    clash = next((clash for clash in clashes if clash.correction in decisions), None)
    if clash is not None:
        reason = f"decides otherwise about {clash.one!r} and {clash.other!r}; change that file instead"
        raise ConfigError(_place(file, (clash.one, clash.other)), reason)
    store.decide(kept)
    correct(store, mint, now)


def _place(file: Iterable[Correction], names: Collection[str]) -> str:
    """Return where the file speaks of one of two entries; where it is plainest, of both."""
    spoken = [(len({*c.entries, *c.others} & set(names)), c.place) for c in file]
    return max(spoken, key=lambda one: one[0], default=(0, FILE))[1]


def _refuse_what_the_file_says(decided: Iterable[Correction], new: Correction) -> None:
    """Raise ConfigError where the file decides the same of the same story: it has the last word."""
    for c in decided:
        if c.place and c.story is not None and (c.kind, c.story) == (new.kind, new.story):
            what = "gives this story its headline" if c.kind is Kind.TITLE else "pins this story"
            raise ConfigError(c.place, f"{what}; change that file instead")
