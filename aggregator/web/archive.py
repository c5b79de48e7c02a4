"""The archive of a topic, month by month (RFC 5005): what left its feed, or was too old to enter it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from aggregator.core.months import Month, month_of, read_month
from aggregator.core.render import archive_path, atom, topic_feed_path
from aggregator.core.render.stories import archive_head, story_item
from aggregator.model import Topic
from aggregator.store import Store
from aggregator.store.archive import Shelf
from aggregator.web.answer import moved, plain
from aggregator.web.desk import Desk

PART = 200  # stories in a document; a month of more has several, the oldest is number 1


@dataclass(frozen=True, slots=True)
class Part:
    """Which document is asked for."""

    topic: Topic
    month: Month
    shelf: Shelf
    number: int
    count: int  # parts of the month

    @property
    def path(self) -> str:
        return self._path(self.number)

    def relations(self, now: datetime) -> dict[str, str]:
        """Return the addresses of the documents around it, by what they are to it.

        A month that is over names the calendar's next one, whatever came of that: else it would change later.
        """
        found = {"current": topic_feed_path(self.topic.name)}
        if self.number > 1:
            found["prev-archive"] = self._path(self.number - 1)
        elif self.shelf.before:
            found["prev-archive"] = archive_path(self.topic.name, month_of(self.shelf.before))
        if self.number < self.count:
            found["next-archive"] = self._path(self.number + 1)
        elif self.month.end <= now:
            found["next-archive"] = archive_path(self.topic.name, self.month.following, 1)
        return found

    def _path(self, number: int) -> str:
        # The last one has the month's plain address, so that other months need not know how many there are.
        return archive_path(self.topic.name, self.month, 0 if number == self.count else number)


def feed(desk: Desk, name: str, month: str) -> Response:
    """Answer with the stories of a topic that are filed under a month; written when asked for."""
    topic = desk.store.topic(name)
    if topic is None:
        return plain(f"There is no topic {name!r}. All topics: {desk.site.url}/topics.opml", 404)
    if topic.withdrawn:
        return plain(f"The topic {name!r} has ended.", 410)
    if topic.name != name:
        return moved(desk.link(f"/topics/{topic.name}/{month}.atom"))
    part = _part(desk, topic, month)
    if part is None:
        feed = desk.site.url + topic_feed_path(topic.name)
        return plain(f"The archive of {name!r} has no such month. Go back from {feed}", 404)
    return desk.feed(*_render(desk, part))


def _part(desk: Desk, topic: Topic, text: str) -> Part | None:
    month, asked = read_month(text), request.args.get("part", "")
    if month is None:
        return None
    shelf = desk.store.shelf(topic.id, month.start, month.end)
    # Between its first story and now an archive has no gap: a month without stories is an empty document.
    if not shelf.stories and (shelf.before is None or month.start > desk.clock()):
        return None
    count = max(-(-shelf.stories // PART), 1)
    if not asked:
        return Part(topic, month, shelf, count, count)
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    return Part(topic, month, shelf, number, count) if 1 <= number <= count else None


def _render(desk: Desk, part: Part) -> tuple[bytes, str, datetime | None]:
    """Return a document, its media type, and when it last changed."""
    now, month = desk.clock(), part.month
    skip = (part.number - 1) * PART
    stories, told = desk.store.archived(part.topic.id, month.start, month.end, skip, PART)
    head = archive_head(desk.site, part.topic, month, stories, part.path, part.relations(now))
    body = atom.render(desk.unheard, head, [story_item(desk.site, part.topic, story) for story in stories])
    return body, atom.MEDIA_TYPE, max(filter(None, (told, *_changes(desk.store, part, now))), default=None)


def _changes(store: Store, part: Part, now: datetime) -> Iterator[datetime | None]:
    """Tell when a document changed for other reasons than the stories in it."""
    month = part.month
    yield store.last_rewritten(part.topic.id)
    yield part.shelf.before_since  # it leads back to that one's month
    yield month.end if month.end <= now else None
    if part.count > 1:  # a story that is filed late pushes others on into the next part
        yield store.last_filed(part.topic.id, month.start, month.end)
