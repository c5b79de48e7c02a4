"""What editors decided, and which entries they meant."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.corrections.settling import Opened
from aggregator.core.identity import digest
from aggregator.core.render import story_ids_beginning
from aggregator.model import Correction, Grouping, Key, Kind
from aggregator.store.database import Database
from aggregator.store.grouping import apply, members_of
from aggregator.store.meta import note, noted
from aggregator.store.schema import (
    Row,
    corrections,
    entries,
    feeds,
    named_entries,
    origins,
    passed_ids,
    seeds,
    stories,
)

STATE = "corrections"  # counts their changes
TITLES = "titles"  # digest of the headlines that they gave
KEY = re.compile(r"[0-9a-f]{32}")  # an entry's key, as far as `inspect` prints it
CHUNK = 500


class CorrectionStore(Database):
    """Keep an editor's decisions: those of feeds/corrections.toml, and those made by command."""

    def corrections(self) -> tuple[Correction, ...]:
        """Return what is decided: by the file in its order, then by commands, the earlier first."""
        with self.read() as connection:
            return _corrections(connection)

    def corrections_state(self) -> str:
        """Return what is another string after every change to what the grouping has to obey."""
        with self.read() as connection:
            return noted(connection, STATE) or ""

    def adopt_corrections(self, found: Sequence[Correction] | None) -> None:
        """Take over what the file says now; None: what it said before holds."""
        if found is None:
            return
        with self.write() as connection:
            before = [c for c in _corrections(connection) if c.place]
            pinned = {c.story: c.entries for c in before if c.kind is Kind.PIN}
            now = [
                replace(c, entries=c.entries or pinned.get(c.story, ())) if c.kind is Kind.PIN else c
                for c in found
            ]
            if now != before:
                _replace(connection, corrections.c.place != "", now)
                _hand_over(connection, now)

    def decide(self, decided: Sequence[Correction]) -> None:
        """Keep these as all that commands decided, in order."""
        with self.write() as connection:
            _replace(connection, corrections.c.place == "", decided)

    def fill_pin(self, pin: Correction, names: Sequence[str]) -> None:
        """Note which entries a story had when it was pinned."""
        change = sa.update(corrections).where(
            corrections.c.kind == Kind.PIN.value,
            corrections.c.story == pin.story,
            corrections.c.place == pin.place,
        )
        with self.write() as connection:
            connection.execute(change.values(entries=list(names)))
            _changed(connection)

    # ---- names of entries

    def find_names(self, wanted: Iterable[str]) -> dict[str, int]:
        """Look for the entries of names that were not found so far.

        Returns names that stand for several entries, with how many; those are not kept.
        """
        with self.write() as connection:
            known = set(connection.execute(sa.select(named_entries.c.name)).scalars())
            missing = sorted(set(wanted) - known)
            found = {name: ids for name, ids in _look_up(connection, missing).items() if ids}
            rows = [{"name": name, "entry": min(ids)} for name, ids in found.items() if len(ids) == 1]
            if rows:
                connection.execute(sa.insert(named_entries), rows)
                _changed(connection)
        return {name: len(ids) for name, ids in found.items() if len(ids) > 1}

    def look_up(self, names: Sequence[str]) -> dict[str, set[int]]:
        """Return the entries that each name could stand for now; none: it is not here yet."""
        with self.read() as connection:
            return _look_up(connection, names)

    def named(self) -> dict[str, int]:
        """Return name -> entry for the names that were found."""
        with self.read() as connection:
            rows = connection.execute(sa.select(named_entries.c.name, named_entries.c.entry))
            return {row.name: row.entry for row in rows}

    def called(self, entry_ids: Collection[int]) -> dict[int, str]:
        """Return a name for each entry: its address, else its own id, else its key as `inspect` prints it.

        Where another entry has all of them too, its name means nothing outside this database.
        """
        with self.read() as connection:
            return _called(connection, entry_ids)

    def name_entries(self, entry_ids: Collection[int]) -> dict[int, str]:
        """Return a name for each entry, as `called` does, and keep it for this entry."""
        with self.write() as connection:
            names = _called(connection, entry_ids)
            known = set(connection.execute(sa.select(named_entries.c.name)).scalars())
            new = [{"name": n, "entry": entry} for entry, n in sorted(names.items()) if n not in known]
            if new:
                connection.execute(sa.insert(named_entries), new)
            return names

    # ---- what they ask of stories

    def homes(self, entry_ids: Collection[int]) -> dict[int, UUID]:
        """Return entry -> its story, for those of these entries that have one."""
        found: dict[int, UUID] = {}
        with self.read() as connection:
            for part in _parts(entry_ids):
                query = sa.select(entries.c.id, entries.c.story)
                query = query.where(entries.c.id.in_(part), entries.c.story.is_not(None))
                found |= {row.id: row.story for row in connection.execute(query)}
        return found

    def opened(self, entry_ids: Collection[int]) -> dict[UUID, Opened]:
        """Return the stories that hold some of these entries."""
        ids = set(self.homes(entry_ids).values())
        with self.read() as connection:
            heads = sa.select(stories.c.id, stories.c.opened, stories.c.lead).where(stories.c.id.in_(ids))
            rows = connection.execute(heads).all()
            members = members_of(connection, ids)
        return {row.id: Opened(row.opened, members[row.id], row.lead) for row in rows}

    def correct(self, grouping: Grouping, now: datetime) -> None:
        """Apply what editors decided; stories that lose entries by it will be told anew."""
        lost = set(self.homes([placement.entry for placement in grouping.placements]).values())
        with self.write() as connection:
            apply(connection, grouping, now)
            left = stories.c.id.in_(lost) & stories.c.merged_into.is_(None)
            connection.execute(sa.update(stories).where(left).values(corrected=True))
            _changed(connection)

    def regroup(self, grouping: Grouping, now: datetime) -> None:
        """Apply a fresh grouping of what is stored; subscribers are shown nothing again for it."""
        moved = [placement.entry for placement in grouping.placements]
        with self.write() as connection:
            changed = {placement.story for placement in grouping.placements}
            for part in _parts(moved):
                query = sa.select(entries.c.story).where(entries.c.id.in_(part))
                changed |= set(connection.execute(query).scalars())
            apply(connection, grouping, now)
            for some in _parts(changed):
                connection.execute(sa.update(stories).where(stories.c.id.in_(some)).values(quiet=True))
            _changed(connection)

    def retitle(self, titles: Mapping[UUID, str]) -> None:
        """Give stories their editors' headlines, and others, which have one no more, their own again."""
        state = digest(*(f"{story} {titles[story]}" for story in sorted(titles, key=str)))
        with self.write() as connection:
            if (noted(connection, TITLES) or digest()) == state:
                return
            note(connection, TITLES, state)
            had = sa.select(stories.c.id, stories.c.title).where(stories.c.title.is_not(None))
            before = {row.id: row.title for row in connection.execute(had)}
            for story in sorted(before.keys() | titles.keys(), key=str):
                if before.get(story) != titles.get(story):
                    change = sa.update(stories).where(stories.c.id == story)
                    values = {"title": titles.get(story), "touched": True, "corrected": True}
                    connection.execute(change.values(values))

    def titles(self, story_ids: Iterable[UUID]) -> dict[UUID, str]:
        """Return the headlines that editors gave to these stories."""
        query = sa.select(stories.c.id, stories.c.title).where(stories.c.title.is_not(None))
        with self.read() as connection:
            rows = connection.execute(query.where(stories.c.id.in_(list(story_ids))))
            return {row.id: row.title for row in rows}

    def story_beginning(self, letters: str) -> UUID | None:
        """Find the story whose id begins so when written; None: none, or several."""
        ends = story_ids_beginning(letters)
        if ends is None:
            return None
        query = sa.select(stories.c.id).where(stories.c.id.between(*ends))
        with self.read() as connection:
            found = connection.execute(query.limit(2)).scalars().all()
        return found[0] if len(found) == 1 else None

    def heirs(self, story_ids: Iterable[UUID]) -> dict[UUID, UUID]:
        """Return for each story that exists the one it is part of by now: itself, or where it ended."""
        heir = sa.func.coalesce(stories.c.merged_into, stories.c.id)
        query = sa.select(stories.c.id, sa.type_coerce(heir, sa.Uuid).label("heir"))
        with self.read() as connection:
            rows = connection.execute(query.where(stories.c.id.in_(list(story_ids))))
            return {row.id: row.heir for row in rows}


