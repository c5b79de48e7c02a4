"""Corrections as labelled pairs: what the grouping would have decided as editors did."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from databases import Databases
from test_corrections import Desk, apart, together, url

from aggregator.cli import main
from aggregator.core.corrections.judging import decided_pairs, judge
from aggregator.core.render import story_id
from aggregator.model import Correction, Kind

NAMED = {"a": 1, "b": 2, "c": 3, "d": 4}


def test_every_two_of_what_is_together_are_a_pair_and_each_of_one_side_with_each_of_the_other() -> None:
    decided = (
        Correction(Kind.TOGETHER, ("c", "b", "a", "later")),
        Correction(Kind.APART, ("d",), ("a", "b")),
        Correction(Kind.TITLE, title="x"),
    )
    assert decided_pairs(decided, NAMED) == {
        (2, 3): True, (1, 3): True, (1, 2): True, (1, 4): False, (2, 4): False,
    }  # fmt: skip


def test_without_others_every_two_are_apart() -> None:
    pairs = decided_pairs((Correction(Kind.APART, ("a", "b", "c")),), NAMED)
    assert pairs == {(1, 2): False, (1, 3): False, (2, 3): False}


def test_a_pair_counts_once_however_often_it_was_decided() -> None:
    decided = (Correction(Kind.TOGETHER, ("a", "b")), Correction(Kind.PIN, ("b", "a")))
    assert decided_pairs(decided, NAMED) == {(1, 2): True}


def test_pairs_are_right_where_the_grouping_agrees() -> None:
    pairs = {(1, 2): True, (1, 3): True, (1, 4): False, (2, 9): True}
    one, other = UUID(int=1), UUID(int=2)
    judged = judge(pairs, {1: one, 2: one, 3: other, 4: other}, waiting=1)
    assert (judged.pairs, judged.right, judged.waiting) == (3, 2, 1)
    assert (judged.together, judged.together_right, judged.apart, judged.apart_right) == (2, 1, 1, 1)


@pytest.fixture
def desk(tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(tmp_path, databases.new())
    monkeypatch.setenv("AGGREGATOR_DATABASE_URL", made.url.render_as_string(hide_password=False))
    made.bring("one", "two", "three", "four", "bank")
    yield made
    made.close()


def evaluated(file: Path) -> dict[str, float]:
    done = CliRunner().invoke(main, ["evaluate", str(file), "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, float] = json.loads(done.output)
    return found


def test_a_file_of_corrections_is_judged_as_if_it_had_never_been_obeyed(desk: Desk) -> None:
    desk.correct(together("one", "two") + apart(["three"], ["four", "bank"]) + together("one", "later"))
    desk.refresh()
    assert desk.story("three") != desk.story("four")
    assert evaluated(desk.feeds / "corrections.toml") == {
        "share_right": 0.6667, "pairs": 3, "right": 2, "together": 1, "together_right": 1,
        "apart": 2, "apart_right": 1, "waiting": 1,
    }  # fmt: skip


def test_what_was_decided_by_command_is_judged_as_it_is_exported(desk: Desk) -> None:
    desk.refresh()
    run = CliRunner().invoke
    assert (
        run(main, ["stories", "split", story_id(desk.story("one")), url("three"), url("four")]).exit_code == 0
    )
    (desk.root / "all.toml").write_text(run(main, ["stories", "export"]).output)
    judged = evaluated(desk.root / "all.toml")
    assert (judged["pairs"], judged["apart_right"], judged["together_right"]) == (5, 0, 1)


def test_a_pinned_storys_articles_are_pairs_that_belong_together(desk: Desk) -> None:
    desk.refresh()
    desk.correct(f'[[stories]]\nstory = "{story_id(desk.story("one"))}"\npinned = true\n')
    judged = evaluated(desk.feeds / "corrections.toml")
    assert (judged["together"], judged["together_right"]) == (6, 6)


@pytest.mark.parametrize(
    ("toml", "words"),
    [("[[together]]\nentries = ['x']\n", "corrections.toml:2: "), (together("x", "y"), "another database")],
)
def test_a_file_that_says_nothing_about_these_articles_is_refused(desk: Desk, toml: str, words: str) -> None:
    desk.correct(toml)
    done = CliRunner().invoke(main, ["evaluate", str(desk.feeds / "corrections.toml")])
    assert done.exit_code == 1 and words in done.stderr


def test_labelled_entries_are_judged_with_every_measure_of_the_readme(tmp_path: Path) -> None:
    lines = [{"id": n, "title": title, "story": label} for n, (title, label) in enumerate(LABELLED)]
    (tmp_path / "labelled.jsonl").write_text("\n".join(map(json.dumps, lines)))
    measures = evaluated(tmp_path / "labelled.jsonl")
    assert {"bcubed_f", "pairwise_f", "ari", "largest", "exact", "moved", "ended"} <= measures.keys()
    assert measures["bcubed_f"] == 1 and measures["moved"] == 0


LABELLED = [
    ("Ferry Terna runs aground off Skerry in fog", "ferry"),
    ("Tarn Bank buys its rival Fossum for nine billion", "bank"),
]
