"""Stories that are over and revive: over a real store, the real grouping, pages and feeds."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from uuid import UUID, uuid4

import feedparser
import pytest
from databases import Databases
from flask.testing import FlaskClient
from make import make_app, read
from test_pipeline import HOUR, NOW, SITE, House

from aggregator.core.followups.parts import roots
from aggregator.core.render import story_id
from aggregator.core.stories import Engine
from aggregator.model import Former
from aggregator.steps.regroup import apply_regrouping, regroup
from aggregator.steps.tell import file_earlier, tell_stories

DAY = timedelta(days=1)
ALL = "/topics/all.atom"
LATER = NOW + 40 * DAY  # when what was shown first has left every document
FERRY = (
    "The ferry Terna ran aground off Skerry in thick fog, and 84 passengers were taken ashore by lifeboats."
)
REPORTS = {
    "one": ("Ferry Terna runs aground off Skerry", f"{FERRY} The coast guard said that nobody was hurt."),
    "two": ("Passengers leave ferry Terna near Skerry", f"{FERRY} The Terna had left Osse late."),
    "tug": (
        "Terna ferry off Skerry to be towed by salvage tug",
        "A salvage tug will pull the ferry Terna off the rocks of Skerry, where it ran aground in fog.",
    ),
    "divers": (
        "Divers pump oil from ferry Terna before tug pulls her off Skerry",
        "Divers pumped the oil out of the ferry Terna, aground in fog off Skerry; a salvage tug is to pull.",
    ),
    "towed": (
        "Salvage tug tows ferry Terna off Skerry to Osse",
        "The salvage tug has pulled the ferry Terna, aground in fog, off the rocks of Skerry and tows her.",
    ),
    "bank": ("Tarn Bank buys Fossum", "Tarn Bank buys its rival Fossum for nine billion crowns this year."),
}


class Desk(House):
    """A house whose papers give no dates: they speak of anything, and months later too."""

    def bring(self, *names: str, **others: object) -> None:
        for name in names:
            title, body = REPORTS[name]
            fields = {"title": title, "body": body, "url": f"https://news.example/{name}"}
            fields |= {"publisher": f"Paper {name}"} | others
            self.write(f"{name}.jsonl", json.dumps(fields) + "\n")

    def story(self, name: str) -> UUID:
        (found,) = self.rows(f"SELECT story FROM entries WHERE url = 'https://news.example/{name}'")
        return UUID(str(found[0]))

    def ids(self, path: str = ALL) -> list[str]:
        feed = feedparser.parse(self.body(path))
        assert not feed.bozo
        return [entry.id for entry in feed.entries]

    def client(self, now: object = LATER) -> FlaskClient:
        return make_app(self.store, LATER + 100 * DAY, SITE).test_client()

    def over(self, *names: str) -> UUID:
        """Tell a story and let it leave every document."""
        self.bring(*names)
        self.refresh()
        self.refresh(NOW + 31 * DAY)
        assert self.ids() == []
        return self.story(names[0])


@pytest.fixture
def desk(tmp_path: Path, databases: Databases) -> Iterator[Desk]:
    made = Desk(tmp_path, databases.new())
    made.topic("ferries", 'any = ["ferry"]\n')
    yield made
    made.close()


def test_news_of_a_story_that_left_is_a_story_that_follows_it(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug")
    desk.refresh(LATER)
    new = desk.story("tug")
    assert new != over == desk.story("two")
    assert desk.ids() == desk.ids("/topics/ferries.atom") == [new.urn]
    assert desk.store.follow_ups() == {new: over}
    desk.restart()
    desk.bring("divers")
    desk.refresh(LATER + HOUR)
    assert desk.story("divers") == new, "later entries go to the follow-up"
    assert desk.store.story(over).entries == 2  # type: ignore[union-attr]


def test_every_format_leads_from_a_follow_up_to_what_it_follows(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug")
    desk.refresh(LATER)
    page = f"{SITE.url}/stories/{story_id(over)}-ferry-terna-runs-aground-off-skerry"
    title = "Ferry Terna runs aground off Skerry"
    atom = feedparser.parse(desk.body())
    links = {link.href: link.title for link in atom.entries[0].links if link.rel == "related"}
    assert links[page] == f"Follows: {title}"
    said = f'<p>Follows: <a href="{page}">{title}</a></p>'
    assert said in atom.entries[0].content[0].value
    rss = feedparser.parse(desk.body("/topics/all.rss"))
    assert said in rss.entries[0].content[0].value
    (item,) = json.loads(desk.body("/topics/all.json"))["items"]
    assert item["_aggregator"] == {"follows": {"id": over.urn, "url": page, "title": title}}


def test_the_pages_of_both_lead_to_each_other(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug")
    desk.refresh(LATER)
    client = desk.client()
    assert "Follows: Ferry Terna runs aground" in read(client, f"/stories/{story_id(desk.story('tug'))}")
    assert "Continued in: Terna ferry off Skerry" in read(client, f"/stories/{story_id(over)}")


def test_who_follows_a_story_by_its_own_feed_hears_of_its_follow_ups(desk: Desk) -> None:
    over = desk.over("one", "two")
    client = desk.client()
    before = client.get(f"/stories/{story_id(over)}.atom")
    desk.bring("tug")
    desk.refresh(LATER)
    after = client.get(f"/stories/{story_id(over)}.atom")
    titles = [entry.title for entry in feedparser.parse(after.data).entries]
    assert titles[0] == REPORTS["tug"][0] and len(titles) == 3
    assert after.last_modified > before.last_modified
    facts = client.get(f"/stories/{story_id(over)}.json").get_json()["_aggregator"]
    assert [one["id"] for one in facts["continued_in"]] == [desk.story("tug").urn]


def test_a_follow_up_stands_in_the_topics_of_what_it_follows(desk: Desk) -> None:
    desk.topic("osse", 'any = ["osse"]\n')
    desk.over("two", "one")
    desk.bring("tug")
    desk.refresh(LATER)
    assert desk.ids("/topics/osse.atom") == [desk.story("tug").urn], "though it does not say Osse"


def test_without_stillness_or_while_it_is_shown_a_story_grows(desk: Desk) -> None:
    desk.bring("one", "two")
    desk.refresh()
    desk.bring("tug")
    desk.refresh(NOW + 20 * DAY)
    assert desk.story("tug") == desk.story("one"), "it is still shown"
    desk.refresh(NOW + 31 * DAY)
    desk.bring("divers")
    desk.refresh(NOW + 31 * DAY + HOUR)
    assert desk.story("divers") != desk.story("one"), "eleven days after the last one"
    desk.bring("towed")
    desk.refresh(NOW + 32 * DAY)
    assert desk.story("towed") == desk.story("divers")


def test_a_document_that_was_not_written_meanwhile_does_not_keep_a_story_alive(desk: Desk) -> None:
    desk.bring("one", "two")
    desk.refresh()
    desk.bring("tug")
    desk.refresh(LATER)  # the first refresh for forty days
    assert desk.ids() == [desk.story("tug").urn]


def test_a_chain_of_follow_ups_grows_link_by_link(desk: Desk) -> None:
    stories = [desk.over("one", "two")]
    for n, name in enumerate(("tug", "divers"), 1):
        now = NOW + n * 40 * DAY
        desk.bring(name)
        desk.refresh(now)
        stories.append(desk.story(name))
        desk.refresh(now + 31 * DAY)
        desk.restart()
    first, second, third = stories
    assert desk.store.follow_ups() == {second: first, third: second}
    assert [called.id for called in desk.store.continued_in(second)] == [third]
    page = read(desk.client(), f"/stories/{story_id(second)}")
    assert "Follows: Ferry Terna runs" in page and "Continued in: Divers pump oil" in page


def test_what_says_nothing_new_or_comes_from_nobody_founds_nothing(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug", publisher=None, url=None)
    title, body = REPORTS["two"]
    fields = {"title": title, "body": body, "url": "https://mirror.example/2", "publisher": "Mirror"}
    desk.write("again.jsonl", json.dumps(fields) + "\n")
    desk.refresh(LATER)
    assert (desk.store.follow_ups(), desk.ids()) == ({}, [])
    (found,) = desk.rows("SELECT DISTINCT story FROM entries")
    assert UUID(str(found[0])) == over


@pytest.mark.parametrize("restarting", [False, True])
def test_the_grouping_goes_on_as_it_would_without_follow_ups(desk: Desk, restarting: bool) -> None:
    over = desk.over("one", "two", "bank")
    for n, name in enumerate(("tug", "divers", "towed")):
        desk.bring(name)
        desk.refresh(LATER + n * HOUR)
        if restarting:
            desk.restart()
    new = desk.story("tug")
    assert {desk.story(name) for name in ("divers", "towed")} == {new}
    assert regroup(desk.store, uuid4).placements == ()
    assert desk.store.follow_ups() == {new: over}


WORDS = (
    "almond basket cradle dipper engine fabric garden hammer island jacket kettle ladder marble needle "
    "orchid pencil quarry ribbon saddle tunnel urchin velvet walnut yellow zephyr anchor beacon candle"
).split()


def affairs(dice: random.Random, times: int) -> Iterator[list[str]]:
    """Make up what papers without dates say of a dozen affairs, two of a kind: documents' lines."""
    names = [[f"{word}{n // 2}" for word in dice.sample(WORDS, 9)] for n in range(12)]
    for day in range(times):
        lines = []
        for affair in dice.sample(names, dice.choice((0, 1, 2, 4))):
            for paper in dice.sample("ABCDE", dice.choice((1, 1, 2, 3))):
                said = [*dice.sample(affair, 8), *dice.sample(WORDS, 4)]
                fields = {"title": " ".join(said[:6]), "body": " ".join(said), "publisher": f"Paper {paper}"}
                lines.append(json.dumps(fields | {"url": f"https://{paper}.example/{day}/{len(lines)}"}))
        yield lines


