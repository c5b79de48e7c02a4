"""The home page: what moved, and every topic with its newest stories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import Response

from aggregator.core.topics import quiet_before
from aggregator.model import Topic
from aggregator.store.coverage import Moved
from aggregator.store.health import Pulse
from aggregator.store.pages import Brief, TopicHead
from aggregator.web.charts import Bars, Days, bars, by_day, window
from aggregator.web.desk import Desk
from aggregator.web.rows import Headline, Row, headline, row
from aggregator.web.times import Times
from aggregator.web.words import count

MOVED_WITHIN = timedelta(hours=24)
CHART_DAYS = 14
WEEK_DAYS = 7
SHOWN_TOPICS = 30  # with chart and stories; the others by name
SHOWN_DISCOVERED = 12  # so too, where no topic is configured
NEWEST_OF_TOPIC = 3
NEWEST_OF_ALL = 8


@dataclass(frozen=True, slots=True)
class Card:
    """A topic with its newest stories."""

    topic: Topic
    counted: str
    bars: Bars | None  # None: it was never covered
    stories: tuple[Headline, ...]


def page(desk: Desk) -> Response:
    """Show the home page, or what to do where nothing has been read yet."""
    times, pulse = desk.times(), desk.store.pulse()
    heads = desk.store.topic_heads(quiet_before(times.now))
    topics, others = _split([head for head in heads if not head.topic.everything])
    everything = next((head for head in heads if head.topic.everything and head.newest), None)
    if everything is None or everything.newest is None:
        return desk.page("first.html", times, pulse, topics=topics)
    limits = {head.topic.id: NEWEST_OF_TOPIC for head in topics}
    newest = desk.store.newest(limits | {everything.topic.id: NEWEST_OF_ALL})
    moved = _moved(desk, times, pulse)
    return desk.page(
        "home.html",
        times,
        pulse,
        moved=moved,
        top=_most_covered(desk, times, moved.most_covered),
        cards=_cards(desk, times, pulse, topics, newest),
        others=[head.topic for head in others],
        everything=everything.topic,
        newest_day=times.short(times.day(everything.newest)),
        newest=[headline(desk, times, brief) for brief in newest[everything.topic.id]],
    )


def _split(heads: Sequence[TopicHead]) -> tuple[Sequence[TopicHead], Sequence[TopicHead]]:
    """Choose the topics to show with their stories; discovered ones only where nobody configured any."""
    configured = [head for head in heads if not head.topic.discovered]
    discovered = [head for head in heads if head.topic.discovered]
    if not configured:
        return discovered[:SHOWN_DISCOVERED], discovered[SHOWN_DISCOVERED:]
    return configured[:SHOWN_TOPICS], (*configured[SHOWN_TOPICS:], *discovered)


def _moved(desk: Desk, times: Times, pulse: Pulse) -> Moved:
    # Whole hours: the figures then hold for a while, and so does the page's ETag.
    since = times.now.replace(minute=0, second=0, microsecond=0) - MOVED_WITHIN
    return desk.memo.get(pulse, ("moved", since), lambda: desk.store.moved(since))


def _most_covered(desk: Desk, times: Times, ids: Sequence[UUID]) -> list[tuple[Row, tuple[Topic, ...]]]:
    told = desk.store.told(ids)
    reports = desk.store.reports(ids)
    topics = desk.store.filed_under(ids)
    return [
        (row(desk, times, told[story], reports.get(story, ())), topics.get(story, ()))
        for story in ids
        if story in told and told[story].entries > 1
    ]


def _cards(
    desk: Desk,
    times: Times,
    pulse: Pulse,
    heads: Sequence[TopicHead],
    newest: Mapping[UUID, Sequence[Brief]],
) -> list[Card]:
    windows = {head.topic.id: window(head.newest, times, CHART_DAYS) for head in heads}
    weeks = {topic: times.start(last - timedelta(days=WEEK_DAYS - 1)) for topic, (_, last) in windows.items()}
    key = tuple(windows.items())
    days = desk.memo.get(pulse, ("days", key), lambda: _days(desk, times, windows))
    stories = desk.memo.get(pulse, ("week", key), lambda: desk.store.story_counts(weeks))
    return [
        Card(
            topic=head.topic,
            counted=_counted(days[head.topic.id], stories[head.topic.id], times),
            bars=_bars(days[head.topic.id], times) if head.newest else None,
            stories=tuple(headline(desk, times, brief) for brief in newest[head.topic.id]),
        )
        for head in heads
    ]


def _days(desk: Desk, times: Times, windows: Mapping[UUID, tuple[date, date]]) -> Mapping[UUID, Days]:
    hours = desk.store.hours({topic: times.start(first) for topic, (first, _) in windows.items()})
    return {topic: by_day(hours[topic], *span, times) for topic, span in windows.items()}


def _counted(days: Days, stories: int, times: Times) -> str:
    """Write how much a topic was covered in a week: this one, or the last one that had coverage."""
    when = "this week" if days.last == times.today else f"in the week to {times.short(days.last)}"
    if not stories:
        return f"Nothing new {when}"
    articles = count(sum(days.values[-WEEK_DAYS:]), "article")
    return f"{count(stories, 'story', 'stories')}, {articles} {when}"


def _bars(days: Days, times: Times) -> Bars:
    label = f"Articles per day, {times.short(days.first)} to {times.short(days.last)}"
    return bars(days.values, label, hot=len(days.values) - 1)
