"""A topic's stories as a feed: one item per story."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from uuid import uuid5

from aggregator.core.months import Month
from aggregator.core.publish import SHOWN_COVERAGE
from aggregator.core.render import Site, archive_path, story_path
from aggregator.core.render.document import Category, Head, Item, Link
from aggregator.model import Coverage, Former, Story, Topic

FOLLOWS = "Follows"  # what a follow-up says before the headline of the story that it follows


def topic_head(
    site: Site,
    topic: Topic,
    updated: datetime,
    path: str,
    min_sources: int = 0,
    archived: Month | None = None,
) -> Head:
    """Return the head of a topic's feed; `path` is its own address, `archived` where its archive ends."""
    return Head(
        id=uuid5(topic.id, f"min_sources={min_sources}").urn if min_sources else topic.id.urn,
        title=f"{topic.title} · {site.title}" + (f" · {min_sources} sources or more" if min_sources else ""),
        subtitle=topic.description or topic.title,
        path=path,
        page=f"{site.url}/topics/{topic.name}",
        updated=updated,
        relations={"prev-archive": archive_path(topic.name, archived)} if archived else {},
    )


def archive_head(
    site: Site,
    topic: Topic,
    month: Month,
    stories: Iterable[Story],
    path: str,
    relations: Mapping[str, str],
) -> Head:
    """Return the head of a part of a topic's archive: of the same feed, so its id is that one's."""
    return Head(
        id=topic.id.urn,
        title=f"{topic.title} · {site.title} · {month}",
        subtitle=topic.description or topic.title,
        path=path,
        page=f"{site.url}/topics/{topic.name}",
        updated=max((topic.created, *(story.updated for story in stories))),
        relations=relations,
        is_archive=True,
    )


def story_item(site: Site, topic: Topic, story: Story) -> Item:
    """Return a story as an item of a topic's feed."""
    page = site.url + story_path(story.id, story.slug)
    ours = Category(topic.name, topic.title, f"{site.url}/topics/")
    return Item(
        id=story.id.urn,
        title=story.headline,
        link=story.url or page,
        published=story.published,
        updated=story.updated,
        author=story.author or site.title,
        summary=story.excerpt or story.headline,
        content=content_html(site, story),
        related=tuple(_related(site, story, page)),
        contributors=story.contributors,
        categories=(ours, *(Category(label, label) for label in story.categories)),
        rights=" · ".join(story.rights),
        language=story.language,
        facts={"follows": facts_of(site, story.former)} if story.former else {},
    )


def _related(site: Site, story: Story, page: str) -> Iterable[Link]:
    yield Link(page, "All coverage of this story")
    if story.former:
        yield Link(_page_of(site, story.former), f"{FOLLOWS}: {story.former.headline}")
    for line in story.coverage:
        if line.url and line.url != story.url:
            yield Link(line.url, line.headline)


def _page_of(site: Site, former: Former) -> str:
    return site.url + story_path(former.id, former.slug)


def facts_of(site: Site, former: Former) -> dict[str, str]:
    """Name a story for programs, in what follows it or it follows."""
    return {"id": former.id.urn, "url": _page_of(site, former), "title": former.headline}


def content_html(site: Site, story: Story) -> str:
    """Write a story's entry as HTML: excerpt, coverage, why its entries are together, where to read on."""
    page = escape(site.url + story_path(story.id, story.slug))
    lead = f"<p>{escape(story.excerpt)}</p>" if story.excerpt else ""
    lines = "".join(f"<li>{_line(line)}</li>" for line in story.coverage)
    more = story.entries - len(story.coverage)
    rest = f"<p>and {more} more</p>" if more > 0 and len(story.coverage) == SHOWN_COVERAGE else ""
    why = f"<p>{escape(story.why)}</p>" if story.why else ""
    former = _former_html(site, story.former) if story.former else ""
    coverage = f"{lead}<ul>{lines}</ul>{rest}{why}{former}"
    return f'{coverage}<p><a href="{page}">All coverage of this story</a></p>'


def _former_html(site: Site, former: Former) -> str:
    return f'<p>{FOLLOWS}: <a href="{escape(_page_of(site, former))}">{escape(former.headline)}</a></p>'


def _line(line: Coverage) -> str:
    publisher = f"<b>{escape(line.publisher)}</b>: " if line.publisher else ""
    headline = escape(line.headline)
    link = f'<a href="{escape(line.url)}">{headline}</a>' if line.url else headline
    return f"{publisher}{link} ({when(line.published, line.day_only, line.first_seen)})"


def when(published: datetime | None, day_only: bool, first_seen: datetime) -> str:
    """Write when an entry appeared, as precisely as its publisher says."""
    if published is None:
        return f"seen {first_seen:%d %b %Y, %H:%M} UTC"
    return f"{published:%d %b %Y}" if day_only else f"{published:%d %b %Y, %H:%M} UTC"
