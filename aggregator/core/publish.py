"""What subscribers see: decided here and nowhere else.

A story is told once: its headline, link, excerpt and first date never change afterwards. Its `updated` moves
only for what is worth showing again, and seldom; its place in a topic's document is stored, not worked out
anew, so that what left never returns and what stayed is byte for byte the same.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from aggregator.core.identity import first_words, slug
from aggregator.model import Coverage, Entry, Former, Key, Member, Membership, Passed, Rule, Stored, Story

T = TypeVar("T")

EXCERPT_WORDS = 60
SHOWN_COVERAGE = 20  # lines of coverage in a story's entry; then "and n more"
SHOWN_TERMS = 4
BUMP_EVERY = timedelta(hours=6)  # at most one move of `updated` in this time
MAX_BUMPS = 5  # and this many in a story's life
WINDOW_STORIES = 50
WINDOW_AGE = timedelta(days=30)
WINDOW_BYTES = 250_000
OLD_AT_ARRIVAL = timedelta(days=7)  # older stories go to the archive, not into the subscription document
NEW_FEED_STORIES = 10  # a newly added feed brings at most so many into the document at once
ENTRIES = "entries"  # ?view=entries: one entry per original entry
LED = ("lead", "headline", "url", "excerpt", "author", "language")  # what a story has from its lead
VIEWS: Mapping[str, int] = {"": 0, "2": 2, "3": 3, "5": 5}  # ?min_sources= -> publishers needed


def told_order(stored: Stored) -> tuple[datetime, int]:
    """Order entries by publication; a date without a time is never the first of its day."""
    published = stored.entry.published
    if published is None:
        return stored.first_seen, stored.id
    return published + timedelta(days=1, seconds=-1) * stored.entry.day_only, stored.id


def lead_of(members: Collection[Member]) -> Member:
    """Choose the entry a story is told with: the earliest dated that is no copy, else the first read."""
    originals = [m for m in members if m.placement.copy_of is None] or list(members)
    dated = [m for m in originals if m.stored.entry.published]
    return min(dated or originals, key=lambda m: told_order(m.stored) if dated else m.stored.id)


def _marks(member: Member) -> tuple[int, int | None]:
    return member.stored.id, member.placement.copy_of


def by_text(entries: Collection[T], marks: Callable[[T], tuple[int, int | None]]) -> list[list[T]]:
    """Put entries together that carry the same text, through copies of copies; their order stays.

    marks: entry -> (its id, the id of the entry whose text it repeats, or None).
    """
    repeats = dict(map(marks, entries))
    texts: dict[int, list[T]] = {}
    for entry in entries:
        text, passed = marks(entry)[0], set[int]()
        while (of := repeats[text]) in repeats and of is not None and text not in passed:
            passed.add(text)
            text = of
        texts.setdefault(text, []).append(entry)
    return list(texts.values())


def publishers_in(members: Collection[Member]) -> int:
    """Count the known publishers of a story: a text that several carry counts once, for the first of them."""
    return _counted(by_text(sorted(members, key=lambda m: told_order(m.stored)), _marks))


def _counted(texts: Iterable[Sequence[Member]]) -> int:
    keys = ([m.stored.publisher_key for m in text if m.stored.publisher_key] for text in texts)
    return len({text[0] for text in keys if text})


def tell(
    story: UUID,
    members: Sequence[Member],
    now: datetime,
    title: str | None = None,
    former: Former | None = None,
) -> Story:
    """Say how a story appears when it is published for the first time; `members` must not be empty.

    title: an editor's headline; None: its lead's. former: what it is a follow-up of; None: it is none.
    """
    lead = lead_of(members).stored
    entry = lead.entry
    first = Story(
        id=story,
        lead=lead.id,
        headline=entry.title,
        url=entry.url,
        excerpt=first_words(entry.text, EXCERPT_WORDS),
        slug=slug(entry.title),
        published=now,
        updated=now,
        author=entry.author or entry.publisher,
        language=entry.language,
        title=title,
        former=former,
    )
    return _with_coverage(_as_corrected(first, members), members)


def retell(
    before: Story,
    members: Sequence[Member],
    now: datetime,
    merged: bool = False,
    former: Former | None = None,
) -> Story:
    """Say how a published story appears after its entries changed; `merged`: another story ended in it.

    former: what it is a follow-up of; that keeps the headline it had when this was first said.
    """
    same = before.former and former and before.former.id == former.id
    told = before if same else replace(before, former=former)
    after = _with_coverage(_as_corrected(told, members), members)
    news = not before.quiet and (merged or before.publishers < 2 <= after.publishers)
    if not (news or before.corrected) or not _may_bump(before, now):
        return after
    return replace(after, updated=now, bumps=before.bumps + 1)


def _as_corrected(story: Story, members: Sequence[Member]) -> Story:
    """Give a story an editor's headline, and another lead where one took its lead away; its slug stays."""
    if story.corrected and story.lead not in {m.stored.id for m in members}:
        led = tell(story.id, members, story.published)
        words = {name: getattr(led, name) for name in LED}
        story = replace(story, **words, own_headline=led.headline if story.own_headline else "")
    if story.title:
        return replace(story, headline=story.title, own_headline=story.own_headline or story.headline)
    if not story.own_headline:
        return story
    return replace(story, headline=story.own_headline, own_headline="")


