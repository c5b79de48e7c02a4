"""Small charts as SVG paths: only geometry and words, the markup is the templates'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aggregator.web.times import Times

STRIP_WIDTH = 120
MAX_BARS = 40  # of a story's chart
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Widths that a story's bars may stand for, the narrowest that needs at most MAX_BARS is taken.
STEPS = (
    *((timedelta(minutes=n), f"{n} minutes") for n in (5, 15, 30)),
    *((timedelta(hours=n), f"{n} hours" if n > 1 else "hour") for n in (1, 3, 6, 12)),
    *((timedelta(days=n), f"{n} days" if n > 1 else "day") for n in (1, 2, 7, 30, 365)),
)


@dataclass(frozen=True, slots=True)
class Bars:
    """A row of bars; the one in `hot` stands out."""

    width: int
    height: int
    path: str
    hot: str
    label: str  # its numbers, for who cannot see it


def bars(
    values: Sequence[int], label: str, hot: int, *, size: tuple[int, int, int] = (6, 2, 28), most: int = 1
) -> Bars:
    """Draw bars; a zero is a line one unit high.

    size: (width of a bar, gap, height of the highest). most: what that stands for, if no value is more.
    """
    wide, gap, height = size
    most = max(*values, most)
    paths = []
    for n, value in enumerate(values):
        high = max(2, round(height * value / most)) if value else 1
        paths.append(f"M{n * (wide + gap)} {height}v-{high}h{wide}v{high}z")
    return Bars(
        width=len(values) * (wide + gap) - gap,
        height=height,
        path="".join(path for n, path in enumerate(paths) if n != hot),
        hot=paths[hot],
        label=f"{label}: {', '.join(map(str, values))}",
    )


@dataclass(frozen=True, slots=True)
class Days:
    """Coverage by day, up to `last`."""

    first: date
    last: date
    values: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.values)

    @property
    def busiest(self) -> tuple[date, int]:
        most = max(self.values)
        return self.first + timedelta(days=self.values.index(most)), most


def window(newest: datetime | None, times: Times, days: int) -> tuple[date, date]:
    """Return the first and last day of a chart: up to today, or to the newest coverage if it lies before."""
    today = times.today
    if newest is None:
        return today - timedelta(days=days - 1), today
    day = max(times.day(newest), newest.astimezone(UTC).date())  # a date without a time is a day of UTC
    last = today if day > today - timedelta(days=days) else day
    return last - timedelta(days=days - 1), last


def by_day(hours: Mapping[str, int], first: date, last: date, times: Times) -> Days:
    """Sum counts by hour ("2026-10-14 06" in UTC; without the hour, a date as it is) into days."""
    sums: dict[date, int] = {}
    for key, count in hours.items():
        day = date.fromisoformat(key[:10])
        if len(key) > 10:
            day = times.day(datetime(day.year, day.month, day.day, int(key[11:13]), tzinfo=UTC))
        sums[day] = sums.get(day, 0) + count
    span = (last - first).days + 1
    return Days(first, last, tuple(sums.get(first + timedelta(days=n), 0) for n in range(span)))


@dataclass(frozen=True, slots=True)
class Histogram:
    """A story's coverage over time."""

    bars: Bars
    start: datetime
    end: datetime
    step: str  # "15 minutes"


def histogram(moments: Sequence[datetime], times: Times) -> Histogram | None:
    """Draw when a story's entries appeared; None where they are too few, or of one moment."""
    if len(moments) < 3 or min(moments) == max(moments):
        return None
    start, end, step, name = _buckets(min(moments), max(moments))
    values = [0] * round((end - start) / step)
    for moment in moments:
        values[(moment - start) // step] += 1
    at = times.at(start)
    label = f"Articles per {name} from {at.label}"
    return Histogram(
        bars(values, label, values.index(next(filter(None, values))), size=(14, 4, 40)), start, end, name
    )


def _buckets(first: datetime, last: datetime) -> tuple[datetime, datetime, timedelta, str]:
    """Return where the bars begin and end, what each stands for, and its name."""

    def buckets(step: timedelta) -> tuple[datetime, datetime]:
        return EPOCH + (first - EPOCH) // step * step, EPOCH + ((last - EPOCH) // step + 1) * step

    fitting = (pair for pair in STEPS if (last - first) / pair[0] <= MAX_BARS)
    step, name = next(fitting, STEPS[-1])
    return *buckets(step), step, name


def strip(moments: Sequence[datetime]) -> tuple[str, str] | None:
    """Draw a tick for each moment on a line: (path of all but the first, path of the first)."""
    if len(moments) < 2 or min(moments) == max(moments):
        return None
    first, last = min(moments), max(moments)
    places = {round((STRIP_WIDTH - 3) * ((m - first) / (last - first))) for m in moments} - {0}
    ticks = "".join(f"M{place} 2h3v10h-3z" for place in sorted(places))
    return f"M0 6.5h{STRIP_WIDTH}v1H0z{ticks}", "M0 0h3v14H0z"
