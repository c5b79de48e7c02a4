"""feeds/corrections.toml over a real store: imported at each refresh, obeyed for ever, mistakes told."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import feedparser
import pytest
from databases import Databases
from make import read_feed
from test_pipeline import HOUR, NOW, House

from aggregator.config import read_corrections
from aggregator.core.render import story_id
from aggregator.model import Entry, Kind

FERRY = (
    "The ferry Terna ran aground off Skerry in thick fog, and 84 passengers were taken ashore by lifeboats."
)
REPORTS = {  # name -> title, what else it says
    "one": ("Ferry Terna runs aground off Skerry", "The coast guard of Skerry said that nobody was hurt."),
    "two": ("Passengers leave ferry Terna near Skerry", "The Terna had left Osse late because of the fog."),
    "three": ("Lifeboats take 84 off the ferry Terna", "Fishermen of Skerry brought blankets and soup."),
    "four": ("Terna ferry aground, 84 brought ashore", "A tug will pull the Terna at high water."),
}
BANK = "Tarn Bank buys its rival Fossum for nine billion crowns, the largest purchase of a bank this year."


def url(name: str) -> str:
    return f"https://news.example/{name}"


def report(name: str, number: int = 0) -> str:
    title, more = REPORTS.get(name, ("Tarn Bank buys Fossum", ""))
    fields = {
        "title": title,
        "body": f"{FERRY} {more}" if name in REPORTS else BANK,
        "url": url(name),
        "publisher": f"Paper {name}",
        "published": f"2026-11-20T0{number}:00:00Z",
    }
    return json.dumps(fields)


class Desk(House):
    """A house with an editor in it."""

    def bring(self, *names: str, file: str = "news") -> None:
        lines = [report(name, n) for n, name in enumerate(names)]
        self.write(f"{file}.jsonl", "\n".join(lines) + "\n")

    def correct(self, toml: str) -> None:
        (self.feeds / "corrections.toml").write_text(toml, encoding="utf-8")

    def story(self, name: str) -> UUID:
        (found,) = self.rows(f"SELECT story FROM entries WHERE url = '{url(name)}'")
        return UUID(str(found[0]))

    def groups(self) -> set[frozenset[str]]:
        groups: dict[object, set[str]] = {}
        for address, story in self.rows("SELECT url, story FROM entries"):
            groups.setdefault(story, set()).add(str(address).rpartition("/")[2])
        return set(map(frozenset, groups.values()))

    def problems(self) -> list[str]:
        return [f"{m.place}: {m.reason}" for m in self.store.mistakes()]


def together(*names: str) -> str:
    return f"[[together]]\nentries = {json.dumps([url(name) for name in names])}\n"


def apart(entries: Sequence[str], others: Sequence[str] = ()) -> str:
    rest = f"others = {json.dumps([url(name) for name in others])}\n" if others else ""
    return f"[[apart]]\nentries = {json.dumps([url(name) for name in entries])}\n{rest}"


def sets(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


@pytest.fixture
def desk(tmp_path: Path, databases: Databases) -> Iterator[Desk]:
    made = Desk(tmp_path, databases.new())
    yield made
    made.close()


def test_without_corrections_the_ferry_is_one_story_and_the_bank_another(desk: Desk) -> None:
    desk.bring("one", "two", "three", "four", "bank")
    desk.refresh()
    assert desk.groups() == sets("one two three four", "bank")


def test_corrections_hold_for_what_is_grouped_already(desk: Desk) -> None:
    desk.bring("one", "two", "three", "four", "bank")
    desk.refresh()
    desk.correct(together("bank", "four") + apart(["four"], ["one", "two", "three"]))
    desk.refresh(NOW + HOUR)
    assert desk.groups() == sets("one two three", "four bank")


@pytest.mark.parametrize("restarting", [False, True])
@pytest.mark.parametrize(
    "order",
    [("one", "two", "three", "four"), ("two", "four", "one", "three"), ("four", "three", "two", "one")],
)
def test_what_is_kept_apart_never_meets_when_entries_arrive_one_by_one(
    desk: Desk, order: tuple[str, ...], restarting: bool
) -> None:
    desk.correct(apart(["one"], ["two"]))
    for n, name in enumerate(order):
        desk.bring(name, file=name)
        desk.refresh(NOW + n * HOUR)
        if restarting:
            desk.restart()
    assert desk.story("one") != desk.story("two")
    assert len(desk.groups()) == 2


def test_a_correction_waits_for_an_entry_that_is_not_here_yet(desk: Desk) -> None:
    desk.correct(together("one", "bank"))
    desk.bring("one", "two")
    assert desk.refresh().problems == ()
    desk.restart()
    desk.bring("bank", file="later")
    desk.refresh(NOW + HOUR)
    assert desk.groups() == sets("one two bank")
    assert desk.rows("SELECT rule FROM entries WHERE url LIKE '%bank'") == [("editor",)]


def test_a_correction_is_obeyed_by_an_engine_that_remembers_none_of_it(desk: Desk) -> None:
    """The engine compares with the newest entries only; who an editor named is known all the same."""
    desk.bring("one", "two")
    desk.correct(together("one", "bank") + apart(["one"], ["three"]))
    desk.refresh()
    desk.restart()
    live = desk.store.live
    desk.store.live = lambda limit=1: live(limit)  # type: ignore[method-assign]
    desk.bring("bank", "three", file="later")
    desk.refresh(NOW + HOUR)
    assert desk.story("bank") == desk.story("one") != desk.story("three")


def test_the_machine_never_proposes_again_what_an_editor_declined(desk: Desk) -> None:
    desk.bring("one", "two", "three")
    desk.refresh()
    desk.correct(apart(["three"], ["one", "two"]))
    desk.refresh(NOW + HOUR)
    before = desk.story("one"), desk.story("three")
    for n in range(3):
        desk.restart()
        desk.bring("four", file=f"again{n}")
        desk.refresh(NOW + (n + 2) * HOUR)
    assert (desk.story("one"), desk.story("three")) == before


def test_a_file_that_disappears_or_breaks_leaves_what_it_said_in_force(desk: Desk) -> None:
    desk.correct(apart(["one"], ["two"]))
    desk.refresh()
    (desk.feeds / "corrections.toml").unlink()
    desk.bring("one", "two")
    desk.refresh(NOW + HOUR)
    desk.correct("[[apart\n")
    desk.refresh(NOW + 2 * HOUR)
    assert desk.story("one") != desk.story("two")
    desk.correct("")  # an editor has changed his mind: what comes next may join both
    desk.bring("three", file="more")
    desk.refresh(NOW + 3 * HOUR)
    assert desk.store.corrections() == ()


# ---- what subscribers see


def entry_of(desk: Desk, story: UUID) -> feedparser.FeedParserDict:
    (found,) = [e for e in feedparser.parse(desk.body()).entries if e.id == story.urn]
    return found


def test_a_merge_keeps_the_elder_and_shows_it_again(desk: Desk) -> None:
    desk.bring("one", "bank")
    desk.refresh()
    elder, younger = desk.story("one"), desk.story("bank")
    frozen = dict(entry_of(desk, younger))
    desk.correct(together("bank", "one"))
    desk.refresh(NOW + HOUR)
    assert desk.story("bank") == elder
    assert entry_of(desk, elder).updated == "2026-11-20T13:00:00Z"
    assert dict(entry_of(desk, younger)) == frozen
    (ended,) = desk.rows("SELECT merged_into FROM stories WHERE merged_into IS NOT NULL")
    assert UUID(str(ended[0])) == elder


def test_a_split_keeps_the_id_of_the_larger_part_and_shows_both(desk: Desk) -> None:
    desk.bring("one", "two", "three")
    desk.refresh()
    story = desk.story("one")
    desk.correct(apart(["three"], ["one", "two"]))
    desk.refresh(NOW + HOUR)
    assert desk.story("two") == story != desk.story("three")
    assert entry_of(desk, story).updated == "2026-11-20T13:00:00Z"
    assert entry_of(desk, desk.story("three")).title == REPORTS["three"][0]


def test_a_story_whose_lead_an_editor_took_away_is_told_with_another_under_the_same_address(
    desk: Desk,
) -> None:
    desk.bring("one", "two", "three")
    desk.refresh()
    story = desk.story("one")
    assert entry_of(desk, story).title == REPORTS["one"][0]
    desk.correct(apart(["one"], ["two", "three"]))
    desk.refresh(NOW + HOUR)
    told = desk.store.told([story])[story]
    assert (told.headline, told.url) == (REPORTS["two"][0], url("two"))
    assert told.slug == "ferry-terna-runs-aground-off-skerry"


def test_a_new_headline_is_shown_again_under_the_same_id_and_address(desk: Desk) -> None:
    desk.bring("one", "two")
    desk.refresh()
    story = desk.story("one")
    desk.correct(f'[[stories]]\nstory = "{story_id(story)}"\ntitle = "Terna:  84 saved"\n')
    desk.refresh(NOW + HOUR)
    told = desk.store.told([story])[story]
    assert (told.headline, told.slug) == ("Terna: 84 saved", "ferry-terna-runs-aground-off-skerry")
    assert (entry_of(desk, story).title, entry_of(desk, story).updated) == (
        "Terna: 84 saved",
        "2026-11-20T13:00:00Z",
    )
    before = desk.body()
    desk.bring("three", file="more")
    desk.refresh(NOW + 10 * HOUR)
    assert entry_of(desk, story).title == "Terna: 84 saved"
    assert entry_of(desk, story).updated == "2026-11-20T13:00:00Z"
    assert desk.body() != before


def test_a_headline_that_is_taken_back_is_the_old_one_again(desk: Desk) -> None:
    desk.bring("one")
    desk.refresh()
    story = desk.story("one")
    desk.correct(f'[[stories]]\nstory = "{story_id(story)}"\ntitle = "Other words"\n')
    desk.refresh(NOW + HOUR)
    desk.correct("")
    desk.refresh(NOW + 2 * HOUR)
    assert entry_of(desk, story).title == REPORTS["one"][0]
    assert desk.refresh(NOW + 3 * HOUR).told == 0


def test_a_headline_outlives_the_story_it_was_given_to(desk: Desk) -> None:
    desk.bring("one", "bank")
    desk.refresh()
    elder, younger = desk.story("one"), desk.story("bank")
    desk.correct(
        f'{together("one", "bank")}[[stories]]\nstory = "{story_id(younger)}"\ntitle = "Kept words"\n'
    )
    desk.refresh(NOW + HOUR)
    desk.refresh(NOW + 2 * HOUR)
    assert desk.store.told([elder])[elder].headline == "Kept words"


def test_corrections_are_told_to_subscribers_once(desk: Desk) -> None:
    desk.bring("one", "two", "three", "bank")
    desk.refresh()
    desk.correct(apart(["three"], ["one", "two"]) + together("bank", "three"))
    desk.refresh(NOW + HOUR)
    before = desk.rows("SELECT path, etag FROM documents ORDER BY path")
    for n in range(2, 5):
        desk.restart()
        assert desk.refresh(NOW + n * HOUR).told == 0
    assert desk.rows("SELECT path, etag FROM documents ORDER BY path") == before


def test_a_pinned_story_is_not_merged_away_when_the_machine_would(desk: Desk) -> None:
    desk.correct(apart(["one"], ["two"]))
    desk.bring("one", "two")
    desk.refresh()
    pinned = desk.story("two")
    desk.correct(f'[[stories]]\nstory = "https://desk.example/stories/{story_id(pinned)}-x"\npinned = true\n')
    desk.bring("three", "four", file="more")
    desk.refresh(NOW + HOUR)
    assert desk.story("two") == pinned != desk.story("one")


def test_a_pin_waits_for_its_story_and_then_holds_its_entries(desk: Desk) -> None:
    desk.bring("one", "two")
    desk.refresh()
    story = desk.story("one")
    desk.correct(f'[[stories]]\nstory = "{story_id(story)}"\npinned = true\n')
    desk.refresh(NOW + HOUR)
    (pin,) = desk.store.corrections()
    assert (pin.kind, set(pin.entries)) == (Kind.PIN, {url("one"), url("two")})
    desk.correct(f'[[stories]]\nstory = "{story_id(story)}"\npinned = true\nnote = "seen"\n')
    desk.bring("three", file="more")
    desk.refresh(NOW + 2 * HOUR)
    (pin,) = desk.store.corrections()
    assert (pin.note, set(pin.entries)) == ("seen", {url("one"), url("two")})


# ---- names of entries


def test_entries_are_named_by_address_by_own_id_or_by_the_key_that_inspect_prints(desk: Desk) -> None:
    rss = "<item><title>{}</title><guid isPermaLink='false'>{}</guid><description>{}</description></item>"
    items = rss.format("Tarn Bank buys Fossum", "tb 17", BANK)
    desk.write("bank.rss", f"<rss version='2.0'><channel><title>Ledger</title>{items}</channel></rss>")
    desk.write(
        "note.txt", f"Title: Storm Edda nears Karsund\nPublisher: Kanal 9\n\n{'Wind and rain. ' * 20}\n"
    )
    desk.bring("one")
    desk.refresh()
    ids = [int(str(row[0])) for row in desk.rows("SELECT id FROM entries ORDER BY url IS NULL, title")]
    names = desk.store.name_entries(ids)
    assert names[ids[0]] == url("one")
    assert all(len(set(names.values())) == 3 and names[entry] for entry in ids)
    desk.correct(f"[[together]]\nentries = {json.dumps([names[entry] for entry in ids])}\n")
    desk.refresh(NOW + HOUR)
    assert len(desk.rows("SELECT DISTINCT story FROM entries")) == 1


def test_an_address_of_several_entries_is_told_as_a_mistake(desk: Desk) -> None:
    desk.store.add_feed("https://live.example/rss", NOW)
    twice = (Entry(title, FERRY, id=title, url=url("one")) for title in ("Ferry aground", "Ferry empty"))
    read_feed(desk.store, "https://live.example/rss", *twice, now=NOW)
    desk.bring("two")
    desk.correct(together("one", "two"))
    desk.refresh()
    desk.refresh()
    (problem,) = desk.problems()
    assert "corrections.toml:2" in problem and "is 2 entries" in problem


# ---- mistakes

STORY = f"[[stories]]\nstory = '{'a' * 26}'\n"
PAIR = "[[together]]\nentries = ['a', 'b']\n"


@pytest.mark.parametrize(
    ("toml", "line", "words"),
    [
        ("[[together]]\nentries = ['a']\n", 2, "needs at least 2 entries"),
        ("[[together]]\nentries = ['a', 'a']\n", 2, "stands here twice"),
        ("[[together]]\nentries = ['a', 'b']\n\n[[together]]\n\nentries = 'a'\n", 6, "must be a list"),
        ("[[apart]]\nentries = ['a']\nothers = ['a']\n", 2, "on both sides"),
        ("[[apart]]\nentries = ['a']\n", 2, "at least 2 entries to keep apart"),
        ("[[apart]]\nentries = ['a', 'b']\nother = ['c']\n", 3, "did you mean 'others'"),
        ("[[stories]]\nstory = 'my story'\ntitle = 'x'\n", 2, "is no story"),
        (STORY, 2, "decides nothing"),
        (STORY + "title = 'x'\n" + STORY + "title = 'y'\n", 5, "line 2 decides about already"),
        (PAIR + PAIR.replace("a", "c") + "[[apart]]\nentries = ['a']\nothers = ['c']\n", 6, "and apart"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_file_is_not_taken(toml: str, line: int, words: str) -> None:
    read, (mistake,) = read_corrections([("corrections.toml", toml.encode())])
    assert read is None
    assert mistake.subject == f"corrections.toml:{line}"
    assert words in mistake.reason


def test_a_contradiction_that_only_the_entries_show_is_told_and_the_first_holds(desk: Desk) -> None:
    """The address and the key of one entry are two names; that they are one is known once it is here."""
    desk.bring("one", "two")
    desk.refresh()
    (key,) = desk.rows(
        f"SELECT o.key FROM origins o JOIN entries e ON e.id = o.entry WHERE e.url = '{url('one')}'"
    )
    other = str(key[0])[:32]
    desk.correct(together("one", "two") + f'[[apart]]\nentries = ["{other}"]\nothers = ["{url("two")}"]\n')
    desk.refresh(NOW + HOUR)
    report = desk.refresh(NOW + 2 * HOUR)
    assert [problem.subject for problem in report.problems] == ["corrections.toml:4"]
    assert desk.story("one") == desk.story("two")
    assert any("cannot be together and apart" in problem for problem in desk.problems())


def test_a_refresh_without_corrections_writes_nothing_for_them(desk: Desk) -> None:
    desk.bring("one")
    desk.refresh()
    desk.refresh(NOW + timedelta(minutes=1))
    assert desk.rows("SELECT key FROM meta WHERE key IN ('corrections', 'titles')") == []
