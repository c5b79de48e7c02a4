"""Render: the documents of topics whose stories changed, stored as they will be served."""

import gzip
from collections.abc import Sequence
from datetime import datetime

from aggregator.core.identity import digest
from aggregator.core.publish import VIEWS, WINDOW_AGE, in_document_order, leave, weight
from aggregator.core.render import Site, atom, jsonfeed, rss, topic_feed_path
from aggregator.core.render.stories import story_item, topic_head
from aggregator.model import Membership, Story, Topic
from aggregator.steps import Progress, silent
from aggregator.store import Store, StoredDocument

FORMATS = {"atom": atom, "rss": rss, "json": jsonfeed}  # suffix of the address -> renderer
FORMAT = "1"  # raised when the renderers change, so that stored documents are written anew


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
    leaving: dict[str, Sequence[Membership]] = {}
    changed: list[StoredDocument] = []
    for view in VIEWS:
        members = store.in_document(topic.id, view)
        told = store.told(m.story for m in members)
        leaving[view] = leave(((m, weight(told[m.story])) for m in members), now)
        gone = {m.story for m in leaving[view]}
        stories = [told[m.story] for m in in_document_order(members) if m.story not in gone]
        changed += (
            document
            for suffix in FORMATS
            if (document := _render_view(store, site, topic, (view, suffix), stories, now))
        )
    store.save_documents(topic.id, leaving, changed)
    return len(changed)


def _render_view(
    store: Store, site: Site, topic: Topic, variant: tuple[str, str], stories: Sequence[Story], now: datetime
) -> StoredDocument | None:
    """Render one document of a variant (view, suffix); None where its bytes are the stored ones."""
    view, suffix = variant
    path = topic_feed_path(topic.name, view, suffix)
    before = store.document(path)
    updated = max((before.updated if before else topic.created, *(s.updated for s in stories)))
    head = topic_head(site, topic, updated, path, VIEWS[view])
    body = FORMATS[suffix].render(site, head, [story_item(site, topic, story) for story in stories])
    etag = digest(body)[:32]
    if before is not None and before.etag == etag:
        return None
    return StoredDocument(
        path=path,
        media_type=FORMATS[suffix].MEDIA_TYPE,
        etag=etag,
        modified=now,
        updated=updated,
        body=body,
        gzip=gzip.compress(body, mtime=0),
    )
