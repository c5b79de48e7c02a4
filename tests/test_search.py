"""What a person types into the search box."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.search import MAX_TERMS, Term, fts5, read_query


def test_words_must_all_be_found_and_quoted_words_stand_together() -> None:
    assert read_query('cable "bulk carrier" strait') == (
        Term(("cable",)),
        Term(("bulk", "carrier")),
        Term(("strait",)),
    )


@pytest.mark.parametrize("quoted", ["“coast guard”", '"coast guard"', "«coast guard»", "„coast guard“"])
def test_every_kind_of_quotes_makes_a_phrase(quoted: str) -> None:
    assert read_query(quoted) == (Term(("coast", "guard")),)


def test_a_word_with_punctuation_inside_is_a_phrase() -> None:
    assert read_query("Jong-un’s") == (Term(("Jong", "un", "s")),)


def test_words_of_other_scripts_may_go_on() -> None:
    assert fts5(read_query("북한")) == '"북한"*'


@pytest.mark.parametrize("nothing", ["", "   ", '""', "— * ( )"])
def test_a_query_without_words_looks_for_nothing(nothing: str) -> None:
    assert read_query(nothing) == ()


def test_operators_are_words() -> None:
    assert fts5(read_query("NOT cable OR NEAR")) == '"NOT" "cable" "OR" "NEAR"'


@given(st.text())
def test_any_text_is_a_query_that_fts5_accepts(text: str) -> None:
    terms = read_query(text)
    assert len(terms) <= MAX_TERMS
    if not terms:
        return
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    try:
        database.execute("SELECT * FROM t WHERE t MATCH ?", (fts5(terms),)).fetchall()
    except UnicodeEncodeError:
        assert any("\ud800" <= c <= "\udfff" for c in text)
    finally:
        database.close()