def _changed(connection: sa.Connection) -> None:
    note(connection, STATE, str(int(noted(connection, STATE) or 0) + 1))


def _corrections(connection: sa.Connection) -> tuple[Correction, ...]:
    by_command = corrections.c.place == ""
    rows = connection.execute(sa.select(corrections).order_by(by_command, corrections.c.id))
    return tuple(_correction(row) for row in rows)


def _correction(row: Row) -> Correction:
    values = dict(row._mapping)
    del values["id"]
    lists = {name: tuple(values[name]) for name in ("entries", "others")}
    return Correction(**(values | lists | {"kind": Kind(row.kind)}))


def _replace(connection: sa.Connection, which: sa.ColumnElement[bool], now: Sequence[Correction]) -> None:
    connection.execute(sa.delete(corrections).where(which))
    if now:
        connection.execute(sa.insert(corrections), [asdict(c) | {"kind": c.kind.value} for c in now])
    _changed(connection)


def _hand_over(connection: sa.Connection, file: Sequence[Correction]) -> None:
    """Leave to the file what it says as commands did: once it says so no more, nobody does."""
    said = {replace(c, place="", note="") for c in file}
    commands = [c for c in _corrections(connection) if not c.place]
    kept = [c for c in commands if replace(c, note="") not in said]
    if len(kept) < len(commands):
        _replace(connection, corrections.c.place == "", kept)


