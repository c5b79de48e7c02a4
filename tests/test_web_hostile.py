"""What feeds say is text on every page; no page works harder for more stories."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import html5lib
import pytest
import sqlalchemy as sa
from databases import Databases
from flask.testing import FlaskClient
from make import (
    NOW,
    Told,
    fail_feed,
    fill,
    follow,
    hours_ago,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
    story_path_of,
)

from aggregator.core.render import story_id
from aggregator.model import FollowedFeed, Rules, SeedRead, TopicConfig
from aggregator.store import Store

STORY = UUID(int=7)
PAGES = [
    "/",
    "/topics/bridges",
    "/topics/all",
    f"/stories/{story_id(STORY)}",
    "/sources",
    "/topics/bridge",
    "/search?q=engineers",
]
HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "</title><svg onload=alert(1)>",
    "&lt;b&gt; &amp;amp;",
    "plain\u202e words\u200f",
    "x" * 300,
]  # fmt: skip


def markup(client: FlaskClient, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the elements of a page with their attributes, as a browser would build them."""
    html = client.get(path, follow_redirects=True).text
    tree = html5lib.parse(html, treebuilder="lxml", namespaceHTMLElements=False)
    for element in tree.iter("*"):
        yield element.tag.rpartition("}")[2], dict(element.attrib)


def shape(client: FlaskClient, path: str) -> Counter[str]:
    return Counter(name for name, _ in markup(client, path))


def one_of_each(text: str) -> tuple[Told, TopicConfig]:
    """Make a story and a topic that carry a text wherever a feed or a file can put one."""
    loud = make_entry(text, text=text, publisher=text, author=text, categories=(text,), language=text)
    told = make_story(loud, hours_ago(1, "Bridge " + text, publisher="Nordwire"), terms=(text,), id=STORY)
    rules = Rules(any=("bridge",), categories=(text,))
    return told, make_topic("bridges", title=text, description=text, rules=rules)


@contextmanager
def reader_of(databases: Databases, text: str) -> Iterator[FlaskClient]:
    """Yield a client of an instance that carries a text wherever it can stand."""
    store = make_store(databases)
    told, topic = one_of_each(text)
    fill(store, told, topics=[topic])
    yield make_app(store).test_client()
    store.close()


@pytest.fixture(scope="module")
def calm(lasting_databases: Databases) -> Iterator[FlaskClient]:
    with reader_of(lasting_databases, "plain words") as client:
        yield client


@pytest.fixture(scope="module", params=HOSTILE)
def loud(request: pytest.FixtureRequest, lasting_databases: Databases) -> Iterator[FlaskClient]:
    with reader_of(lasting_databases, request.param) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_what_feeds_say_is_shown_as_text(calm: FlaskClient, loud: FlaskClient, path: str) -> None:
    attributes = [pair for _, found in markup(loud, path) for pair in found.items()]

    assert shape(loud, path) == shape(calm, path)
    assert not [name for name, _ in attributes if name.startswith("on") or name == "style"]
    assert not [
        to for name, to in attributes if name == "href" and not to.startswith(("/", "?", "#", "https://"))
    ]


def test_an_address_that_is_no_web_address_is_no_link(store: Store, client: FlaskClient) -> None:
    told = make_story(make_entry(url="javascript:alert(1)"), hours_ago(1, "Bridge", url="data:text/html,x"))
    fill(store, told, topics=[make_topic("bridges")])

    for path in ("/", "/topics/bridges", story_path_of(told)):
        assert "javascript:" not in str(list(markup(client, path)))
        assert "data:" not in str(list(markup(client, path)))


def test_what_a_feed_is_called_and_says_is_text_among_the_sources(store: Store, client: FlaskClient) -> None:
    text = "<img src=x onerror=alert(1)>"
    follow(store, make_topic(title=text, feeds=(FollowedFeed("https://a.example/f", publisher=text),)))
    fail_feed(store, "https://a.example/f", text)
    store.save_seed(SeedRead(f"{text}.txt", NOW, error=text))

    assert shape(client, "/sources")["img"] == 0
    assert client.get("/sources").text.count("&lt;img src=x onerror=alert(1)&gt;") == 5


def test_no_page_takes_more_than_ten_statements_whatever_it_shows(store: Store, client: FlaskClient) -> None:
    stories = [
        make_story(hours_ago(n, f"Bridge {n}"), hours_ago(n, f"Pier {n}", publisher="Nordwire"))
        for n in range(60)
    ]
    fill(store, *stories, topics=[make_topic(f"bridges-{n}") for n in range(20)])
    story = client.get(story_path_of(stories[0])).location
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    for path in ("/", "/topics/all", "/topics/bridges-3?order=sources", story, "/sources", "/sources.json"):
        statements.clear()
        assert client.get(path).status_code == 200
        assert 0 < len([s for s in statements if not s.startswith("BEGIN")]) <= 10, path
