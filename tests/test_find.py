"""The feed behind an address that a person gives: `feeds add`."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from fetching import settings
from pytest_httpserver import HTTPServer

from aggregator.errors import DocumentError
from aggregator.steps.find import Found, find_feed

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ITEM = "<item><title>Bridge closes</title></item>"
FEED = f"<rss version='2.0'><channel><title>Gazette</title>{ITEM}</channel></rss>"
LINK = '<link rel="alternate" type="application/rss+xml" href="{}">'

Find = Callable[[str], Found]


@pytest.fixture
def find(httpserver: HTTPServer) -> Find:
    httpserver.expect_request("/feed").respond_with_data(FEED, content_type="application/rss+xml")
    return lambda path: find_feed(httpserver.url_for(path), settings(), NOW)


def page(httpserver: HTTPServer, *links: str) -> None:
    html = "<!DOCTYPE html><html><head>" + "".join(map(LINK.format, links))
    httpserver.expect_request("/").respond_with_data(html, content_type="text/html")


def test_a_feeds_own_address_is_taken_as_it_is(find: Find, httpserver: HTTPServer) -> None:
    found = find("/feed")
    assert found.url == httpserver.url_for("/feed")
    assert found.feed is not None and found.feed.title == "Gazette"


def test_a_pages_address_leads_to_the_feed_it_names(find: Find, httpserver: HTTPServer) -> None:
    page(httpserver, "/feed", "/other")
    found = find("/")
    assert (found.url, found.others) == (httpserver.url_for("/feed"), (httpserver.url_for("/other"),))


def test_a_dead_link_on_the_page_is_passed_over(find: Find, httpserver: HTTPServer) -> None:
    page(httpserver, "/gone", "/feed")
    assert find("/").url == httpserver.url_for("/feed")


def test_a_page_that_names_no_feed_is_refused_with_a_next_step(find: Find, httpserver: HTTPServer) -> None:
    page(httpserver)
    with pytest.raises(DocumentError, match="look on it for an RSS or Atom link"):
        find("/")


def test_an_address_that_does_not_answer_may_be_right(find: Find) -> None:
    found = find("/nothing-here")
    assert (found.feed is None and "500" in found.doubt) or "404" in found.doubt


def test_a_public_page_leads_into_no_private_network(httpserver: HTTPServer) -> None:
    """The page is asked by the host that a person named; by another name it may not be private."""
    httpserver.expect_request("/feed").respond_with_data(FEED, content_type="application/rss+xml")
    page(httpserver, f"http://localhost:{httpserver.port}/feed")
    with pytest.raises(DocumentError):
        find_feed(f"http://127.0.0.1:{httpserver.port}/", settings(), NOW)
    assert [request.path for request, _ in httpserver.log] == ["/"]
