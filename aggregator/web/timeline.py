"""A story's entries in order of publication: who came first, how much later the others, what each adds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from aggregator.core.identity import first_words
from aggregator.core.novelty import Piece, additions, first_report, lags
from aggregator.core.publish import by_text, explain
from aggregator.model import Rule, Story
from aggregator.store.pages import Report
from aggregator.web.rows import address, marks, source_name
from aggregator.web.times import Moment, Times, lag
from aggregator.web.words import foreign, language

COMPARED = 200  # entries whose words are compared; later ones add what nobody looks for any more
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
    opening: str  # how the text of the first begins; empty: there is none, or it stands above
    adds: str  # its sentence that is newest against those before it; empty: none is
    copies: tuple["Line", ...] = field(default=())


@dataclass(frozen=True)
class Timeline:
    """Write a story's entries as lines of a page."""

    times: Times
    story: Story
    ours: str  # language of the page
    ordered: Sequence[Report]  # in order of publication

    @cached_property
    def pieces(self) -> Sequence[Piece]:
        """The entries as they are compared."""
        return [piece(report) for report in self.ordered]

    @cached_property
    def first(self) -> int | None:
        """Who reported first; None: it cannot be told."""
        return first_report(self.pieces)

    @cached_property
    def lags(self) -> Mapping[int, timedelta]:
        """How much later the others came, where that is known."""
        return lags(self.pieces)

    @cached_property
    def added(self) -> Mapping[int, str]:
        """What entries add to the earlier ones; those that add nothing are absent."""
        return additions(self.pieces[:COMPARED])

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
        later = self.lags.get(report.id)
        return Line(
            source=source_name(report),
            title=report.title,
            url=address(report),
            moment=self.times.of(report, after),
            lag=lag(later) if later is not None else "",
            language=tag,
            tongue=language(tag),
            opening=_opening(report.opening) if self._stands_first(report) else "",
            adds=self.added.get(report.id, ""),
        )

    def _stands_first(self, report: Report) -> bool:
        """Tell whether an entry opens the timeline, and its words do not stand above as the excerpt."""
        return report is self.ordered[0] and report.id != self.story.lead


def piece(report: Report) -> Piece:
    """Return an entry as it is compared with those before it."""
    return Piece(
        id=report.id,
        title=report.title,
        text=report.opening,
        when=report.when,
        timed=report.timed,
        day_only=report.dated and report.day_only,
        copy_of=report.copy_of,
        language=report.language,
        publisher=report.publisher_key,
    )


def _opening(text: str) -> str:
    words = first_words(text, OPENING_WORDS)
    return words if len(words) <= OPENING_LENGTH else words[:OPENING_LENGTH] + "…"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one entry is in the story."""

    source: str
    words: str  # a sentence


def reasons(ordered: Sequence[Report]) -> list[Reason]:
    """Say for each entry why it is in the story."""
    known = {report.id: source_name(report) for report in ordered}
    return [
        Reason(
            source=source_name(report),
            words=explain(report, known.get(report.copy_of or report.nearest or 0, ""))
            or "It opened the story.",
        )
        for report in ordered
    ]


def _compared(report: Report) -> bool:
    return report.rule is not Rule.OPENED and report.threshold > 0


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
