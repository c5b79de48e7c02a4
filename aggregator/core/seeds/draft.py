"""What a kind of document found for one entry, and the one way from there into the model."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.core import clean
from aggregator.core.seeds.language import language_of
from aggregator.model import Entry

MAX_CATEGORIES = 50  # labels an entry may carry; the same cap as for feeds
MAX_LABEL = 100  # characters; what is longer is a sentence that slipped into the tag line

When = tuple[datetime, bool]  # a time in UTC, and whether it names only a day


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as a document words it; not cleaned yet."""

    title: str
    text: str = ""
    id: str | None = None
    url: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: When | None = None
    updated: When | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None
    rights: str | None = None


def finish(draft: Draft, now: datetime) -> Entry | None:
    """Clean a draft into an entry; None where it has no title left."""
    title = clean.clean_line(draft.title)
    if not title:
        return None
    text = clean.clean_text(draft.text)
    published = clean.clean_date(draft.published[0], now) if draft.published else None
    updated = clean.clean_date(draft.updated[0], now) if draft.updated else None
    url = clean.clean_url(draft.url) if draft.url else None
    return Entry(
        title=title,
        text=text,
        id=_optional(draft.id),
        url=url,
        publisher=_optional(draft.publisher),
        author=_optional(draft.author),
        published=published,
        day_only=bool(published and draft.published and draft.published[1]),
        updated=updated,
        categories=labels(draft.categories),
        language=draft.language or language_of(f"{title}\n{text}"),
        rights=_optional(draft.rights),
    )


def labels(raw: tuple[str, ...]) -> tuple[str, ...]:
    """Return cleaned category labels, each once (compared without case), in order."""
    cleaned = (clean.clean_line(label).strip(" ,;|#") for label in raw)
    unique: dict[str, str] = {}
    for label in cleaned:
        if 0 < len(label) <= MAX_LABEL:
            unique.setdefault(label.casefold(), label)
    return tuple(unique.values())[:MAX_CATEGORIES]


def _optional(raw: str | None) -> str | None:
    return (clean.clean_line(raw) or None) if raw else None