def _parts(ids: Collection[Key]) -> Iterable[Sequence[Key]]:
    ordered = sorted(ids, key=str)
    return (ordered[at : at + CHUNK] for at in range(0, len(ordered), CHUNK))


# ---- names


def _look_up(connection: sa.Connection, names: Sequence[str]) -> dict[str, set[int]]:
    """Return the entries that each name stands for; its strongest meaning counts."""
    found: dict[str, set[int]] = {name: set() for name in names}
    for meaning in (_by_url, _by_iri, _by_own_id, _by_key):
        missing = [name for name in names if not found[name]]
        for name, entry in meaning(connection, missing):
            found[name].add(entry)
    return found


def _by_url(connection: sa.Connection, names: Sequence[str]) -> Iterable[tuple[str, int]]:
    keys = {digest(name): name for name in names}
    for part in _keys(keys):
        query = sa.select(entries.c.url_key, entries.c.id).where(entries.c.url_key.in_(part))
        for row in connection.execute(query):
            yield keys[row.url_key], row.id


def _by_iri(connection: sa.Connection, names: Sequence[str]) -> Iterable[tuple[str, int]]:
    keys = {digest(name): name for name in names}
    for part in _keys(keys):
        query = sa.select(passed_ids.c.id, passed_ids.c.entry).where(passed_ids.c.id.in_(part))
        for row in connection.execute(query):
            yield keys[row.id], row.entry


def _by_own_id(connection: sa.Connection, names: Sequence[str]) -> Iterable[tuple[str, int]]:
    keys = {digest("id", name): name for name in names}
    for part in _keys(keys):
        for row in connection.execute(_in_origins(origins.c.key.in_(part))):
            yield keys[row.key], row.entry


def _by_key(connection: sa.Connection, names: Sequence[str]) -> Iterable[tuple[str, int]]:
    for name in names:
        if KEY.fullmatch(name):
            for row in connection.execute(_in_origins(origins.c.key.between(name, name + "g"))):
                yield name, row.entry


def _in_origins(keys: sa.ColumnElement[bool]) -> sa.CompoundSelect[tuple[str, int]]:
    """Select origins by key; each feed and each seed by itself, for that is how they are indexed."""
    query = sa.select(origins.c.key, origins.c.entry).where(origins.c.entry.is_not(None))
    of_feeds = query.where(origins.c.feed.in_(sa.select(feeds.c.id)), keys)
    return of_feeds.union(query.where(origins.c.seed.in_(sa.select(seeds.c.id)), keys))


def _keys(keys: Mapping[str, str]) -> Iterable[Sequence[str]]:
    ordered = sorted(keys)
    return (ordered[at : at + CHUNK] for at in range(0, len(ordered), CHUNK))


def _called(connection: sa.Connection, entry_ids: Collection[int]) -> dict[int, str]:
    names = _names_had(connection, entry_ids)
    nameless = [entry for entry in entry_ids if entry not in names]
    candidates = _candidates(connection, nameless)
    unique = _look_up(connection, [name for own in candidates.values() for name in own])
    for entry in nameless:
        telling = (name for name in candidates[entry] if unique[name] == {entry})
        names[entry] = next(telling, f"entry {entry}")
    return names


def _names_had(connection: sa.Connection, entry_ids: Collection[int]) -> dict[int, str]:
    names: dict[int, str] = {}
    for part in _parts(entry_ids):
        query = sa.select(named_entries).where(named_entries.c.entry.in_(part))
        for row in connection.execute(
            query.order_by(sa.func.length(named_entries.c.name).desc(), named_entries.c.name)
        ):
            names[row.entry] = row.name
    return names


def _candidates(connection: sa.Connection, entry_ids: Collection[int]) -> dict[int, list[str]]:
    """Return what each entry could be called, the best first."""
    found: dict[int, list[str]] = defaultdict(list)
    for part in _parts(entry_ids):
        its = entries.c.id.in_(part)
        for number, url, own in connection.execute(
            sa.select(entries.c.id, entries.c.url, entries.c.own_id).where(its)
        ):
            found[number] += [name for name in (url, own) if name]
        keys = sa.select(origins.c.entry, origins.c.key).where(origins.c.entry.in_(part))
        for number, key in connection.execute(keys.order_by(origins.c.id)):
            found[number].append(key[:32])
        iris = sa.select(passed_ids.c.entry, passed_ids.c.iri).where(passed_ids.c.entry.in_(part))
        for number, iri in connection.execute(iris):
            found[number].append(iri)
    return found
