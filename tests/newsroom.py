"""News for simulated weeks: events, who reports them when, and a grouping that errs and finds out later."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from aggregator.core.corrections.constraints import Constraints
from aggregator.model import Entry, Grouping, Placement, Rule, Stored
from aggregator.steps import Progress, silent
from aggregator.steps.revive import revive
from aggregator.store import Store

PLACES = (
    "Almery Brekke Corrin Halden Lisse Morrow Ostrey Pellan Quint Rosk Senna Tamsel Ulmen Varga Tarn".split()
)
ACTORS = "ministry harbour council union court bank regulator hospital university airline mill ferry".split()
ACTS = "closes opens sells audits rebuilds suspends delays approves rejects expands names sues".split()
THINGS = "bridge cable budget treaty tunnel reactor vaccine pipeline strike merger museum dam quay".split()
SAID = "officials said inspectors found witnesses told crew after a night of repairs near the gate".split()
PAPERS = tuple(f"{place} {kind}" for place in PLACES[:8] for kind in ("Post", "Radio"))
LATE, UNDATED, BACKDATED, COPIES, DOUBTED, LUMPED = 0.04, 0.03, 0.04, 0.12, 0.3, 0.08  # shares
REVIVED = 0.12  # of events: the share that has news again when all had been said


@dataclass(frozen=True, slots=True)
class Report:
    """An entry on its way: when its feed brings it, and what it truly is about."""

    arrives: datetime
    paper: str
    entry: Entry
    event: int
    repeats: str | None = None  # the address of the entry whose text it repeats


@dataclass(frozen=True, slots=True)
class News:
    """Everything that will happen."""

    reports: tuple[Report, ...]  # by arrival

    def between(self, after: datetime, until: datetime) -> list[Report]:
        return [report for report in self.reports if after < report.arrives <= until]


def make_news(seed: int, start: datetime, days: int, events_a_day: int, revived: float = REVIVED) -> News:
    """Make up the news of some days; a new paper with a long tail of old reports joins in the middle."""
    dice, numbers = random.Random(seed), count(1)
    reports = [
        report
        for event in range(days * events_a_day)
        for report in _reports(dice, event, start + timedelta(days=dice.random() * days), numbers)
    ]
    reports += _revivals(random.Random(seed + 1), reports, numbers, revived)
    middle = start + timedelta(days=days / 2)
    old = (_entry(dice, -n, f"Old tale {n} of {dice.choice(PLACES)}", numbers) for n in range(1, 61))
    reports += [
        Report(middle, "Tail Gazette", _dated(entry, middle - timedelta(days=n / 3), "Tail Gazette"), -n)
        for n, entry in enumerate(old, 1)
    ]
    return News(tuple(sorted(reports, key=lambda report: (report.arrives, str(report.entry.url)))))


def _reports(dice: random.Random, event: int, at: datetime, numbers: Iterator[int]) -> Iterator[Report]:
    headline = (
        f"{dice.choice(PLACES)} {dice.choice(ACTORS)} {dice.choice(ACTS)} {dice.choice(THINGS)} {event}"
    )
    first: Entry | None = None
    for paper in dice.sample(PAPERS, dice.choice((1, 1, 1, 2, 2, 3, 6, 12))):
        lag = timedelta(days=9) if dice.random() < LATE else timedelta(hours=dice.expovariate(1 / 5))
        published = at + min(lag, timedelta(days=1)) - timedelta(days=3) * (dice.random() < BACKDATED)
        entry = _dated(_entry(dice, event, headline, numbers), published, paper)
        if dice.random() < UNDATED:
            entry = _dated(entry, None, paper)
        repeats = None
        if first and dice.random() < COPIES:
            entry, repeats = _with_text(entry, first.text), first.url
        first = first or entry
        yield Report(at + lag + timedelta(minutes=dice.randint(1, 50)), paper, entry, event, repeats)


def _revivals(
    dice: random.Random, reports: Sequence[Report], numbers: Iterator[int], share: float
) -> Iterator[Report]:
    """Let some events have news again, days or weeks later: of one paper, or of several."""
    first = {report.event: report for report in reversed(reports)}
    for event, report in sorted(first.items()):
        at = report.arrives
        while dice.random() < share:
            at += timedelta(days=2.2 + dice.expovariate(1 / 3))
            headline = " ".join((*report.entry.title.split(",")[0].split()[:4], "again", str(event)))
            for paper in dice.sample(PAPERS, dice.choice((1, 2, 3))):
                published = at + timedelta(hours=dice.expovariate(1 / 5))
                entry = _dated(_entry(dice, event, headline, numbers), published, paper)
                yield Report(published + timedelta(minutes=dice.randint(1, 50)), paper, entry, event)


def _entry(dice: random.Random, event: int, headline: str, numbers: Iterator[int]) -> Entry:
    words = headline.split()
    told = " ".join(dice.choice(words) if dice.random() < 0.4 else dice.choice(SAID) for _ in range(40))
    number = next(numbers)
    title = f"{headline}, {dice.choice(SAID)} {dice.choice(SAID)}"
    return Entry(title, told, id=f"urn:report:{number}", url=f"https://papers.example/{event}/{number}")


def _dated(entry: Entry, published: datetime | None, paper: str) -> Entry:
    when = published.replace(microsecond=0) if published else None
    return Entry(entry.title, entry.text, id=entry.id, url=entry.url, publisher=paper, published=when)


def _with_text(entry: Entry, text: str) -> Entry:
    return Entry(
        entry.title, text, id=entry.id, url=entry.url, publisher=entry.publisher, published=entry.published
    )


@dataclass
class Oracle:
    """A grouper that knows what happened, errs at first, and corrects itself a day or so later."""

    store: Store
    news: News
    mint: Callable[[], UUID]
    seed: int = 3
    stories: dict[int, UUID] = field(default_factory=dict)  # event -> story
    members: dict[UUID, dict[int, Report]] = field(default_factory=lambda: defaultdict(dict))  # by entry
    merges: list[tuple[datetime, UUID, UUID]] = field(default_factory=list)  # to come: when, elder, younger
    splits: list[tuple[datetime, UUID, int]] = field(default_factory=list)  # to come: when, from, event
    causes: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))  # since last asked
    touched: set[UUID] = field(default_factory=set)  # since last asked
    merged: list[UUID] = field(default_factory=list)  # stories that ended in others
    told_in: dict[UUID, set[int]] = field(
        default_factory=lambda: defaultdict(set)
    )  # story, or a follow-up of it -> its entries
    follow_ups: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._by_url = {report.entry.url: report for report in self.news.reports}
        self._by_entry: dict[int, Report] = {}
        self._where: dict[int, UUID] = {}  # entry -> the story that it is told in
        self._texts: dict[str | None, int] = {}  # address that a text is known by -> the first entry with it

    def group(self, now: datetime, _progress: Progress = silent) -> int:
        """Place what waits, then correct what is due."""
        waiting = self.store.entries(self.store.ungrouped())
        placed = [self._place(stored.id, self._by_url[stored.entry.url], now) for stored in waiting]
        self._apply(Grouping(tuple(placed)), now, waiting)
        self._correct(now)
        return len(placed)

    def _apply(self, grouping: Grouping, now: datetime, batch: Sequence[Stored] = ()) -> None:
        """Do as the grouping's step does, and note which story subscribers find each entry in."""
        done = revive(self.store, grouping, [one.id for one in batch], Constraints(), self.mint, now)
        self.store.apply(done, now)
        self.follow_ups += [story for story, _ in done.follows]
        self.touched |= {p.story for p in done.placements} | {s for pair in done.follows for s in pair}
        for placement in done.placements:
            for entries in (self.told_in[story] for story in self._homes_of(placement.entry)):
                entries.remove(placement.entry)
            self._where[placement.entry] = placement.story
            self.told_in[placement.story].add(placement.entry)
        for elder, younger in done.merges:
            for entry in (gone := self.told_in.pop(younger, set())):
                self._where[entry] = elder
            self.told_in[elder] |= gone
            self.touched |= {elder, younger}
            self.merged.append(younger)
            self.causes[elder].add("a merge")

    def _homes_of(self, entry: int) -> Sequence[UUID]:
        return [self._where[entry]] if entry in self._where else []

    def told(self) -> tuple[dict[UUID, set[str]], set[UUID]]:
        """Return what allowed stories to be shown again since the last call, and which changed at all."""
        causes, touched = dict(self.causes), self.touched
        self.causes, self.touched = defaultdict(set), set()
        return causes, touched

    def _place(self, entry: int, report: Report, now: datetime) -> Placement:
        copy = self._texts.setdefault(report.repeats or report.entry.url, entry)
        home = self.stories.get(report.event)
        story = home or self._new(report.event, now)
        if home and copy == entry and self._dice.random() < DOUBTED:
            story = self.mint()  # taken for something else, for a while
            self.merges.append((now + timedelta(hours=self._dice.randint(2, 40)), home, story))
        joined = story in self.members
        self.members[story][entry] = self._by_entry[entry] = report
        if not joined:
            return Placement(entry, story, Rule.OPENED)
        nearest = next(iter(self.members[story]))
        if copy != entry:
            return Placement(entry, story, Rule.COPY, copy, 1.0, 0.8, ("quay",), copy)
        return Placement(entry, story, Rule.JOINED, nearest, 0.5, 0.2, ("quay",))

    def _new(self, event: int, now: datetime) -> UUID:
        """Open a story for an event; now and then it is taken for a part of another one."""
        recent = [story for story in list(self.members)[-5:] if story in self.stories.values()]
        if recent and self._dice.random() < LUMPED:
            story = self._dice.choice(recent)
            self.splits.append((now + timedelta(hours=self._dice.randint(2, 40)), story, event))
        else:
            story = self.mint()
        self.stories[event] = story
        return story

    def _correct(self, now: datetime) -> None:
        due = [split for split in self.splits if split[0] <= now]
        self.splits = [split for split in self.splits if split[0] > now]
        for _, story, event in due:
            self._split(story, event, now)
        merging = [merge for merge in self.merges if merge[0] <= now]
        self.merges = [merge for merge in self.merges if merge[0] > now]
        for _, elder, younger in merging:
            self._merge(elder, younger, now)

    def _split(self, story: UUID, event: int, now: datetime) -> None:
        """Give an event's entries a story of their own; the id stays with the larger part."""
        leaving = [entry for entry, report in self.members[story].items() if report.event == event]
        rest = len(self.members[story]) - len(leaving)
        if not 0 < len(leaving) <= rest:
            return
        new = self.stories[event] = self.mint()
        placements = [
            Placement(entry, new, Rule.JOINED if n else Rule.OPENED, leaving[0] if n else None)
            for n, entry in enumerate(leaving)
        ]
        parts = {self._where[entry] for entry in leaving}
        for entry in leaving:
            self.members[new][entry] = self.members[story].pop(entry)
        self._apply(Grouping(tuple(placements)), now)
        self.touched |= parts
        for part in parts:
            self.causes[part].add("a split")

    def _merge(self, elder: UUID, younger: UUID, now: datetime) -> None:
        if not self.members.get(elder) or not self.members.get(younger):
            return
        self.members[elder] |= self.members.pop(younger)
        self._apply(Grouping(merges=((elder, younger),)), now)

    def corroborated(self, story: UUID) -> bool:
        """Say whether two papers report a story in words of their own."""
        reports = [self._by_entry[entry] for entry in self.told_in.get(story, ())]
        texts = {report.repeats or report.entry.url for report in reports}
        return min(len(texts), len({report.paper for report in reports})) >= 2


def papers_of(reports: Sequence[Report]) -> dict[str, list[Entry]]:
    """Return what each paper's feed brings."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for report in reports:
        found[report.paper].append(report.entry)
    return found