def _may_bump(story: Story, now: datetime) -> bool:
    since = now - story.updated  # below zero where the clock was put back
    return story.bumps < MAX_BUMPS and since >= timedelta() and (story.bumps == 0 or since >= BUMP_EVERY)


def _with_coverage(story: Story, members: Sequence[Member]) -> Story:
    ordered = sorted(members, key=lambda m: told_order(m.stored))
    entries = [m.stored.entry for m in ordered]
    texts = by_text(ordered, _marks)
    return replace(
        story,
        entries=len(ordered),
        publishers=_counted(texts),
        copies=len(ordered) - len(texts),
        latest=max(e.published or m.stored.first_seen for e, m in zip(entries, ordered, strict=True)),
        coverage=tuple(_line(m.stored) for m in ordered[:SHOWN_COVERAGE]),
        contributors=_distinct(e.publisher for e in entries)[:SHOWN_COVERAGE],
        categories=_distinct(label for e in entries for label in e.categories)[:SHOWN_COVERAGE],
        rights=_distinct(e.rights for e in entries)[:SHOWN_COVERAGE],
        why=_why(ordered),
    )


def _line(stored: Stored) -> Coverage:
    entry: Entry = stored.entry
    return Coverage(
        entry=stored.id,
        headline=entry.title,
        url=entry.url,
        publisher=entry.publisher,
        published=entry.published,
        day_only=entry.day_only,
        first_seen=stored.first_seen,
    )


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _why(members: Sequence[Member]) -> str:
    """Name the terms that most of a story's entries were joined by."""
    terms = Counter(term for m in members for term in m.placement.terms)
    if len(members) < 2 or not terms:
        return ""
    ranked = sorted(terms, key=lambda term: (-terms[term], term))[:SHOWN_TERMS]
    return f"Together because they share {_and(ranked)}."


class Joined(Protocol):
    """What is known of why an entry is in its story."""

    @property
    def rule(self) -> Rule: ...
    @property
    def similarity(self) -> float: ...
    @property
    def threshold(self) -> float: ...
    @property
    def terms(self) -> tuple[str, ...]: ...


def explain(joined: Joined, nearest: str = "") -> str:
    """Say in one sentence why an entry is in its story; empty where it opened it.

    nearest: whose entry it is most like, as people read it; empty: not to be named.
    """
    if joined.rule is Rule.OPENED:
        return ""
    if joined.rule is Rule.EDITOR:
        return "An editor put it here."
    if joined.rule is Rule.COPY:
        return f"Its text was published before{f' by {nearest}' if nearest else ''}: a near-copy."
    likeness = _likeness(joined, nearest or "the story")
    if joined.rule is Rule.MERGED:
        return f"Its story turned out to be this one: it {likeness}."
    return f"It {likeness}."


