"""What holds for every address: headers, validators, problems in words, static files."""

import gzip
import logging
import re
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from databases import Databases
from flask.testing import FlaskClient
from make import fill, make_app, make_entry, make_store, make_story, make_topic, serving, story_of

from aggregator.core.render import Site, story_id
from aggregator.store import Store
from aggregator.web.assets import FOLDER

STORY = f"/stories/{story_id(story_of(make_entry()))}-bridge-at-brekke-closes-after-inspection"
PAGES = [
    "/",
    "/topics/bridges",
    "/topics/all",
    STORY,
    "/sources",
    "/search",
    "/search?q=bridge",
    "/search?q=none",
]
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def store(lasting_databases: Databases) -> Iterator[Store]:
    opened = make_store(lasting_databases)
    fill(opened, make_story(), topics=[make_topic("bridges")])
    yield opened
    opened.close()


@pytest.mark.parametrize("path", [*PAGES, "/nothing", "/topics/bridges.atom", "/sources.json"])
def test_every_answer_may_do_nothing_but_show_our_own_files(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", [*PAGES, "/nothing"])
def test_no_page_carries_styles_or_handlers_of_its_own(client: FlaskClient, path: str) -> None:
    html = client.get(path).text

    assert not re.search(r"<[^>]+\s(?:style|on\w+)\s*=", html)
    assert "<style" not in html
    assert len(re.findall("<h1", html)) == 1


@pytest.mark.parametrize("path", [*PAGES, "/sources.json", "/topics.opml", "/robots.txt", "/opensearch.xml"])
def test_a_page_that_did_not_change_is_not_sent_again(store: Store, path: str) -> None:
    first = make_app(store).test_client().get(path)
    again = make_app(store).test_client().get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


@pytest.mark.parametrize("path", PAGES)
def test_search_engines_stay_out_unless_they_are_let_in(store: Store, path: str) -> None:
    closed, opened = make_app(store), make_app(store, robots="allow")

    assert '<meta name="robots" content="noindex">' in closed.test_client().get(path).text
    assert "noindex" not in opened.test_client().get(path).text
    assert closed.test_client().get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert opened.test_client().get("/robots.txt").text == "User-agent: *\nDisallow:\n"


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/", "/topics/all.atom"),
        ("/topics/bridges", "/topics/bridges.atom"),
        (STORY, STORY[:35] + ".atom"),
        ("/sources", None),
    ],
)
def test_a_page_names_at_most_its_own_feed(client: FlaskClient, path: str, feed: str | None) -> None:
    found = re.findall(
        r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]*)"', client.get(path).text
    )

    assert found == ([feed] if feed else [])
    assert all(client.get(address).status_code == 200 for address in found)


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_ours_leads_somewhere(client: FlaskClient, path: str) -> None:
    own = set(re.findall(r'(?:href|src|action)="(/[^"]*)"', client.get(path).text))

    assert own
    assert {a: client.get(a.replace("&amp;", "&")).status_code for a in own} == dict.fromkeys(own, 200)


def test_links_stand_below_the_path_of_the_base_url(store: Store) -> None:
    site = Site("https://example.org/news", "Strait Desk")
    html = make_app(store, site=site).test_client().get("/").text

    assert 'href="/news/topics/bridges"' in html
    assert not re.search(r'(?:href|src)="/(?!news/)', html)


def test_requests_arrive_with_the_path_of_the_base_url_or_without(store: Store) -> None:
    client = make_app(store, site=Site("https://example.org/news", "Strait Desk")).test_client()

    assert client.get("/news/topics/bridges").status_code == 200
    assert client.get("/topics/bridges").status_code == 200
    assert client.get("/news").status_code == 200
    assert client.get("/newsroom").status_code == 404


@pytest.mark.parametrize("path", ["/", "/topics/bridges", "/sources"])
def test_the_pages_say_when_links_lead_to_this_machine_only(store: Store, path: str) -> None:
    unset, known = make_app(store, base_url_is_set=False), make_app(store)

    assert "AGGREGATOR_BASE_URL" in unset.test_client().get(path).text
    assert "AGGREGATOR_BASE_URL" not in known.test_client().get(path).text


def test_a_page_that_is_not_there_helps_on(client: FlaskClient) -> None:
    answer = client.get("/nothing")

    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")
    assert 'href="/"' in answer.text


def test_a_misspelled_topic_is_guessed(client: FlaskClient) -> None:
    answer = client.get("/topics/bridge")

    assert answer.status_code == 404
    assert 'Did you mean <a href="/topics/bridges">Bridges</a>?' in answer.text


@pytest.mark.parametrize(
    "path", ["/nothing.atom", "/stories/x.json", "/topics/bridges.xml", "/static/none.css"]
)
def test_a_document_that_is_not_there_is_said_so_in_plain_text(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.content_type) == (404, "text/plain; charset=utf-8")


def test_a_fault_of_ours_is_said_in_words_and_written_to_the_log(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("data/aggregator.sqlite: is broken")

    monkeypatch.setattr(store, "pulse", broken)
    with caplog.at_level(logging.ERROR):
        answer = make_app(store).test_client().get("/sources")

    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "data/aggregator.sqlite" not in answer.text
    assert "data/aggregator.sqlite: is broken" in caplog.text


def test_a_request_for_another_host_is_refused_where_hosts_are_named(store: Store) -> None:
    client = make_app(store, trusted_hosts=("desk.example",)).test_client()

    assert client.get("/", headers={"Host": "desk.example"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_it_says_that_it_lives(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text, answer.content_type) == (
        200,
        "ok\n",
        "text/plain; charset=utf-8",
    )


def test_static_files_are_kept_for_ever_under_an_address_that_changes_with_them(client: FlaskClient) -> None:
    html = client.get("/").text
    addresses = re.findall(r'"(/static/[^"]+)"', html)

    assert len(addresses) == 3
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/static/feed.css", "/static/icon.svg", "/favicon.ico"])
def test_what_feeds_and_browsers_ask_for_by_name_is_there(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_style_and_script_stay_small() -> None:
    assert (FOLDER / "style.css").stat().st_size <= 7 * 1024
    assert len(gzip.compress((FOLDER / "style.css").read_bytes())) <= 3 * 1024
    assert (FOLDER / "keys.js").stat().st_size <= 1024


@pytest.mark.parametrize("path", ["/static/../desk.py", "/static/%2e%2e/desk.py", "/static/"])
def test_only_static_files_are_static(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_over_a_real_socket_a_feed_comes_whole_and_then_not_again(store: Store) -> None:
    with serving(make_app(store)) as address:
        connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
        connection.request("GET", "/topics/bridges.atom", headers={"Accept-Encoding": "gzip"})
        first = connection.getresponse()
        body = first.read()
        connection.request("GET", "/topics/bridges.atom", headers={"If-None-Match": first.headers["ETag"]})
        again = connection.getresponse()
        rest = again.read()
        connection.close()

    assert (first.status, len(body)) == (200, int(first.headers["Content-Length"]))
    assert (again.status, rest, again.headers["Content-Type"]) == (304, b"", None)


def test_over_a_real_socket_nonsense_is_answered(store: Store) -> None:
    with serving(make_app(store)) as address:
        connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
        statuses = []
        for path in ("/topics/%ff%fe.atom", "/stories/%00", "/%2e%2e/%2e%2e/etc/passwd", "//evil.example/x"):
            connection.request("GET", path, headers={"If-None-Match": '"' * 5000, "Accept-Encoding": ";;"})
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()

    assert statuses == [404, 404, 404, 404]
