"""Original entries passed on: `?view=entries` of a topic, and the feed of one story."""

import json
from datetime import timedelta
from uuid import uuid4

import feedparser
import pytest
from databases import Databases
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from make import (
    NOW,
    SITE,
    Told,
    fill,
    follow,
    hours_ago,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
    publish,
    read_feed,
)

from aggregator.core.render import story_feed_path
from aggregator.core.render.entries import is_iri
from aggregator.model import Enclosure, Grouping, Placement, Rule
from aggregator.store import Store

ATOM = "{http://www.w3.org/2005/Atom}"
HOUR = timedelta(hours=1)
ENTRIES = "/topics/all.atom?view=entries"


@pytest.fixture
def store(databases: Databases) -> Store:
    return make_store(databases)


def get(store: Store, path: str, **headers: str) -> bytes:
    answer = make_app(store, NOW + 24 * HOUR).test_client().get(path, headers=headers)
    assert answer.status_code == 200, (answer.status, answer.text)
    return answer.data


def entries(store: Store, path: str = ENTRIES) -> list[feedparser.FeedParserDict]:
    feed = feedparser.parse(get(store, path))
    assert not feed.bozo, feed.get("bozo_exception")
    return list(feed.entries)


def titles(store: Store, path: str = ENTRIES) -> list[str]:
    return [entry.title for entry in entries(store, path)]


def join(store: Store, told: Told, now=NOW + HOUR) -> None:  # type: ignore[no-untyped-def]
    """Let every entry that is in no story join one."""
    waiting = store.ungrouped()
    placed = (Placement(n, told.story, Rule.JOINED, n - 1, 0.8, 0.6, ("bridge",)) for n in waiting)
    store.apply(Grouping(tuple(placed)), now)
    publish(store, now)


def bring(store: Store, url: str, *found, now=NOW, **feed) -> None:  # type: ignore[no-untyped-def]
    if url not in [known.url for known in store.all_feeds()]:
        store.add_feed(url, now)
    read_feed(store, url, *found, now=now, **feed)


# ---- a topic's entries, not grouped


def test_a_topics_entries_stand_by_themselves_the_newest_first(store: Store) -> None:
    fill(store, make_story(hours_ago(5, "Bridge closes"), hours_ago(3, "Brekke bridge shut")))
    assert titles(store) == ["Brekke bridge shut", "Bridge closes"]
    assert titles(store, "/topics/all.atom") == ["Bridge closes"]


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_the_view_is_readable_in_every_xml_format(store: Store, suffix: str) -> None:
    fill(store, make_story(hours_ago(5, "Bridge closes")))
    assert titles(store, f"/topics/all.{suffix}?view=entries") == ["Bridge closes"]


def test_an_entry_keeps_its_own_id_where_that_is_an_iri(store: Store) -> None:
    own = make_entry("Bridge closes", id="tag:gazette.example,2026:1")
    none = make_entry("Road opens", id="4711")
    fill(store, make_story(own), make_story(none))
    ids = {entry.title: entry.id for entry in entries(store)}
    assert ids["Bridge closes"] == "tag:gazette.example,2026:1"
    assert ids["Road opens"].startswith("urn:uuid:")


def test_who_claims_an_id_first_has_it_and_nobody_else(store: Store) -> None:
    follow(store)
    bring(store, "https://a.example/feed", make_entry("Bridge closes", id="tag:a.example,2026:1"))
    told = make_story(make_entry("Bridge closes", id="tag:a.example,2026:1"))
    join(store, told)
    before = {entry.title: entry.id for entry in entries(store)}
    thief = make_entry(
        "Buy this", id="tag:a.example,2026:1", url="https://b.example/1", text="Something else"
    )
    bring(store, "https://b.example/feed", thief, now=NOW + HOUR)
    join(store, make_story(thief), NOW + 2 * HOUR)
    after = {entry.title: entry.id for entry in entries(store)}
    assert after["Bridge closes"] == before["Bridge closes"] == "tag:a.example,2026:1"
    assert after["Buy this"].startswith("urn:uuid:")


