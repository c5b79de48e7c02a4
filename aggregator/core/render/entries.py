"""Original entries as a feed: those of a topic, or of one story, each with the feed that it came from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any
from uuid import UUID, uuid5

from aggregator.core.identity import first_words
from aggregator.core.publish import ENTRIES, EXCERPT_WORDS, explain
from aggregator.core.render import Site, entry_path, story_path
from aggregator.core.render.document import Category, Head, Item, Link, SourceFeed
from aggregator.core.render.stories import facts_of, when
from aggregator.model import CameFrom, Former, Passed, Rule, Story, Topic

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\ufffd]+")
NAMELESS = UUID("6f1c2f1e-6f0b-4f7e-9d0a-3f6a4f0c9e55")  # names documents that have no address


@dataclass(frozen=True, slots=True)
class Among:
    """What an entry is among those of its story."""

    first: bool = False  # it is the first report
    lag: timedelta | None = None  # behind the first; None: it is that, or the minute is not known
    adds: str = ""  # its sentence that is newest against the earlier ones; empty: none is


def entries_head(site: Site, topic: Topic, passed: Sequence[Passed], path: str) -> Head:
    """Return the head of a topic's view of original entries."""
    return Head(
        id=uuid5(topic.id, ENTRIES).urn,
        title=f"{topic.title} · {site.title} · every article",
        subtitle=topic.description or topic.title,
        path=path,
        page=f"{site.url}/topics/{topic.name}",
        updated=max((one.joined for one in passed), default=topic.created),
    )


def followed_head(
    site: Site, story: Story, passed: Sequence[Passed], path: str, continued: Sequence[Former] = ()
) -> Head:
    """Return the head of a story's own feed; `continued`: the story's follow-ups."""
    return Head(
        id=uuid5(story.id, ENTRIES).urn,  # the story's own id is that of its entry in topics' feeds
        title=f"{story.headline} · {site.title}",
        subtitle=f"Every article that joins this story: {story.headline}",
        path=path,
        page=site.url + story_path(story.id, story.slug),
        updated=max((story.published, *(one.joined for one in passed))),
        facts={
            "story": story.id.urn,
            "entries": story.entries,
            "publishers": story.publishers,  # independent ones: a text that several carry counts once
            "copies": story.copies,
            "why": story.why,
        }
        | ({"follows": facts_of(site, story.former)} if story.former else {})
        | ({"continued_in": [facts_of(site, one) for one in continued]} if continued else {}),
    )


def entry_item(site: Site, passed: Passed, topic: Topic | None = None, among: Among | None = None) -> Item:
    """Return an original entry as an item; `topic`: whose feed it stands in, None for a story's own.

    among: what it is among the entries of its story; None: not said.
    """
    stored, entry = passed.member.stored, passed.member.stored.entry
    page = site.url + story_path(passed.member.placement.story, passed.slug)
    ours = (Category(topic.name, topic.title, f"{site.url}/topics/"),) if topic else ()
    return Item(
        id=passed.id,
        title=entry.title,
        # One without an address of its own may come into another story: what it links to stays.
        link=entry.url or site.url + entry_path(stored.id),
        published=entry.published,
        updated=entry.updated or entry.published or stored.first_seen,
        author=entry.author or entry.publisher or site.title,
        summary=first_words(entry.text, EXCERPT_WORDS) or entry.title,
        content=_content(passed, page),
        related=(Link(page, "All coverage of this story"),),
        contributors=(entry.publisher,) if entry.publisher and entry.author else (),
        categories=(*ours, *(Category(label, label) for label in entry.categories)),
        rights=entry.rights or "",
        language=entry.language,
        enclosures=entry.enclosures,
        source=_source(passed.source) if passed.source else None,
        facts=_facts(passed) | (_facts_among(among) if among else {}),
    )


def _content(passed: Passed, page: str) -> str:
    """Write an excerpt, whose it is and from when, why it is in its story, and where to read on."""
    stored, entry = passed.member.stored, passed.member.stored.entry
    excerpt = first_words(entry.text, EXCERPT_WORDS)
    credit = (entry.publisher, when(entry.published, entry.day_only, stored.first_seen))
    reason = explain(passed.member.placement)
    return "".join(_paragraphs(excerpt, " · ".join(filter(None, credit)), reason)) + (
        f'<p><a href="{escape(page)}">All coverage of this story</a></p>'
    )


def _paragraphs(*texts: str) -> Iterable[str]:
    return (f"<p>{escape(text)}</p>" for text in texts if text)


def _source(source: CameFrom) -> SourceFeed:
    """Return the feed of an entry; one without an id, as RSS has none, is known by its address."""
    found = source.id if source.id and is_iri(source.id) else source.url
    own = found or uuid5(NAMELESS, source.title).urn
    return SourceFeed(own, source.title, source.updated, source.url, source.page)


def is_iri(text: str) -> bool:
    """Tell whether an entry's id may stand in an Atom feed as it is: an absolute IRI (RFC 4287, 4.2.6)."""
    return bool(IRI.fullmatch(text))


def _facts(passed: Passed) -> dict[str, Any]:
    """Return why an entry is in its story, for programs."""
    placement = passed.member.placement
    facts: dict[str, Any] = {"story": placement.story.urn, "rule": placement.rule.value}
    if placement.rule is not Rule.OPENED:
        numbers = {"similarity": placement.similarity, "threshold": placement.threshold}
        facts |= {name: round(value, 3) for name, value in numbers.items()}
        facts |= {"terms": list(placement.terms), "why": explain(placement)}
        facts |= {"nearest": passed.nearest} if passed.nearest else {}
    return facts


def _facts_among(among: Among) -> dict[str, Any]:
    facts: dict[str, Any] = {"first_report": True} if among.first else {}
    if among.lag is not None:
        facts["lag_seconds"] = int(among.lag.total_seconds())
    return facts | ({"adds": among.adds} if among.adds else {})
