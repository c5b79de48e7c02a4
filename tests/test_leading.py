"""One process at a time groups, tells and renders; others bring entries meanwhile, and any may take over."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import feedparser
import pytest
from fleet import SYLLABLES
from make import NOW, SITE, follow, make_entry, make_topic, make_worker, read_feed

from aggregator.core.publish import NEW_FEED_STORIES
from aggregator.errors import SupersededError
from aggregator.fetch import FetchSettings
from aggregator.model import FollowedFeed
from aggregator.pipeline import Line, assist, led, refresh
from aggregator.steps.group import Grouper
from aggregator.steps.poll import Poller
from aggregator.steps.tell import tell_stories
from aggregator.store import Store

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PAPER, TIMES = "https://paper.example/feed", "https://times.example/feed"
STEPS = ("Reading seeds", "Grouping", "Publishing", "Rendering")
NEWS = [
    ("Bridge at Brekke closes", "Engineers found a crack in the northern pier of the bridge at Brekke."),
    ("Wheat waits at the silo", "Nine grain ships queue as a conveyor belt tore; millers want trains."),
    ("Masks go back to Ulmen", "Curators of Tamsel hand forty carved masks back to the elders."),
]


@pytest.fixture
def line(tmp_path: Path, store: Store) -> Iterator[Line]:
    for folder in ("feeds", "seeds"):
        (tmp_path / folder).mkdir()
    poller = Poller(FetchSettings(), timedelta(minutes=30))
    yield Line(store, SITE, tmp_path / "feeds", tmp_path / "seeds", poller, Grouper(store, uuid4), uuid4)
    poller.close()


def leads(line: Line, name: str) -> Line:
    """Let a worker lead whatever another one held."""
    worker = make_worker(name)
    line.store.leave([other.id for other in line.store.workers()])
    line.store.renew(worker, NOW)
    return led(line, line.store.lead(worker, NOW))


def brings(line: Line, *titles: str, url: str = PAPER, seen: int = 0) -> None:
    """Have another worker store what a feed brings."""
    line.store.add_feed(url, NOW)
    found = [make_entry(title, text=text, url=f"{url}/{title}") for title, text in NEWS if title in titles]
    read_feed(line.store, url, *found, now=NOW + seen * MINUTE)


def words(event: int, count: int = 4) -> str:
    """Return words that no other event has."""
    dice = random.Random(event)
    return " ".join("".join(dice.choices(SYLLABLES, k=4)) for _ in range(count))


def shown(line: Line) -> list[str]:
    document = line.store.document("/topics/all.atom")
    assert document is not None
    return sorted(entry.title for entry in feedparser.parse(document.body).entries)


@pytest.mark.parametrize("step", STEPS)
def test_a_leader_that_is_overtaken_stops_there_and_the_next_one_finishes_as_if_nothing_had_been(
    line: Line, step: str
) -> None:
    titles = [title for title, _ in NEWS]
    brings(line, *titles)
    (line.seeds_dir / "note.md").write_text("# A note\n\nNobody else reports this at all.\n")

    def overtake(what: str, done: int, total: int) -> None:
        if what == step and done == 0:
            leads(line, "bert")

    with pytest.raises(SupersededError, match="bert"):
        refresh(leads(line, "anna"), NOW, progress=overtake)
    refresh(leads(line, "carl"), NOW + MINUTE)

    assert shown(line) == sorted([*titles, "A note"])
    with line.store.read():
        assert not line.store.ungrouped()
        assert not line.store.has_untold()


def test_who_leads_anew_groups_with_what_others_grouped_meanwhile(line: Line) -> None:
    first = leads(line, "anna")
    brings(line, NEWS[0][0])
    refresh(first, NOW)
    brings(line, NEWS[0][0], url=TIMES, seen=1)
    refresh(leads(line, "bert"), NOW + MINUTE)
    brings(line, NEWS[1][0], seen=2)
    refresh(leads(line, "anna"), NOW + 2 * MINUTE)
    assert shown(line) == sorted([NEWS[0][0], NEWS[1][0]])


def test_who_does_not_lead_polls_and_leaves_the_rest(line: Line) -> None:
    leads(line, "bert")
    brings(line, NEWS[0][0])
    (line.seeds_dir / "note.md").write_text("# A note\n\nNobody else reports this at all.\n")
    report = assist(line, "bert", NOW + MINUTE)
    assert (report.leader, report.seeds, report.grouped) == ("bert", 0, 0)
    assert len(line.store.ungrouped()) == 1
    assert "bert leads" in str(report)


def test_an_entry_that_changes_while_its_story_is_told_is_told_again(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    title, text = NEWS[0]
    brings(line, title)
    leader = leads(line, "anna")
    refresh(leader, NOW)
    brings(line, NEWS[1][0], seen=1)
    leader.grouper.group(NOW + MINUTE)
    tell = leader.store.all_told

    def late(ids: Sequence[UUID]) -> None:
        changed = make_entry(title, text=f"{text} It stays closed.", url=f"{PAPER}/{title}")
        read_feed(line.store, PAPER, changed, now=NOW + 2 * MINUTE)
        tell(ids)

    read_feed(line.store, PAPER, make_entry(title, text=f"{text} It opens again.", url=f"{PAPER}/{title}"))
    monkeypatch.setattr(leader.store, "all_told", late)
    assert tell_stories(leader.store, uuid4, NOW + MINUTE) == 2

    assert line.store.has_untold()
    assert tell_stories(line.store, uuid4, NOW + 3 * MINUTE) == 1
    assert not line.store.has_untold()


def test_what_a_new_feed_brings_is_held_back_also_when_another_worker_read_it(line: Line) -> None:
    follow(line.store, make_topic("bridges", feeds=(FollowedFeed(PAPER),)))
    refresh(leads(line, "anna"), NOW - HOUR)
    brings(line, NEWS[1][0], url=TIMES)
    refresh(leads(line, "anna"), NOW - MINUTE)  # so that the document has had stories
    many = [
        make_entry(f"Bridge {words(n)}", text=words(n, 20), url=f"{PAPER}/{n}")
        for n in range(NEW_FEED_STORIES + 5)
    ]
    read_feed(line.store, PAPER, *many, now=NOW)
    refresh(leads(line, "anna"), NOW + MINUTE)  # a minute later than the worker's poll
    assert len([title for title in shown(line) if "Bridge" in title]) == NEW_FEED_STORIES


def test_a_claim_loop_ends_when_the_lead_is_vacant(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    from aggregator.core import claiming
    from aggregator.steps.poll import Claimant

    monkeypatch.setattr(claiming, "MOST", 1)
    for n in range(3):
        line.store.add_feed(f"http://127.0.0.1:1/{n}", NOW)  # refused: this network is not allowed
        line.store.add_feed(f"http://127.0.0.2:1/{n}", NOW)
    wanted: Callable[[], bool] = lambda: True  # noqa: E731
    poller = Poller(FetchSettings(), timedelta(minutes=30), Claimant("anna", lambda: NOW, wanted))
    assert poller.poll(line.store, NOW).tried == 3
    poller.close()
