"""Headlines told apart from the names of feeds and agencies around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.headlines import tell_apart
from aggregator.model import Entry

FEED = "Upland Radio"


def told(title: str, feed: str | None = FEED, **others: str) -> tuple[str, str | None]:
    entry = tell_apart([Entry(title, **others)], [feed])[0]
    return entry.title, entry.publisher


@pytest.mark.parametrize(
    "title",
    [
        "Dam at Corrin holds - Upland Radio",
        "Dam at Corrin holds | Upland Radio",
        "Dam at Corrin holds — The Upland Radio",
        "Dam at Corrin holds | World news | Upland Radio",
        "Dam at Corrin holds [Upland Radio]",
    ],
)
def test_a_feeds_own_name_is_no_part_of_a_headline(title: str) -> None:
    assert told(title) == ("Dam at Corrin holds", None)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Dam at Corrin holds — Reuters", "Reuters"),
        ("Dam at Corrin holds (AP)", "AP"),
        ("Dam at Corrin holds [CNN]", "CNN"),
        ("Dam at Corrin holds - The Associated Press", "The Associated Press"),
        ("댐은 무너지지 않았다【연합뉴스】", "연합뉴스"),
    ],
)
def test_an_agency_after_a_headline_is_its_publisher(title: str, name: str) -> None:
    assert told(title)[1] == name
    assert name not in told(title)[0]


@pytest.mark.parametrize(
    "title",
    [
        "Senna wins the cup - after extra time",
        "Interview (Part two)",
        "A bridge [updated]",
        "Reuters",
        "Storm | Reuters",  # too little would be left
        "Dam holds - Downland Radio",
        "Why the AP left",
        "A walk through the old town - Petra",
        "Best places to rest (spa)",
        "Oil demand rises in the region (MENA)",
        "How to find the way (map)",
        "Dam at Corrin holds (ap)",
    ],
)
def test_other_words_after_a_dash_or_in_brackets_stay(title: str) -> None:
    assert told(title) == (title, None)


def test_what_nearly_all_headlines_of_a_feed_end_with_is_a_name_whatever_it_says() -> None:
    events = ["Dam holds", "Road opens again", "School moves", "River falls", "Bridge is closed"]
    entries = [Entry(f"{event} - tamsel-online") for event in events]
    assert [entry.title for entry in tell_apart(entries, [None])] == events


def test_an_entrys_own_source_is_cut_off_and_stays_its_publisher() -> None:
    assert told("Dam at Corrin holds - Tamsel Post", publisher="Tamsel Post") == (
        "Dam at Corrin holds",
        "Tamsel Post",
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"author": "Reuters"},
        {"author": "AFP, dpa"},
        {"text": "TAMSEL (Reuters) - The dam held through the night."},
        {"text": "CORRIN, Nov 3 (AP) — The dam held through the night."},
        {"text": "(AFP) - The dam held."},
        {"text": "CORRIN (Petra) - The dam held."},
    ],
)
def test_an_agency_in_byline_or_dateline_is_the_publisher(entry: dict[str, str]) -> None:
    assert told("Dam at Corrin holds", **entry)[1] is not None


def test_a_source_that_the_feed_names_counts_for_more_than_byline_and_dateline() -> None:
    text = "TAMSEL (Reuters) - The dam held through the night."
    assert told("Dam at Corrin holds", publisher="Tamsel Post", author="AFP", text=text)[1] == "Tamsel Post"


@pytest.mark.parametrize(
    "entry",
    [
        {"author": "Jane Okafor"},
        {"author": "Nina"},
        {"author": "Petra"},
        {"text": "The minister (Health) - a doctor himself - spoke."},
        {"text": "Officials told the AP that the dam held. (Reuters) was not told."},
    ],
)
def test_other_bylines_and_beginnings_name_no_publisher(entry: dict[str, str]) -> None:
    assert told("Dam at Corrin holds", **entry)[1] is None


@given(st.lists(st.text(max_size=60), max_size=12), st.one_of(st.none(), st.text(max_size=20)))
def test_no_entry_is_lost_and_no_title_is_emptied(titles: list[str], feed: str | None) -> None:
    entries = [Entry(title or "x") for title in titles]
    found = tell_apart(entries, [feed])
    assert len(found) == len(entries)
    assert all(
        after.title and before.title.startswith(after.title)
        for before, after in zip(entries, found, strict=True)
    )
