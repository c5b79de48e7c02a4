"""The straight line on one page: fetch, parse, clean, store, group, file, publish, render."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from aggregator.config import read_corrections, read_publishers, read_topics
from aggregator.core.render import Site
from aggregator.errors import AggregatorError
from aggregator.folder import read_files
from aggregator.model import Intake
from aggregator.steps import Progress, silent
from aggregator.steps.correct import correct
from aggregator.steps.discover import discover_topics
from aggregator.steps.expire import expire
from aggregator.steps.group import Grouper
from aggregator.steps.ping import Pinger
from aggregator.steps.poll import Poller
from aggregator.steps.read import read_seeds
from aggregator.steps.render import render_documents
from aggregator.steps.subscribe import Subscriber
from aggregator.store import Lead, Store


@dataclass(frozen=True, slots=True)
class Report:
    """What one refresh did."""

    seeds: int = 0  # documents read because they are new or changed
    polled: int = 0  # feeds asked
    intake: Intake = field(default_factory=Intake)
    grouped: int = 0  # entries
    told: int = 0  # stories that are new or changed
    rendered: int = 0  # documents with other bytes than before
    removed: int = 0  # stories that were older than is kept
    problems: tuple[AggregatorError, ...] = ()  # what could not be read; the rest went on
    failed: int = 0  # how many seeds and feeds are among the problems
    leader: str | None = None  # another process, which reads seeds, groups and publishes; None: this one did

    def __str__(self) -> str:
        if self.leader is not None:
            return (
                f"Read {self.polled} feeds: {self.intake.new} new entries, {self.intake.changed} changed; "
                f"{self.leader} leads: it reads seeds, groups and publishes within a minute."
            )
        return (
            f"Read {self.seeds} seeds and {self.polled} feeds: {self.intake.new} new entries, "
            f"{self.intake.changed} changed; {self.told} stories told, {self.rendered} documents written."
        )

    def after(self, earlier: "Report") -> "Report":
        """Return the same, with what an earlier one took in from feeds."""
        return replace(
            self,
            polled=earlier.polled + self.polled,
            intake=earlier.intake + self.intake,
            failed=earlier.failed + self.failed,
        )

    @property
    def nothing_worked(self) -> bool:
        """Say whether there was something to read and none of it could be."""
        return 0 < self.seeds + self.polled == self.failed


@dataclass(frozen=True, slots=True)
class Line:
    """What a refresh works with."""

    store: Store
    site: Site
    feeds_dir: Path
    seeds_dir: Path
    poller: Poller
    grouper: Grouper
    mint: Callable[[], UUID]  # makes ids of topics, and of entries that have none
    subscriber: Subscriber | None = None  # None: no hub could reach us
    pinger: Pinger | None = None  # None: there is no hub of ours
    unread: dict[str, str] = field(default_factory=dict)  # documents tried in vain; see `read_seeds`
    keep: timedelta | None = None  # how long what is no longer shown is kept; None: for ever


def refresh(line: Line, now: datetime, everything: bool = False, progress: Progress = silent) -> Report:
    """Take in what is new, group it, and bring what subscribers see up to date.

    `everything`: feeds that are not due are polled too, still conditionally. Never raises for one feed,
    seed or topic file; those problems are in the report. Raises SupersededError where another process took
    the lead meanwhile; that one does the rest.
    """
    files, unreadable = read_files(line.feeds_dir)
    publishers, mistakes = read_publishers(files)
    line.store.adopt_publishers(publishers)
    topics, problems = read_topics(files)
    corrections, errata = read_corrections(files)
    line.store.adopt_corrections(corrections)
    # What was grouped so far; what is read now may be named in them too.
    wrong = (*unreadable, *mistakes, *errata, *problems, *correct(line.store, line.mint, now))
    line.store.note_mistakes(wrong, now)
    line.store.follow(topics, {name: line.mint() for name in ("all", *(t.name for t in topics))}, now)

    seeds = read_seeds(line.store, line.seeds_dir, now, progress, line.unread)
    # What this process has claimed it stores, whoever leads by then.
    feeds = line.poller.poll(line.store.unled, now, everything, progress)
    if line.subscriber is not None:
        line.subscriber.subscribe(line.store, line.mint, now)

    correct(line.store, line.mint, now)
    grouped = line.grouper.group(now, progress)
    correct(line.store, line.mint, now)  # also what the engine no longer remembers
    told = _tell(line, now, progress)
    rendered = render_documents(line.store, line.site, now, progress)
    removed = expire(line.store, line.keep, now)
    unheard = line.pinger.ping(line.store, now) if line.pinger is not None else ()

    return Report(
        seeds=seeds.tried,
        polled=feeds.tried,
        intake=seeds.intake + feeds.intake,
        grouped=grouped,
        told=told,
        rendered=rendered,
        removed=removed,
        problems=(*wrong, *seeds.problems, *feeds.problems, *unheard),
        failed=len(seeds.problems) + len(feeds.problems),
    )


def assist(
    line: Line, leader: str | None, now: datetime, everything: bool = False, progress: Progress = silent
) -> Report:
    """Take in what feeds bring that are due, and leave the rest of a refresh to the process that leads.

    leader: None: this one, at another time.
    """
    feeds = line.poller.poll(line.store.unled, now, everything, progress)
    return Report(
        polled=feeds.tried,
        intake=feeds.intake,
        problems=feeds.problems,
        failed=len(feeds.problems),
        leader=leader,
    )


def led(line: Line, lead: Lead) -> Line:
    """Return what a refresh works with while a lead holds; what was grouped is read anew from the store."""
    store = line.store.led(lead)
    return replace(line, store=store, grouper=Grouper(store, line.mint))


def _tell(line: Line, now: datetime, progress: Progress) -> int:
    """File and publish stories that changed, then look for topics; return how many stories there were."""
    told = _file_and_publish(line, now, progress)
    if discover_topics(line.store, line.mint, now):
        _file_and_publish(line, now, progress)
        line.store.have_looked_for_topics(now)  # these stories are the ones that were looked at
    return told


def _file_and_publish(line: Line, now: datetime, progress: Progress) -> int:
    if not (line.store.has_untold() or line.store.unfiled_topics()):
        return 0
    # Imported where there is something to do: most refreshes find nothing new.
    from aggregator.steps.tell import file_earlier, tell_stories

    file_earlier(line.store)
    return tell_stories(line.store, line.mint, now, progress)
