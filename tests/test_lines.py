"""Entries given as JSON Lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.lines import read_lines
from aggregator.errors import DocumentError


def test_a_line_may_name_its_fields_either_way() -> None:
    first, second = read_lines(
        "a.jsonl",
        [
            '{"id": 1, "title":"T", "body":"B", "source":"Nordwire", "published": "2019-01-10T09:00+0900"}',
            "",
            '{"id": "x", "title": "T", "text": "B", "publisher": "Nordwire", "url": null, "story": 7}',
        ],
    )
    assert (first.id, first.stored.id, first.stored.entry.text, first.stored.publisher_key) == (
        1,
        0,
        "B",
        "nordwire",
    )
    assert str(first.stored.entry.published) == "2019-01-10 00:00:00+00:00"
    assert (second.id, second.stored.id, second.stored.entry.text, second.story) == ("x", 1, "B", "7")


def test_entries_of_different_beats_say_so() -> None:
    lines = read_lines("a.jsonl", ['{"id": 1, "title": "T", "beat": "b"}', '{"id": 2, "title": "T"}'])
    assert [line.stored.beat for line in lines] == ["b", None]


def test_everything_but_id_and_title_may_be_absent() -> None:
    (line,) = read_lines("a.jsonl", ['{"id": "x", "title": ""}'])
    entry = line.stored.entry
    assert (entry.title, entry.text, entry.published, entry.publisher, line.story) == (
        "",
        "",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("lines", "subject"),
    [
        (['{"id": 1, "title": "T"}', "nonsense"], "a.jsonl:2"),
        (["[1]"], "a.jsonl:1"),
        (['{"title": "T"}'], "a.jsonl:1"),
        (['{"id": 1}'], "a.jsonl:1"),
        (["", "  "], "a.jsonl"),
    ],
)
def test_what_is_wrong_is_reported_with_its_line(lines: list[str], subject: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_lines("a.jsonl", lines)
    assert caught.value.subject == subject


@given(st.text())
def test_any_line_is_an_entry_or_a_clear_error(line: str) -> None:
    try:
        read_lines("a.jsonl", [line])
    except DocumentError as error:
        assert error.subject.startswith("a.jsonl")
