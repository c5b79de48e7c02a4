"""Who, when, filed where: read from the lines around an article's headline and body."""

import re
from dataclasses import dataclass

from aggregator.core.agencies import is_agency
from aggregator.core.seeds import dates
from aggregator.core.seeds.author_note import without_note
from aggregator.core.seeds.credit import URL_LABEL, Credit, dateline, ending, reporters, source_line
from aggregator.core.seeds.draft import When
from aggregator.core.seeds.dump.heading import breadcrumb, heading_label
from aggregator.core.seeds.dump.meta_words import UPDATED
from aggregator.core.seeds.dump.metaline import Meta
from aggregator.core.seeds.dump.page import Page
from aggregator.core.seeds.dump.post import LABEL_HEADS, URL_ALONE, Facts, gather, labels_below, merge
from aggregator.core.seeds.dump.title import Title
from aggregator.core.seeds.furniture import opens_list, without_link
from aggregator.core.seeds.lines import fold, width
from aggregator.core.seeds.names import PAPER, TITLES, is_lone_person, is_nobody, person, without_job
from aggregator.core.seeds.site import article_site, own_name
from aggregator.core.seeds.vocabulary import Furniture

ABOVE = 4  # lines over the headline that may belong to it: section, date, byline
BELOW = 14  # lines under the body that may belong to it: source, tags, dates
DATED = 90  # columns; a longer line between headline and body is text that mentions a day
MASTHEAD = 8  # lines at the top of a page in which it shows its own name and today's date
BY_ALONE = frozenset("by|written by|author|von|autor|par|auteur|por|автор|작성자|기자|بقلم|كتب".split("|"))


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """All that a page says about its article."""

    paragraphs: tuple[str, ...]
    publisher: str | None
    author: str | None
    published: When | None
    updated: When | None
    categories: tuple[str, ...]
    url: str | None


def page_facts(page: Page, title: Title, start: int, body: tuple[int, ...], end: int) -> ArticleFacts:
    """Read the lines around headline and body, which starts at `start`; at `end` readers' comments begin."""
    stop = max(start, body[-1] + 1) if body else start
    below = _below(page, stop, end)
    head = _head_facts(page, title, start)
    foot = gather([m for i in below if (m := page.metas[i]) and (m.kinds & {"verb", "by"})])
    labels = gather([m for i in range(stop, end) if (m := page.metas[i]) and "label" in m.kinds])
    paragraphs, credit = _credited(page, title, body, below, head.author)
    publisher = credit.publisher or head.publisher or foot.publisher or site_name(page, title)
    published = head.published or credit.published or foot.published
    updated = head.updated or foot.updated
    return ArticleFacts(
        paragraphs,
        publisher,
        head.author or credit.author or foot.author or _signed(page, below),
        published or updated,
        updated if published else None,
        _sections(page, title) + head.categories + labels.categories + labels_below(page, below),
        credit.url or _url(page),
    )


def _below(page: Page, stop: int, end: int) -> range:
    """Return the lines under the body that still belong to the article: up to a list of other pieces."""
    last = min(stop + BELOW, end)
    return range(stop, next((i for i in range(stop, last) if _opens_others(page.text(i))), last))


def _opens_others(text: str) -> bool:
    """Tell whether a list of other pieces begins, and not one of labels ("Related topics")."""
    return opens_list(text) and fold(text) not in LABEL_HEADS


def _head_facts(page: Page, title: Title, start: int) -> Facts:
    """Take dates and bylines under the headline first, then those directly over it."""
    under = [
        m for i in range(title.last + 1, start) if (m := _byline(page, i) or page.metas[i] or _dated(page, i))
    ]
    return gather(under + _over(page, title))


def _dated(page: Page, index: int) -> Meta | None:
    """Read the date of a short line that says more than a meta line ("All News 18:30 January 11, 2019")."""
    text = page.text(index)
    found = dates.find_dates(text, page.order) if width(text) <= DATED and not page.sentence[index] else ()
    if not found or not found[0].when:
        return None
    before = text[: found[0].start]
    source = re.split(r"\b(?:published|posted|updated)\b", before, flags=re.IGNORECASE)[0].strip(" ,|-–—:")
    publisher = source if is_agency(source) else None
    if re.search(rf"\b(?:{UPDATED})\b", before, re.IGNORECASE):
        return Meta(frozenset({"date"}), publisher=publisher, updated=found[0].when)
    return Meta(frozenset({"date"}), publisher=publisher, published=found[0].when)


def _over(page: Page, title: Title) -> list[Meta]:
    found = []
    for i in range(title.first - 1, max(-1, title.first - 1 - ABOVE), -1):
        meta = page.metas[i]
        if (
            meta is None
            and (page.kinds[i] is not None or width(page.text(i)) > 60)
            and not breadcrumb(page.text(i))
        ):
            break  # furniture parts the headline from what is above it
        if meta is not None and not _is_masthead_date(page, i, meta):
            found.append(meta)
    return found


