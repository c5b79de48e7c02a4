"""The engine: entries arrive in batches, and each is given its story."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import compress, islice
from uuid import UUID

import numpy as np

from aggregator.core.corrections.constraints import Constraints
from aggregator.core.stories.columns import Bools, Ints
from aggregator.core.stories.copies import CONTAINED, SAME_WORDS, Arriving, Originals
from aggregator.core.stories.deciding import Decision, Reason
from aggregator.core.stories.explaining import nearest_mates, on_scale, shared_terms
from aggregator.core.stories.holds import Holds
from aggregator.core.stories.membership import Stories
from aggregator.core.stories.neighbours import Views
from aggregator.core.stories.notes import Notes, join
from aggregator.core.stories.packing import UNREAD, VERSION, pack, unpack
from aggregator.core.stories.reading import take_notes
from aggregator.core.stories.settings import SETTINGS, Settings
from aggregator.core.stories.window import Window
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
        following: list[tuple[Notes, list[Placement]]] = []
        arriving = iter(live)
        while some := list(islice(arriving, self._settings.slice)):
            notes, placed = self._notes(some), [one.placement for one in some]
            follows = np.array([_followed(one) is not None for one in placed])
            (originals, own), copies = _part(notes, placed, ~follows), _part(notes, placed, follows)
            rows |= self._restore_rows(originals, own, numbers)
            following.append(copies)
        self._restore_followers(following, rows, numbers)
        self._stories.count_heads(list(self._stories.members), self._settings.member_credit)
        self._forget()

    def _restore_rows(
        self, notes: Notes, placed: Sequence[Placement], numbers: dict[UUID, int]
    ) -> dict[int, int]:
        """Admit placed entries to their stories, whose numbers are kept in `numbers`; returns rows by id."""
        rows = self._admit(notes).tolist()
        for row, words, placement in zip(rows, notes.excerpts, placed, strict=True):
            self._excerpts[row] = words
            if placement.story not in numbers:
                numbers[placement.story] = self._stories.open(row, placement.story)
            self._stories.put(row, numbers[placement.story])
        return dict(zip(notes.heads["id"].tolist(), rows, strict=True))

    def _restore_followers(
        self,
        following: Sequence[tuple[Notes, Sequence[Placement]]],
        rows: Mapping[int, int],
        numbers: dict[UUID, int],
    ) -> None:
        """Let entries follow their originals again."""
        all_of_them = {one.entry: one for _, placed in following for one in placed}
        for notes, placed in following:
            for place, (placement, marks) in enumerate(zip(placed, notes.marks(), strict=True)):
                original = _followed(placement)
                while original in all_of_them:
                    original = _followed(all_of_them[original])
                row = rows.get(original) if original is not None else None
                if row is None or self._stories.of[row] != numbers.get(placement.story):
                    # Its original is gone, or was moved by hand.
                    self._restore_rows(notes.take(np.array([place])), [placement], numbers)
                else:
                    self._originals.follow(row, placement, marks)
                    self._holds.note(row, placement.entry)

    def _notes(self, live: Sequence[Live]) -> Notes:
        """Return what is known of entries, reading those without a note."""
        lexicon = self._window.lexicon
        noted = unpack([(one.placement.entry, one.note) for one in live if one.note is not None], lexicon)
        read = take_notes([one.stored for one in live if one.stored and one.note is None], lexicon)
        both = join(noted, read)
        order = {entry: place for place, entry in enumerate(both.heads["id"].tolist())}
        return both.take(np.array([order[one.placement.entry] for one in live], np.int64))

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
        notes = take_notes(batch, self._window.lexicon)
        notes = notes.take(notes.in_order())
        for at in range(0, len(notes), self._settings.slice):
            self._add_slice(notes.take(np.arange(at, min(len(notes), at + self._settings.slice))))
        packed = tuple(pack(notes, self._window.lexicon))
        grouping = replace(self._grouping(before), notes=packed, version=VERSION)
        self._forget()
        return grouping

    def _add_slice(self, notes: Notes) -> None:
        places, rows = self._admit_originals(notes)
        if not places:
            return
        self._excerpts |= {
            row: notes.excerpts[place] for row, place in zip(rows.tolist(), places, strict=True)
        }
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

    def _admit(self, notes: Notes) -> Ints:
        rows = self._originals.admit(notes)
        self._stories.make_room()
        for row, entry in zip(rows.tolist(), notes.heads["id"].tolist(), strict=True):
            self._holds.note(row, entry)
        return rows

    def _admit_originals(self, notes: Notes) -> tuple[list[int], Ints]:
        """Let notes that repeat a known text follow it, and admit the others; returns places, rows."""
        first, fresh = len(self._window), list[int]()
        arriving, places, ids = (
            Arriving(notes, self._originals),
            list(range(len(notes))),
            notes.heads["id"].tolist(),
        )
        while places:
            new, again, taken = list[int](), list[int](), set[int]()
            arriving.compare(places)
            for place in places:
                original = arriving.original(place)
                if original is not None and not self._holds.bars_following(ids[place], original[0]):
                    self._follow(*original, arriving, place)
                elif taken.isdisjoint(arriving.marks[place]):
                    taken.update(arriving.marks[place])
                    new.append(place)
                else:
                    again.append(place)  # it may repeat one of `new`, which gets its row first
            self._admit(notes.take(np.array(new, np.int64)))
            fresh += new
            places = again
        return fresh, np.arange(first, len(self._window))

    def _follow(self, row: int, share: float, arriving: Arriving, place: int) -> None:
        """Let an entry follow the row whose text it repeats, of which it has so large a share."""
        notes, window = arriving.notes, self._window
        entry, publisher, bare = notes.heads[["id", "publisher", "bare"]][place].item()
        # Two newsrooms may come upon the same bare headline by themselves: that is no copy.
        by_itself = bare and publisher not in (0, window.publishers.values[row])
        original = int(window.ids.values[row])
        placement = Placement(
            entry=entry,
            story=UNNAMED,
            rule=Rule.JOINED if by_itself else Rule.COPY,
            nearest=original,
            similarity=round(share, 4),
            threshold=on_scale(1.0) if by_itself else CONTAINED,
            copy_of=None if by_itself else original,
        )
        self._originals.follow(row, placement, arriving.marks[place])
        self._holds.note(row, entry)
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
        if len(self._window) - len(kept) > self._settings.live // 4:
            self._make_room(np.sort(kept))
        elif self._window.is_littered:
            self._window.number_terms_anew()

    def _make_room(self, kept: Ints) -> None:
        """Forget all rows but these, which get new numbers."""
        table = np.full(len(self._window), -1)
        table[kept] = np.arange(len(kept))
        number = table.tolist()
        self._excerpts = {number[row]: words for row, words in self._excerpts.items()}
        for part in (self._originals, self._holds, self._stories, self._window):
            part.keep(kept, number)


def _followed(placement: Placement) -> int | None:
    """Return the entry whose words an entry has, or whose text it repeats; None: it is an original."""
    return placement.nearest if placement.similarity >= SAME_WORDS else placement.copy_of


def _part(notes: Notes, placed: Sequence[Placement], which: Bools) -> tuple[Notes, list[Placement]]:
    return notes.take(np.flatnonzero(which)), list(compress(placed, which.tolist()))