def test_over_months_the_grouping_decides_as_it_would_without_follow_ups(desk: Desk) -> None:
    dice = random.Random(7)
    for n, lines in enumerate(affairs(dice, 16)):
        if lines:
            desk.write(f"day {n}.jsonl", "\n".join(lines) + "\n")
        desk.refresh(NOW + n * 12 * DAY)
        if n % 5 == 4:
            desk.restart()
    live = [stored for stored, _ in desk.store.live_entries()]
    engine, homes = Engine(uuid4), dict[int, UUID]()
    for _, batch in groupby(live, key=lambda stored: stored.first_seen):
        grouping = engine.add(list(batch))
        homes |= {placement.entry: placement.story for placement in grouping.placements}
        ended = {younger: elder for elder, younger in grouping.merges}
        homes = {entry: ended.get(story, story) for entry, story in homes.items()}
    first = roots(desk.store.follow_ups())
    found = desk.store.homes([stored.id for stored in live])
    assert partition(homes) == partition({entry: first.get(its, its) for entry, its in found.items()})
    assert len(first) > 10, "there were follow-ups"
    assert len(set(first.values())) < len(first), "and follow-ups of follow-ups"
    assert all(told for told in desk.rows("SELECT published FROM stories WHERE merged_into IS NULL"))


def partition(homes: Mapping[int, UUID]) -> set[frozenset[int]]:
    groups: dict[UUID, set[int]] = {}
    for entry, story in homes.items():
        groups.setdefault(story, set()).add(entry)
    return set(map(frozenset, groups.values()))


