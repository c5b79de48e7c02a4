"""Render: the documents of topics whose stories changed, stored as they will be served."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from aggregator.core.identity import digest
from aggregator.core.months import Month, month_of
from aggregator.core.publish import ENTRIES, VIEWS, WINDOW_AGE, entry_weight, in_document_order, leave, weight
from aggregator.core.render import Site, atom, jsonfeed, rss, topic_feed_path
from aggregator.core.render.document import Head, Item
from aggregator.core.render.entries import entries_head, entry_item
from aggregator.core.render.stories import story_item, topic_head
from aggregator.model import Membership, Passed, Story, Topic
from aggregator.steps import Progress, silent
from aggregator.store import Store, StoredDocument

FORMATS = {"atom": atom, "rss": rss, "json": jsonfeed}  # suffix of the address -> renderer
FORMAT = "3"  # raised when the renderers change, so that stored documents are written anew

Feed = tuple[str, Head, Sequence[Item]]  # suffix of the address, and what it is made of
Shown = tuple[Sequence[Story], Sequence[Membership[UUID]]]


def render_documents(store: Store, site: Site, now: datetime, progress: Progress = silent) -> int:
    """Render what may have changed; return how many documents have other bytes now."""
    store.all_dirty(digest(FORMAT, site.url, site.title, site.hub, site.language))
    topics = {topic.id: topic for topic in store.topics()}
    dirty = store.dirty_topics(now - WINDOW_AGE)
    changed = 0
    for n, topic in enumerate(dirty):
        progress("Rendering", n, len(dirty))
        changed += _render_topic(store, site, topics[topic], now)
    progress("Rendering", len(dirty), len(dirty))
    return changed


def _render_topic(store: Store, site: Site, topic: Topic, now: datetime) -> int:
    shown = {view: _stories(store, topic, view, now) for view in VIEWS}
    entries, leaving_entries = _entries(store, topic, now)
    newest = store.newest_archived(topic.id)
    archived = month_of(newest) if newest else None
    feeds = (*_feeds_of_stories(site, topic, shown, archived), *_feeds_of_entries(site, topic, entries))
    changed = [document for feed in feeds for document in _document(store, site, feed, now)]
    leaving = {view: gone for view, (_, gone) in shown.items()}
    store.save_documents(topic.id, leaving, leaving_entries, changed)
    return len(changed)


def _feeds_of_stories(
    site: Site, topic: Topic, shown: Mapping[str, Shown], archived: Month | None
) -> Iterator[Feed]:
    for view, (stories, _) in shown.items():
        items = [story_item(site, topic, story) for story in stories]
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


def _stories(store: Store, topic: Topic, view: str, now: datetime) -> Shown:
    """Return the stories that a topic's view shows, in order, and the places that they leave."""
    members = store.in_document(topic.id, view)
    told = store.told(m.of for m in members)
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


def _document(store: Store, site: Site, feed: Feed, now: datetime) -> list[StoredDocument]:
    """Render a document; none where its bytes are the stored ones."""
    suffix, head, items = feed
    before = store.document(head.path)
    updated = max(before.updated, head.updated) if before else head.updated
    body = FORMATS[suffix].render(site, replace(head, updated=updated), items)
    etag = digest(body)[:32]
    if before is not None and before.etag == etag:
        return []
    document = StoredDocument(
        path=head.path,
        media_type=FORMATS[suffix].MEDIA_TYPE,
        etag=etag,
        modified=now,
        updated=updated,
        body=body,
        gzip=gzip.compress(body, mtime=0),
    )
    return [document]
