"""What each entry adds to those before it, who was first, and how much later the others came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.novelty import READ, Piece, additions, first_report, lags, sentences
from aggregator.store.pages import OPENING

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST = (
    "The ferry Terna ran aground off Skerry in thick fog on Friday. "
    "The coast guard took 84 passengers ashore by lifeboat, and nobody was hurt."
)


def piece(number: int, text: str = FIRST, title: str = "Ferry Terna runs aground", **others: object) -> Piece:
    plain: dict[str, object] = {"when": NOON + number * timedelta(minutes=30)}
    return Piece(number, title, text, **(plain | others))  # type: ignore[arg-type]


def adds(*pieces: Piece) -> list[str]:
    found = additions(pieces)
    return [found.get(one.id, "") for one in pieces]


def test_the_sentence_with_a_new_number_or_name_is_what_an_entry_adds() -> None:
    second = (
        "The ferry Terna ran aground in thick fog. The coast guard took its passengers ashore by lifeboat. "
        "It had struck the same reef in 2019, its owner Osse Lines said. Nobody was hurt."
    )
    assert adds(piece(1), piece(2, second)) == [
        "",
        "It had struck the same reef in 2019, its owner Osse Lines said.",
    ]


def test_what_says_the_same_in_other_order_adds_nothing() -> None:
    again = (
        "Nobody was hurt. By lifeboat the coast guard took 84 passengers ashore. The ferry Terna ran aground."
    )
    assert adds(piece(1), piece(2, again)) == ["", ""]


def test_a_copy_adds_nothing_though_it_ends_otherwise() -> None:
    copy = FIRST + " Reporting by Ada Quill in Osse and Ben Larch in Karsund, 17 November."
    assert adds(piece(1), piece(2, copy, copy_of=1)) == ["", ""]
    # Its original is in another story: here it is the first to say so.
    assert adds(piece(1), piece(2, copy, copy_of=99))[1] != ""


def test_of_a_text_that_several_carry_the_earliest_adds_it() -> None:
    more = FIRST + " It had struck the same reef in 2019, its owner Osse Lines said."
    found = adds(piece(1), piece(2, more, copy_of=3), piece(3, more))
    assert found == ["", "It had struck the same reef in 2019, its owner Osse Lines said.", ""]


def test_what_an_earlier_entry_added_is_new_no_more() -> None:
    owner = FIRST + " Its owner Osse Lines lost the ferry Morven in 2004."
    later = FIRST + " Osse Lines lost the Morven in 2004."
    assert adds(piece(1), piece(2, owner), piece(3, later))[1:] == [
        "Its owner Osse Lines lost the ferry Morven in 2004.",
        "",
    ]


def test_what_a_headline_says_need_not_be_said_below_it() -> None:
    title = "Terna captain Ines Varga held, 3.1 per mille measured"
    text = (
        "Captain Ines Varga is held; 3.1 per mille were measured. Her deputy Jon Aske steered since Karsund."
    )
    assert adds(piece(1), piece(2, text, title))[1] == "Her deputy Jon Aske steered since Karsund."


def test_a_bare_title_adds_no_sentence() -> None:
    assert adds(piece(1), piece(2, "", "Osse Lines to sell ferries to Karsund for 9 million")) == ["", ""]


def test_headings_and_lines_of_labels_are_not_quoted() -> None:
    labels = FIRST + "\n\nPosted in Tarn Bank | Tagged Osse Lines, Karsund | 33 Comments"
    assert adds(piece(1), piece(2, labels)) == ["", ""]


def test_texts_in_another_language_are_compared_among_themselves() -> None:
    german = "Die Fähre Terna lief vor Skerry auf Grund. Die Küstenwache holte 84 Menschen von Bord."
    more = german + " Die Reederei Osse Lines hatte 2004 schon die Fähre Morven verloren."
    found = adds(piece(1), piece(2, german, language="de"), piece(3, more, language="de-AT"))
    assert found == ["", "", "Die Reederei Osse Lines hatte 2004 schon die Fähre Morven verloren."]


def test_a_long_sentence_is_cut_and_says_so() -> None:
    long = FIRST + " Its owner " + " ".join(f"Name{n}" for n in range(100)) + "."
    assert adds(piece(1), piece(2, long))[1].endswith("…")


def test_only_the_beginning_of_a_text_is_looked_at() -> None:
    late = "and so on " * (READ // 10) + "It struck the same reef in 2019, said Osse Lines."
    assert adds(piece(1), piece(2, late)) == ["", ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is. Two are! Are three? Four.", ["One is.", "Two are!", "Are three?", "Four."]),
        ("Mr. Hale met Gen. Ost on Nov. 3. They left.", ["Mr. Hale met Gen. Ost on Nov. 3.", "They left."]),
        ("The U.S. Navy came. It left.", ["The U.S. Navy came.", "It left."]),
        ("“It sank.” She wept.", ["“It sank.”", "She wept."]),
        ("It grew by 3.5 percent. Then No. 4 followed.", ["It grew by 3.5 percent.", "Then No. 4 followed."]),
        ("A heading\n\nThe text", ["A heading", "The text"]),
        ("橋は閉鎖された。車は通れない。", ["橋は閉鎖された。", "車は通れない。"]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences_end_where_people_see_them_end(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@given(st.text(max_size=300))
def test_sentences_lose_nothing_but_blanks(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


# ---- who was first


def test_the_first_of_known_minutes_reported_first_and_the_others_that_much_later() -> None:
    pieces = [piece(1), piece(2), piece(5)]
    assert first_report(pieces) == 1
    assert lags(pieces) == {2: timedelta(minutes=30), 5: timedelta(hours=2)}


def test_a_date_without_a_time_is_never_the_first_report_and_has_no_lag() -> None:
    whole_day = piece(1, when=NOON.replace(hour=0), timed=False, day_only=True)
    assert first_report([whole_day, piece(2)]) is None
    assert lags([whole_day, piece(2)]) == {}
    assert lags([piece(2), whole_day]) == {}


def test_nobody_is_first_where_another_is_of_that_day_at_no_known_minute() -> None:
    same = piece(3, when=NOON.replace(hour=0), timed=False, day_only=True)
    other = piece(3, when=NOON.replace(hour=0) + timedelta(days=1), timed=False, day_only=True)
    assert first_report([piece(1), piece(2), same]) is None
    assert first_report([piece(1), piece(2), other]) == 1


def test_nobody_is_first_where_two_publishers_reported_in_the_same_minute() -> None:
    first = replace(piece(1), publisher="a")
    later = replace(first, id=2, when=first.when + timedelta(seconds=59))

    assert first_report([first, replace(later, publisher="b")]) is None
    assert first_report([first, replace(later, publisher=None)]) is None
    assert first_report([first, replace(later, publisher="a")]) == 1
    assert first_report([first, replace(later, publisher="b", when=first.when + timedelta(seconds=60))]) == 1


def test_an_undated_entry_leaves_the_first_of_the_dated_ones_first() -> None:
    undated = piece(3, timed=False)
    assert first_report([piece(1), piece(2), undated]) == 1
    assert first_report([undated, piece(4)]) is None


def test_of_no_entries_nobody_is_first() -> None:
    assert (first_report([]), lags([]), additions([])) == (None, {}, {})


def test_the_store_reads_as_much_of_a_text_as_is_looked_at() -> None:
    assert OPENING == READ