def test_a_crash_after_grouping_leaves_a_follow_up_that_the_next_refresh_tells(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug")
    line = desk.line

    class PowerCutError(Exception):
        pass

    def dies(*_: object) -> None:
        raise PowerCutError

    desk.line.store.untold = dies  # type: ignore[method-assign,assignment]
    with pytest.raises(PowerCutError):
        desk.refresh(LATER)
    assert line is desk.line
    new = desk.story("tug")
    desk.restart()
    desk.refresh(LATER + HOUR)
    assert desk.ids() == [new.urn]
    assert desk.store.formers([new]) == {new: Former(over, REPORTS["one"][0], _slug(desk, over))}


def _slug(desk: Desk, story: UUID) -> str:
    told = desk.store.story(story)
    assert told is not None
    return told.slug


# ---- editors


def decide(desk: Desk, kind: str, *names: str, others: Sequence[str] = ()) -> None:
    addresses = [[f"https://news.example/{name}" for name in side] for side in (names, others)]
    more = f"others = {json.dumps(addresses[1])}\n" if others else ""
    toml = f"[[{kind}]]\nentries = {json.dumps(addresses[0])}\n{more}"
    (desk.feeds / "corrections.toml").write_text(toml, encoding="utf-8")


def test_an_editor_can_make_a_story_and_its_follow_up_one(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug")
    desk.refresh(LATER)
    new = desk.story("tug")
    decide(desk, "together", "one", "tug")
    desk.refresh(LATER + HOUR)
    assert desk.story("tug") == over and desk.store.follow_ups() == {}
    assert desk.ids() == [new.urn], "its entry freezes"
    desk.restart()
    desk.bring("divers")
    desk.refresh(LATER + 2 * HOUR)
    assert desk.story("divers") == over
    page = desk.client().get(f"/stories/{story_id(new)}")
    assert page.status_code == 301 and story_id(over) in page.location


def test_an_editor_who_keeps_them_apart_ends_the_link(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug")
    desk.refresh(LATER)
    before = desk.ids()
    decide(desk, "apart", "tug", others=["one", "two"])
    desk.refresh(LATER + HOUR)
    assert (desk.store.follow_ups(), desk.ids()) == ({}, before)
    assert b"Follows" not in desk.body()
    desk.bring("divers")
    desk.refresh(LATER + 2 * HOUR)
    assert desk.story("divers") != over


def test_news_of_a_story_that_only_a_frozen_entry_stands_for_is_a_follow_up(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("bank")
    desk.refresh(LATER)
    frozen = desk.story("bank")
    decide(desk, "together", "one", "bank")
    desk.refresh(LATER + HOUR)
    desk.bring("tug")
    desk.refresh(LATER + DAY)
    assert (desk.story("tug"), desk.ids()) == (over, [frozen.urn]), "the bank was news only a day ago"
    desk.bring("divers")
    desk.refresh(LATER + 4 * DAY)
    assert desk.ids() == [desk.story("divers").urn, frozen.urn]
    assert desk.store.follow_ups() == {desk.story("divers"): over}


def test_a_story_that_ends_elsewhere_is_followed_there(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug", "bank")
    desk.refresh(LATER)
    new, bank = desk.story("tug"), desk.story("bank")
    decide(desk, "together", "bank", "tug")
    desk.refresh(LATER + HOUR)
    (left,) = {new, bank} & {desk.story("tug")}
    assert desk.store.follow_ups() == {left: over}
    decide(desk, "together", "bank", "tug", "one")
    desk.refresh(LATER + 2 * HOUR)
    assert desk.story("bank") == over and desk.store.follow_ups() == {}


def test_grouping_afresh_leaves_follow_ups_as_they_are(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug", "bank")
    desk.refresh(LATER)
    before = desk.ids()
    apply_regrouping(desk.store, regroup(desk.store, uuid4), LATER + HOUR)
    desk.refresh(LATER + 2 * HOUR)
    assert desk.store.follow_ups() == {desk.story("tug"): over}
    assert desk.ids() == before


# ---- what goes


def test_what_a_shown_follow_up_names_is_kept_as_long_and_goes_after_it(desk: Desk) -> None:
    over = desk.over("one", "two")
    desk.bring("tug")
    desk.refresh(LATER)
    new = desk.story("tug")
    assert desk.store.remove_old(LATER - DAY, 10, LATER) == 0
    desk.refresh(LATER + 31 * DAY)
    assert desk.store.remove_old(LATER - DAY, 10, LATER + 31 * DAY) == 1
    assert desk.store.was_removed(over) and desk.store.follow_ups() == {}
    desk.refresh(LATER + 32 * DAY)
    told = desk.store.story(new)
    assert told is not None and told.former is None
    assert desk.client().get(f"/stories/{story_id(over)}").status_code == 410


def test_stories_told_again_for_nothing_found_no_follow_ups(desk: Desk) -> None:
    desk.over("one", "two")
    with desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE stories SET touched = true")
    file_earlier(desk.store)
    tell_stories(desk.store, uuid4, LATER)
    desk.refresh(LATER)
    assert (desk.store.follow_ups(), desk.ids()) == ({}, [])