def _likeness(joined: Joined, other: str) -> str:
    terms = _and(joined.terms[:SHOWN_TERMS]) if joined.terms else ""
    shares = f"shares {terms} with {other}" if terms else f"is like {other}"
    if joined.threshold <= 0:
        return shares
    return f"{shares}; {joined.similarity:.2f} alike, where {joined.threshold:.2f} is enough"


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]


@dataclass(frozen=True, slots=True)
class Arrival(Generic[Key]):
    """A story (or an entry, in that view) that belongs to a topic and never had a place in its document."""

    of: Key
    latest: datetime  # newest date among its entries
    lead: int = 0  # Stored.id of its lead: stories of one moment stand in document order
    publishers: int = 0
    new_feed: int | None = None  # a new feed whose first reading alone brought it; None: not so
    shown_as: Key | None = None  # another story that the document still shows for it
    known: bool = False  # regrouping made it of what subscribers know
    dated: datetime | None = None  # its lead's date; None: it has to be looked up


def admit(arrivals: Sequence[Arrival[Key]], now: datetime, first: bool) -> tuple[Membership[Key], ...]:
    """Decide which arrivals enter a document; those that do not are marked as left, for the archive.

    `first`: the document has never had any, so that its newest stories enter whatever their dates.
    Returns a membership for every arrival, newest first.
    """
    newest = sorted(arrivals, key=_newest_first)
    entering = newest[:WINDOW_STORIES] if first else list(_fresh(newest, now))
    taken = {arrival.of for arrival in entering}
    # Microseconds keep the order of one moment's arrivals: a document is ordered by these times.
    moments = (now - timedelta(microseconds=n) for n in range(len(newest)))
    return tuple(
        Membership(a.of, moment, None if a.of in taken else moment)
        for a, moment in zip(newest, moments, strict=True)
    )


def _newest_first(arrival: Arrival[Key]) -> tuple[float, int, str]:
    return -arrival.latest.timestamp(), arrival.lead, str(arrival.of)


def _fresh(newest: Iterable[Arrival[Key]], now: datetime) -> Iterable[Arrival[Key]]:
    brought: Counter[int] = Counter()
    for arrival in newest:
        old = now - arrival.latest > OLD_AT_ARRIVAL
        if old or arrival.known or arrival.shown_as is not None:
            continue
        if arrival.new_feed is not None:
            brought[arrival.new_feed] += 1
            if brought[arrival.new_feed] > NEW_FEED_STORIES:
                continue
        yield arrival


def weight(story: Story) -> int:
    """Estimate the bytes of a story's entry in a document: its texts, and the markup around each line."""
    lines = sum(len(c.headline) + 2 * len(c.url or "") + len(c.publisher or "") + 400 for c in story.coverage)
    former = 2 * len(story.former.headline) + 600 if story.former else 0
    return 2_000 + 2 * len(story.headline) + 3 * len(story.excerpt) + lines + former


def entry_weight(passed: Passed) -> int:
    """Estimate the bytes of an original entry in a document: its texts, and the markup around them."""
    entry = passed.member.stored.entry
    excerpt = first_words(entry.text, EXCERPT_WORDS)
    return 2_000 + 2 * len(entry.title) + 3 * len(excerpt) + 2 * len(entry.url or "")


def leave(shown: Iterable[tuple[Membership[Key], int]], now: datetime) -> tuple[Membership[Key], ...]:
    """Say which members leave a document: beyond its 50 newest, its 250 KB, or 30 days.

    shown: (membership, bytes of its entry in the document). Returns those that leave, with the time.
    """
    leaving, used = [], 0
    for n, (member, size) in enumerate(sorted(shown, key=lambda pair: _document_order(pair[0]))):
        used += size
        if (n and (n >= WINDOW_STORIES or used > WINDOW_BYTES)) or now - member.entered > WINDOW_AGE:
            leaving.append(replace(member, left=now))
    return tuple(leaving)


def _document_order(member: Membership[Key]) -> tuple[float, str]:
    return -member.entered.timestamp(), str(member.of)


def in_document_order(members: Iterable[Membership[Key]]) -> list[Membership[Key]]:
    """Order memberships as the document does: the last to enter first, ties by id."""
    return sorted(members, key=_document_order)
