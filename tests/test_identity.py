"""What makes entries and publishers the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.identity import digest, entry_keys, first_words, folded, publisher_key, slug, words
from aggregator.model import Entry


@pytest.mark.parametrize(
    "name", ["The Guardian", "guardian", "Guardian RSS", "World news | The Guardian", "The Guardian - World"]
)
def test_names_of_one_publishers_feeds_count_as_one(name: str) -> None:
    assert publisher_key(name) == "guardian"


@pytest.mark.parametrize(
    "name", ["AP", "The Associated Press", "AP News", "AP통신", "Associated Press: World"]
)
def test_names_of_one_agency_count_as_one(name: str) -> None:
    assert publisher_key(name) == "ap"


@pytest.mark.parametrize("name", [None, "", "   ", "–"])
def test_no_name_is_no_publisher(name: str | None) -> None:
    assert publisher_key(name) is None


def test_different_publishers_stay_different() -> None:
    names = ["Reuters", "AP", "NK News", "Yonhap News Agency", "한겨레", "News of the World", "World"]
    assert len({publisher_key(name) for name in names}) == len(names)


def test_a_feeds_entry_is_known_by_its_id_else_link_else_content() -> None:
    assert entry_keys(Entry("T", id="1", url="https://a.example/")) == entry_keys(Entry("U", id="1"))
    assert entry_keys(Entry("T", url="https://a.example/")) == entry_keys(
        Entry("U", url="https://a.example/")
    )
    assert entry_keys(Entry("T", "x")) != entry_keys(Entry("T", "y"))


def test_an_id_is_never_taken_for_a_link() -> None:
    assert entry_keys(Entry("T", id="https://a.example/")) != entry_keys(Entry("T", url="https://a.example/"))


def test_a_seeds_entry_is_known_by_address_then_title_then_body() -> None:
    keys = entry_keys(Entry("Kim’s  visit", "Body.", url="https://a.example/"), own_id=False)
    moved = entry_keys(Entry("KIM S visit", "Body."), own_id=False)
    assert len(keys) == 3 and len(moved) == 2
    assert keys[1:] == moved


@given(st.text(), st.text())
def test_digests_of_different_parts_differ(a: str, b: str) -> None:
    assert digest(a, b) != digest(a + b)
    assert (digest(a, b) == digest(b, a)) == (a == b)


def test_none_and_empty_have_different_digests() -> None:
    assert digest(None) != digest("")


def test_words_fold_case_width_and_punctuation() -> None:
    assert words("Ｋim Jong-UN’s") == ("kim", "jong", "un", "s")


def test_a_cut_text_says_that_it_was_cut() -> None:
    assert first_words("one two  three", 2) == "one two…"
    assert first_words("one two", 2) == "one two"


def test_a_slug_keeps_whole_ascii_words() -> None:
    assert slug("Città d’Italia: 48-year-old’s visa") == "citta-ditalia-48-year-olds-visa"
    assert slug("북한 외교관") == ""


@given(st.text())
def test_a_slug_is_always_safe_in_an_address(text: str) -> None:
    made = slug(text)
    assert len(made) <= 60
    assert made == "" or all(part.isascii() and part.isalnum() for part in made.split("-"))


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_words_of_plain_text_are_those_of_any_text(text: str) -> None:
    assert (*words(text), "é") == words(f"{text} é")


@given(st.text())
def test_every_word_stands_in_the_folded_text(text: str) -> None:
    assert all(word in folded(text) for word in words(text))