def test_an_entry_says_which_feed_it_came_from(store: Store) -> None:
    follow(store)
    url = "https://gazette.example/feed"
    facts = {"title": "Harbour Gazette: all", "link": "https://gazette.example/", "updated": NOW - HOUR}
    bring(store, url, make_entry("Bridge closes"), id="tag:gazette.example,2020:feed", **facts)
    join(store, make_story(make_entry("Bridge closes")))
    source = etree.fromstring(get(store, ENTRIES)).find(f"{ATOM}entry/{ATOM}source")
    assert source.findtext(f"{ATOM}id") == "tag:gazette.example,2020:feed"
    assert source.findtext(f"{ATOM}title") == "Harbour Gazette: all"
    assert source.findtext(f"{ATOM}updated") == "2026-11-24T11:00:00Z"
    links = {link.get("rel"): link.get("href") for link in source.findall(f"{ATOM}link")}
    assert links == {"self": url, "alternate": "https://gazette.example/"}


def test_a_feed_without_id_is_known_by_its_address_and_a_document_by_its_name(store: Store) -> None:
    follow(store)
    bring(store, "https://gazette.example/rss", make_entry("Bridge closes"), title="Gazette")
    told = make_story(make_entry("Bridge closes"))
    join(store, told)
    fill(store, make_story(make_entry("Road opens")), seed="archive.txt", now=NOW + HOUR)
    found = etree.fromstring(get(store, ENTRIES)).findall(f"{ATOM}entry")
    sources = {e.findtext(f"{ATOM}title"): e.find(f"{ATOM}source") for e in found}
    assert sources["Bridge closes"].findtext(f"{ATOM}id") == "https://gazette.example/rss"
    assert sources["Road opens"].findtext(f"{ATOM}title") == "archive.txt"
    assert sources["Road opens"].findtext(f"{ATOM}id").startswith("urn:uuid:")


def test_json_says_the_source_and_why_an_entry_is_in_its_story(store: Store) -> None:
    told = make_story(hours_ago(5, "Bridge closes"), hours_ago(3, "Brekke bridge shut"))
    fill(store, told)
    items = json.loads(get(store, "/topics/all.json?view=entries"))["items"]
    assert items[0]["_aggregator"] == {
        "story": told.story.urn,
        "rule": "joined",
        "similarity": 0.8,
        "threshold": 0.6,
        "terms": ["bridge", "brekke"],
        "why": "It shares bridge and brekke with the story; 0.80 alike, where 0.60 is enough.",
        "nearest": items[1]["id"],
        "source": items[1]["_aggregator"]["source"],
    }


def test_the_newest_fifty_stand_in_the_view_and_a_quiet_day_changes_no_byte(store: Store) -> None:
    first = [make_story(hours_ago(50 - n, f"Report {n} about a bridge")) for n in range(30)]
    fill(store, *first)
    more = [make_story(hours_ago(1, f"Later report {n} on a bridge")) for n in range(40)]
    fill(store, *more, now=NOW + HOUR, seed="more.txt")
    shown = titles(store)
    assert len(shown) == 50 and shown[:1] == ["Later report 0 on a bridge"]
    before = get(store, ENTRIES)
    publish(store, NOW + 2 * HOUR)
    assert get(store, ENTRIES) == before


def test_old_entries_of_a_later_arrival_stay_out_of_the_subscription(store: Store) -> None:
    fill(store, make_story(hours_ago(5, "Bridge closes")))
    fill(store, make_story(hours_ago(24 * 9, "An old bridge")), now=NOW + HOUR, seed="old.txt")
    assert titles(store) == ["Bridge closes"]


def test_a_topics_rules_decide_its_entries_story_by_story(store: Store) -> None:
    told = make_story(hours_ago(5, "Bridge closes"), hours_ago(3, "Brekke: traffic jam", text="Cars wait."))
    fill(store, told, make_story(hours_ago(2, "Dogs bark", text="Loudly.")), topics=[make_topic("bridges")])
    assert titles(store, "/topics/bridges.atom?view=entries") == ["Brekke: traffic jam", "Bridge closes"]


