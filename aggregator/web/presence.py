"""The map of a topic: publishers by days, a row of bars for each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from aggregator.store.coverage import Presence
from aggregator.web.charts import Bars, Days, bars, by_day
from aggregator.web.times import Times
from aggregator.web.words import count

SIZE = (14, 4, 20)  # of the bars


@dataclass(frozen=True, slots=True)
class Lane:
    """A publisher in the map."""

    name: str
    total: int
    bars: Bars


def lanes(present: Sequence[Presence], first: date, last: date, times: Times) -> tuple[Lane, ...]:
    """Draw who reported on which day, all on one scale; empty where there is nobody to compare."""
    covered = [(one.name, by_day(one.hours, first, last, times)) for one in present]
    shown = [(name, days) for name, days in covered if days.total]
    if len(shown) < 2:
        return ()
    most = max(days.busiest[1] for _, days in shown)
    return tuple(_lane(name, days, most, times) for name, days in shown)


def _lane(name: str, days: Days, most: int, times: Times) -> Lane:
    drawn = bars(days.values, "", hot=len(days.values) - 1, size=SIZE, most=most)
    return Lane(name, days.total, replace(drawn, label=_in_words(name, days, times)))


def _in_words(name: str, days: Days, times: Times) -> str:
    """Say what the bars show: only days with articles, in order."""
    found = (
        f"{times.short(days.first + timedelta(days=n))} {value}"
        for n, value in enumerate(days.values)
        if value
    )
    return f"{name}, {count(days.total, 'article')}: {', '.join(found)}"
