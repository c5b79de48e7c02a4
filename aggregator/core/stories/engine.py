"""The engine: entries arrive in batches, and each is given its story."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from uuid import UUID

import numpy as np

from aggregator.core.corrections.constraints import Constraints
from aggregator.core.stories.copies import CONTAINED, SAME_WORDS, Originals
from aggregator.core.stories.deciding import Decision, Reason
from aggregator.core.stories.explaining import nearest_mates, on_scale, shared_terms
from aggregator.core.stories.holds import Holds
from aggregator.core.stories.membership import Stories
from aggregator.core.stories.neighbours import Views
from aggregator.core.stories.notes import Note, in_order, take_notes
from aggregator.core.stories.packing import UNREAD, VERSION, pack, unpack
from aggregator.core.stories.settings import SETTINGS, Settings
from aggregator.core.stories.window import Ints, Window
from aggregator.core.text import Excerpt, excerpt
from aggregator.model import Grouping, Live, Placement, Rule, Stored

UNNAMED = UUID(int=0)  # the story of a placement until the whole batch is decided


class Engine:
    """Group entries into stories as they arrive.

    What it decides follows from the live entries, their stories and the batch alone: an engine restored from
    the store goes on as the one that placed them would have.
    """

    def __init__(
        self,
        mint: Callable[[], UUID],
        settings: Settings = SETTINGS,
        constraints: Constraints[int] | None = None,
    ) -> None:
        self._mint = mint
        self._settings = settings
        self._window = Window(settings)
        self._stories = Stories(self._window)
        self._originals = Originals(self._window)
        self._holds = Holds(constraints or Constraints(), self._stories)
        self._excerpts: dict[int, Excerpt] = {}  # row -> its words, of entries that may still move
        self._placed: dict[int, Placement] = {}  # row that this batch placed or moved -> why it is there
        self._copies: list[tuple[int, Placement]] = []  # (row, an entry that repeats it) of this batch
        self._merges: list[tuple[int, int]] = []  # (elder, younger) of this batch

    # -- from the store ----------------------------------------------------------------------------

    def restore(self, live: Iterable[Live]) -> None:
        """Take entries with the stories they have, in order of arrival; nothing is decided."""
        numbers: dict[UUID, int] = {}
        rows: dict[int, int] = {}  # Stored.id -> row
        followers: dict[int, tuple[Note, Placement]] = {}  # by Stored.id
        arriving = iter(live)
        while some := list(islice(arriving, self._settings.slice)):
            placed = list(zip(_notes(some), (one.placement for one in some), strict=True))
            followers |= {one[0].id: one for one in placed if _followed(one[1]) is not None}
            rows |= self._restore_rows([one for one in placed if one[0].id not in followers], numbers)
        for note, placement in followers.values():
            original = _followed(placement)
            while original in followers:
                original = _followed(followers[original][1])
            row = rows.get(original) if original is not None else None
            if row is None or self._stories.of[row] != numbers.get(placement.story):
                self._restore_rows([(note, placement)], numbers)  # its original is gone, or was moved by hand
            else:
                self._originals.follow(row, placement, note)
                self._holds.note(row, note.id)
        self._stories.count_heads(list(self._stories.members), self._settings.member_credit)
        self._forget()

    def _restore_rows(
        self, placed: Sequence[tuple[Note, Placement]], numbers: dict[UUID, int]
    ) -> dict[int, int]:
        """Admit placed entries to their stories, whose numbers are kept in `numbers`; returns rows by id."""
        rows = self._admit([note for note, _ in placed]).tolist()
        for row, (note, placement) in zip(rows, placed, strict=True):
            self._excerpts[row] = note.excerpt
            if placement.story not in numbers:
                numbers[placement.story] = self._stories.open(row, placement.story)
            self._stories.put(row, numbers[placement.story])
        return {note.id: row for row, (note, _) in zip(rows, placed, strict=True)}

    def unread(self) -> list[int]:
        """Return the entries (`Stored.id`) whose words are needed to explain where they may move."""
        ids = self._window.ids.values
        return [int(ids[row]) for row, words in self._excerpts.items() if words is UNREAD]

    def read(self, entries: Iterable[Stored]) -> None:
        """Take the words of entries that are unread."""
        words = {stored.id: excerpt(stored.entry) for stored in entries}
        entry = {row: int(self._window.ids.values[row]) for row in self._excerpts}
        self._excerpts |= {row: words[one] for row, one in entry.items() if one in words}

    # -- a batch -----------------------------------------------------------------------------------

    def add(self, batch: Sequence[Stored]) -> Grouping:
        """Place the entries of a batch, whose order does not matter; see `Grouping` for what comes back."""
        self._placed, self._copies, self._merges = {}, [], []
        before = self._stories.of.copy()
        notes = sorted(take_notes(batch), key=in_order)
        for at in range(0, len(notes), self._settings.slice):
            self._add_slice(notes[at : at + self._settings.slice])
        packed = tuple((note.id, pack(note)) for note in notes)
        grouping = replace(self._grouping(before), notes=packed, version=VERSION)
        self._forget()
        return grouping

    def _add_slice(self, notes: Sequence[Note]) -> None:
        fresh, rows = self._admit_originals(notes)
        if not fresh:
            return
        self._excerpts |= {row: note.excerpt for row, note in zip(rows.tolist(), fresh, strict=True)}
        views = self._views(rows)
        decision = Decision(self._stories, views, self._holds)
        touched = decision.decide(rows)
        self._stories.count_heads(touched, self._settings.member_credit)
        self._merges += decision.merges
        self._explain(decision.reasons, views)

    def _views(self, rows: Ints) -> Views:
        """Look around newcomers, and around the earlier entries nearest to them."""
        s, count = self._settings, self._settings.relook
        candidates, cosines = self._window.nearest(rows)
        close = candidates[:, :count][cosines[:, :count] >= s.relook_floor]
        fresh = self._window.arrivals(before=len(self._window) - len(rows))[-s.fresh :]
        earlier = fresh if len(fresh) <= s.few else np.intersect1d(close, fresh)
        again, how_near = self._window.nearest(earlier)
        return Views(
            self._window,
            np.concatenate([earlier, rows]),
            np.concatenate([again, candidates]),
            np.concatenate([how_near, cosines]),
        )

    def _explain(self, reasons: dict[int, Reason], views: Views) -> None:
        """Write down why each row is where this slice put it."""
        joined = [row for row, reason in reasons.items() if reason.rule not in (Rule.OPENED, Rule.EDITOR)]
        mates = nearest_mates(views, self._stories, joined)
        terms, ids = shared_terms(views, mates, self._excerpts), self._window.ids.values
        for row, reason in reasons.items():
            self._placed[row] = Placement(
                entry=int(ids[row]),
                story=UNNAMED,
                rule=reason.rule,
                nearest=int(ids[mates[row]]) if row in mates else None,
                similarity=on_scale(reason.score),
                threshold=on_scale(reason.needed),
                terms=terms.get(row, ()),
            )

    def _grouping(self, before: Ints) -> Grouping:
        """Return what this batch changed, and name the stories that are new."""
        of, placements = self._stories.of, dict[int, Placement]()
        for row, placement in self._placed.items():
            if row >= len(before) or before[row] != of[row]:
                story = self._name(int(of[row]))
                for one in (placement, *self._originals.followers(row)):
                    placements[one.entry] = replace(one, story=story)
        for row, copy in self._copies:
            placements[copy.entry] = replace(copy, story=self._name(int(of[row])))
        names = self._stories.names
        merges = [(names[elder], names[younger]) for elder, younger in self._merges if younger in names]
        return Grouping(tuple(placements.values()), tuple(merges))

    def _name(self, story: int) -> UUID:
        names = self._stories.names
        if story not in names:
            names[story] = self._mint()
        return names[story]

    # -- copies ------------------------------------------------------------------------------------

    def _admit(self, notes: Sequence[Note]) -> Ints:
        rows = self._originals.admit(notes)
        self._stories.make_room()
        for row, note in zip(rows.tolist(), notes, strict=True):
            self._holds.note(row, note.id)
        return rows

    def _admit_originals(self, notes: Sequence[Note]) -> tuple[list[Note], Ints]:
        """Let notes that repeat a known text follow it, and admit the others; returns these, with rows."""
        first, fresh = len(self._window), list[Note]()
        while notes:
            new, again, taken = list[Note](), list[Note](), set[int]()
            for note in notes:
                original = self._originals.original(note)
                if original is not None and not self._holds.bars_following(note.id, original[0]):
                    self._follow(*original, note)
                elif taken.isdisjoint(note.marks):
                    taken.update(note.marks)
                    new.append(note)
                else:
                    again.append(note)  # it may repeat one of `new`, which gets its row first
            self._admit(new)
            fresh += new
            notes = again
        return fresh, np.arange(first, len(self._window))

    def _follow(self, row: int, share: float, note: Note) -> None:
        """Let an entry follow the row whose text it repeats, of which it has so large a share."""
        # Two newsrooms may come upon the same bare headline by themselves: that is no copy.
        by_itself = note.bare and note.publisher not in (0, self._window.publishers.values[row])
        original = int(self._window.ids.values[row])
        placement = Placement(
            entry=note.id,
            story=UNNAMED,
            rule=Rule.JOINED if by_itself else Rule.COPY,
            nearest=original,
            similarity=round(share, 4),
            threshold=on_scale(1.0) if by_itself else CONTAINED,
            copy_of=None if by_itself else original,
        )
        self._originals.follow(row, placement, note)
        self._holds.note(row, note.id)
        self._copies.append((row, placement))

    # -- the window --------------------------------------------------------------------------------

    def _forget(self) -> None:
        """Let entries beyond the newest `live` go, and free their room when much of it is theirs."""
        live = self._window.arrivals(before=len(self._window))
        gone, kept = live[: -self._settings.live], live[-self._settings.live :]
        self._window.remove(gone)
        for row in gone.tolist():
            self._stories.take(row)
        fresh = set(kept[-self._settings.fresh :].tolist())
        self._excerpts = {row: words for row, words in self._excerpts.items() if row in fresh}
        first = int(kept.min(initial=len(self._window)))
        if first > self._settings.live // 2:
            self._excerpts = {row - first: words for row, words in self._excerpts.items()}
            for part in (self._originals, self._holds, self._stories, self._window):
                part.forget(first)


def _followed(placement: Placement) -> int | None:
    """Return the entry whose words an entry has, or whose text it repeats; None: it is an original."""
    return placement.nearest if placement.similarity >= SAME_WORDS else placement.copy_of


def _notes(live: Sequence[Live]) -> list[Note]:
    """Return what is known of entries, reading those without a note."""
    read = {note.id: note for note in take_notes([one.stored for one in live if one.stored])}
    return [
        read[one.placement.entry] if one.note is None else unpack(one.placement.entry, one.note)
        for one in live
    ]


def group_all(
    entries: Sequence[Stored],
    batch: int,
    mint: Callable[[], UUID],
    watch: Callable[[Grouping], None] = lambda _grouping: None,
) -> dict[int, UUID]:
    """Return the story of each entry (by `Stored.id`) after all have arrived in order, `batch` at a time.

    Entries of different beats are grouped apart. `watch` is told of every batch.
    """
    engines: dict[str | None, Engine] = defaultdict(lambda: Engine(mint))
    story: dict[int, UUID] = {}
    ended: dict[UUID, UUID] = {}
    for at in range(0, len(entries), batch):
        arriving = entries[at : at + batch]
        for beat in dict.fromkeys(stored.beat for stored in arriving):
            grouping = engines[beat].add([stored for stored in arriving if stored.beat == beat])
            watch(grouping)
            story |= {placement.entry: placement.story for placement in grouping.placements}
            ended |= {younger: elder for elder, younger in grouping.merges}
    return {entry: _elder(last, ended) for entry, last in story.items()}


def _elder(story: UUID, ended: dict[UUID, UUID]) -> UUID:
    """Return the story that a story is part of by now."""
    while story in ended:
        story = ended[story]
    return story
