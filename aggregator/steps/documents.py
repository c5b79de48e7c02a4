"""A topic's documents: made of what it shows, and stored where their bytes are others than before."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from aggregator.core.identity import digest
from aggregator.core.months import Month, month_of
from aggregator.core.publish import ENTRIES, VIEWS, entry_weight, in_document_order, leave, weight
from aggregator.core.render import Site, atom, jsonfeed, rss, topic_feed_path
from aggregator.core.render.document import Head, Item
from aggregator.core.render.entries import entries_head, entry_item
from aggregator.core.render.stories import story_item, topic_head
from aggregator.model import Membership, Passed, Story, Topic
from aggregator.store import Store, StoredDocument

FORMATS = {"atom": atom, "rss": rss, "json": jsonfeed}  # suffix of the address -> renderer
LEVEL = 6  # of gzip: 9 takes half as long again, for half a percent

Feed = tuple[str, Head, Sequence[Item]]  # suffix of the address, and what it is made of
Written = tuple[str, datetime]  # ETag and `updated` of a stored document
Shown = tuple[Sequence[Story], Sequence[Membership[UUID]]]


def render_topic(store: Store, site: Site, topic: Topic, now: datetime) -> int:
    """Render a topic's documents and take out what leaves them; return how many have other bytes now."""
    shown = _stories(store, topic, now)
    entries, leaving_entries = _entries(store, topic, now)
    newest = store.newest_archived(topic.id)
    archived = month_of(newest) if newest else None
    feeds = (*_feeds_of_stories(site, topic, shown, archived), *_feeds_of_entries(site, topic, entries))
    written = store.written(head.path for _, head, _ in feeds)
    changed = [document for feed in feeds for document in _document(site, feed, written, now)]
    leaving = {view: gone for view, (_, gone) in shown.items()}
    store.save_documents(topic.id, leaving, leaving_entries, changed)
    return len(changed)


def _feeds_of_stories(
    site: Site, topic: Topic, shown: Mapping[str, Shown], archived: Month | None
) -> Iterator[Feed]:
    all_shown = {story.id: story for stories, _ in shown.values() for story in stories}
    made = {one: story_item(site, topic, story) for one, story in all_shown.items()}
    for view, (stories, _) in shown.items():
        items = [made[story.id] for story in stories]
        updated = max((topic.created, *(story.updated for story in stories)))
        for suffix in FORMATS:
            path = topic_feed_path(topic.name, view, suffix)
            # Only the feed of all stories has an archive.
            head = topic_head(site, topic, updated, path, VIEWS[view], None if view else archived)
            yield suffix, head, items


def _feeds_of_entries(site: Site, topic: Topic, entries: Sequence[Passed]) -> Iterator[Feed]:
    items = [entry_item(site, passed, topic) for passed in entries]
    for suffix in FORMATS:
        yield suffix, entries_head(site, topic, entries, topic_feed_path(topic.name, ENTRIES, suffix)), items


def _stories(store: Store, topic: Topic, now: datetime) -> dict[str, Shown]:
    """Return view -> the stories that it shows, in order, and the places that they leave."""
    members = store.in_documents(topic.id)
    told = store.told({m.of for found in members.values() for m in found})
    return {view: _shown(members.get(view, ()), told, now) for view in VIEWS}


def _shown(members: Sequence[Membership[UUID]], told: Mapping[UUID, Story], now: datetime) -> Shown:
    leaving = leave(((m, weight(told[m.of])) for m in members), now)
    gone = {m.of for m in leaving}
    return [told[m.of] for m in in_document_order(members) if m.of not in gone], leaving


def _entries(store: Store, topic: Topic, now: datetime) -> tuple[list[Passed], Sequence[Membership[int]]]:
    """Return the original entries that a topic's view shows, in order, and the places that they leave."""
    members = store.entries_in_document(topic.id)
    passed = store.passed(m.of for m in members)
    leaving = leave(((m, entry_weight(passed[m.of])) for m in members if m.of in passed), now)
    gone = {m.of for m in leaving}
    return [passed[m.of] for m in in_document_order(members) if m.of in passed.keys() - gone], leaving


def _document(site: Site, feed: Feed, written: Mapping[str, Written], now: datetime) -> list[StoredDocument]:
    """Render a document; none where its bytes are the stored ones."""
    suffix, head, items = feed
    before, last = written.get(head.path, (None, head.updated))
    updated = max(last, head.updated)
    body = FORMATS[suffix].render(site, replace(head, updated=updated), items)
    etag = digest(body)[:32]
    if before == etag:
        return []
    document = StoredDocument(
        path=head.path,
        media_type=FORMATS[suffix].MEDIA_TYPE,
        etag=etag,
        modified=now,
        updated=updated,
        body=body,
        gzip=gzip.compress(body, LEVEL, mtime=0),
    )
    return [document]
