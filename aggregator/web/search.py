"""The search page: entries found by their words, grouped by story; any text is a question."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, render_template, request

from aggregator.core.identity import squeezed
from aggregator.core.search import MAX_QUERY, Term, read_query
from aggregator.core.snippets import MARK, UNMARK
from aggregator.model import Story, Topic
from aggregator.store.narrowing import Filter
from aggregator.store.search import COUNTED, Hit
from aggregator.web.answer import Answer
from aggregator.web.assets import AN_HOUR
from aggregator.web.desk import Desk
from aggregator.web.rows import address, source_name
from aggregator.web.times import Moment, Times
from aggregator.web.words import count, foreign, listed

ON_A_PAGE = 40  # matching entries
SHOWN_MATCHES = 3  # of a story
SUGGESTED = 50  # publishers
MAX_TEXT = 2_000  # characters of the query that are shown again
SHORT_NAME = 16  # characters that OpenSearch 1.1 allows
MARKED = re.compile(f"{MARK}([^{MARK}{UNMARK}]*){UNMARK}")
STRAY = re.compile(f"[{MARK}{UNMARK}]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")  # no markup and not every database holds them
DATE = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d", re.ASCII)  # what <input type=date> sends, in our time
ENTRY = re.compile(r"\d{1,18}", re.ASCII)  # below 2**63


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as far as it can be understood."""

    text: str
    terms: tuple[Term, ...]
    topic: Topic | None
    source: str
    since: date | None
    until: date | None
    before: int | None
    notes: tuple[str, ...]  # what was left out, for people
    narrowed: str  # "those of Nordwire and since 3 Oct"; empty: everything is searched

    def query(self, **others: object) -> str:
        """Write the question for an address."""
        asked = {
            "q": self.text,
            "topic": self.topic.name if self.topic else "",
            "source": self.source,
            "from": self.since,
            "to": self.until,
        }
        return urlencode({name: value for name, value in (asked | others).items() if value})

    @property
    def feed(self) -> str:
        """Return the query of the feed that follows this question; empty: none can."""
        return self.query() if self.terms and len(self.text) <= MAX_QUERY else ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that matches, or does not."""

    text: str
    matches: bool


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that was found."""

    source: tuple[Piece, ...]
    moment: Moment
    url: str | None
    language: str | None  # None: the page's
    title: tuple[Piece, ...]  # empty: it is its story's headline
    snippet: tuple[Piece, ...]  # empty: nothing in its text matches


