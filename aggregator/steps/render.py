"""Render: the documents of topics whose stories changed, stored as they will be served."""

from datetime import datetime

from aggregator.core.identity import digest
from aggregator.core.publish import WINDOW_AGE
from aggregator.core.render import Site
from aggregator.steps import Progress, silent
from aggregator.store import Store

FORMAT = "4"  # raised when the renderers change, so that stored documents are written anew


def render_documents(store: Store, site: Site, now: datetime, progress: Progress = silent) -> int:
    """Render what may have changed; return how many documents have other bytes now."""
    store.all_dirty(digest(FORMAT, site.url, site.title, site.hub, site.language), now)
    dirty = store.dirty_topics(now - WINDOW_AGE)
    if not dirty:
        return 0
    # Imported where there is something to do: most refreshes find nothing new.
    from aggregator.steps.documents import render_topic

    topics = {topic.id: topic for topic in store.topics()}
    changed = 0
    for n, topic in enumerate(dirty):
        progress("Rendering", n, len(dirty))
        changed += render_topic(store, site, topics[topic], now)
    progress("Rendering", len(dirty), len(dirty))
    return changed
