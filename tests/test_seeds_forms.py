"""Forms of pages that blogs, papers and their furniture take, each on the smallest page that shows it."""

from datetime import UTC, datetime

import pytest

from aggregator.core.seeds import read_seed
from aggregator.model import Document, Entry

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "Cable car to the upper village stands still"
BODY = (
    "The cable car to the upper village has stood still since Sunday, after a storm had thrown a "
    "spruce over its lower rope, the operator said."
)
MORE = (
    "Two hundred people are cut off from the road, and the baker has begun to carry flour up the mule track."
)
LAST = "Engineers from the valley expect that the rope can be changed before the end of the month."


def read(text: str, name: str = "page.txt") -> tuple[Entry, ...]:
    return read_seed(Document(name, text.encode()), NOW)


def one(text: str, name: str = "page.txt") -> Entry:
    (entry,) = read(text, name)
    return entry


# --- what an article is filed under -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "trail", ["Home > Region > Valleys", "Start » Verkehr » Berge", "Home / News / West"]
)
def test_the_sections_of_a_menu_or_breadcrumb_are_no_categories(trail: str) -> None:
    entry = one(f"Home\nNews\nSport\n{trail}\n\n{HEAD}\n\n{BODY}\n\n{MORE}\n")

    assert entry.title == HEAD
    assert entry.categories == ()


@pytest.mark.parametrize(
    "line", ["Filed under: Valleys, Ropes", "Tags: Valleys, Ropes", "Topics: Valleys, Ropes"]
)
def test_what_a_line_says_a_piece_is_filed_under_are_its_categories(line: str) -> None:
    entry = one(f"Home > Region > Alps\n\n{HEAD}\n\n{BODY}\n\n{MORE}\n\n{line}\n12 likes\n3 shares\n")

    assert entry.categories == ("Valleys", "Ropes")


# --- furniture --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "A+ A",
        "A- A A+",
        "Skip advert",
        "Member-only story",
        "1.4K claps",
        "Email ThisBlogThis!Share to XShare to FacebookShare to Pinterest",
        "This is an archived article and what it says may have changed since.",
        "This article is more than 6 years old.",
        "All quotes delayed a minimum of 20 minutes.",
    ],
)
def test_buttons_and_notices_around_an_article_are_no_part_of_it(line: str) -> None:
    entry = one(f"{HEAD}\n\n{line}\n\n{BODY}\n\n{MORE}\n\n{line}\n")

    assert (entry.title, entry.author) == (HEAD, None)
    assert entry.text == f"{BODY}\n\n{MORE}"


# --- Markdown ---------------------------------------------------------------------------------------------


def test_a_body_under_front_matter_keeps_what_stands_over_its_first_heading() -> None:
    entry = one(f"---\ntitle: {HEAD}\n---\n\n{BODY}\n\n## The rope\n\n{MORE}\n", "page.md")

    assert entry.title == HEAD
    assert entry.text == f"{BODY}\n\nThe rope\n\n{MORE}"


def test_markdown_keeps_a_paragraph_over_its_heading() -> None:
    entry = one(f"{BODY}\n\n# {HEAD}\n\n{MORE}\n", "page.md")

    assert (entry.title, entry.text) == (HEAD, f"{BODY}\n\n{MORE}")
