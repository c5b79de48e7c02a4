"""The map of a topic: who reported on which day."""

import re
from datetime import timedelta

from flask.testing import FlaskClient
from make import NOW, fill, hours_ago, make_app, make_entry, make_story, make_topic, read

from aggregator.store import Store
from aggregator.web.charts import bars


def labels(client: FlaskClient, path: str) -> list[str]:
    return re.findall(r'aria-label="([^"]*): ([^"]*)"', client.get(path).text)


def test_the_map_says_in_words_who_reported_on_which_day(store: Store, client: FlaskClient) -> None:
    stories = [
        make_story(hours_ago(1, "Bridge 1"), hours_ago(2, "Bridge 1 again", publisher="Nordwire")),
        make_story(hours_ago(50, "Bridge 2"), hours_ago(51, "Bridge 2 again")),
    ]
    fill(store, *stories, topics=[make_topic("bridges")])

    found = dict(labels(client, "/topics/bridges"))

    assert found["Harbour Gazette, 3 articles"] == "22 Nov 2, 24 Nov 1"
    assert found["Nordwire, 1 article"] == "24 Nov 1"


def test_the_map_counts_publishers_and_leaves_unknown_ones_out(store: Store, client: FlaskClient) -> None:
    fill(
        store,
        make_story(hours_ago(1, "Bridge 1", publisher="Nordwire"), hours_ago(2, "B", publisher="NORDWIRE")),
        make_story(hours_ago(3, "Bridge 3", publisher=None, url=None), hours_ago(4, "Bridge 4")),
        topics=[make_topic("bridges")],
    )

    found = dict(labels(client, "/topics/bridges"))

    assert [name for name in found if "article" in name] == [
        "NORDWIRE, 2 articles",
        "Harbour Gazette, 1 article",
    ]


def test_one_publisher_alone_is_no_map(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(hours_ago(1)), topics=[make_topic("bridges")])

    assert "Who reported on which day" not in read(client, "/topics/bridges")


def test_only_the_publishers_with_most_articles_are_shown(store: Store, client: FlaskClient) -> None:
    many = [hours_ago(n, f"Bridge {n}", publisher=f"Paper {n % 12}") for n in range(1, 30)]
    fill(store, make_story(*many), topics=[make_topic("bridges")])

    names = [name for name, _ in labels(client, "/topics/bridges") if name.startswith("Paper")]

    assert len(names) == 10
    assert names[0] == "Paper 1, 3 articles"


def test_days_of_the_map_are_those_of_the_zone(store: Store) -> None:
    late = NOW.replace(hour=22) - timedelta(days=1)
    told = make_story(make_entry("Bridge", published=late), hours_ago(1, "Pier", publisher="Nordwire"))
    fill(store, told, topics=[make_topic("bridges")])
    client = make_app(store, timezone="Asia/Seoul").test_client()

    assert dict(labels(client, "/topics/bridges"))["Harbour Gazette, 1 article"] == "24 Nov 1"


def test_bars_on_one_scale_are_as_high_as_their_share_of_the_most() -> None:
    assert bars([1, 2], "", 0, size=(6, 2, 20), most=4).path == "M8 20v-10h6v10z"


def test_ticks_of_several_days_stand_between_dates_and_those_of_one_day_between_times(
    store: Store, client: FlaskClient
) -> None:
    fill(
        store,
        make_story(hours_ago(30, "Bridge 1"), hours_ago(2, "B", publisher="Nordwire")),
        make_story(hours_ago(52, "Bridge 2"), hours_ago(50, "B 2", publisher="Nordwire")),
        topics=[make_topic("bridges")],
    )

    page = read(client, "/topics/bridges")

    assert "2 articles from 2 sources 23 Nov 24 Nov" in page
    assert "2 articles from 2 sources 08:00 10:00" in page
