"""What the grouping remembers of entries, kept in the store so that a start need not read their texts."""

from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import pytest
from databases import Databases
from hypothesis import given
from hypothesis import strategies as st
from make import NOW, digest, follow, hours_ago, make_store

from aggregator.core.stories import VERSION
from aggregator.core.stories.lexicon import Lexicon
from aggregator.core.stories.notes import Notes
from aggregator.core.stories.packing import UNREAD, pack, unpack
from aggregator.core.stories.reading import take_notes
from aggregator.core.text import BODY_CHARACTERS
from aggregator.model import SeedRead
from aggregator.steps.group import Grouper
from aggregator.store import Store, noted
from tests.arrivals import arrival, collection

KNOWN = "d7bbea72"  # beginning of the digest of the notes of VERSION


def columns(notes: Notes) -> list[str]:
    """Write down all that notes say but their excerpts; NaN is not equal to itself."""
    told = [notes.heads, notes.lengths, notes.terms, notes.weights]
    return [repr(column.tolist()) for column in (*told, notes.sketches.hashes, notes.sketches.counts)]


@given(st.text(max_size=200), st.text(max_size=900), st.sampled_from([None, "de", "zh"]))
def test_a_note_is_read_as_it_was_written(title: str, text: str, language: str | None) -> None:
    lexicon = Lexicon()
    entries = [arrival(7, title, text, language=language, publisher=title[:9] or None), arrival(8, text)]
    notes = take_notes(entries, lexicon)

    again = unpack(list(pack(notes, lexicon)), lexicon)

    assert again.excerpts == [UNREAD, UNREAD]
    assert columns(again) == columns(notes)


def test_notes_are_understood_where_stems_have_other_numbers() -> None:
    first, second = Lexicon(), Lexicon()
    second.terms(["other", "stems", "came", "first"])
    notes = take_notes([arrival(1, "Ferry Terna runs aground in fog", "Forty people were on board.")], first)

    again = unpack(list(pack(notes, first)), second)

    assert [second.stems[term] for term in again.terms] == [first.stems[term] for term in notes.terms]


def test_notes_of_this_version_say_what_they_always_did() -> None:
    entries = [stored for name in ("mixed", "beat", "titles") for stored in collection(name)[0]]
    lexicon = Lexicon()

    packed = [note for _, note in pack(take_notes(entries, lexicon), lexicon)]

    found = sha256(b"".join(packed)).hexdigest()

    assert found.startswith(KNOWN), "texts are read differently: raise VERSION, then put this digest here"


def ten_entries(store: Store, name: str = "seed.txt") -> None:
    follow(store)
    entries = [hours_ago(n, f"{name} {n}: council of Brekke votes on bridge {n}") for n in range(10)]
    store.save_seed(SeedRead(name, NOW, digest(name), tuple(entries)))


def test_a_restart_takes_notes_and_reads_no_texts_of_old_entries(databases: Databases) -> None:
    store = make_store(databases)
    ten_entries(store)
    Grouper(store, uuid4).group(NOW)

    live = store.live(VERSION)

    assert len(live) == 10
    assert all(one.note and not one.stored for one in live)


def test_entries_with_notes_of_another_version_are_read_anew(databases: Databases) -> None:
    store = make_store(databases)
    ten_entries(store)
    Grouper(store, uuid4).group(NOW)

    live = store.live(VERSION + 1)

    assert [one.placement.entry for one in live] == [one.stored.id for one in live if one.stored]
    assert not any(one.note for one in live)


def test_grouping_goes_on_with_entries_of_another_version(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(databases)
    ten_entries(store)
    Grouper(store, uuid4).group(NOW)
    monkeypatch.setattr("aggregator.core.stories.VERSION", VERSION + 1)
    ten_entries(store, "other.txt")

    assert Grouper(store, uuid4).group(NOW) == 10
    assert len(store.live(VERSION)) == 20


def keep_few(monkeypatch: pytest.MonkeyPatch, live: int, spare: int) -> None:
    monkeypatch.setattr(noted, "LIVE_ENTRIES", live)
    monkeypatch.setattr(noted, "SPARE_NOTES", spare)


def entries_with_notes(store: Store) -> list[int]:
    return [one.placement.entry for one in store.live(VERSION, 100) if one.note]


def test_only_the_newest_entries_keep_their_notes(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_few(monkeypatch, live=4, spare=0)
    store = make_store(databases)
    ten_entries(store)
    Grouper(store, uuid4).group(NOW)

    assert entries_with_notes(store) == [7, 8, 9, 10]


def test_notes_that_are_too_many_go_once_they_are_more_than_a_few(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_few(monkeypatch, live=12, spare=7)
    store = make_store(databases)
    ten_entries(store)
    Grouper(store, uuid4).group(NOW)
    ten_entries(store, "other.txt")

    Grouper(store, uuid4).group(NOW)

    assert entries_with_notes(store) == list(range(9, 21))


def test_notes_of_entries_that_more_than_the_newest_follow_are_not_written(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.steps.group.LIVE_ENTRIES", 3)
    store = make_store(databases)
    ten_entries(store)

    Grouper(store, uuid4).group(NOW)

    assert entries_with_notes(store) == [8, 9, 10]


def test_the_grouping_reads_of_an_entry_what_it_would_of_the_whole(databases: Databases) -> None:
    store, lexicon = make_store(databases), Lexicon()
    ten_entries(store)
    long = replace(
        hours_ago(3, "Long"), text="bridge pier river \u00e5s " * 2_000, language="de", publisher="P"
    )
    store.save_seed(SeedRead("long.txt", NOW, digest("long.txt"), (long,)))
    ids = store.ungrouped()

    some, whole = (
        take_notes(read, lexicon) for read in (store.readable(ids, BODY_CHARACTERS), store.entries(ids))
    )

    assert columns(some) == columns(whole)
    assert some.excerpts == whole.excerpts
    assert max(len(stored.entry.text) for stored in store.readable(ids, BODY_CHARACTERS)) == BODY_CHARACTERS
