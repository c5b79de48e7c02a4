"""The feeds of topics, and the lists of feeds: those we write, and those we read."""

import re

from flask import Response, request

from aggregator.core.publish import ENTRIES, VIEWS
from aggregator.core.render import opml, topic_feed_path
from aggregator.core.topics import quiet_before
from aggregator.web.answer import Answer, moved, plain
from aggregator.web.desk import Desk

RETRY_AFTER = 60  # seconds until a feed that is not written yet may be there


def feed(desk: Desk, name: str, suffix: str) -> Response:
    """Answer with a topic's feed as it is stored: never rendered for a request."""
    topic = desk.store.topic(name)
    if topic is None:
        return plain(f"There is no topic {name!r}. All topics: {desk.site.url}/topics.opml", 404)
    if topic.withdrawn:
        return plain(f"The topic {name!r} has ended.", 410)
    if topic.name != name:
        return moved(desk.link(topic_feed_path(topic.name, suffix=suffix)))
    view = _view()
    if view is None:
        return plain(
            f"Ask for min_sources={', '.join(filter(None, VIEWS))}, or for view={ENTRIES} alone.", 400
        )
    document = desk.store.document(topic_feed_path(topic.name, view, suffix))
    if document is None:
        response = plain("This feed is being written; please try again in a minute.", 503)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response
    return desk.stored_feed(document)


def _view() -> str | None:
    """Return which of a topic's feeds is asked for; None: one that there is not."""
    asked, needed = request.args.get("view", ""), request.args.get("min_sources", "")
    if asked:
        return ENTRIES if asked == ENTRIES and not needed else None
    return needed if needed in VIEWS else None


def outlines(desk: Desk) -> Response:
    """Answer with the feeds of all topics, for readers to import; those that are dormant still answer."""
    quiet = desk.store.quiet_topics(quiet_before(desk.clock()))
    topics = [topic for topic in desk.store.topics() if not topic.withdrawn and topic.id not in quiet]
    # Who imports every topic would get each story twice with the feed of all.
    chosen = [topic for topic in topics if not topic.everything] or topics
    feeds = (
        opml.Outline(
            title=f"{topic.title} · {desk.site.title}",
            xml_url=desk.site.url + topic_feed_path(topic.name),
            html_url=f"{desk.site.url}/topics/{topic.name}",
        )
        for topic in chosen
    )
    return _list(desk, "topics", opml.render(f"{desk.site.title}: all topics", feeds))


def sources(desk: Desk) -> Response:
    """Answer with the feeds that are read here, for other programs that read feeds; not those that ended."""
    followed = [health.state for health in desk.store.feed_health(desk.clock()) if not health.state.gone]
    feeds = (
        opml.Outline(title=feed.publisher or feed.title or feed.url, xml_url=feed.url, html_url=feed.link)
        for feed in followed
    )
    return _list(desk, "sources", opml.render(f"{desk.site.title}: all sources", feeds))


def _list(desk: Desk, what: str, body: bytes) -> Response:
    """Answer with a list of feeds, to be saved under our name."""
    stem = re.sub(r"[^a-z0-9]+", "-", desk.site.title.lower()).strip("-") or "aggregator"
    return Answer(
        body=body,
        content_type=f"{opml.MEDIA_TYPE}; charset=utf-8",
        disposition=f'attachment; filename="{stem}-{what}.opml"',
    ).response()
