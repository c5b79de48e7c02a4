"""Stories as the lists show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from aggregator.core.publish import by_text
from aggregator.model import Story
from aggregator.store.pages import Brief, Report
from aggregator.store.search import Hit
from aggregator.web.charts import strip
from aggregator.web.desk import Desk
from aggregator.web.times import Moment, Times
from aggregator.web.words import count, counted, foreign

SHOWN_SOURCES = 6  # then "n more"
LAST_OF_DAY = timedelta(days=1, seconds=-1)


@dataclass(frozen=True, slots=True)
class Headline:
    """A story in one line."""

    href: str
    title: str
    language: str | None  # None: the page's
    moment: Moment  # of its latest coverage
    counted: str  # "10 sources"; empty: one or none


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A publisher's first report of a story."""

    name: str
    url: str | None
    moment: Moment


@dataclass(frozen=True, slots=True)
class Strip:
    """When a story's entries appeared, as ticks on a line."""

    path: str
    first: str
    start: Moment
    end: Moment


@dataclass(frozen=True, slots=True)
class Row:
    """A story with who reported it when."""

    href: str
    title: str
    language: str | None
    excerpt: str
    day: date  # of its latest coverage
    sources: tuple[SourceLine, ...]
    more: int  # publishers that are not shown
    counted: str
    strip: Strip | None
    copies: str  # "2 copies"; empty: none


def headline(desk: Desk, times: Times, brief: Brief) -> Headline:
    """Show a story in one line."""
    return Headline(
        href=desk.story_link(brief.id, brief.slug),
        title=brief.headline,
        language=foreign(brief.language, desk.site.language),
        moment=times.brief(min(brief.latest, times.now)),
        counted=count(brief.publishers, "source") if brief.publishers > 1 else "",
    )


def row(desk: Desk, times: Times, story: Story, reports: Sequence[Report]) -> Row:
    """Show a story with who reported it when."""
    ordered = in_order(reports)
    day = max((times.day_of(r) for r in ordered), default=times.day(story.latest or story.published))
    firsts = tuple(_first_reports(ordered).values())
    return Row(
        href=desk.story_link(story.id, story.slug),
        title=story.headline,
        language=foreign(story.language, desk.site.language),
        excerpt=story.excerpt,
        day=day,
        sources=tuple(_lines(firsts[:SHOWN_SOURCES], times, day)),
        more=max(0, len(firsts) - SHOWN_SOURCES),
        counted=counted(story.entries, story.publishers),
        strip=_strip(ordered, times, day),
        copies=count(story.copies, "copy", "copies") if story.copies else "",
    )


def by_day(rows: Iterable[Row]) -> Mapping[date, Sequence[Row]]:
    """Put stories under the days of their latest coverage, newest first."""
    days: dict[date, list[Row]] = {}
    for one in rows:
        days.setdefault(one.day, []).append(one)
    return dict(sorted(days.items(), reverse=True))


def in_order(reports: Iterable[Report]) -> list[Report]:
    """Order a story's entries by when they appeared; a date without a time is never the first of its day."""
    return sorted(reports, key=lambda r: (r.when + LAST_OF_DAY * (r.dated and r.day_only), r.id))


def address(report: Report | Hit) -> str | None:
    """Return where a report leads; None where that is no web address, which no cleaned entry has."""
    return report.url if report.url and report.url.startswith(("http://", "https://")) else None


def source_name(report: Report | Hit) -> str:
    """Name who reported: the publisher, else the host of the address."""
    return report.publisher or urlsplit(report.url or "").hostname or "Source not named"


def marks(report: Report) -> tuple[int, int | None]:
    """Return a report's id, and that of the one whose text it repeats."""
    return report.id, report.copy_of


def _first_reports(ordered: Sequence[Report]) -> dict[str, Report]:
    """Return each publisher's first report; a text that several carry stands for the first of them alone."""
    found: dict[str, Report] = {}
    for text in by_text(ordered, marks):
        first = next((report for report in text if report.publisher_key), text[0])
        found.setdefault(first.publisher_key or source_name(first), first)
    return found


def _lines(reports: Iterable[Report], times: Times, day: date) -> Iterable[SourceLine]:
    for report in reports:
        moment = times.of(report, day)
        yield SourceLine(source_name(report), address(report), moment)
        day = moment.day


def _strip(ordered: Sequence[Report], times: Times, day: date) -> Strip | None:
    moments = [report.when for report in ordered if report.timed]
    paths = strip(moments)
    if paths is None:
        return None
    first, last = min(moments), max(moments)
    if times.day(first) != times.day(last):  # two dates with times would leave no room for the line
        return Strip(*paths, times.on(first), times.on(last))
    return Strip(*paths, times.at(first, day), times.at(last, times.day(first)))


def stories_with(
    desk: Desk, times: Times, stories: Sequence[Story], reports: Mapping[UUID, Sequence[Report]]
) -> list[Row]:
    """Show stories with who reported them when, in their order."""
    return [row(desk, times, story, reports.get(story.id, ())) for story in stories]
