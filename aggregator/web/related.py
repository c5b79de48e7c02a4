"""Beside a story: what it names, and the stories that speak of the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aggregator.core.discovery.names import Name
from aggregator.core.discovery.subjects import Related, pairs, related, say, subjects
from aggregator.core.search import Term
from aggregator.model import Entry, Story
from aggregator.store.health import Pulse
from aggregator.store.pages import Report
from aggregator.web.desk import Desk
from aggregator.web.times import Moment, Times
from aggregator.web.words import foreign, listed

SHOWN_NAMES = 3  # that a related story shares


@dataclass(frozen=True, slots=True)
class Subject:
    """A name in the story."""

    title: str
    query: str  # of the search for it
    entries: int  # that say it; 0: there is only one entry


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A related story."""

    href: str
    title: str
    language: str | None  # None: the page's
    day: Moment  # of its latest coverage
    shares: str  # "Port Senna and Almery-1"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a story."""

    subjects: tuple[Subject, ...]
    related: tuple[Neighbour, ...]


def beside(desk: Desk, times: Times, pulse: Pulse, story: Story, reports: Sequence[Report]) -> Beside:
    """Find what a story names, and what other stories name with it."""
    found = subjects([_entry(report) for report in reports])
    chosen = desk.memo.get(pulse, ("related", story.id), lambda: _chosen(desk, story, found))
    told = desk.store.told([one.story for one in chosen]) if chosen else {}
    texts = [f"{report.title} | {report.opening}" for report in reports] if len(reports) > 1 else []
    return Beside(
        tuple(_subject(name, texts) for name in found),
        tuple(_neighbour(desk, times, told[one.story], one) for one in chosen if one.story in told),
    )


def _chosen(desk: Desk, story: Story, found: Sequence[Name]) -> tuple[Related, ...]:
    asked = [[Term(phrase) for phrase in pair] for pair in pairs(found)]
    return related(found, desk.store.mentions(asked, story.id))


def _entry(report: Report) -> Entry:
    return Entry(report.title, text=report.opening, publisher=report.publisher, language=report.language)


def _subject(name: Name, texts: Sequence[str]) -> Subject:
    return Subject(name.title, urlencode({"q": f'"{name.title}"'}), say(name, texts))


def _neighbour(desk: Desk, times: Times, story: Story, chosen: Related) -> Neighbour:
    latest = story.latest or story.published
    return Neighbour(
        href=desk.story_link(story.id, story.slug),
        title=story.headline,
        language=foreign(story.language, desk.site.language),
        day=times.on(min(latest, times.now)),
        shares=listed(chosen.names[:SHOWN_NAMES]),
    )
