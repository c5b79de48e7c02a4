"""The pages of topics."""

from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from flask import Response, abort, request

from aggregator.core.publish import VIEWS
from aggregator.core.render import topic_feed_path
from aggregator.model import Topic
from aggregator.store.coverage import Covered
from aggregator.store.health import Pulse
from aggregator.store.pages import ORDERS
from aggregator.web.answer import moved
from aggregator.web.charts import Bars, Days, bars, by_day, window
from aggregator.web.desk import Desk
from aggregator.web.paging import read_leaf
from aggregator.web.presence import Lane, lanes
from aggregator.web.rows import by_day as rows_by_day
from aggregator.web.rows import stories_with
from aggregator.web.times import Times
from aggregator.web.words import rule

CHART_DAYS = 30
WEEK_DAYS = 7
SHOWN_PUBLISHERS = 10  # in the map of who reported on which day
ORDER_NAMES = {"newest": "Newest", "sources": "Most sources", "first-seen": "First seen"}
OTHER_FORMATS = {"rss": "As RSS", "json": "As JSON Feed"}


@dataclass(frozen=True, slots=True)
class Head:
    """How much a topic is covered."""

    days: Days
    bars: Bars
    covered: Covered  # in the last week of `days`
    lanes: tuple[Lane, ...]  # who reported on which of the days
    is_current: bool  # the days end today, not with the newest coverage


def page(desk: Desk, name: str) -> Response:
    """Show a topic."""
    topic = desk.store.topic(name)
    if topic is None and "." in name:
        abort(404)  # a document, not a page: no name has a dot
    if topic is None:
        return _unknown(desk, name)
    if topic.withdrawn:
        return desk.problem(410, subject=topic.title)
    if topic.name != name:
        return moved(desk.link(f"/topics/{topic.name}"))
    times, pulse = desk.times(), desk.store.pulse()
    order = request.args.get("order", "newest")
    order = order if order in ORDERS else "newest"
    leaf = read_leaf(desk, topic.id, order, request.args)
    rows = stories_with(desk, times, leaf.stories, desk.store.reports([story.id for story in leaf.stories]))
    return desk.page(
        "topic.html",
        times,
        pulse,
        topic=topic,
        head=_head(desk, times, pulse, topic) if leaf.stories else None,
        days=rows_by_day(rows) if order == "newest" else {None: rows},
        order=order,
        orders=ORDER_NAMES,
        leaf=leaf,
        rule=rule(topic),
        feeds=() if topic.everything or topic.rules else desk.store.feeds_of(topic.id),
        views=[view for view in VIEWS if view],
        formats=OTHER_FORMATS,
        feed=desk.site.url + topic_feed_path(topic.name),
    )


def _unknown(desk: Desk, name: str) -> Response:
    topics = {topic.name: topic for topic in desk.store.topics() if not topic.withdrawn}
    near = [topics[found] for found in get_close_matches(name.lower(), topics, n=3)]
    return desk.problem(404, near=near)


def _head(desk: Desk, times: Times, pulse: Pulse, topic: Topic) -> Head:
    """Say how much a topic was covered: by day, and in the last week that had coverage."""
    span = window(desk.store.newest_coverage(topic.id), times, CHART_DAYS)
    return desk.memo.get(
        pulse, ("head", topic.id, span, times.today), lambda: _count(desk, times, topic, *span)
    )


def _count(desk: Desk, times: Times, topic: Topic, first: date, last: date) -> Head:
    start, week = times.start(first), times.start(last - timedelta(days=WEEK_DAYS - 1))
    days = by_day(desk.store.hours({topic.id: start})[topic.id], first, last, times)
    present = desk.store.presence(topic.id, start, SHOWN_PUBLISHERS)
    return Head(
        days=days,
        bars=_bars(days, times),
        covered=desk.store.covered(topic.id, week),
        lanes=lanes(present, first, last, times),
        is_current=last == times.today,
    )


def _bars(days: Days, times: Times) -> Bars:
    label = f"Articles per day, {times.short(days.first)} to {times.short(days.last)}"
    return bars(days.values, label, hot=len(days.values) - 1, size=(14, 4, 40))
