"""The page of a story: who reported it when, and why the reports are together."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import Response, abort

from aggregator.core.render import atom, jsonfeed, parse_story_id, story_feed_path, story_path
from aggregator.core.render.entries import Among, entry_item, followed_head
from aggregator.model import Former, Story
from aggregator.store.pages import Report
from aggregator.web.answer import moved, plain
from aggregator.web.charts import histogram
from aggregator.web.desk import Desk
from aggregator.web.related import beside
from aggregator.web.rows import in_order, source_name
from aggregator.web.timeline import Timeline, alike, reasons
from aggregator.web.times import Moment
from aggregator.web.words import count, counted, distinct, foreign, language

ID_LENGTH = 26  # characters of a story's id in its address
FORMATS = {"atom": atom, "json": jsonfeed}  # suffix of the address -> renderer
LAST_NUMBER = 2**63 - 1  # that a database counts to
SHOWN = 200  # texts in a timeline; of most stories that is all


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the facts at the head."""

    name: str
    text: str
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class Instalment:
    """A story that this one follows, or that follows it."""

    href: str
    title: str


def feed(desk: Desk, key: str, suffix: str) -> Response:
    """Answer with a story's own feed: an entry for each that joins it; written when asked for."""
    story = _find(desk, key)
    if story is None:
        if _was_removed(desk, key):
            return plain("This story is older than what is kept here. You can remove its feed.", 410)
        return plain(f"There is no such story. All topics: {desk.site.url}/topics.opml", 404)
    path = story_feed_path(story.id, suffix)
    if path != f"/stories/{key}.{suffix}":
        return moved(desk.link(path))
    passed, told = desk.store.followed(story.id)
    head = followed_head(desk.site, story, passed, path, desk.store.continued_in(story.id))
    among = _among(desk, story) if suffix == "json" else {}  # the other formats have no word for it
    items = [entry_item(desk.site, one, among=among.get(one.member.stored.id)) for one in passed]
    body = FORMATS[suffix].render(desk.unheard, head, items)
    changed = max(filter(None, (told, desk.store.last_rewritten())), default=None)
    return desk.feed(body, FORMATS[suffix].MEDIA_TYPE, changed)


def _among(desk: Desk, story: Story) -> dict[int, Among]:
    """Return what each entry of a story is among the others."""
    timeline = Timeline(
        desk.times(), story, desk.site.language, in_order(desk.store.opened_reports(story.id))
    )
    return {
        piece.id: Among(
            piece.id == timeline.first, timeline.lags.get(piece.id), timeline.added.get(piece.id, "")
        )
        for piece in timeline.pieces
    }


def _find(desk: Desk, key: str) -> Story | None:
    """Find a story by what its address says; its id decides, and one that ended leads to its heir."""
    wanted = _id_in(key)
    if wanted is None:
        return None
    story = desk.store.story(wanted)
    if story is not None and story.merged_into is not None:
        return desk.store.story(story.merged_into)
    return story


def entry(desk: Desk, number: int) -> Response:
    """Lead to the story that an entry is in now: feeds link there where it has no address of its own."""
    home = desk.store.homes([number]).get(number) if number <= LAST_NUMBER else None
    story = desk.store.story(home) if home else None
    if story is None:
        abort(404)
    there = desk.story_link(story.id, story.slug)  # tomorrow it may be another one: not for good
    return Response(status=302, headers={"Location": there})


def _id_in(key: str) -> UUID | None:
    """Return the id that an address names; None: it is no story's address."""
    return parse_story_id(key[:ID_LENGTH]) if key[ID_LENGTH : ID_LENGTH + 1] in ("", "-") else None


def _was_removed(desk: Desk, key: str) -> bool:
    wanted = _id_in(key)
    return wanted is not None and desk.store.was_removed(wanted)


def page(desk: Desk, key: str) -> Response:
    """Show a story; another slug or a story that ended in another one sends on."""
    story = _find(desk, key)
    if story is None:
        if _was_removed(desk, key):
            return desk.problem(410, removed=True)
        abort(404)
    path = story_path(story.id, story.slug)
    return _show(desk, story) if path == f"/stories/{key}" else moved(desk.link(path))


def _show(desk: Desk, story: Story) -> Response:
    times, pulse = desk.times(), desk.store.pulse()
    ordered = in_order(desk.store.opened_reports(story.id))
    timeline = Timeline(times, story, desk.site.language, ordered)
    lines = timeline.lines()
    return desk.page(
        "story.html",
        times,
        pulse,
        story=story,
        former=_led_to(desk, story.former) if story.former else None,
        continued=[_led_to(desk, later) for later in desk.store.continued_in(story.id)],
        feed_path=story_feed_path(story.id),
        canonical=desk.site.url + story_path(story.id, story.slug),
        counted=counted(story.entries, story.publishers),
        language=foreign(story.language, desk.site.language),
        origin=_origin(story, ordered),
        facts=_facts(timeline, desk.site.language),
        lines=lines[:SHOWN],
        hidden=len(lines[SHOWN:]),
        dated=any(report.dated for report in ordered),
        first_report=timeline.first is not None and len(ordered) > 1,
        chart=histogram([report.when for report in ordered if report.timed], times),
        alike=alike(ordered),
        reasons=reasons(ordered)[:SHOWN],
        topics=desk.store.filed_under((story.id,)).get(story.id, ()),
        beside=beside(desk, times, pulse, story, ordered),
    )


def _led_to(desk: Desk, story: Former) -> Instalment:
    return Instalment(desk.story_link(story.id, story.slug), story.headline)


def _origin(story: Story, reports: Iterable[Report]) -> str | None:
    """Name whose words the excerpt is."""
    lead = next((report for report in reports if report.id == story.lead), None)
    return source_name(lead) if lead else None


def _facts(timeline: Timeline, ours: str) -> list[Fact]:
    story, ordered = timeline.story, timeline.ordered
    facts = _ends(timeline)
    facts.append(Fact("Coverage", counted(story.entries, story.publishers)))
    if story.copies:
        facts.append(Fact("Copies", count(story.copies, "near-copy", "near-copies")))
    if tongues := distinct(language(foreign(report.language, ours)) for report in ordered):
        # Those that name no language are most likely in the page's.
        facts.append(Fact("Other languages", ", ".join(tongues)))
    return facts


def _ends(timeline: Timeline) -> list[Fact]:
    """Name who was the first and who the last."""
    ordered, times = timeline.ordered, timeline.times
    if len(ordered) < 2:
        return [Fact("Reported by", source_name(report), times.of(report, times.today)) for report in ordered]
    first, last = ordered[0], ordered[-1]
    if first.when == last.when:  # nobody can be said to be the first
        return [Fact("Published" if first.dated else "Appeared", "", times.of(first, times.today))]
    name = "First report" if timeline.first is not None else "Earliest"
    return [
        Fact(label, source_name(report), times.of(report, times.today))
        for label, report in ((name, first), ("Latest", last))
    ]
