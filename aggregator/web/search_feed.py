"""Any search as a feed: the entries that were found, each by itself.

Not stories: an entry begins to match once, when it arrives, and newer ones push it out for good. A story
would come back to the top with each further entry that matches, and be shown again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid5

from flask import Response

from aggregator.core.publish import WINDOW_STORIES
from aggregator.core.render import atom
from aggregator.core.render.document import Head
from aggregator.core.render.entries import entry_item
from aggregator.model import Passed
from aggregator.web.answer import plain
from aggregator.web.desk import Desk
from aggregator.web.search import Question, filter_of, read_question
from aggregator.web.times import Times

SEARCHES = UUID("3d0c0a54-2c5b-4d2e-8a53-0d7f3b0b6d1e")  # names the feeds of searches
EVERYTHING = "all"  # the topic that is as old as the instance
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def feed(desk: Desk) -> Response:
    """Answer with the newest entries that match; 400 with the reason where the question is not clear."""
    times = desk.times()
    question = read_question(desk, times)
    if question.notes:  # a page searches without them; a feed would send for ever what nobody asked for
        return plain(" ".join(question.notes), 400)
    if not question.terms:
        return plain("Ask for words: /search.atom?q=… with at least one word or number.", 400)
    passed = _found(desk, times, question)
    head = _head(desk, question, passed)
    body = atom.render(desk.unheard, head, [entry_item(desk.site, one) for one in passed])
    told = desk.store.last_told(one.member.placement.story for one in passed) or head.updated
    rewritten = desk.store.last_rewritten(question.topic.id if question.topic else None)
    return desk.feed(body, atom.MEDIA_TYPE, max(told, rewritten or told))


def _found(desk: Desk, times: Times, question: Question) -> Sequence[Passed]:
    hits, _ = desk.store.search(question.terms, filter_of(desk, question, times), WINDOW_STORIES)
    passed = desk.store.passed(hit.entry for hit in hits)
    return [passed[hit.entry] for hit in hits if hit.entry in passed]


def _head(desk: Desk, question: Question, passed: Sequence[Passed]) -> Head:
    query = question.query()
    return Head(
        id=uuid5(SEARCHES, query).urn,
        title=f"{_title(question)} · {desk.site.title}",
        subtitle=f"Every article that matches: {_title(question)}",
        path=f"/search.atom?{query}",
        page=f"{desk.site.url}/search?{query}",
        updated=max(one.joined for one in passed) if passed else _beginning(desk),
    )


def _title(question: Question) -> str:
    """Name what is asked, without words that depend on the day."""
    parts = (
        question.text,
        question.topic.title if question.topic else "",
        question.source,
        f"from {question.since}" if question.since else "",
        f"to {question.until}" if question.until else "",
    )
    return " · ".join(filter(None, parts))


def _beginning(desk: Desk) -> datetime:
    """Return since when there is something to search, for a search that has found nothing yet."""
    everything = desk.store.topic(EVERYTHING)
    return everything.created if everything else EPOCH
