"""Who counts as one publisher: by what is configured, by name, by site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.publishers import Publishers, site_of
from aggregator.model import KnownPublisher

NOBODY_KNOWN = Publishers()
KNOWN = Publishers(
    [
        KnownPublisher("Tamsel Post", aliases=("World desk", "TP online"), domains=("tamselpost.example",)),
        KnownPublisher("Upland Radio", owner="Valley Media"),
        KnownPublisher("Upland Television", owner="Valley Media"),
    ]
)


def test_two_feeds_of_one_site_are_one_publisher_whatever_their_titles() -> None:
    titles = ("NV > World", "All the latest from us", "Northern Voice - Sport")
    keys = {
        NOBODY_KNOWN.key(t, f"https://www.northernvoice.example/{n}", named=False)
        for n, t in enumerate(titles)
    }
    assert keys == {"northernvoice"}


def test_a_site_that_nobody_names_counts_as_the_publisher_of_its_name() -> None:
    assert NOBODY_KNOWN.key(None, "https://news.thetamselpost.co.uk/1") == NOBODY_KNOWN.key("The Tamsel Post")


def test_a_name_that_was_given_counts_for_more_than_the_site() -> None:
    at_another = "https://www.tamselpost.example/agency/1"
    assert NOBODY_KNOWN.key("Reuters", at_another) == NOBODY_KNOWN.key("Reuters", None) == "reuters"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://127.0.0.1:9000/a",
        "http://[::1]/a",
        "http://localhost/a",
        "https://www.example.org/a",
        "https://news.google.com/articles/1",
        "https://www.youtube.com/watch?v=1",
        "https://medium.com/@jane/1",
        "https://feed.test/1",
        "urn:uuid:1",
    ],
)
def test_an_address_that_is_everybodys_names_no_publisher(url: str | None) -> None:
    assert NOBODY_KNOWN.key(None, url) is None
    assert NOBODY_KNOWN.key("Harbour Gazette: World", url, named=False) == "harbourgazette"


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk"),
        ("https://jane.substack.com/p/1", "jane.substack.com"),
        ("https://m.jane.substack.com/p/1", "jane.substack.com"),
        ("https://jane.blogspot.com/1", "jane.blogspot.com"),
        ("https://alpha.example.org/1", "alpha.example.org"),
    ],
)
def test_a_site_is_what_somebody_registered(url: str, site: str) -> None:
    assert site_of(url) == site


def test_configured_aliases_and_sites_are_one_publisher() -> None:
    keys = {
        KNOWN.key("Tamsel Post"),
        KNOWN.key("World Desk"),
        KNOWN.key("tp ONLINE"),
        KNOWN.key(None, "https://www.tamselpost.example/1"),
        KNOWN.key("Everything new", "https://tamselpost.example/1", named=False),
    }
    assert keys == {"tamselpost"}


def test_publishers_of_one_owner_count_as_one() -> None:
    assert KNOWN.key("Upland Radio") == KNOWN.key("Upland Television") == KNOWN.key("Valley Media")


@given(st.one_of(st.none(), st.text(max_size=30)), st.one_of(st.none(), st.text(max_size=30)), st.booleans())
def test_any_name_and_address_have_a_key_or_none(name: str | None, host: str | None, named: bool) -> None:
    key = NOBODY_KNOWN.key(name, None if host is None else f"https://x{host}.example/", named)
    assert key is None or key == key.casefold()
