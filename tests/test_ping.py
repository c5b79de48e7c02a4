"""Our hub is told about documents that changed, and about no others (WebSub)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from databases import Databases
from make import (
    NOW,
    SITE,
    fill,
    follow,
    free_port,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
    publish,
    story_path_of,
)
from pytest_httpserver import HTTPServer
from test_pipeline import CABLE, House, archive, post
from werkzeug import Request, Response

from aggregator.core.render import Site
from aggregator.errors import AggregatorError
from aggregator.fetch import FetchSettings
from aggregator.steps.ping import AT_ONCE, Pinger
from aggregator.store import Store
from aggregator.web import WebSettings

HOUR = timedelta(hours=1)
FEED = "/topics/bridges.atom"


class Hub:
    """A hub that notes what it is told."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.port}/hub"
        self.told: list[str] = []
        self.status = 204
        server.expect_request("/hub", method="POST").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        form = parse_qs(request.get_data(as_text=True))
        assert form["hub.mode"] == ["publish"]
        self.told += form["hub.url"]
        return Response(status=self.status)


@pytest.fixture
def hub(httpserver: HTTPServer) -> Hub:
    return Hub(httpserver)


@pytest.fixture
def site(hub: Hub) -> Site:
    return Site(SITE.url, SITE.title, hub.url)


@pytest.fixture
def store(databases: Databases, site: Site) -> Iterator[Store]:
    opened = make_store(databases)
    fill(opened, make_story(), topics=[make_topic("bridges")], site=site)
    yield opened
    opened.close()


def pinger(url: str, waited: list[float] | None = None) -> Pinger:
    fetching = FetchSettings(allow_networks=(ip_network("127.0.0.0/8"),))
    return Pinger(fetching, url, SITE.url, pause=(waited if waited is not None else []).append)


def ping(store: Store, hub: Hub) -> tuple[list[str], tuple[AggregatorError, ...]]:
    """Ping, and return what the hub was told by it."""
    before = len(hub.told)
    problems = pinger(hub.url).ping(store, NOW)
    return hub.told[before:], problems


def test_the_hub_is_told_about_every_document_once(store: Store, hub: Hub) -> None:
    told, problems = ping(store, hub)

    assert problems == ()
    assert len(told) == len(set(told)) == 30  # two topics, five views, three formats
    assert SITE.url + FEED in told and f"{SITE.url}{FEED}?min_sources=2" in told
    assert ping(store, hub) == ([], ())


def test_what_is_rendered_to_the_same_bytes_is_no_change(store: Store, hub: Hub, site: Site) -> None:
    ping(store, hub)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE topics SET dirty = true")
    publish(store, NOW + HOUR, site)

    assert ping(store, hub) == ([], ())


def test_only_documents_that_changed_are_told_about(store: Store, hub: Hub, site: Site) -> None:
    ping(store, hub)
    ferry = make_story(make_entry("Ferry sails", text="A ship."))
    fill(store, ferry, topics=[make_topic("bridges")], now=NOW + HOUR, seed="b", site=site)
    told, _ = ping(store, hub)

    assert f"{SITE.url}/topics/all.atom" in told
    assert not [url for url in told if "bridges" in url or "min_sources" in url]


def test_the_hub_finds_the_new_bytes_when_it_is_told(store: Store, hub: Hub) -> None:
    waited: list[float] = []
    pinger(hub.url, waited).ping(store, NOW)
    pinger(hub.url, waited).ping(store, NOW)

    assert len(waited) == 1  # nothing is waited for where there is nothing to tell
    assert waited[0] > WebSettings().checked_every


def test_a_hub_that_fails_is_told_later(store: Store, hub: Hub) -> None:
    hub.status = 503
    told, (problem,) = ping(store, hub)
    assert len(told) == 1
    assert hub.url in str(problem) and "503" in str(problem)

    hub.status = 202
    assert len(ping(store, hub)[0]) == 30


def test_a_hub_that_refuses_is_not_asked_again_for_the_same_bytes(store: Store, hub: Hub) -> None:
    hub.status = 403
    told, problems = ping(store, hub)

    assert (len(told), len(problems)) == (30, 1)
    assert ping(store, hub) == ([], ())


def test_a_hub_that_is_not_there_is_a_problem_and_no_failure(store: Store) -> None:
    (problem,) = pinger(f"http://127.0.0.1:{free_port()}/hub").ping(store, NOW)

    assert "127.0.0.1" in str(problem)
    assert len(store.unpinged(AT_ONCE)) == 30


def test_what_changed_while_the_hub_was_told_is_told_again(store: Store) -> None:
    path, etag = store.unpinged(AT_ONCE)[0]
    store.note_pinged(path, "another", NOW)
    assert (path, etag) in store.unpinged(AT_ONCE)
    store.note_pinged(path, etag, NOW)
    assert (path, etag) not in store.unpinged(AT_ONCE)


def test_a_topic_that_was_renamed_is_told_about_under_its_new_name(
    store: Store, hub: Hub, site: Site
) -> None:
    follow(store, make_topic("crossings", was=("bridges",)))
    publish(store, NOW + HOUR, site)

    assert {url.rpartition("/")[2].partition(".")[0] for url in ping(store, hub)[0]} == {"all", "crossings"}


# ---- what feeds say


def test_topic_feeds_name_the_hub_and_themselves_in_headers(store: Store, site: Site) -> None:
    client = make_app(store, NOW, site).test_client()
    tag = client.get(FEED).headers["ETag"]
    expected = f'<{site.hub}>; rel="hub", <{SITE.url}{FEED}?min_sources=2>; rel="self"'

    assert client.get(f"{FEED}?min_sources=2").headers["Link"] == expected
    assert client.get(f"{FEED}?min_sources=2&utm_source=x").headers["Link"] == expected
    assert client.get(FEED, headers={"If-None-Match": tag}).headers["Link"].startswith(f"<{site.hub}>")


def test_feeds_that_nobody_is_told_about_name_no_hub(store: Store, hub: Hub, site: Site) -> None:
    client = make_app(store, NOW, site).test_client()
    story = story_path_of(make_story())
    for path in (f"{story}.atom", "/search.atom?q=bridge", "/topics/bridges/2026-11.atom"):
        answer = client.get(path)

        assert answer.status_code == 200
        assert "Link" not in answer.headers and hub.url not in answer.text


def test_without_a_hub_no_header_speaks_of_one(store: Store) -> None:
    assert "Link" not in make_app(store).test_client().get(FEED).headers


# ---- in a refresh


def test_a_refresh_goes_on_without_its_hub(tmp_path: Path, databases: Databases) -> None:
    house = House(tmp_path, databases.new())
    house.write("blog.txt", archive(post("Cable to the islands fails again", CABLE, "Nordwire")))
    lonely = pinger(f"http://127.0.0.1:{free_port()}/hub")
    house.line = replace(house.line, pinger=lonely)
    report = house.refresh()

    assert report.told == 1
    assert [type(problem).__name__ for problem in report.problems] == ["FetchError"]
    assert not report.nothing_worked
    house.close()
