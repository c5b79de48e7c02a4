"""`aggregator stories`: an editor's hand, over a real store."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databases import Databases
from test_corrections import HOUR, NOW, REPORTS, Desk, apart, sets, together, url

from aggregator.cli import main
from aggregator.config import read_corrections
from aggregator.core.render import Site, story_id
from aggregator.model import Grouping, Kind
from aggregator.web import WebSettings, create_app


class Newsroom(Desk):
    """A desk whose editor types commands."""

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, words)

    def says(self, *words: str) -> str:
        done = self.run("stories", *words)
        assert done.exit_code == 0, done.output
        return done.output

    def refuses(self, *words: str) -> str:
        done = self.run("stories", *words)
        assert done.exit_code == 1, done.output
        return done.stderr

    def key(self, name: str) -> str:
        return story_id(self.story(name))

    def number(self, name: str) -> str:
        ((number,),) = self.rows(f"SELECT id FROM entries WHERE url = '{url(name)}'")
        return str(number)


@pytest.fixture
def room(tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    made = Newsroom(tmp_path, databases.new())
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL", made.url.render_as_string(hide_password=False))
    monkeypatch.setenv("AGGREGATOR_FEEDS_DIR", str(made.feeds))
    made.bring("one", "two", "three", "bank")
    made.refresh()
    yield made
    made.close()


def test_stories_are_listed_with_id_count_and_headline(room: Newsroom) -> None:
    rows = json.loads(room.says("--json"))
    assert {(row["story"], row["articles"], row["headline"]) for row in rows} == {
        (room.key("one"), 3, REPORTS["one"][0]),
        (room.key("bank"), 1, "Tarn Bank buys Fossum"),
    }
    assert room.key("bank") in room.says()
    assert [row["story"] for row in json.loads(room.says("--find", "fossum", "--json"))] == [room.key("bank")]
    assert len(json.loads(room.says("--limit", "1", "--json"))) == 1


def test_a_story_is_shown_with_what_it_follows_and_what_follows_it(room: Newsroom) -> None:
    room.store.apply(Grouping(follows=((room.story("bank"), room.story("one")),)), NOW)
    room.refresh(NOW + HOUR)
    over, new = room.key("one"), room.key("bank")
    assert f"Continued in: {new}  Tarn Bank buys Fossum" in room.says("show", over)
    assert f"Follows: {over}  {REPORTS['one'][0]}" in room.says("show", new)
    assert json.loads(room.says("show", over, "--json"))["continued_in"] == [new]
    assert json.loads(room.says("show", new, "--json"))["follows"] == over


def test_a_story_is_shown_with_its_articles_their_numbers_and_reasons(room: Newsroom) -> None:
    story = room.key("one")
    shown = json.loads(room.says("show", story, "--json"))
    assert [row["number"] for row in shown["entries"]] == [
        int(room.number(n)) for n in ("one", "two", "three")
    ]
    assert [row["name"] for row in shown["entries"]] == [url(n) for n in ("one", "two", "three")]
    assert shown["entries"][0]["why"] == "It opened the story."
    text = room.says("show", story)
    assert room.number("two") in text and "It shares" in text and url("three") in text


@pytest.mark.parametrize(
    "form", ["{0}", "{0:.6}", "https://desk.example/stories/{0}-some-slug", "urn:uuid:{1}"]
)
def test_a_story_is_named_by_id_by_its_beginning_or_by_address(room: Newsroom, form: str) -> None:
    name = form.format(room.key("bank"), room.story("bank"))
    assert json.loads(room.says("show", name, "--json"))["story"] == room.key("bank")


def test_merged_stories_are_the_elder_and_the_youngers_page_leads_there(room: Newsroom) -> None:
    elder, younger = room.story("one"), room.story("bank")
    words = room.says("merge", story_id(younger), story_id(elder))
    assert words.startswith(f"{story_id(elder)} has 4 articles now; {story_id(younger)} leads there.")
    app = create_app(room.store, Site("https://desk.example", "Desk"), WebSettings(), lambda: NOW)
    answer = app.test_client().get(f"/stories/{story_id(younger)}-tarn-bank-buys-fossum")
    assert answer.status_code == 301 and story_id(elder) in answer.location
    room.refresh()
    assert room.groups() == sets("one two three bank")
    # Whoever still has the old name in a note is led on too.
    assert json.loads(room.says("show", story_id(younger), "--json"))["story"] == story_id(elder)


@pytest.mark.parametrize("how", ["number", "address"])
def test_split_articles_are_a_story_of_their_own_for_ever(room: Newsroom, how: str) -> None:
    story = room.key("one")
    room.says("split", story, room.number("three") if how == "number" else url("three"))
    assert room.groups() == sets("one two", "three", "bank")
    assert room.key("one") == story
    for n in range(2):
        room.restart()
        room.bring("four", file=f"again{n}")
        room.refresh()
    assert room.story("three") != room.story("one")


def test_split_articles_stay_together(room: Newsroom) -> None:
    story = room.key("one")
    room.says("split", story, url("two"), url("three"))
    assert room.groups() == sets("one", "two three", "bank")
    assert room.key("two") == story  # the larger part keeps the id
    together = [c for c in room.store.corrections() if c.kind is Kind.TOGETHER]
    assert [set(c.entries) for c in together] == [{url("two"), url("three")}]


def test_near_copies_go_with_what_they_repeat(room: Newsroom) -> None:
    text = json.loads((room.seeds / "news.jsonl").read_text().splitlines()[2])
    room.write("copy.jsonl", json.dumps(text | {"url": url("copy"), "publisher": "Reprint"}))
    room.refresh()
    assert room.rows(f"SELECT rule FROM entries WHERE url = '{url('copy')}'") == [("copy",)]
    room.says("split", room.key("one"), url("three"))
    assert room.groups() == sets("one two", "three copy", "bank")


def test_the_last_word_holds_and_takes_back_only_what_it_contradicts(room: Newsroom) -> None:
    room.says("split", room.key("one"), url("two"))
    room.says("split", room.key("one"), url("three"))
    assert room.groups() == sets("one", "two", "three", "bank")
    room.says("merge", room.key("one"), room.key("three"))
    room.refresh()
    assert room.groups() == sets("one three", "two", "bank")
    room.says("split", room.key("one"), url("three"))
    assert room.groups() == sets("one", "two", "three", "bank")


def test_a_headline_is_given_and_taken_back(room: Newsroom) -> None:
    story = room.story("one")
    room.says("rename", story_id(story), "  Terna: 84\n saved ")
    room.refresh()
    assert room.store.told([story])[story].headline == "Terna: 84 saved"
    room.says("rename", story_id(story))
    room.refresh()
    assert room.store.told([story])[story].headline == REPORTS["one"][0]
    assert "has its own headline" in room.refuses("rename", story_id(story))


def test_a_headline_can_be_given_before_anybody_was_told_of_the_story(room: Newsroom) -> None:
    room.says("split", room.key("one"), url("three"))
    room.refresh()
    part = room.story("three")
    room.says("rename", story_id(part), "Lifeboats at Skerry")
    room.refresh()
    assert room.store.told([part])[part].headline == "Lifeboats at Skerry"


def test_a_pin_is_set_once_and_taken_out(room: Newsroom) -> None:
    room.says("pin", room.key("one"))
    room.says("pin", room.key("one"))
    assert [c.kind for c in room.store.corrections()] == [Kind.PIN]
    assert "no longer pinned" in room.says("pin", "--off", room.key("one"))
    assert "not pinned" in room.says("pin", "--off", room.key("one"))
    assert room.store.corrections() == ()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("show", "zzzzzz"), "`aggregator stories` lists them"),
        (("show", "a" * 26), "is no story"),
        (("merge", "{one}"), "name two or more"),
        (("merge", "{one}", "{one}"), "name two or more"),
        (("split", "{one}", "999"), "`aggregator stories show` prints the numbers"),
        (("split", "{one}", "https://news.example/bank"), "no article of this story"),
        (("split", "{bank}", "https://news.example/bank"), "leave one at least"),
    ],
)
def test_what_cannot_be_done_says_what_to_do_instead(
    room: Newsroom, words: tuple[str, ...], reason: str
) -> None:
    before = room.groups()
    assert reason in room.refuses(*(w.format(one=room.key("one"), bank=room.key("bank")) for w in words))
    assert room.groups() == before and room.store.corrections() == ()


def test_a_command_does_not_overrule_the_file_but_says_where_it_speaks(room: Newsroom) -> None:
    story = f'[[stories]]\nstory = "{room.key("one")}"\n'
    room.correct(
        together("one", "two") + apart(["bank"], ["one"]) + story + 'pinned = true\ntitle = "Ours"\n'
    )
    room.refresh()
    assert "corrections.toml:2: decides otherwise" in room.refuses("split", room.key("one"), url("one"))
    assert "corrections.toml:4: decides otherwise" in room.refuses("merge", room.key("one"), room.key("bank"))
    for words in (["rename", room.key("one"), "Mine"], ["rename", room.key("one")], ["pin", room.key("one")]):
        assert "corrections.toml:7" in room.refuses(*words)
    assert room.groups() == sets("one two three", "bank")
    assert all(c.place for c in room.store.corrections())


def test_what_is_exported_decides_the_same_in_a_file(room: Newsroom) -> None:
    room.says("split", room.key("one"), url("three"))
    room.says("merge", room.key("three"), room.key("bank"))
    room.says("pin", room.key("one"))
    room.says("rename", room.key("one"), 'Terna: "84 saved"')
    before, groups = room.store.corrections(), room.groups()

    exported = room.says("export")

    read, mistakes = read_corrections([("corrections.toml", exported.encode())])
    assert mistakes == () and read is not None
    assert {(c.kind, c.entries, c.others, c.story, c.title) for c in read} == {
        (c.kind, c.entries, c.others, c.story, c.title) for c in before
    }
    room.refresh()
    room.correct(exported)
    assert room.refresh().told == 0
    assert room.groups() == groups
    assert all(c.place for c in room.store.corrections())  # they are the file's now
    room.correct("")
    room.refresh()
    assert room.store.corrections() == ()


def test_what_waits_is_shown_by_export_and_check_and_is_no_mistake(room: Newsroom) -> None:
    room.correct(together("one", "later") + f'[[stories]]\nstory = "{"a" * 26}"\npinned = true\n')
    before = room.run("check")
    assert before.exit_code == 0
    assert f"corrections.toml:2: waits for {url('later')}, not here yet" in before.output
    assert "corrections.toml:4: waits for its story" in before.output
    room.refresh()
    assert f'"{url("later")}",  # not here yet: this waits for it' in room.says("export")
    (first, _) = map(json.loads, room.says("export", "--json").splitlines())
    assert (first["kind"], first["waiting"]) == ("together", [url("later")])
    assert room.problems() == []


def test_check_tells_what_is_wrong_with_corrections(room: Newsroom) -> None:
    room.correct(together("one", "two") + apart(["two"], ["one"]))
    done = room.run("check")
    assert done.exit_code == 2 and "corrections.toml:4" in done.stderr
    key = room.rows(
        f"SELECT o.key FROM origins o JOIN entries e ON e.id = o.entry WHERE url = '{url('one')}'"
    )
    alias = f'[[apart]]\nentries = ["{str(key[0][0])[:32]}"]\nothers = ["{url("two")}"]\n'
    room.correct(together("one", "two") + alias)
    done = room.run("check")
    assert done.exit_code == 2 and "cannot be together and apart" in " ".join(done.stderr.split())


def test_check_makes_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "corrections.toml").write_text(together("one", "two"))
    monkeypatch.setenv("AGGREGATOR_FEEDS_DIR", str(tmp_path))
    monkeypatch.setenv("AGGREGATOR_DATA_DIR", str(tmp_path / "data"))
    assert CliRunner().invoke(main, ["check"]).exit_code == 0
    assert not (tmp_path / "data").exists()


def test_nothing_is_exported_where_nothing_is_decided(room: Newsroom) -> None:
    assert read_corrections([("corrections.toml", room.says("export").encode())]) == ((), ())
    assert room.says("export", "--json") == ""


def test_stories_that_became_one_by_command_are_told_to_subscribers_as_one(room: Newsroom) -> None:
    elder, younger = room.story("one"), room.story("bank")
    room.says("merge", story_id(elder), story_id(younger))
    room.refresh()
    told = room.store.told([elder, younger])
    assert told[elder].entries == 4 and told[younger].merged_into == elder
    assert told[elder].bumps == 1
