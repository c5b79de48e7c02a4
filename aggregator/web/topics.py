"""The pages of topics."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from flask import Response, abort, request

from aggregator.core.publish import VIEWS
from aggregator.core.render import parse_story_id, story_id, topic_feed_path
from aggregator.model import Topic
from aggregator.store.health import Pulse
from aggregator.store.pages import ORDERS, Covered, Cursor
from aggregator.web.answer import moved
from aggregator.web.charts import Bars, Days, bars, by_day, window
from aggregator.web.desk import Desk
from aggregator.web.presence import Lane, lanes
from aggregator.web.rows import by_day as rows_by_day
from aggregator.web.rows import stories_with
from aggregator.web.times import Times
from aggregator.web.words import rule

ON_A_PAGE = 25  # stories
CHART_DAYS = 30
WEEK_DAYS = 7
SHOWN_PUBLISHERS = 10  # in the map of who reported on which day
ORDER_NAMES = {"newest": "Newest", "sources": "Most sources", "first-seen": "First seen"}
OTHER_FORMATS = {"rss": "As RSS", "json": "As JSON Feed"}
COUNTS = 2**31  # no story has so many publishers, nor has a column of PostgreSQL room for it
NUMBER = re.compile(r"\d{1,17}", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


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
    stories, following = desk.store.topic_page(
        topic.id, ON_A_PAGE, order, _read_cursor(request.args.get("before", ""), order)
    )
    rows = stories_with(desk, times, stories, desk.store.reports([story.id for story in stories]))
    return desk.page(
        "topic.html",
        times,
        pulse,
        topic=topic,
        head=_head(desk, times, pulse, topic) if stories else None,
        days=rows_by_day(rows) if order == "newest" else {None: rows},
        order=order,
        orders=ORDER_NAMES,
        first="before" not in request.args,
        following=_write_cursor(following) if following else None,
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
    first, last = window(desk.store.newest_coverage(topic.id), times, CHART_DAYS)
    start, week = times.start(first), times.start(last - timedelta(days=WEEK_DAYS - 1))
    hours = desk.memo.get(
        pulse, ("hours", topic.id, start), lambda: desk.store.hours({topic.id: start})[topic.id]
    )
    covered = desk.memo.get(pulse, ("covered", topic.id, week), lambda: desk.store.covered(topic.id, week))
    present = desk.memo.get(
        pulse, ("presence", topic.id, start), lambda: desk.store.presence(topic.id, start, SHOWN_PUBLISHERS)
    )
    days = by_day(hours, first, last, times)
    drawn = lanes(present, first, last, times)
    return Head(days, _bars(days, times), covered, drawn, is_current=last == times.today)


def _bars(days: Days, times: Times) -> Bars:
    label = f"Articles per day, {times.short(days.first)} to {times.short(days.last)}"
    return bars(days.values, label, hot=len(days.values) - 1, size=(14, 4, 40))


def _write_cursor(cursor: Cursor) -> str:
    """Write the key of the last story on a page, for the address of the next one."""
    *numbers, latest, story = cursor
    return "-".join((*map(str, numbers), str((latest - EPOCH) // MICROSECOND), story_id(story)))


def _read_cursor(text: str, order: str) -> Cursor | None:
    """Read what `_write_cursor` wrote; None where it is none of this order's."""
    *numbers, story = text.split("-")
    found = parse_story_id(story)
    if found is None or len(numbers) != len(ORDERS[order]) - 1 or not all(map(NUMBER.fullmatch, numbers)):
        return None
    *others, latest = map(int, numbers)
    if any(number >= COUNTS for number in others):
        return None
    when = EPOCH + latest * MICROSECOND
    return (others[0], when, found) if others else (when, found)
