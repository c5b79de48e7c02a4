"""Months of the archive, in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

WRITTEN = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year."""

    year: int
    number: int  # 1 to 12

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def start(self) -> datetime:
        """Return its first moment."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def following(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def end(self) -> datetime:
        """Return the first moment after it."""
        return self.following.start


def month_of(when: datetime) -> Month:
    """Return the month that a time lies in."""
    day = when.astimezone(UTC)
    return Month(day.year, day.month)


def read_month(text: str) -> Month | None:
    """Read a month as it is written, `2026-11`; None where it is none."""
    found = WRITTEN.fullmatch(text)
    return Month(int(found[1]), int(found[2])) if found else None