def _is_masthead_date(page: Page, index: int, meta: Meta) -> bool:
    """Tell whether a date is the day the page was shown: unlabelled, at the top, among furniture."""
    if not meta.is_dated or meta.kinds & {"verb", "by", "author"}:
        return False
    text = page.text(index)
    if dates.HIJRI.search(dates.western(text)):
        return True
    near = [page.kinds[i] for i in range(max(0, index - 3), min(len(page), index + 4))]
    if Furniture.WEATHER in near:
        return True
    has_weekday = re.search(dates.WEEKDAY, text, re.IGNORECASE) is not None
    return index < MASTHEAD and has_weekday and (index > 0 or any(kind is not None for kind in near))


def _byline(page: Page, index: int) -> Meta | None:
    """Read a byline without a "by": a person's or an agency's name between headline and body."""
    text = page.text(index)
    if not page.is_free(index) or width(text) > 100:
        return None
    if is_agency(text):
        return Meta(frozenset({"by"}), publisher=text)
    if (name := without_job(text)) != text and is_lone_person(name):
        return Meta(frozenset({"by"}), author=person(name))
    parts = re.split(r"\s*[|/•·,–—]\s*|\s+-\s+|\s+in\s+(?=[A-Z])", text)
    named = is_lone_person(parts[0]) and (len(parts) > 1 or _is_beside_meta(page, index))
    if not named and not (is_agency(parts[0]) and len(parts) == 2):
        return None
    agency = next((part for part in parts if is_agency(part)), None)
    told = [p for p in parts[1:] if not (is_agency(p) or TITLES.match(p) or len(p.split()) <= 3)]
    if told:
        return None
    names = ", ".join(part for part in parts if is_lone_person(part)) if named and "," in text else parts[0]
    return Meta(frozenset({"by"}), author=person(names) if named else None, publisher=agency)


def _signed(page: Page, below: range) -> str | None:
    """Read the byline of a piece that is signed below: "Jane Doe, Bay Paper"."""
    for i in below[:3]:
        name, comma, place = page.text(i).partition(",")
        if (
            comma
            and page.is_free(i)
            and is_lone_person(name)
            and PAPER.search(place)
            and len(place.split()) <= 4
        ):
            return person(name)
    return None


def _is_beside_meta(page: Page, index: int) -> bool:
    """Tell whether a name stands where a byline does: beside a date, a job, an agency or a lone "By"."""
    for i in (index - 1, index + 1, index + 2):
        if not 0 <= i < len(page):
            continue
        text = page.text(i)
        if (
            page.metas[i] is not None
            or fold(text) in BY_ALONE
            or is_agency(text)
            or is_nobody(text)
            or TITLES.match(text)
        ):
            return True
    return False


def _credited(
    page: Page, title: Title, body: tuple[int, ...], below: range, author: str | None
) -> tuple[tuple[str, ...], Credit]:
    """Return the paragraphs without an agency's signature, and what source lines, ending and dateline say."""
    paragraphs = without_note([without_link(page.text(i)) for i in body], author)
    lines = range(title.last + 1, body[-1] + 1 if body else title.last + 1)
    sources = [
        c
        for i in (*below, *lines)
        if (c := source_line(page.text(i), page.order)) and not _is_picture(page, i)
    ]
    last = ending(paragraphs[-1]) if paragraphs else None
    if last:
        paragraphs[-1] = last.rest
    first = next((c for text in paragraphs[:2] if (c := dateline(text, page.order))), None)
    staff = [Credit(author=name) for i in (*lines, *below) if (name := reporters(page.text(i)))]
    found = [c for c in (last, *sources, first, *staff) if c]
    return tuple(text for text in paragraphs if text), merge(found)


def _is_picture(page: Page, index: int) -> bool:
    return page.kinds[index] is Furniture.CREDIT


def _sections(page: Page, title: Title) -> tuple[str, ...]:
    """Return the category of an archive page's heading over the headline.

    Breadcrumbs and menus say where a site files things, not what this piece is filed under.
    """
    labels = (heading_label(page.text(i)) for i in range(title.first - 1, -1, -1))
    return tuple(label for label in labels if label)[:1]


def site_name(page: Page, title: Title) -> str | None:
    """Return the site's own name where the page states it: copyright line, browser title, masthead."""
    return (
        own_name(page, title.first)
        or title.site
        or _masthead_name(page, title)
        or article_site(page, title.first)
    )


def _masthead_name(page: Page, title: Title) -> str | None:
    """Return a paper's name among the first lines: few words, one of them a paper's, and no section."""
    for i in range(min(MASTHEAD, title.first)):
        text = page.text(i)
        if (
            page.is_free(i)
            and len(text.split()) <= 5
            and width(text) <= 40
            and PAPER.search(text)
            and _is_proper(text)
        ):
            return text
    return None


def _is_proper(text: str) -> bool:
    first = text.split()[0]
    return (
        (first[0].isupper() or not first[0].isascii() or "." in text)
        and not re.search(r"[:!?|>°]|\d{3}", text)
        and not breadcrumb(text)
    )


def _url(page: Page) -> str | None:
    """Return the article's address: labelled anywhere, else alone on a line at the page's top or end."""
    labelled = (
        m["url"] for line in page.lines if width(line.text) < 600 and (m := URL_LABEL.match(line.text))
    )
    ends = [*range(min(5, len(page))), *range(max(5, len(page) - 8), len(page))]
    alone = (m["url"] for i in ends if (m := URL_ALONE.match(page.text(i))))
    return next(labelled, None) or next(alone, None)
