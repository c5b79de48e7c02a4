"""A story's entries in order of publication: who came first, how much later the others, which are copies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from aggregator.core.identity import first_words
from aggregator.core.publish import by_text
from aggregator.model import Rule, Story
from aggregator.store.pages import Report
from aggregator.web.rows import address, marks, source_name
from aggregator.web.times import Moment, Times, lag
from aggregator.web.words import foreign, language

OPENING_WORDS = 30
OPENING_LENGTH = 240  # characters, for scripts that put no spaces between words


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in the timeline, with the near-copies of its text."""

    source: str
    title: str
    url: str | None
    moment: Moment
    lag: str  # behind the first report: "+1:05"; empty: not known, or it is the first
    language: str | None  # tag; None: the page's
    tongue: str | None  # its name
    opening: str  # how the text begins; empty: there is none, or it stands above
    copies: tuple["Line", ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Timeline:
    """Write a story's entries as lines of a page."""

    times: Times
    story: Story
    ours: str  # language of the page
    ordered: Sequence[Report]  # in order of publication

    @property
    def start(self) -> datetime | None:
        """Return when the first entry appeared; None: its minute is not known."""
        return self.ordered[0].when if self.ordered and self.ordered[0].timed else None

    @property
    def has_first_report(self) -> bool:
        """Tell whether we know who came first: a date without a time on the same day leaves it open."""
        if self.start is None:
            return False
        dates = (report.when.date() for report in self.ordered if report.dated and report.day_only)
        return self.start.date() not in dates

    def lines(self) -> list[Line]:
        """List the entries, near-copies under the earliest of their text."""
        lines: list[Line] = []
        day = self.times.today
        for first, *copies in by_text(self.ordered, marks):
            line = self._line(first, day)
            day = line.moment.day
            lines.append(replace(line, copies=tuple(self._line(copy, day) for copy in copies)))
        return lines

    def _line(self, report: Report, after: date) -> Line:
        tag = foreign(report.language, self.ours)
        later = self.start is not None and report.timed and report is not self.ordered[0]
        return Line(
            source=source_name(report),
            title=report.title,
            url=address(report),
            moment=self.times.of(report, after),
            lag=lag(self.start, report.when) if later and self.start else "",
            language=tag,
            tongue=language(tag),
            opening="" if report.id == self.story.lead else _opening(report.opening),
        )


def _opening(text: str) -> str:
    words = first_words(text, OPENING_WORDS)
    return words if len(words) <= OPENING_LENGTH else words[:OPENING_LENGTH] + "…"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one entry is in the story."""

    source: str
    words: str  # what was decided
    alike: str  # "0.71, limit 0.55"; empty: it was compared with nothing
    terms: str


def reasons(ordered: Sequence[Report]) -> list[Reason]:
    """Say for each entry why it is in the story."""
    known = {report.id: report for report in ordered}
    return [
        Reason(
            source=source_name(report),
            words=_decided(report, known),
            alike=f"{report.similarity:.2f}, limit {report.threshold:.2f}" if _compared(report) else "",
            terms=", ".join(report.terms),
        )
        for report in ordered
    ]


def _compared(report: Report) -> bool:
    return report.rule is not Rule.OPENED and report.threshold > 0


def _decided(report: Report, known: Mapping[int, Report]) -> str:
    nearest = known.get(report.copy_of or report.nearest or 0)
    other = source_name(nearest) if nearest else "an earlier one"
    return {
        Rule.OPENED: "opened the story",
        Rule.JOINED: f"like {other}",
        Rule.COPY: f"near-copy of {other}",
        Rule.MERGED: "from a story that turned out to be this one",
        Rule.EDITOR: "an editor put it here",
    }[report.rule]


def alike(reports: Iterable[Report]) -> str:
    """Say in a sentence how alike the entries are; empty where none was compared."""
    compared = [report for report in reports if _compared(report)]
    if not compared:
        return ""
    found = _span([report.similarity for report in compared])
    needed = _span([report.threshold for report in compared])
    return f"Each was compared with the story it joined: {found} alike, where {needed} is enough."


def _span(values: Sequence[float]) -> str:
    low, high = f"{min(values):.2f}", f"{max(values):.2f}"
    return low if low == high else f"{low} to {high}"
