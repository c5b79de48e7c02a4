"""`aggregator regroup`: what a fresh grouping would change, and that subscribers do not notice."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID, uuid4

import feedparser
import pytest
from click.testing import CliRunner
from databases import Databases
from test_corrections import HOUR, NOW, Desk, apart, sets, url

from aggregator.cli import main
from aggregator.core.regrouping import compare
from aggregator.core.render import story_id
from aggregator.model import Grouping, Placement, Rule
from aggregator.steps.regroup import apply_regrouping, regroup


@pytest.fixture
def desk(tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(tmp_path, databases.new())
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL", made.url.render_as_string(hide_password=False))
    made.topic("guards", 'any = ["coast guard"]')  # the first article only
    made.bring("one", "two", "three", "four", "bank")
    yield made
    made.close()


def regroup_by_command(*words: str) -> dict[str, int]:
    done = CliRunner().invoke(main, ["regroup", "--json", *words])
    assert done.exit_code == 0, done.output
    found: dict[str, int] = json.loads(done.output)
    return found


def muddle(desk: Desk, **groups: str) -> dict[str, UUID]:
    """Publish the articles grouped as no engine would: name of a story -> its articles."""
    ids = {
        str(row[1]).rpartition("/")[2]: int(str(row[0])) for row in desk.rows("SELECT id, url FROM entries")
    }
    made = {name: uuid4() for name in groups}
    placements = [
        Placement(ids[entry], made[name], Rule.OPENED)
        for name, its in groups.items()
        for entry in its.split()
    ]
    desk.store.apply(Grouping(tuple(placements)), NOW)
    desk.refresh(NOW + HOUR)
    return made


def shown(desk: Desk) -> dict[str, dict[str, str]]:
    """Return for each document the entries that a reader sees, with the date by which it knows them."""
    paths = [str(row[0]) for row in desk.rows("SELECT path FROM documents WHERE path LIKE '%.atom%'")]
    return {path: {e.id: e.updated for e in feedparser.parse(desk.body(path)).entries} for path in paths}


def test_a_dry_run_tells_what_would_change_and_changes_nothing(desk: Desk) -> None:
    desk.refresh()
    muddle(desk, a="one two three", b="four bank")
    groups = desk.groups()
    told = regroup_by_command("--dry-run")
    assert told == {
        "entries": 5, "moved": 1, "stories": 2, "kept": 2, "retired": 0, "new": 0,
        "shown_again": 0, "applied": False,
    }  # fmt: skip
    assert desk.groups() == groups
    assert desk.refresh(NOW + 2 * HOUR).told == 0
    text = CliRunner().invoke(main, ["regroup", "--dry-run"]).output
    assert "1 of 5 articles would come into another story. 2 of 2 stories would keep their id" in text


def test_a_story_keeps_its_id_where_most_of_its_entries_go(desk: Desk) -> None:
    desk.refresh()
    made = muddle(desk, a="one bank", b="two three four")
    regroup_by_command()
    assert desk.groups() == sets("one two three four", "bank")
    assert (desk.story("one"), desk.story("bank")) == (made["b"], made["a"])


@pytest.mark.parametrize(
    "muddled",
    [
        {"a": "one", "b": "two", "c": "three four", "d": "bank"},
        {"a": "one two three four bank"},
        {"a": "one bank", "b": "two three four"},
        {"a": "bank one two", "b": "three four"},
    ],
)
def test_subscribers_are_shown_nothing_again(desk: Desk, muddled: Mapping[str, str]) -> None:
    desk.refresh()
    made = muddle(desk, **muddled)
    before = shown(desk)
    assert any(before.values())

    change = regroup(desk.store, uuid4)
    apply_regrouping(desk.store, change, NOW + 9 * HOUR)
    for n in range(10, 13):
        desk.restart()
        desk.refresh(NOW + n * HOUR)

    assert desk.groups() == sets("one two three four", "bank")
    assert shown(desk) == before
    pages = {story for story in made.values() if desk.store.heirs([story])}
    assert pages == set(made.values())  # every page that was known answers, or leads on
    assert regroup(desk.store, uuid4).placements == ()


def test_an_article_that_comes_to_another_topic_by_it_is_no_news_there(desk: Desk) -> None:
    desk.correct(apart(["one", "two", "three", "four"]))
    desk.refresh()
    desk.correct("")
    desk.refresh(NOW + HOUR)
    before = shown(desk)
    assert len(before["/topics/guards.atom?view=entries"]) == 1
    regroup_by_command()
    desk.refresh(NOW + 9 * HOUR)
    assert desk.groups() == sets("one two three four", "bank")
    assert shown(desk) == before


def test_what_comes_after_a_regrouping_is_news_again(desk: Desk) -> None:
    desk.refresh()
    muddle(desk, a="one two three four bank")
    regroup_by_command()
    desk.refresh(NOW + 2 * HOUR)
    other = json.dumps({"title": "Tarn Bank buys Fossum bank", "body": BANK_AGAIN, "publisher": "Kanal 9"})
    desk.write("later.jsonl", other)
    desk.refresh(NOW + 3 * HOUR)
    story = desk.story("bank")
    assert desk.store.told([story])[story].publishers == 2
    assert desk.store.told([story])[story].updated == NOW + 3 * HOUR


BANK_AGAIN = "Tarn Bank has bought its rival Fossum, for nine billion crowns; regulators must agree to it."


def test_a_regrouping_obeys_editors(desk: Desk) -> None:
    desk.correct(apart(["one"], ["two"]))
    desk.refresh()
    muddle(desk, a="one", b="two", c="three", d="four", e="bank")
    regroup_by_command()
    assert desk.story("one") != desk.story("two")
    assert len(desk.groups()) == 3


def test_a_pinned_story_is_itself_after_a_regrouping_though_others_have_more_of_it(desk: Desk) -> None:
    desk.refresh()
    made = muddle(desk, a="one", b="two three four", c="bank")
    desk.correct(f'[[stories]]\nstory = "{story_id(made["a"])}"\npinned = true\n')
    desk.refresh(NOW + 2 * HOUR)
    regroup_by_command()
    assert desk.story("one") == made["a"]


def test_running_engines_take_notice(desk: Desk) -> None:
    desk.refresh()
    muddle(desk, a="one", b="two three four", c="bank")
    regroup_by_command()
    known = desk.story("one")
    copy = json.loads((desk.seeds / "news.jsonl").read_text().splitlines()[0])
    desk.write("copy.jsonl", json.dumps(copy | {"url": url("copy"), "publisher": "Reprint"}))
    desk.refresh(NOW + 2 * HOUR)
    assert desk.story("copy") == known


# ---- which story is which


def placed(**stories: str) -> dict[int, Placement]:
    return {
        int(entry): Placement(int(entry), UUID(int=ord(name)), Rule.OPENED)
        for name, its in stories.items()
        for entry in its.split()
    }


def before(**stories: str) -> dict[int, UUID]:
    return {entry: placement.story for entry, placement in placed(**stories).items()}


def test_of_two_old_stories_in_a_new_one_the_one_with_more_entries_lives_on() -> None:
    change = compare(before(a="1 2", b="3 4 5"), placed(x="1 2 3 4 5"))
    assert {p.entry: chr(p.story.int) for p in change.placements} == {1: "b", 2: "b"}
    assert (change.kept, change.new) == (1, 0)
    assert change.retired == ((UUID(int=ord("a")), UUID(int=ord("b"))),)


def test_of_equal_shares_the_story_that_was_there_first_lives_on() -> None:
    change = compare(before(b="1 2", a="3 4"), placed(x="1 2 3 4"))
    assert {p.entry: chr(p.story.int) for p in change.placements} == {3: "b", 4: "b"}


def test_the_larger_part_of_an_old_story_keeps_its_id_and_the_rest_is_new() -> None:
    change = compare(before(a="1 2 3"), placed(x="1", y="2 3"))
    assert {p.entry: chr(p.story.int) for p in change.placements} == {1: "x"}
    assert (change.kept, change.new, change.retired) == (1, 1, ())
