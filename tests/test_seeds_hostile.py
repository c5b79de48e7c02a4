"""Whatever lies in the seed folder: entries, or one error that says why; never another exception."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.core.seeds import read_seed
from aggregator.errors import DocumentError
from aggregator.model import Document, Entry

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NAMES = ("a.txt", "a.md", "a.html", "a.json", "a.jsonl", "a.xml", "noname")
LINES = (
    "Category: Harbours",
    "Home > World > Asia",
    "Home | World | Sport",
    "Ferry runs aground in the fog",
    "Council votes for a longer pier",
    "Posted on by",
    "Posted on January 11, 2019 by Jane Doe",
    "January 11, 2019",
    "By Jane Doe",
    "Tags: ferries, fog",
    "Leave a comment",
    "Continue reading →",
    "[Bay Courier]",
    "Source: Reuters",
    "Related",
    "3 Comments",
    "Jane says:",
    "Advertisement",
    "© 2019 Bay Courier. All rights reserved.",
    "Background",
    "The ferry ran aground in thick fog on Friday morning, and its passengers had to wait for the tide.",
    (
        "Nobody was hurt, the coast guard said, but the bow of the ship will have to be repai"
        "red before it sails again."
    ),
    (
        "PORT CITY (Reuters) - The pier will be ninety metres longer than it is now, the coun"
        "cil decided on Thursday."
    ),
    "Title: Ferry runs aground",
    "Date: 2019-01-11",
    "---",
    "+++",
    "# Ferry runs aground",
    '{"title": "Ferry", "body": "It ran aground."}',
    "<p>The ferry ran aground.</p>",
    "<article><h2>Ferry</h2>",
    "",
    "",
)


def outcome(body: bytes, name: str = "a.txt") -> tuple[Entry, ...]:
    """Read a document and check what holds for each; no entries where it was refused."""
    try:
        entries = read_seed(Document(name, body), NOW)
    except DocumentError as error:
        assert error.subject == name
        assert len(error.reason) > 10
        return ()
    assert entries
    assert all(entry.title.strip() and "\n" not in entry.title for entry in entries)
    assert all("\n\n\n" not in entry.text and "\0" not in entry.text for entry in entries)
    return entries


@given(body=st.binary(max_size=2_000), name=st.sampled_from(NAMES))
@settings(max_examples=120, deadline=None)
def test_any_bytes_give_entries_or_an_error(body: bytes, name: str) -> None:
    outcome(body, name)


@given(text=st.text(max_size=3_000), name=st.sampled_from(NAMES))
@settings(max_examples=120, deadline=None)
def test_any_text_gives_entries_or_an_error(text: str, name: str) -> None:
    outcome(text.encode("utf-8", "surrogatepass"), name)


@given(lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=60), name=st.sampled_from(NAMES))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_lines_of_pages_in_any_order_give_entries_or_an_error(lines: list[str], name: str) -> None:
    outcome("\n".join(lines).encode(), name)


@given(numbers=st.lists(st.integers(0, 9), min_size=1, max_size=6), gap=st.sampled_from(["\n", "\n\n"]))
@settings(max_examples=50, deadline=None)
def test_every_paragraph_of_an_archive_lands_in_the_post_it_stands_under(
    numbers: list[int], gap: str
) -> None:
    words = "lock pier buoy quay mast sail keel helm bilge wharf".split()
    posts = [
        (
            f"The {words[number]} is mended at last, number {place}",
            [
                (
                    f"Men worked on the {words[number]} for {part + 2} weeks in spring, and on number "
                    f"{place} till June."
                )
                for part in range(number + 1)
            ],
        )
        for place, number in enumerate([*numbers, 0])
    ]
    page = gap.join(
        line for title, body in posts for line in (title, "Posted on May 4, 2019 by Ann Lee", *body)
    )

    entries = outcome(page.encode())

    assert [(entry.title, entry.text.split("\n\n")) for entry in entries] == posts


def test_a_line_without_end_is_refused_in_words() -> None:
    with pytest.raises(DocumentError, match="a line of more than 200,000 characters"):
        read_seed(Document("a.txt", b"Ferry aground\n\n" + b"word " * 50_000), NOW)


@pytest.mark.parametrize("character", [*" \n-#[{<&a1", "\u0301", "한"])
def test_a_megabyte_of_one_character_is_refused(character: str) -> None:
    assert outcome((character * (1_000_000 // len(character.encode()))).encode()) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>" + b"<div>" * 100_000 + b"text",
        b"<html><body>" + b"<p>word" * 5_000,
        b"<article>" * 100_000,
        b"<html><div " + b'a="b" ' * 100_000 + b">",
        b"<!doctype html><!--" + b"<!--" * 100_000,
        b'<html><script type="application/ld+json">' + b"[" * 100_000 + b"</script>",
        b'<html><script type="application/ld+json">{"@graph":[' + b'{"@graph":[' * 300 + b"</script>",
        b'{"a":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"title": ' + b"9" * 100_000 + b"}",
        b"---\n" + b"key: value\n" * 4_000,
        b"---\n" + b" \n" * 4_000,
        b"+++\n" + b"[a." * 4_000,
        b"# A\n\n" + b"[" * 100_000,
        b"# A\n\n" + b"*a " * 100_000,
        b"Title: a\n" + b" b\n" * 4_000,
        b"<rss>" * 1_000,
        b"<?xml version='1.0' encoding='utf-7'?><rss/>",
        b"<meta charset=rot13><p>text",
        b"<meta charset=unicode_escape><p>\\ud800",
        b"\xff\xfe" + b"\x00\xd8" * 1_000,
        b"\x00\x00\xfe\xff" + b"\xff" * 1_000,
        b"\n".join(b"Home > " * 30 for _ in range(300)),
        b"\n".join(b"January 11, 2019 " * 12 for _ in range(300)),
        b"\n".join(b"12/" * 70 for _ in range(300)),
        b"\n".join(b"by A. " * 36 for _ in range(300)),
        b"\n".join("© ".encode() * 60 for _ in range(300)),
    ],
    ids=range(27),
)
def test_nested_repeated_and_broken_documents_end(body: bytes) -> None:
    outcome(body)
    outcome(body, "a.md")


def calls(action: Callable[[], object]) -> int:
    """Count the function calls that an action makes: time's measure that no busy machine changes."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event.endswith("call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "short {n}\n",
        "A headline about the harbour number {n}\n",
        "January 11, 2019\n",
        "[Reuters]\n",
        "Related\nAnother piece about the harbour {n}\n",
        (
            "{n} Comments\nJane says:\nI have crossed the harbour {n} times and nobody ever asked"
            " me for a ticket, so why now?\n"
        ),
        (
            "The harbour was shut on Friday for the {n}th time this winter, and nobody could say "
            "when it would open.\n"
        ),
        (
            "Harbour shut again {n}\nPosted on January 11, 2019 by Jane Doe\nThe harbour was shut"
            " for the {n}th time on Friday, and nobody could say when it would open again.\n"
        ),
        "Title: Harbour {n}\nDate: 2019-01-11\n\nShut.\n\n",
        "---\ntitle: Harbour {n}\n---\nShut.\n",
        '{"title": "Harbour {n}", "body": "Shut."}\n',
        "# Harbour {n}\n\nShut.\n\n",
        "<article><h2>Harbour {n}</h2><p>The harbour was shut on Friday for the {n}th time.</p></article>\n",
    ],
)
def test_the_work_grows_no_faster_than_the_document(unit: str) -> None:
    def read(count: int) -> int:
        text = "".join(unit.replace("{n}", str(n)) for n in range(count))
        return calls(lambda: outcome(text.encode()))

    read(50)  # caches of regular expressions fill
    assert read(600) < 5.5 * read(150)


def test_a_text_of_too_many_lines_is_no_page() -> None:
    with pytest.raises(DocumentError, match="lines"):
        read_seed(Document("a.txt", b"a line of text\n" * 30_000), NOW)
