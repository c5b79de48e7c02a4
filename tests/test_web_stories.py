"""The page of a story: its addresses, who was first, what is a copy, why it is together."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from make import (
    NOW,
    fill,
    hours_ago,
    make_app,
    make_entry,
    make_story,
    read,
    story_path_of,
)

from aggregator.model import Grouping, Placement, Rule
from aggregator.store import Store


def test_a_story_is_found_by_its_id_whatever_slug_follows(store: Store, client: FlaskClient) -> None:
    told = make_story()
    fill(store, told)
    right = f"{story_path_of(told)}-bridge-at-brekke-closes-after-inspection"

    assert client.get(right).status_code == 200
    for wrong in (
        story_path_of(told),
        f"{story_path_of(told)}-other",
        f"{story_path_of(told)}-",
        story_path_of(told).upper().replace("/STORIES", "/stories"),
    ):
        answer = client.get(wrong)
        assert (answer.status_code, answer.location) == (301, right)


def test_a_story_without_a_slug_stands_under_its_id(store: Store, client: FlaskClient) -> None:
    told = make_story(make_entry("橋は閉鎖された"))
    fill(store, told)

    assert client.get(story_path_of(told)).status_code == 200


def test_a_merged_story_sends_on_to_the_one_it_ended_in(store: Store, client: FlaskClient) -> None:
    elder, younger = make_story(hours_ago(2, "Bridge closes")), make_story(hours_ago(1, "Bridge is shut"))
    fill(store, elder, younger)
    store.apply(Grouping(merges=((elder.story, younger.story),)), NOW)

    answer = client.get(f"{story_path_of(younger)}-bridge-is-shut")

    assert (answer.status_code, answer.location) == (301, f"{story_path_of(elder)}-bridge-closes")


@pytest.mark.parametrize(
    "key", ["x", "a" * 26, "a" * 25 + "b", "a" * 5000, "%00" * 26, "😀" * 26, "a" * 26 + "x"]
)
def test_a_story_that_is_not_there_is_not_found(store: Store, client: FlaskClient, key: str) -> None:
    fill(store, make_story())

    assert client.get(f"/stories/{key}").status_code == 404


def test_a_story_says_who_was_first_and_how_much_later_the_others_were(
    store: Store, client: FlaskClient
) -> None:
    told = make_story(
        hours_ago(2, "Bridge closes"),
        hours_ago(30.5, "Bridge is inspected", publisher="Nordwire"),
    )
    fill(store, told)

    text = read(client, story_path_of(told))

    assert "23 Nov 05:30 Nordwire First report Bridge is inspected" in text
    assert "24 Nov 10:00 (+28:30) Harbour Gazette Bridge closes" in text.replace("10:00 (", "24 Nov 10:00 (")
    assert text.count("First report") == 2  # once among the facts


@pytest.mark.parametrize(
    "first",
    [
        {"published": None},
        {"published": NOW + timedelta(hours=5)},
        {"published": datetime(2026, 11, 24, tzinfo=UTC), "day_only": True},
        {"published": datetime(2026, 11, 23, tzinfo=UTC), "day_only": True},
    ],
)
def test_nobody_is_called_first_where_the_minute_is_not_known(
    store: Store, client: FlaskClient, first: dict[str, Any]
) -> None:
    told = make_story(
        make_entry("Bridge closes", **first),
        make_entry("Bridge is shut", published=NOW, publisher="Nordwire"),
    )
    fill(store, told, now=NOW - timedelta(hours=1) if first["published"] is None else NOW)

    assert "First report" not in read(client, story_path_of(told))


def test_an_entry_without_a_believable_date_says_when_it_was_seen(store: Store, client: FlaskClient) -> None:
    told = make_story(
        hours_ago(3, "Bridge closes"),
        hours_ago(-9, "Bridge of tomorrow", publisher="Nordwire"),
        make_entry("Bridge without a date", published=None, publisher="Kanal 9"),
    )
    fill(store, told)

    text = read(client, story_path_of(told))

    assert "seen 12:00 Nordwire Bridge of tomorrow" in text
    assert "seen 12:00 Kanal 9 Bridge without a date" in text


def test_a_date_without_a_time_is_shown_without_one_in_every_zone(store: Store) -> None:
    told = make_story(make_entry(published=datetime(2026, 11, 20, tzinfo=UTC), day_only=True))
    fill(store, told)
    client = make_app(store, timezone="America/New_York").test_client()

    html = client.get(story_path_of(told), follow_redirects=True).text

    assert '<time datetime="2026-11-20">20 Nov</time>' in html


def test_near_copies_are_folded_under_the_earliest_and_do_not_count_as_sources(
    store: Store, client: FlaskClient
) -> None:
    entries = [
        hours_ago(5 - n, f"Bridge {p}", publisher=p) for n, p in enumerate(["Nordwire", "Kanal 9", "Aftonia"])
    ]
    told = make_story(*entries, hours_ago(1, "Engineers speak", publisher="The Meridian"), copies=(1, 2))
    fill(store, told)

    text = read(client, story_path_of(told))

    assert "4 articles from 2 sources" in text
    assert "2 near-copies of this text Kanal 9 08:00 Aftonia 09:00" in text
    assert "Bridge Kanal 9" not in text


def test_two_feeds_of_one_publisher_are_one_source(store: Store, client: FlaskClient) -> None:
    told = make_story(
        hours_ago(2, "Bridge closes", publisher="Nordwire World"),
        hours_ago(1, "Bridge shut", publisher="Nordwire"),
    )
    fill(store, told)

    assert "2 articles from 1 source" in read(client, story_path_of(told))


def test_a_story_of_one_article_says_so_and_draws_nothing(store: Store, client: FlaskClient) -> None:
    told = make_story()
    fill(store, told)
    html = client.get(story_path_of(told), follow_redirects=True).text

    assert "1 article" in read(client, story_path_of(told))
    assert "Article by article" not in html
    assert '<svg class="c' not in html


def test_a_story_says_why_its_articles_are_together(store: Store, client: FlaskClient) -> None:
    told = make_story(
        hours_ago(2, "A"), hours_ago(1, "B", publisher="Nordwire"), terms=("northern pier", "crack")
    )
    fill(store, told)

    text = read(client, story_path_of(told))

    assert "Together because they share crack and northern pier." in text
    assert "0.80 alike, where 0.60 is enough" in text
    sentence = "It shares northern pier and crack with Harbour Gazette; 0.80 alike, where 0.60 is enough."
    assert f"Nordwire {sentence}" in text
    assert "Harbour Gazette It opened the story." in text


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Rule.EDITOR, "Nordwire An editor put it here."),
        (
            Rule.MERGED,
            "Its story turned out to be this one: it shares crack with Harbour Gazette; 0.70 alike",
        ),
        (Rule.COPY, "Nordwire Its text was published before by Harbour Gazette: a near-copy."),
    ],
)
def test_every_rule_has_its_sentence(store: Store, client: FlaskClient, rule: Rule, sentence: str) -> None:
    told = make_story(hours_ago(2, "A"), hours_ago(1, "B", publisher="Nordwire"))
    fill(store, told)
    first, second = (m.stored.id for m in store.members([told.story])[told.story])
    moved = Placement(
        second, told.story, rule, nearest=first, similarity=0.7, threshold=0.6, terms=("crack",)
    )
    store.apply(Grouping((moved,)), NOW)

    assert sentence in read(client, story_path_of(told))


def test_each_article_says_what_it_adds_to_the_earlier_ones(store: Store, client: FlaskClient) -> None:
    crack = "Engineers found a crack in the northern pier."
    told = make_story(
        hours_ago(3, "Bridge closes", text=crack),
        hours_ago(2, "Bridge shut", text=f"{crack} Repairs will cost 9 million, Mayor Ilse Brandt said."),
        hours_ago(
            1, "Bridge barred", text=f"Ilse Brandt said repairs cost 9 million. {crack}", publisher="Z"
        ),
    )
    fill(store, told)

    text = read(client, story_path_of(told))

    assert text.count("Adds:") == 1
    assert "Bridge shut Adds: Repairs will cost 9 million, Mayor Ilse Brandt said." in text


def test_an_excerpt_names_whose_words_it_is(store: Store, client: FlaskClient) -> None:
    told = make_story(hours_ago(1, publisher="The Meridian"))
    fill(store, told)

    assert "over the old road. Excerpt from The Meridian." in read(client, story_path_of(told))


def test_other_languages_are_named_and_marked(store: Store, client: FlaskClient) -> None:
    told = make_story(
        hours_ago(3, "Bridge closes", language="en-GB"),
        hours_ago(2, "Міст закрито", publisher="Вісник", language="uk"),
        hours_ago(1, "إغلاق الجسر", publisher="صوت الميناء", language="ar"),
    )
    fill(store, told)
    html = client.get(story_path_of(told), follow_redirects=True).text

    assert "Other languages Ukrainian, Arabic" in read(client, story_path_of(told))
    assert '<h3 lang="uk" dir="auto">' in html
    assert "<bdi>صوت الميناء</bdi>" in html
    assert 'lang="en-GB"' not in html


def test_article_links_lead_straight_to_the_outlet(store: Store, client: FlaskClient) -> None:
    told = make_story(make_entry(url="https://outlet.example/a?b=1&c=2"))
    fill(store, told)

    html = client.get(story_path_of(told), follow_redirects=True).text

    assert '<a class="hl" href="https://outlet.example/a?b=1&amp;c=2" rel="noopener">' in html


def test_the_chart_of_a_story_carries_its_numbers(store: Store, client: FlaskClient) -> None:
    told = make_story(*(hours_ago(hours, f"Bridge {hours}") for hours in (2, 1.99, 1)))
    fill(store, told)

    html = client.get(story_path_of(told), follow_redirects=True).text

    assert 'aria-label="Articles per 5 minutes from 24 Nov 10:00: 2, ' in html


def test_articles_of_one_minute_stay_in_the_order_they_arrived_in(store: Store, client: FlaskClient) -> None:
    told = make_story(*(hours_ago(2, f"Bridge {n}", publisher=f"Paper {n}") for n in range(4)))
    fill(store, told)

    lines = read(client, story_path_of(told)).partition("All coverage")[2]

    assert re.findall(r"\bBridge \d", lines) == [f"Bridge {n}" for n in range(4)]
    assert "First report" not in lines