@pytest.mark.parametrize("query", ["view=x", "view=entries&min_sources=2", "min_sources=4"])
def test_views_that_there_are_not_are_400_in_plain_text(store: Store, query: str) -> None:
    fill(store, make_story())
    answer = make_app(store).test_client().get(f"/topics/all.atom?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "view=entries" in answer.text


def test_files_of_an_entry_are_passed_on_in_every_format(store: Store) -> None:
    files = (Enclosure("https://a.example/1.mp3", "audio/mpeg", 12), Enclosure("https://a.example/1.jpg"))
    fill(store, make_story(make_entry("Bridge closes", enclosures=files)))
    atom = etree.fromstring(get(store, ENTRIES)).findall(f"{ATOM}entry/{ATOM}link[@rel='enclosure']")
    assert [dict(link.attrib) for link in atom] == [
        {"rel": "enclosure", "href": "https://a.example/1.mp3", "type": "audio/mpeg", "length": "12"},
        {"rel": "enclosure", "href": "https://a.example/1.jpg"},
    ]
    rss = entries(store, "/topics/all.rss?view=entries")[0].enclosures
    assert [(e.href, e.type, e.length) for e in rss] == [("https://a.example/1.mp3", "audio/mpeg", "12")]
    assert json.loads(get(store, "/topics/all.json?view=entries"))["items"][0]["attachments"] == [
        {"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12},
        {"url": "https://a.example/1.jpg", "mime_type": "application/octet-stream"},
    ]


# ---- the feed of a story


def test_a_storys_feed_gains_one_new_entry_for_each_that_joins(store: Store) -> None:
    told = make_story(hours_ago(5, "Bridge closes"))
    fill(store, told)
    path = story_feed_path(told.story)
    before = entries(store, path)
    assert [entry.title for entry in before] == ["Bridge closes"]
    bring(store, "https://b.example/feed", hours_ago(1, "Brekke bridge shut"), now=NOW + HOUR)
    join(store, told, NOW + HOUR)
    after = entries(store, path)
    assert [entry.title for entry in after] == ["Brekke bridge shut", "Bridge closes"]
    assert dict(after[1]) == dict(before[0])
    assert "shares bridge" in after[0].content[0].value


def test_a_storys_json_says_who_was_first_how_much_later_the_others_were_and_what_they_add(
    store: Store,
) -> None:
    crack = "Engineers found a crack in the northern pier."
    mayor = f"{crack} Repairs will cost 9 million, Mayor Ilse Brandt said."
    told = make_story(
        hours_ago(5, "Bridge closes", text=crack),
        hours_ago(3.5, "Brekke bridge shut", text=mayor, publisher="Nordwire"),
        hours_ago(3, "Brekke bridge barred", text=mayor, publisher="Kanal 9"),
        copies=(2,),
    )
    fill(store, told)
    path = story_feed_path(told.story, "json")
    feed = json.loads(get(store, path))
    assert feed["_aggregator"] | {"why": ""} == {
        "story": told.story.urn, "entries": 3, "publishers": 2, "copies": 1, "why": "",
    }  # fmt: skip
    facts = {item["title"]: item["_aggregator"] for item in feed["items"]}
    assert facts["Bridge closes"]["first_report"] is True and "lag_seconds" not in facts["Bridge closes"]
    assert facts["Brekke bridge shut"]["lag_seconds"] == 90 * 60
    assert facts["Brekke bridge shut"]["adds"] == "Repairs will cost 9 million, Mayor Ilse Brandt said."
    assert "adds" not in facts["Brekke bridge barred"]
    assert make_app(store, NOW + 9 * HOUR).test_client().get(path).data == get(store, path)


def test_a_storys_feed_names_itself_and_its_page(store: Store) -> None:
    told = make_story(hours_ago(5, "Bridge closes"))
    fill(store, told)
    feed = feedparser.parse(get(store, story_feed_path(told.story))).feed
    assert feed.id != told.story.urn and feed.id.startswith("urn:uuid:")
    links = {link.rel: link.href for link in feed.links}
    assert links["self"] == SITE.url + story_feed_path(told.story)
    assert links["alternate"].startswith(SITE.url + "/stories/")


def test_another_spelling_of_a_storys_feed_leads_to_the_one_address(store: Store) -> None:
    told = make_story(hours_ago(5, "Bridge closes"))
    fill(store, told)
    client = make_app(store).test_client()
    path = story_feed_path(told.story)
    stem = path.removesuffix(".atom")
    for other in (f"{stem}-bridge-closes.atom", f"{stem.upper().replace('/STORIES', '/stories')}.atom"):
        answer = client.get(other)
        assert (answer.status_code, answer.location) == (301, path)


def test_an_unknown_storys_feed_is_404_in_plain_text(store: Store) -> None:
    fill(store, make_story())
    for path in ("/stories/nothing.atom", story_feed_path(uuid4()), story_feed_path(uuid4(), "json")):
        answer = make_app(store).test_client().get(path)
        assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_a_merged_storys_feed_leads_to_its_heirs_which_gains_its_entries(store: Store) -> None:
    elder, younger = make_story(hours_ago(5, "Bridge closes")), make_story(hours_ago(3, "Brekke bridge shut"))
    fill(store, elder, younger)
    store.apply(Grouping(merges=((elder.story, younger.story),)), NOW + HOUR)
    publish(store, NOW + HOUR)
    answer = make_app(store).test_client().get(story_feed_path(younger.story))
    assert (answer.status_code, answer.location) == (301, story_feed_path(elder.story))
    assert titles(store, story_feed_path(elder.story)) == ["Brekke bridge shut", "Bridge closes"]


def test_what_a_merge_brings_joins_a_storys_feed_when_it_does(store: Store) -> None:
    elder, younger = make_story(hours_ago(5, "Bridge closes")), make_story(hours_ago(3, "Brekke bridge shut"))
    fill(store, elder, younger)
    bring(store, "https://b.example/feed", hours_ago(1, "Pier cracked"), now=NOW + HOUR)
    join(store, elder, NOW + HOUR)
    store.apply(Grouping(merges=((elder.story, younger.story),)), NOW + 2 * HOUR)
    publish(store, NOW + 2 * HOUR)
    path = story_feed_path(elder.story)
    assert titles(store, path) == ["Brekke bridge shut", "Pier cracked", "Bridge closes"]
    assert feedparser.parse(get(store, path)).feed.updated == "2026-11-24T14:00:00Z"


def test_a_storys_feed_is_asked_for_conditionally(store: Store) -> None:
    told = make_story(hours_ago(5, "Bridge closes"))
    fill(store, told)
    client, path = make_app(store, NOW + HOUR).test_client(), story_feed_path(told.story)
    answer = client.get(path)
    validators = {
        "If-None-Match": answer.headers["ETag"],
        "If-Modified-Since": answer.headers["Last-Modified"],
    }
    for name, value in validators.items():
        assert client.get(path, headers={name: value}).status_code == 304
    bring(store, "https://b.example/feed", hours_ago(1, "Brekke bridge shut"), now=NOW + HOUR)
    join(store, told, NOW + HOUR)
    for name, value in validators.items():
        assert client.get(path, headers={name: value}).status_code == 200


def test_a_storys_json_feed_is_one(store: Store) -> None:
    told = make_story(hours_ago(5, "Bridge closes"))
    fill(store, told)
    feed = json.loads(get(store, story_feed_path(told.story, "json")))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == ["Bridge closes"]


# ---- ids


@pytest.mark.parametrize("text", ["https://a.example/1", "tag:a.example,2026:1", "urn:uuid:1", "x-a+b.c:é"])
def test_absolute_iris_may_stand_as_ids(text: str) -> None:
    assert is_iri(text)


@pytest.mark.parametrize("text", ["", "4711", "/a/b", "a b:c", "http:", "1a:b", "a:b c", "a:<b>", "a:\x00"])
def test_other_texts_may_not(text: str) -> None:
    assert not is_iri(text)


@given(st.text(max_size=40))
def test_any_text_is_judged_as_an_id(text: str) -> None:
    assert is_iri(text) in (True, False)
