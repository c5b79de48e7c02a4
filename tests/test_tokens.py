"""Words as the indexes see them: cut for PostgreSQL as FTS5 cuts them, and marked where they stand."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from make import NOW, fill, make_entry, make_story

from aggregator.core.search import Term, read_query
from aggregator.core.snippets import MARK, UNMARK, highlight, snippet
from aggregator.core.tokens import GAP, MAX_VECTOR, fold, tokens_of, tsquery, tsvector
from aggregator.model import SeedRead
from aggregator.store import Store
from aggregator.store.narrowing import Filter

# What feeds write: Latin with accents, other scripts, digits, marks, punctuation.
WRITTEN = st.text("aZéÉñÅøßşŻ ΑάςΣ Яйё 한국 北京 がカ 0７ _-'’.,:&<>\"()\u0301\u200b", max_size=60)


@pytest.fixture(scope="module")
def fts5_words() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:")
    database.execute("""CREATE VIRTUAL TABLE t USING fts5(x, tokenize="unicode61 remove_diacritics 2")""")
    database.execute("CREATE VIRTUAL TABLE words USING fts5vocab(t, instance)")
    yield database
    database.close()


@given(WRITTEN)
@example("Jong-un’s 3.5 café_au_lait ﬁn ½ x²")
@example("ΟΔΥΣΣΕΥΣ Straße İstanbul")
def test_texts_are_cut_as_fts5_cuts_them(fts5_words: sqlite3.Connection, text: str) -> None:
    fts5_words.execute("DELETE FROM t")
    fts5_words.execute("INSERT INTO t VALUES (?)", (text,))
    rows = fts5_words.execute("SELECT term FROM words ORDER BY offset").fetchall()

    assert [token.word for token in tokens_of(text)] == [row[0] for row in rows]


@given(WRITTEN)
def test_a_word_stands_where_it_is_said_to(text: str) -> None:
    for token in tokens_of(text):
        assert fold(text[token.start : token.end]) == token.word


def test_places_of_words_are_counted_on_with_a_gap_between_fields() -> None:
    assert tsvector(("A bridge", None, "The Bridge")) == f"'a':1 'bridge':2,{4 + 2 * GAP} 'the':{3 + 2 * GAP}"


def test_a_text_of_any_length_gives_a_vector_that_is_not_too_long() -> None:
    endless = " ".join(f"word{number:012}" for number in range(200_000))
    assert 0.5 * MAX_VECTOR < len(tsvector((endless,)).encode()) < 2 * MAX_VECTOR


def test_terms_are_words_in_a_row_and_all_of_them_are_asked_for() -> None:
    assert (
        tsquery(read_query('cable "Bulk carrier" 북한')) == "('cable') & ('bulk' <-> 'carrier') & ('북한':*)"
    )


def test_a_term_without_a_word_asks_for_nothing() -> None:
    assert tsquery((Term(("_",)),)) == ""


@given(st.text())
def test_no_text_makes_syntax(text: str) -> None:
    words = {token.word for term in read_query(text) for token in tokens_of(" ".join(term.words))}
    assert not any(set("'\\ ") & set(word) for word in words)


# ---- what is shown


def marked(text: str) -> str:
    return text.replace("[", MARK).replace("]", UNMARK)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("bridge", "The [Bridge] of Brekke"),
        ('"bridge of"', "The [Bridge of] Brekke"),
        ('"bridge of" "of brekke"', "The [Bridge of Brekke]"),
        ("the brekke", "[The] Bridge of [Brekke]"),
        ('"bridge brekke"', "The Bridge of Brekke"),
    ],
)
def test_matches_are_marked_and_those_that_overlap_as_one(query: str, shown: str) -> None:
    assert highlight("The Bridge of Brekke", read_query(query)) == marked(shown)


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("(The bridge!)", read_query("bridge")) == marked("(The [bridge]!)")


def test_of_a_long_text_the_part_with_the_most_terms_is_shown() -> None:
    text = "bridge " + "a " * 40 + "the bridge of Brekke " + "z " * 40
    shown = snippet(text, read_query("bridge brekke"))

    assert shown.startswith("…a a") and shown.endswith("z z…")
    assert marked("the [bridge] of [Brekke]") in shown
    assert len(list(tokens_of(shown.replace(MARK, "").replace(UNMARK, "")))) == 24


def test_a_text_without_a_match_is_shown_from_its_beginning() -> None:
    assert snippet("a " * 30, read_query("bridge")) == "a " * 23 + "a…"


# ---- asked of a database


TEXTS = (
    "The coast guard of Brekke closed the bridge.",
    "A bridge-guard in Jong-un’s coast town",
    "Café Ünal opens; İstanbul ΟΔΟΣ",
    "북한의 미사일 발사 후 서울",
    "x_y 3.5 % & | ! ( ) : * <-> 'quoted' \\",
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("coast guard", {0, 1}),
        ('"coast guard"', {0}),
        ('"bridge guard"', {1}),
        ("JONG-UN", {1}),
        ("cafe unal istanbul οδος", {2}),
        ("북한", {3}),
        ("한", set()),
        ("3.5", {4}),
        ("x_y", {4}),
        ("y x", {4}),
        ("'quoted'", {4}),
        ("quot", set()),
        ("coast | guard", {0, 1}),
        ("!coast & <-> :*", {0, 1}),
        ("brekke nowhere", set()),
        ("number", {0, 1, 2, 3, 4}),
        ('"number gazette"', set()),
    ],
)
def test_the_same_is_found_whatever_the_database(store: Store, query: str, found: set[int]) -> None:
    entries = [make_entry(f"Number {n}", text=text) for n, text in enumerate(TEXTS)]
    fill(store, *(make_story(entry) for entry in entries))

    hits, count = store.search(read_query(query), Filter(), 10)

    numbers = [int(hit.title.rpartition(" ")[2]) for hit in hits]
    assert set(numbers) == found and count == len(found)
    assert numbers == sorted(numbers, reverse=True)


def test_what_an_entry_says_no_more_is_not_found(store: Store) -> None:
    entry = make_entry(text="The bridge of Brekke")
    fill(store, make_story(entry), seed="a")
    store.save_seed(SeedRead("a", NOW, "another", (replace(entry, text="The tunnel of Brekke"),)))

    assert store.search(read_query("tunnel"), Filter(), 10)[1] == 1
    assert store.search(read_query('"bridge of brekke"'), Filter(), 10)[1] == 0
