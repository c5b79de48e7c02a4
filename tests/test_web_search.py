"""The search page: what is found, how it is filtered, and that any text is a question."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote, urlencode

import html5lib
import pytest
import sqlalchemy as sa
from databases import Databases
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from make import (
    SITE,
    fill,
    follow,
    hours_ago,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
    read,
    story_path_of,
)

from aggregator.core.render import Site
from aggregator.core.snippets import MARK, UNMARK
from aggregator.model import Rules
from aggregator.store import Store
from aggregator.web.search import Piece, pieces


@pytest.fixture(scope="module")
def lasting(lasting_databases: Databases) -> Iterator[FlaskClient]:
    store = make_store(lasting_databases)
    fill(store, make_story(), topics=[make_topic("bridges")])
    yield make_app(store).test_client()
    store.close()


def headlines(html: str) -> list[str]:
    found = re.findall(r'<h2[^>]*><a class="hl"[^>]*>(.*?)</a></h2>', html)
    return [re.sub("</?mark>", "", title) for title in found]


def test_without_a_question_there_is_only_the_form(store: Store, client: FlaskClient) -> None:
    fill(store, make_story())
    html = client.get("/search").text

    assert '<form class="find" role="search" action="/search">' in html
    assert "Articles that hold every word are found" in html
    assert headlines(html) == []


def test_what_is_found_stands_under_its_story_with_marks(store: Store, client: FlaskClient) -> None:
    told = make_story(
        hours_ago(3, "Bridge closes"),
        hours_ago(2, "Harbour pier cracked", publisher="Nordwire"),
        hours_ago(1, "Road is shut", publisher="Kanal 9", text="Traffic stands still."),
    )
    fill(store, told, topics=[make_topic("bridges")])
    html = client.get("/search?q=pier").text
    text = read(client, "/search?q=pier")

    assert headlines(html) == ["Bridge closes"]
    assert "2 articles in 1 story, newest arrivals first" in text
    assert "2 matches, 3 articles in all All coverage" in text
    assert "Nordwire 24 Nov 10:00 Harbour pier cracked" in text
    assert "Harbour <mark>pier</mark> cracked</a>" in html
    assert "in the northern <mark>pier</mark>." in html
    assert "Kanal 9" not in text
    assert f'href="{story_path_of(told)}-bridge-closes"' in html


def test_a_headline_that_matches_is_marked_and_not_repeated(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(hours_ago(2, "Bridge closes", url="https://outlet.example/a")))
    html = client.get("/search?q=closes").text

    assert "Bridge <mark>closes</mark></a></h2>" in html
    assert html.count("<mark>") == 1
    assert '<a href="https://outlet.example/a" rel="noopener"><bdi>Harbour Gazette</bdi></a>' in html


def test_a_publisher_is_found_by_its_name(store: Store, client: FlaskClient) -> None:
    fill(
        store,
        make_story(hours_ago(2, "Bridge closes", publisher="Eastern Cable News")),
        make_story(make_entry("Bridge opens", publisher=None)),
    )

    assert "<bdi>Eastern <mark>Cable</mark> News</bdi>" in client.get("/search?q=cable").text
    assert "<bdi>news.example</bdi>" in client.get("/search?q=opens").text


def test_stories_found_last_come_first(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(hours_ago(9, "Bridge of morning")), seed="one")
    fill(store, make_story(hours_ago(20, "Bridge of yesterday")), seed="two")

    assert headlines(client.get("/search?q=bridge").text) == ["Bridge of yesterday", "Bridge of morning"]


def test_quoted_words_are_found_side_by_side_only(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(hours_ago(2, "Coast guard speaks")), make_story(hours_ago(1, "Guard of a coast")))

    assert headlines(client.get("/search", query_string={"q": "“coast guard”"}).text) == [
        "Coast guard speaks"
    ]
    assert len(headlines(client.get("/search", query_string={"q": "coast guard"}).text)) == 2


def test_a_topic_narrows_the_search_also_by_its_earlier_name(store: Store, client: FlaskClient) -> None:
    topics = [make_topic("bridges", was=("piers",)), make_topic("kites", rules=Rules(any=("kite",)))]
    fill(
        store,
        make_story(hours_ago(2, "Bridge notice")),
        make_story(hours_ago(1, "Kite notice")),
        topics=topics,
    )

    for name in ("bridges", "piers"):
        html = client.get(f"/search?q=notice&topic={name}").text
        assert headlines(html) == ["Bridge notice"]
        assert '<option value="bridges" selected>Bridges</option>' in html
    assert len(headlines(client.get("/search?q=notice&topic=all").text)) == 2


def test_a_source_narrows_the_search_however_its_name_is_written(store: Store, client: FlaskClient) -> None:
    fill(
        store,
        make_story(hours_ago(2, "Bridge notice", publisher="The Meridian")),
        make_story(hours_ago(1, "Pier notice", publisher="Nordwire")),
    )

    html = client.get("/search?q=notice&source=meridian").text

    assert headlines(html) == ["Bridge notice"]
    assert '<option value="Nordwire">' in html


@pytest.mark.parametrize(
    ("asked", "zone", "found"),
    [
        ("from=2026-11-02", "UTC", ["Third notice", "Second notice"]),
        ("to=2026-11-02", "UTC", ["Second notice", "First notice"]),
        ("from=2026-11-02&to=2026-11-02", "UTC", ["Second notice"]),
        ("from=2026-11-03&to=2026-11-03", "Asia/Tokyo", ["Second notice"]),
        ("from=2026-11-03&to=2026-11-01", "UTC", []),
    ],
)
def test_days_narrow_the_search_and_both_ends_belong(
    store: Store, asked: str, zone: str, found: list[str]
) -> None:
    names = ("First", "Second", "Third")
    fill(
        store,
        *(
            make_story(make_entry(f"{name} notice", published=datetime(2026, 11, day, 16, tzinfo=UTC)))
            for day, name in enumerate(names, 1)
        ),
    )
    client = make_app(store, timezone=zone).test_client()

    assert headlines(client.get(f"/search?q=notice&{asked}").text)[: len(names)] == found


def test_a_date_without_a_time_belongs_to_its_day_in_every_zone(store: Store) -> None:
    fill(store, make_story(make_entry(published=datetime(2026, 11, 20, tzinfo=UTC), day_only=True)))

    for zone in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
        client = make_app(store, timezone=zone).test_client()
        assert headlines(client.get("/search?q=bridge&from=2026-11-20&to=2026-11-20").text), zone


def test_following_the_links_shows_every_match_once(store: Store, client: FlaskClient) -> None:
    titles = [f"Notice number {n}" for n in range(95)]
    fill(store, *(make_story(hours_ago(n + 1, title)) for n, title in enumerate(titles)))

    shown, path, pages = [], "/search?q=notice&source=Harbour+Gazette", 0
    while path:
        html = client.get(path).text
        assert 'value="Harbour Gazette"' in html
        shown += headlines(html)
        pages += 1
        following = re.search(r'<a href="([^"]*)" rel="next">', html)
        assert bool(following) == ('<link rel="next"' in html)
        assert ("No more results" in html) == (not following)
        path = "/search" + unescape(following[1]) if following else ""

    assert sorted(shown) == sorted(titles)
    assert pages == 3


def test_a_page_that_is_just_full_is_the_last(store: Store, client: FlaskClient) -> None:
    fill(store, *(make_story(hours_ago(n + 1, f"Notice number {n}")) for n in range(40)))

    html = client.get("/search?q=notice").text

    assert len(headlines(html)) == 40
    assert 'rel="next"' not in html


def test_matches_of_a_story_are_counted_where_not_all_are_shown(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(*(hours_ago(9 - n, f"Notice {n}", publisher=f"Paper {n}") for n in range(6))))

    html = client.get("/search?q=notice").text

    assert html.count("<mark>Notice</mark>") == 4  # the headline, the first article's, and three matches
    assert "6 matches, 6 articles in all" in html


def test_nothing_found_says_what_was_searched_and_what_to_try(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(hours_ago(30)), topics=[make_topic("bridges")])

    text = read(client, "/search?q=krill+quota")
    assert "No article matches krill quota Searched 1 article from 1 source, back to 23 Nov." in text
    assert "fewer words" in text
    assert "Follow this search (Atom) to be told when one appears." in text

    narrowed = "/search?q=bridge&topic=bridges&source=Nordwire&from=2026-11-01&to=2026-11-02"
    assert (
        "of which only those under Bridges, those of Nordwire, those since 1 Nov and those until 2 Nov."
        in read(client, narrowed)
    )
    assert '<a href="?q=bridge">all articles</a>' in client.get(narrowed).text


def test_the_question_stays_in_the_form(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(), topics=[make_topic("bridges")])
    asked = {
        "q": '"crack" <b> & more',
        "topic": "bridges",
        "source": "A & B",
        "from": "2026-11-01",
        "to": "2026-12-24",
    }
    html = client.get("/search", query_string=asked).text
    form = html5lib.parse(html, treebuilder="lxml", namespaceHTMLElements=False).find(
        ".//form[@class='find']"
    )

    kept = {field.get("name"): field.get("value") for field in form.iter("input")}
    chosen = [option.get("value") for option in form.iter("option") if option.get("selected") is not None]

    assert kept | {"topic": chosen[0]} == asked
    assert '<form action="/search" role="search">' not in html  # one form is enough


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("q=bridge&topic=nothing", "There is no topic “nothing”; all topics were searched."),
        ("q=bridge&from=2026-02-30", "“2026-02-30” is no date like 2026-11-24; the beginning was left open."),
        ("q=bridge&to=9999-12-31", "“9999-12-31” is no date like 2026-11-24; the end was left open."),
        ("q=bridge&source=%21%21", "“!!” names no source; all sources were searched."),
        ("q=" + "bridge+" * 100, "Only the first 500 characters were looked at."),
    ],
)
def test_what_was_left_out_is_said(store: Store, client: FlaskClient, asked: str, said: str) -> None:
    fill(store, make_story())

    assert said in read(client, f"/search?{asked}")
    assert headlines(client.get(f"/search?{asked}").text) == ["Bridge at Brekke closes after inspection"]


def test_a_question_without_words_says_so(lasting: FlaskClient) -> None:
    assert "No word to look for Nothing in *** is a word or a number." in read(lasting, "/search?q=***")


def test_a_withdrawn_topic_is_none(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(), topics=[make_topic("bridges")])
    follow(store, make_topic("bridges", withdrawn=True))

    assert "There is no topic “bridges”" in read(client, "/search?q=bridge&topic=bridges")
    assert "/topics/bridges" not in client.get("/search?q=bridge").text


def test_what_feeds_say_is_text_among_the_results(store: Store, client: FlaskClient) -> None:
    loud = "<script>alert(1)</script> “crack” <mark>"
    fill(store, make_story(make_entry(loud, text=loud, publisher="<img src=x>", url="javascript:alert(1)")))
    html = client.get("/search?q=alert").text
    tree = html5lib.parse(html, treebuilder="lxml", namespaceHTMLElements=False)

    assert len(headlines(html)) == 1
    assert [mark.text for mark in tree.iter("mark")] == ["alert", "alert"]
    assert not list(tree.iter("img"))
    assert len(list(tree.iter("script"))) == 1  # our own
    assert "javascript:" not in html


def test_marks_that_a_text_brings_along_mark_nothing() -> None:
    assert pieces(f"a{UNMARK}b{MARK}c{MARK}d{UNMARK}e{MARK}") == (
        Piece("abc", False),
        Piece("d", True),
        Piece("e", False),
    )


@given(st.text(alphabet=st.sampled_from(f"ab<>&{MARK}{UNMARK}")))
def test_cutting_at_marks_loses_nothing_else(text: str) -> None:
    found = pieces(text)

    assert "".join(piece.text for piece in found) == text.replace(MARK, "").replace(UNMARK, "")


ANY = st.text(max_size=1200) | st.sampled_from(
    ["", "x" * 1000, "9" * 400, "\x00", '"', "NEAR(a b, 2)", "a* OR -b"]
)


@given(q=ANY, topic=ANY, source=ANY, since=ANY, before=ANY | st.integers(0).map(str))
@example(q='"' * 1000, topic="%00", source="\x00", since="2026-13-45", before="9" * 18)
@example(q="a" * 1000, topic="all", source="😀", since="0001-01-01", before="-1")
@example(q="title: bridge AND { NOT }", topic="..", source="\u202e", since="9999-12-31", before="٣")
@example(q=MARK + "bridge" + UNMARK, topic="bridges", source="'", since="2199-12-31", before="1e9")
@example(q="북한 👩‍👩‍👧 \u200d bridge", topic="", source="", since="2026-W01-1", before="0")
@settings(max_examples=60, deadline=None)
def test_any_text_is_answered_with_a_page(
    lasting: FlaskClient, q: str, topic: str, source: str, since: str, before: str
) -> None:
    asked = {"q": q, "topic": topic, "source": source, "from": since, "to": since, "before": before}
    query = urlencode({name: text.encode("utf-8", "surrogatepass") for name, text in asked.items()})

    answer = lasting.get(f"/search?{query}")

    assert answer.status_code == 200
    assert answer.text.rstrip().endswith("</html>")


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_after_the_question_mark_are_answered(lasting: FlaskClient, asked: bytes) -> None:
    assert lasting.get("/search?q=" + quote(asked)).status_code == 200
    assert lasting.get("/search?" + quote(asked, safe="=&%")).status_code in (200, 400)


def test_a_search_takes_few_statements_however_much_it_finds(store: Store, client: FlaskClient) -> None:
    stories = [make_story(hours_ago(n, f"Bridge {n}"), hours_ago(n, f"Pier {n}")) for n in range(60)]
    fill(store, *stories, topics=[make_topic(f"bridges-{n}") for n in range(20)])
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    for path in ("/search", "/search?q=pier&topic=bridges-3&source=x", "/search?q=pier", "/search?q=nothing"):
        statements.clear()
        assert client.get(path).status_code == 200
        assert 0 < len([s for s in statements if not s.startswith("BEGIN")]) <= 14, path


def test_a_full_page_of_results_stays_small(store: Store, client: FlaskClient) -> None:
    stories = [
        make_story(hours_ago(n, f"Pier {n}", publisher=f"Paper {n}", text="The pier.")) for n in range(60)
    ]
    fill(store, *stories, topics=[make_topic(f"piers-{n}", rules=Rules(any=("pier",))) for n in range(30)])
    tree = html5lib.parse(client.get("/search?q=pier").text, treebuilder="lxml", namespaceHTMLElements=False)

    assert len(list(tree.iter("*"))) < 1_500


@pytest.mark.parametrize("path", ["/", "/topics/bridges", "/sources", "/nothing"])
def test_every_page_has_a_search_box_and_names_the_description(lasting: FlaskClient, path: str) -> None:
    html = lasting.get(path).text

    assert '<form action="/search" role="search"><input type="search" name="q"' in html
    assert '<link rel="search" type="application/opensearchdescription+xml" href="/opensearch.xml"' in html


def test_browsers_learn_how_to_search_here(store: Store) -> None:
    title = "Desk of <bridges> & straits"
    answer = (
        make_app(store, site=Site("https://example.org/news", title)).test_client().get("/opensearch.xml")
    )
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    root = etree.fromstring(answer.data)

    assert answer.content_type == "application/opensearchdescription+xml; charset=utf-8"
    assert root.findtext("o:ShortName", namespaces=names) == "Desk of <bridges"
    assert root.find("o:Url", names).get("template") == "https://example.org/news/search?q={searchTerms}"
    assert SITE.url not in answer.text
