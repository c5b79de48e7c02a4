"""How times are written on pages: in one zone, absolute, with the date only where it changes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.store.pages import Dated

# Our own words: strftime's depend on the process's locale, which feed libraries change.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = "January February March April May June July August September October November December".split()
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it stands in a page."""

    iso: str  # for <time datetime>
    label: str  # "06:12", "13 Oct 15:30", "13 Oct"
    day: date
    seen: bool = False  # the publisher's date is unknown: it is when we saw it


@dataclass(frozen=True, slots=True)
class Times:
    """Write times as they are read at `now` in a zone."""

    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.day(self.now)

    def day(self, when: datetime) -> date:
        return when.astimezone(self.zone).date()

    def clock(self, when: datetime) -> str:
        """Write a time of day: "06:12"."""
        return f"{when.astimezone(self.zone):%H:%M}"

    def short(self, day: date) -> str:
        """Write a date, with the year where it is another one than now: "13 Oct", "13 Oct 2019"."""
        return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if day.year != self.today.year else "")

    def long_date(self, day: date) -> str:
        """Write a date as a heading: "Wednesday 14 October"."""
        year = f" {day.year}" if day.year != self.today.year else ""
        return f"{DAYS[day.weekday()]} {day.day} {LONG_MONTHS[day.month - 1]}{year}"

    def heading(self, day: date) -> str:
        """Write a day heading, saying where it is today."""
        return ("Today, " if day == self.today else "") + self.long_date(day)

    def at(self, when: datetime, after: date | None = None) -> Moment:
        """Write a time, with its date where that is another one than `after`."""
        day = self.day(when)
        label = self.clock(when) if day == after else f"{self.short(day)} {self.clock(when)}"
        return Moment(iso(when), label, day)

    def full(self, when: datetime) -> Moment:
        """Write a time with its date and year: "14 Oct 2026, 10:05"."""
        day = self.day(when)
        label = f"{day.day} {MONTHS[day.month - 1]} {day.year}, {self.clock(when)}"
        return Moment(iso(when), label, day)

    def on(self, when: datetime) -> Moment:
        """Write the date of a time alone."""
        day = self.day(when)
        return Moment(iso(when), self.short(day), day)

    def brief(self, when: datetime) -> Moment:
        """Write the time of today's, the date of other days'."""
        day = self.day(when)
        return Moment(iso(when), self.clock(when) if day == self.today else self.short(day), day)

    def of(self, report: Dated, after: date | None = None) -> Moment:
        """Write when an entry appeared: as precisely as its publisher says, else when we saw it."""
        if not report.dated:
            seen = self.at(report.when, after)
            return Moment(seen.iso, seen.label, seen.day, seen=True)
        if not report.day_only:
            return self.at(report.when, after)
        day = report.when.date()  # a date is the same in every zone
        return Moment(day.isoformat(), self.short(day), day)

    def day_of(self, report: Dated) -> date:
        """Return the day an entry appeared on."""
        return self.of(report).day

    def start(self, day: date) -> datetime:
        """Return where a day begins: here, or in UTC where that is earlier, for dates without a time."""
        local = datetime.combine(day, time(), self.zone).astimezone(UTC)
        return min(local, datetime.combine(day, time(), UTC))


def iso(when: datetime) -> str:
    """Write a time for machines: "2026-10-14T06:12Z"."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


def lag(later: timedelta) -> str:
    """Write how much later a report came: "+1:05" is an hour and five minutes."""
    minutes = max(0, int(later / timedelta(minutes=1)))
    return f"+{minutes // 60}:{minutes % 60:02}"


def about(seconds: float) -> str:
    """Write a span of time in its largest fitting unit: "40 minutes", "3 hours", "2 days"."""
    for unit, length in (("day", 86_400), ("hour", 3_600)):
        if seconds >= 1.5 * length:
            return f"{round(seconds / length)} {unit}s"
        if seconds >= 0.75 * length:
            return unit
    return f"{max(2, round(seconds / 60))} minutes"
