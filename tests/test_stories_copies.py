"""Near-copies: found by their words, they follow their original."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.stories.lexicon import Lexicon
from aggregator.core.stories.shingles import MIN_SHINGLES, SHINGLE, Sketches, containments, sketches
from aggregator.model import Placement, Rule, Stored
from tests.arrivals import arrival, group

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGENCY = (
    "Engineers closed the bridge at Brekke on Monday after divers found a crack as long as a car in its "
    "northern pier. Lorries are sent over the narrow valley road, which adds forty minutes to the journey "
    "to the port. The county believes that floods in January washed gravel from beneath the pier and has "
    "ordered sonar surveys of every other crossing. Hauliers expect queues for weeks and ask for ferries."
)
OTHER = (
    "Ministers agreed in the night to cut the herring quota by a third because the spawning stock is at "
    "its lowest since biologists began to count. The union of fishermen says that half of the fleet will "
    "have to lie in harbour all winter, and demands compensation from the fund that was meant for storms."
)


def rules(entries: list[Stored], size: int = 100) -> dict[int, Placement]:
    return group(entries, size).reasons()


def dated(stored: Stored, days: float) -> Stored:
    return replace(stored, entry=replace(stored.entry, published=NOON + timedelta(days=days)))


@pytest.mark.parametrize("size", [1, 2])
def test_an_agencys_text_under_another_headline_is_a_copy_of_the_first(size: int) -> None:
    first = dated(arrival(1, "Bridge shut after divers find crack", AGENCY, publisher="Reuters"), 0)
    copy = dated(arrival(2, "Lorries on detour", f"(Agency) - {AGENCY}", publisher="Coast Radio"), 1)

    placed = rules([first, copy], size)

    assert placed[2].rule is Rule.COPY
    assert (placed[2].copy_of, placed[2].nearest) == (1, 1)
    assert placed[2].story == placed[1].story
    assert 1 > placed[2].similarity >= placed[2].threshold


def test_the_earlier_of_two_in_one_batch_is_the_original() -> None:
    late = dated(arrival(1, "Bridge shut", AGENCY, publisher="Coast Radio"), 1)
    early = dated(arrival(2, "Bridge closed", AGENCY, publisher="Reuters"), 0)

    placed = rules([late, early])

    assert (placed[1].copy_of, placed[2].copy_of) == (2, None)


def test_the_opening_of_a_text_is_a_copy_of_the_whole() -> None:
    short = " ".join(AGENCY.split()[:40])

    placed = rules(
        [arrival(1, "Bridge shut", AGENCY, publisher="A"), arrival(2, "Bridge shut", short, publisher="B")], 1
    )

    assert placed[2].copy_of == 1


def test_a_report_in_other_words_is_no_copy() -> None:
    own = "Because divers saw a crack in a pier the county shut the bridge. Hauliers take the valley road."

    placed = rules(
        [arrival(1, "Bridge shut", AGENCY, publisher="A"), arrival(2, "Bridge shut", own, publisher="B")]
    )

    assert {placement.copy_of for placement in placed.values()} == {None}
    assert placed[1].story == placed[2].story


def test_a_closing_formula_shared_by_a_publishers_items_makes_no_copies() -> None:
    formula = (
        "Subscribe to our newsletter for more reports from the coast every morning and support independent "
        "journalism with a small monthly contribution that keeps our reporters on the road"
    )
    entries = [
        arrival(1, "Herring quota cut by a third as spawning stock shrinks", formula, publisher="A"),
        arrival(2, "Opera house in Lindholm burns days before premiere", formula, publisher="A"),
        arrival(3, "Tarn Bank buys rival Fossum for billions in shares", formula, publisher="A"),
    ]

    assert {placement.copy_of for placement in rules(entries).values()} == {None}


def test_equal_headlines_of_two_newsrooms_join_but_are_no_copies() -> None:
    entries = [
        arrival(number, "Storm Edda cuts power along the coast", publisher=name)
        for number, name in enumerate("ABC", 1)
    ]

    placed = rules(entries)

    assert len({placement.story for placement in placed.values()}) == 1
    assert sorted(placement.rule for placement in placed.values()) == [Rule.JOINED, Rule.JOINED, Rule.OPENED]
    assert {placement.copy_of for placement in placed.values()} == {None}


def test_an_equal_headline_of_one_publisher_is_a_copy_today_and_a_new_story_tomorrow() -> None:
    first = dated(arrival(1, "Weather and roads for the northern coast", publisher="A"), 0)
    again = dated(arrival(2, "Weather and roads for the northern coast", publisher="A"), 0.2)
    tomorrow = dated(arrival(3, "Weather and roads for the northern coast", publisher="A"), 1)

    placed = rules([first, again, tomorrow], 1)

    assert placed[2].copy_of == 1
    assert placed[3].rule is Rule.OPENED


def test_headings_of_one_word_say_nothing() -> None:
    entries = [arrival(1, "On television today", publisher="A"), arrival(2, "Television", publisher="B")]

    assert len({placement.story for placement in rules(entries).values()}) == 2


def test_copies_move_with_their_original() -> None:
    entries = [
        arrival(1, "Bridge shut", AGENCY, publisher="A"),
        arrival(2, "Quota cut", OTHER, publisher="A"),
        arrival(3, "Bridge shut", AGENCY, publisher="B"),
    ]
    ledger = group(entries, 1)
    engine = ledger.restored()
    more = [
        arrival(
            10 + at,
            f"Divers find crack in pier of Brekke bridge {word}",
            AGENCY[at * 60 : at * 60 + 200],
            publisher=word,
        )
        for at, word in enumerate(("gravel", "floods", "detour"))
    ]

    ledger.note(more, engine.add(more))

    assert ledger.stories()[3] == ledger.stories()[1]
    assert ledger.reasons()[3].copy_of == 1


# ---- sketches


def sketch(text: str) -> Sketches:
    """Return a text's sketch, made between others."""
    lexicon = Lexicon()
    texts = ("a b", "A title", text, "", AGENCY, "")  # in turn titles and bodies
    terms, counts = lexicon.read([("english", one.split()) for one in ("", *texts, "")])
    return sketches(lexicon.checksums(terms), counts).take(np.array([1]))


def containment(one: Sketches, other: Sketches) -> float:
    return float(containments(one, other)[0])


def test_a_short_text_has_no_sketch() -> None:
    enough = MIN_SHINGLES + SHINGLE - 1

    assert sketch("w0 " * (enough - 1)).counts == [0]
    assert sketch(" ".join(f"w{i}" for i in range(enough))).counts == [MIN_SHINGLES]


@given(st.integers(40, 190), st.integers(0, 150))
def test_containment_is_estimated_well_enough_to_tell_copies(length: int, foreign: int) -> None:
    own = [f"w{i}" for i in range(length)]
    text, other = (
        sketch(" ".join(own)),
        sketch(" ".join(own + [f"v{i}" for i in range(foreign)])),
    )

    assert containment(text, other) == containment(other, text) == 1


@given(st.integers(40, 190))
def test_texts_without_a_common_phrase_contain_nothing_of_each_other(length: int) -> None:
    one, other = (sketch(" ".join(f"{mark}{i}" for i in range(length))) for mark in "ab")

    assert containment(one, other) == 0