@dataclass(frozen=True, slots=True)
class Group:
    """A story with its entries that were found."""

    href: str  # empty: nobody was told about it yet
    title: str
    marked: tuple[Piece, ...]  # the title, with what matches
    language: str | None
    topic: Topic | None
    entries: int
    matches: tuple[Match, ...]
    counted: str  # empty: it has one entry


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results."""

    stories: tuple[Group, ...]
    counted: str
    first: str  # the query of the first page
    following: str  # that of the next one; empty: these are the last


def page(desk: Desk) -> Response:
    """Show what was found, or the form alone where nothing is asked."""
    times, pulse = desk.times(), desk.store.pulse()
    topics = sorted(
        (topic for topic in desk.store.topics() if not (topic.everything or topic.withdrawn)),
        key=lambda topic: (topic.discovered, topic.title.casefold()),
    )
    question = read_question(desk, times)
    found = _search(desk, times, question) if question.terms else None
    nothing = found is not None and not found.stories
    return desk.page(
        "search.html",
        times,
        pulse,
        question=question,
        found=found,
        topics=topics,
        sources=desk.memo.get(pulse, "publishers", lambda: desk.store.publishers(SUGGESTED)),
        archive=desk.memo.get(pulse, "archive", desk.store.archive) if nothing else None,
        widened=urlencode({"q": question.text}),
    )


def description(desk: Desk) -> Response:
    """Answer with what a browser needs to search here from its address bar (OpenSearch 1.1)."""
    body = render_template("opensearch.xml", short_name=desk.site.title[:SHORT_NAME].strip())
    return Answer(body.encode(), "application/opensearchdescription+xml; charset=utf-8", AN_HOUR).response()


# ---- the question


def read_question(desk: Desk, times: Times) -> Question:
    """Read what the request under way asks."""
    asked = {name: _plain(request.args.get(name, "")) for name in ("q", "topic", "source", "from", "to")}
    topic = _find_topic(desk, asked["topic"])
    source = asked["source"] if squeezed(asked["source"]) else ""
    since, until = _read_date(asked["from"]), _read_date(asked["to"])
    before = request.args.get("before", "")
    return Question(
        text=asked["q"],
        terms=read_query(_whole_words(asked["q"])),
        topic=topic if topic and not topic.everything else None,
        source=source,
        since=since,
        until=until,
        before=int(before) if ENTRY.fullmatch(before) else None,
        notes=tuple(_notes(asked, {"topic": topic, "source": source, "from": since, "to": until})),
        narrowed=_narrowed(times, topic, source, since, until),
    )


def _plain(text: str) -> str:
    """Return a text on one line that every page and database can hold."""
    return " ".join(CONTROL.sub(" ", text[:MAX_TEXT]).split())


def _whole_words(text: str) -> str:
    """Cut a long question where a word ends: half a word would find nothing."""
    return text if len(text) <= MAX_QUERY else text[:MAX_QUERY].rpartition(" ")[0] or text


def _find_topic(desk: Desk, name: str) -> Topic | None:
    topic = desk.store.topic(name) if name else None
    return None if topic is None or topic.withdrawn else topic


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        return None


def _notes(asked: Mapping[str, str], understood: Mapping[str, object]) -> Iterable[str]:
    """Say what was left out of a question."""
    words = {
        "topic": "There is no topic “{}”; all topics were searched.",
        "source": "“{}” names no source; all sources were searched.",
        "from": "“{}” is no date like 2026-11-24; the beginning was left open.",
        "to": "“{}” is no date like 2026-11-24; the end was left open.",
    }
    if len(asked["q"]) > MAX_QUERY:
        yield f"Only the first {MAX_QUERY} characters were looked at."
    for name, sentence in words.items():
        if asked[name] and not understood[name]:
            yield sentence.format(asked[name])


def _narrowed(times: Times, topic: Topic | None, source: str, since: date | None, until: date | None) -> str:
    """Say which part of everything is searched."""
    parts = (
        f"those under {topic.title}" if topic and not topic.everything else "",
        f"those of {source}" if source else "",
        f"those since {times.short(since)}" if since else "",
        f"those until {times.short(until)}" if until else "",
    )
    return listed(list(filter(None, parts)))


def filter_of(desk: Desk, question: Question, times: Times) -> Filter:
    """Say which entries a question is about."""
    return Filter(
        topic=question.topic.id if question.topic else None,
        publisher=desk.store.publisher_key(question.source) if question.source else None,
        since=times.start(question.since) if question.since else None,
        until=_end(question.until, times) if question.until else None,
        before=question.before,
    )


def _end(day: date, times: Times) -> datetime:
    """Return where a day ends here."""
    return datetime.combine(day + timedelta(days=1), time(), times.zone)


# ---- the answer


def _search(desk: Desk, times: Times, question: Question) -> Found:
    hits, total = desk.store.search(question.terms, filter_of(desk, question, times), ON_A_PAGE + 1)
    shown, more = hits[:ON_A_PAGE], len(hits) > ON_A_PAGE
    whole = not more and question.before is None
    stories = tuple(_groups(desk, times, shown, whole))
    return Found(
        stories=stories,
        counted=_counted(total, len(stories) if whole else 0),
        first=question.query(),
        following=question.query(before=shown[-1].entry) if more else "",
    )


def _counted(total: int, stories: int) -> str:
    if total >= COUNTED:
        return f"{COUNTED:,} articles or more"
    among = f" in {count(stories, 'story', 'stories')}" if stories else ""
    return count(total, "article") + among


def _groups(desk: Desk, times: Times, hits: Sequence[Hit], whole: bool) -> Iterable[Group]:
    """Put hits under their stories, the newest hit's first; `whole`: no other page has any."""
    found: dict[UUID, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.story, []).append(hit)
    told, topics = desk.store.told(found), desk.store.filed_under(found)
    for story, its in found.items():
        yield _group(desk, times, told.get(story), its, next(iter(topics.get(story, ())), None), whole)


def _group(
    desk: Desk, times: Times, story: Story | None, hits: Sequence[Hit], topic: Topic | None, whole: bool
) -> Group:
    title = story.headline if story else STRAY.sub("", hits[0].title)
    entries = story.entries if story else len(hits)
    found = count(len(hits), "match", "matches") + ("" if whole else " on this page")
    return Group(
        href=desk.story_link(story.id, story.slug) if story else "",
        title=title,
        marked=next((marked for hit in hits if _text(marked := pieces(hit.title)) == title), pieces(title)),
        language=foreign(story.language if story else hits[0].language, desk.site.language),
        topic=topic,
        entries=entries,
        matches=tuple(_match(desk, times, hit, title) for hit in hits[:SHOWN_MATCHES]),
        counted=f"{found}, {count(entries, 'article')} in all" if entries > 1 else "",
    )


def _match(desk: Desk, times: Times, hit: Hit, headline: str) -> Match:
    title, snippet = pieces(hit.title), pieces(hit.snippet)
    return Match(
        source=pieces(source_name(hit)),
        moment=times.of(hit),
        url=address(hit),
        language=foreign(hit.language, desk.site.language),
        title=() if _text(title) == headline else title,
        snippet=snippet if any(piece.matches for piece in snippet) else (),
    )


def _text(of: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in of)


def pieces(text: str) -> tuple[Piece, ...]:
    """Cut a text at its marks; marks without their counterpart are dropped."""
    parts = ((STRAY.sub("", part), n % 2 == 1) for n, part in enumerate(MARKED.split(text)))
    return tuple(Piece(part, matches) for part, matches in parts if part)
