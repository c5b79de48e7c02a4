"""What subscribers and pages see when two published stories turn out to be one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import feedparser
import pytest
from databases import Databases
from test_pipeline import CABLE, HOUR, NOW, WHEAT, House, archive, post

from aggregator.model import Grouping, Placement, Rule


@pytest.fixture
def house(tmp_path: Path, databases: Databases) -> Iterator[House]:
    """Return a house with two published stories, of which only one is in each configured topic."""
    made = House(tmp_path, databases.new())
    made.topic("cables", 'any = ["undersea cable"]')
    made.topic("grain", 'any = ["wheat"]')
    made.write(
        "blog.txt",
        archive(
            post("Cable to the islands fails again", CABLE, "Nordwire"),
            post("Wheat ships queue at Brekke", WHEAT, "Harbour Gazette"),
        ),
    )
    made.refresh()
    yield made
    made.close()


def story_of(house: House, word: str) -> UUID:
    (row,) = house.rows(f"SELECT story FROM entries WHERE title LIKE '%{word}%'")
    return UUID(str(row[0]))


def merge(house: House) -> tuple[UUID, UUID]:
    elder, younger = story_of(house, "Cable"), story_of(house, "Wheat")
    house.store.apply(Grouping(merges=((elder, younger),)), NOW)
    return elder, younger


def by_id(house: House, path: str = "/topics/all.atom") -> dict[str, feedparser.FeedParserDict]:
    return {entry.id: entry for entry in feedparser.parse(house.body(path)).entries}


def test_the_elder_gains_the_coverage_and_is_shown_again(house: House) -> None:
    elder, _ = merge(house)
    house.refresh(NOW + HOUR)
    entry = by_id(house)[elder.urn]
    assert {c.name for c in entry.contributors} == {"Nordwire", "Harbour Gazette"}
    assert (entry.published, entry.updated) == ("2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z")


def test_the_youngers_entry_stays_as_it_was(house: House) -> None:
    before = by_id(house)
    _, younger = merge(house)
    house.refresh(NOW + HOUR)
    assert by_id(house)[younger.urn] == before[younger.urn]


def test_the_merged_story_stands_in_every_topic_either_was_in(house: House) -> None:
    elder, _ = merge(house)
    house.refresh(NOW + HOUR)
    names = {topic.id: topic.name for topic in house.store.topics()}
    filed = {names[topic] for topic in house.store.topics_of([elder])[elder]}
    assert {"all", "cables", "grain"} <= filed


def test_the_elder_does_not_enter_a_topic_that_already_shows_the_younger(house: House) -> None:
    elder, younger = merge(house)
    house.refresh(NOW + HOUR)
    assert list(by_id(house, "/topics/grain.atom")) == [younger.urn]
    assert list(by_id(house, "/topics/cables.atom")) == [elder.urn]
    house.refresh(NOW + 40 * timedelta(days=1))
    assert by_id(house, "/topics/grain.atom") == {}


def test_a_merge_is_told_once(house: House) -> None:
    merge(house)
    house.refresh(NOW + HOUR)
    before = house.rows("SELECT path, etag FROM documents ORDER BY path")
    assert house.refresh(NOW + 2 * HOUR).told == 0
    assert house.rows("SELECT path, etag FROM documents ORDER BY path") == before


def test_merges_in_a_row_lead_to_the_last_elder(house: House) -> None:
    house.write(
        "third.txt", archive(post("Ferry blown ashore at Skerry", "A ferry ran aground. " * 9, "Kanal 9"))
    )
    house.refresh(NOW + HOUR)
    first, second, third = (story_of(house, word) for word in ("Cable", "Wheat", "Ferry"))
    house.store.apply(Grouping(merges=((second, third), (first, second))), NOW)
    house.refresh(NOW + 2 * HOUR)
    ended = dict(house.rows("SELECT id, merged_into FROM stories WHERE merged_into IS NOT NULL"))
    assert {UUID(str(value)) for value in ended.values()} == {first}
    assert story_of(house, "Ferry") == first


def test_a_story_whose_entries_all_move_away_ends_where_its_lead_went(house: House) -> None:
    elder, younger = story_of(house, "Cable"), story_of(house, "Wheat")
    ((entry,),) = house.rows("SELECT id FROM entries WHERE title LIKE '%Wheat%'")
    moved = Placement(int(str(entry)), elder, Rule.JOINED, nearest=1, similarity=0.4, threshold=0.2)
    house.store.apply(Grouping(placements=(moved,)), NOW)
    house.refresh(NOW + HOUR)
    ended = dict(house.rows("SELECT id, merged_into FROM stories WHERE merged_into IS NOT NULL"))
    assert {UUID(str(k)): UUID(str(v)) for k, v in ended.items()} == {younger: elder}
