"""The door for text, HTML, URLs and dates: nothing enters the model uncleaned."""

from datetime import datetime

MAX_TITLE = 1_000  # bytes of UTF-8
MAX_TEXT = 500_000  # bytes of UTF-8


def clean_text(raw: str, limit: int = MAX_TEXT) -> str:
    """Return text that XML, SQLite and PostgreSQL can hold: control characters gone, NFC, at most `limit` bytes of UTF-8.

    Line ends become `\\n`; runs of spaces within a line become one space; more than one blank line becomes one.
    """
    raise NotImplementedError


def clean_line(raw: str, limit: int = MAX_TITLE) -> str:
    """Return `clean_text` on one line: every run of white space is one space, none at the ends."""
    raise NotImplementedError


def clean_html(raw: str, base_url: str | None = None) -> str:
    """Return HTML that is safe to embed: a strict allow-list, http(s) links made absolute against `base_url`."""
    raise NotImplementedError


def html_to_text(raw: str) -> str:
    """Return the text of an HTML fragment: entities decoded, paragraphs separated by one blank line."""
    raise NotImplementedError


def clean_url(raw: str, base_url: str | None = None) -> str | None:
    """Return an absolute http(s) URL without user info, tracking parameters and fragment; None where it is no such URL."""
    raise NotImplementedError


def clean_date(when: datetime | None, now: datetime) -> datetime | None:
    """Return the date in UTC, whole seconds; None where it is before 1970 or more than a day after `now`."""
    raise NotImplementedError


def parse_date(raw: str) -> tuple[datetime, bool] | None:
    """Read a date as documents write it (ISO 8601, RFC 822, "January 11, 2019 at 4:05 pm EST", "11.01.2019", …).

    Returns the UTC time and whether it names only a day; None where no full date (day, month, year) is given.
    Never fills a gap with today's date.
    """
    raise NotImplementedError
