"""Entries as weighted words."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make import NOW

from aggregator.core.stories.lexicon import Lexicon
from aggregator.core.stories.reading import take_notes
from aggregator.core.stories.weighing import BODY_WEIGHT, MAX_STEMS, TITLE_WEIGHT
from aggregator.core.text import (
    BODY_CHARACTERS,
    BODY_WORDS,
    bare_title,
    excerpt,
    readable,
    stemmer_for,
    stems,
)
from aggregator.model import Entry, Stored


def weights_of(*entries: Entry) -> list[dict[str, float]]:
    """Return the stems of entries that are read together, with their weights."""
    lexicon = Lexicon()
    notes = take_notes([Stored(n, entry, NOW) for n, entry in enumerate(entries)], lexicon)
    alone = [notes.take(np.array([place])) for place in range(len(entries))]
    return [
        {lexicon.stems[term]: weight for term, weight in zip(one.terms, one.weights.tolist(), strict=True)}
        for one in alone
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("denuclearisation", "denuclearization"),
        ("organised", "organizing"),
        ("talks", "talk"),
        ("the minister's", "minister"),
        ("Beyoncé", "beyonce"),
        ("25,000", "25000"),
        ("Jong-un", "Jong Un"),
    ],
)
def test_spellings_of_one_word_are_one_stem(one: str, other: str) -> None:
    assert stems(one) == stems(other) != []


@pytest.mark.parametrize("text", ["", "The of and, said Monday!", "…—“”", "a b c"])
def test_words_that_say_nothing_are_dropped(text: str) -> None:
    assert stems(text) == []


def test_decimals_stay_numbers_of_their_own() -> None:
    assert stems("5.1 and 51") == ["5.1", "51"]


def test_scripts_without_spaces_become_pairs_of_characters() -> None:
    assert stems("北京大学") == ["北京", "京大", "大学"]
    assert stems("G7首脳 会") == ["g7", "首脳", "会"]


def test_cyrillic_and_arabic_are_words() -> None:
    assert stems("президенты", "russian") == stems("Президентом", "russian") != []
    assert len(stems("الرئيس يصل إلى بكين", "arabic")) == 4


@pytest.mark.parametrize(
    ("language", "algorithm"),
    [(None, "english"), ("de-AT", "german"), ("pt_BR", "portuguese"), ("FR", "french"), ("xx", "english")],
)
def test_the_language_tag_chooses_the_stemmer(language: str | None, algorithm: str) -> None:
    assert stemmer_for(language) == algorithm


def test_a_declared_language_is_stemmed_as_such() -> None:
    several, one, english = weights_of(
        Entry("Verhandlungen", language="de"), Entry("Verhandlung", language="de"), Entry("Verhandlungen")
    )

    assert several == one != english


@pytest.mark.parametrize(
    ("title", "publisher", "bare"),
    [
        ("Bridge shut after crack - Reuters", None, "Bridge shut after crack"),
        ("Bridge shut after crack | The Guardian", None, "Bridge shut after crack"),
        ("Bridge shut after crack – Harbour Gazette", None, "Bridge shut after crack"),
        ("Bridge shut after crack - Kystbladet", "Kystbladet", "Bridge shut after crack"),
        ("Bridge shut after crack - kystbladet.no", "Kystbladet", "Bridge shut after crack"),
        ("UPDATE 2-Bridge shut after crack", None, "Bridge shut after crack"),
        ("BREAKING: Bridge shut after crack (Reuters)", None, "Bridge shut after crack"),
        ("Bridge shut after crack [VIDEO]", None, "Bridge shut after crack"),
        ("Bridge shut - what we know", None, "Bridge shut - what we know"),
        ("US-North Korea talks resume", None, "US-North Korea talks resume"),
        ("Live", None, "Live"),
        ("Watch the sky", None, "Watch the sky"),
    ],
)
def test_a_title_is_stripped_of_its_outlet_and_labels(title: str, publisher: str | None, bare: str) -> None:
    assert bare_title(title, publisher) == bare


def test_a_title_weighs_more_than_a_body_and_repeats_weigh_little_more() -> None:
    (weights,) = weights_of(Entry("Bridge", "Pier pier river"))

    assert list(weights) == ["bridg", "pier", "river"]
    assert weights["bridg"] > weights["pier"] > weights["river"]
    assert weights["pier"] < 2 * weights["river"]


def test_only_the_opening_of_a_body_is_read() -> None:
    long = " ".join(["bridge"] * BODY_WORDS + ["harbour"])

    (weights,) = weights_of(Entry("Title", long))

    assert list(weights) == ["titl", "bridg"]


def test_entries_that_are_read_together_weigh_what_each_does_alone() -> None:
    entries = [Entry(f"Bridge {n} over the river", f"River {n} and bridge{n % 7} " * 3) for n in range(100)]

    assert weights_of(*entries) == [weights for entry in entries for weights in weights_of(entry)]


def test_a_word_weighs_by_the_logarithm_of_how_often_it_stands() -> None:
    (weights,) = weights_of(Entry("Bridge bridge", "bridge " * 3 + "pier"))

    assert weights == {
        "bridg": pytest.approx(TITLE_WEIGHT * (1 + log(2)) + BODY_WEIGHT * (1 + log(3))),
        "pier": pytest.approx(BODY_WEIGHT),
    }


def test_a_hostile_text_is_bounded() -> None:
    huge, many = weights_of(
        Entry("word " * 1_000_000, "x" * 5_000_000),
        Entry(" ".join(f"w{i}" for i in range(5_000)), " ".join(f"v{i}" for i in range(5_000))),
    )

    assert list(huge) == ["word", "x" * BODY_CHARACTERS]
    assert len(many) == MAX_STEMS


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from([None, "en", "ar", "ko", "tr", "??"]))
def test_any_text_is_its_stems_with_positive_weights(title: str, body: str, language: str | None) -> None:
    entry = Entry(title, body, publisher=title[:20], language=language)

    (weights,) = weights_of(entry)

    words = excerpt(entry)
    said = [*stems(words.title, words.stemmer), *stems(words.opening, words.stemmer)]
    assert all(weight > 0 for weight in weights.values())
    assert list(weights) == list(dict.fromkeys(said))[:MAX_STEMS]


def test_stems_are_shown_as_the_entry_writes_them_names_whole() -> None:
    entry = Entry("Envoy seeks asylum", "Ambassador Jo Song Gil left Italy’s capital for asylum.")

    found = readable(excerpt(entry), ["song", "gil", "itali", "asylum", "missing"])

    assert found == {
        "song": "Ambassador Jo Song Gil",
        "gil": "Ambassador Jo Song Gil",
        "itali": "Italy",
        "asylum": "asylum",
    }


def test_a_headline_in_title_case_is_not_taken_for_a_name() -> None:
    entry = Entry("Ferry Crews Walk Out Over Night Shifts In Norsund")

    assert readable(excerpt(entry), ["ferri", "norsund"]) == {"ferri": "Ferry", "norsund": "Norsund"}
