"""An archive or listing page: many posts under one another, each announced by a meta line of the same form.

How a page looks is not known in advance: every form of line that repeats on it is tried as the mark of a
post, with the headline above it, below it, or with the mark closing the post. The best split is taken.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from aggregator.core.seeds.credit import source_line
from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.dump.body import is_commenter
from aggregator.core.seeds.dump.heading import breadcrumb, page_labels
from aggregator.core.seeds.dump.metaline import Meta
from aggregator.core.seeds.dump.page import Page, is_title
from aggregator.core.seeds.dump.post import Span, at_clock, read_post
from aggregator.core.seeds.furniture import opens_comments, opens_list
from aggregator.core.seeds.line_forms import COMMENTER, QUOTES
from aggregator.core.seeds.lines import ends_with_stop, fold, is_bullet, width, words
from aggregator.core.seeds.names import is_lone_person
from aggregator.core.seeds.site import archive_site
from aggregator.core.seeds.vocabulary import Furniture

MAX_FORMS = 8  # forms of line tried as the mark of a post, the most frequent first
NUMBER = re.compile(r"^\(?\d{1,3}[.)]\s+")  # of a headline in a digest that counts its items
KICKERS = 0.8  # share of the posts that must have a section's name over the headline
FEW = 3  # posts; so many may be what buttons cut one article into
SHORT = 130  # columns; the longest headline that may end with a full stop
SENTENCE_COST = 0.2
MIN_VALID = 0.5  # share of the marks that must announce a post


Fits = Callable[[Page, int], bool]  # whether a line may be a headline


class Mark(NamedTuple):
    """A line that may announce a post."""

    line: int
    before: int | None  # the mark above it


Finder = Callable[[Page, Mark, Fits], Span | None]


class Place(Enum):
    """Where a post's mark stands."""

    UNDER = "under the headline"
    OVER = "over the headline"
    FOOT = "at the end of the post"


@dataclass(frozen=True, slots=True)
class Split:
    """One way to split a page into posts."""

    spans: tuple[Span, ...] = ()
    score: float = 0.0
    place: Place = Place.UNDER


def read_archive(page: Page) -> tuple[Draft, ...]:
    """Return the posts of an archive page, in order; none where the page is no archive."""
    split = best_split(page)
    if not _is_archive(page, split):
        return ()
    categories, author = page_labels(
        [page.text(i) for i in range(split.spans[0].title[0])], _has_labels(page, split.spans)
    )
    drafts = _uncounted(read_post(page, span, categories, author) for span in split.spans)
    if not any(draft.publisher for draft in drafts):  # else who names no source is its own, and not told
        site = archive_site(page, split.spans[0].start)
        drafts = tuple(replace(draft, publisher=site) for draft in drafts)
    if split.place is not Place.FOOT:
        return drafts
    return tuple(_under_their_days(page, drafts, split.spans))


def _has_labels(page: Page, spans: tuple[Span, ...]) -> bool:
    """Tell whether every post says itself what it is filed under."""
    return all(any(m and m.categories for m in page.metas[span.start : span.end]) for span in spans)


def _uncounted(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Take the numbers off the headlines of a digest that counts its items."""
    counted = tuple(drafts)
    if not all(NUMBER.match(draft.title) for draft in counted):
        return counted
    return tuple(replace(draft, title=NUMBER.sub("", draft.title)) for draft in counted)


def _under_their_days(page: Page, drafts: Iterable[Draft], spans: tuple[Span, ...]) -> Iterator[Draft]:
    """Date posts by the last day written over a post: pages that close posts print a day once."""
    day, line = None, 0
    for draft, span in zip(drafts, spans, strict=True):
        for meta in page.metas[line : span.body]:
            day = meta.published if meta and meta.kinds == {"date"} else day
        line = span.body
        dated = day and at_clock(day, page.metas[span.body : span.end])
        yield draft if draft.published else replace(draft, published=dated)


def best_split(page: Page) -> Split:
    """Return the split of a page that explains most of it."""
    splits = (_split(page, marks, place) for marks, places in _forms(page) for place in places)
    return max(splits, key=lambda split: split.score, default=Split())


def _is_archive(page: Page, split: Split) -> bool:
    """Tell an archive from one article with other pieces or comments under it: its posts have bodies."""
    openings = [i for i in range(len(page)) if page.kinds[i] and opens_comments(page.text(i))]
    # A line that stands in nearly every post counts its comments.
    comments = openings[0] if 0 < len(openings) < max(2, len(split.spans) - 1) else len(page)
    commenters = sum(_is_commenter(page.text(span.title[0]), span.start > comments) for span in split.spans)
    if commenters >= 0.5 * len(split.spans[1:]) > 0:
        return False
    if _is_split_by_buttons(page, split.spans):
        return False
    bodies = [
        sum(width(page.text(i)) for i in range(span.body, span.end) if page.sentence[i])
        for span in split.spans
    ]
    with_body = sum(size > 0 for size in bodies)
    if len(bodies) < 2:
        return False
    if with_body == 0:
        return len(bodies) >= 3 and not any(page.prose)  # a list of headlines and dates, nothing else
    links_follow = any(
        opens_list(page.text(i)) for i in range(split.spans[0].end - 4, split.spans[1].body) if i >= 0
    )
    dominated = (
        max(bodies) > 0.75 * sum(bodies) and bodies[0] == max(bodies) and (links_follow or with_body <= 1)
    )
    return with_body >= 2 and not dominated


def _is_split_by_buttons(page: Page, spans: tuple[Span, ...]) -> bool:
    """Tell a few "posts" that say neither who nor when, under a paragraph of none, from an archive."""
    if not spans:
        return False
    told = any(meta and meta.is_strong for span in spans for meta in page.metas[span.start : span.end])
    return len(spans) <= FEW and not told and any(page.prose[: spans[0].start])


def _is_commenter(headline: str, below_comments: bool) -> bool:
    """Tell whether a post is a reader's comment: a name for a headline, below a heading over comments."""
    named = is_lone_person(headline) or len(headline.split()) == 1
    return bool(COMMENTER.match(headline)) or (below_comments and named)


def _forms(page: Page) -> Iterator[tuple[tuple[int, ...], tuple[Place, ...]]]:
    """Yield the marks that may announce posts, and where they may stand; the most telling first."""
    everywhere = (Place.UNDER, Place.OVER, Place.FOOT)
    leads = Counter(meta.lead for meta in page.metas if meta and meta.is_strong)
    for lead, count in leads.most_common(MAX_FORMS):
        if count >= 2:
            yield _marks(page, lambda meta, lead=lead: meta.is_strong and meta.lead == lead), everywhere  # type: ignore[misc]
    yield _marks(page, lambda meta: meta.is_dated), everywhere
    yield _marks(page, lambda meta: meta.is_strong), everywhere
    yield _marks(page, lambda meta: "comments" in meta.kinds), (Place.FOOT, Place.UNDER)
    yield _marks(page, lambda meta: "label" in meta.kinds), (Place.FOOT, Place.UNDER, Place.OVER)
    yield _marks(page, lambda meta: "more" in meta.kinds), (Place.FOOT,)
    yield (
        tuple(i for i in range(len(page)) if page.metas[i] is None and source_line(page.text(i))),
        (Place.FOOT,),
    )


def _marks(page: Page, wanted: Callable[[Meta], bool]) -> tuple[int, ...]:
    """Return the lines whose meta is wanted; of lines that stand together the first."""
    marks: list[int] = []
    last = -2
    for i, meta in enumerate(page.metas):
        if meta is not None and wanted(meta):
            if i != last + 1:
                marks.append(i)
            last = i
    return tuple(marks)


def _split(page: Page, marks: tuple[int, ...], place: Place) -> Split:
    """Split a page at its marks."""
    if len(marks) < 2:
        return Split(place=place)
    find = FINDERS[place]
    seen = [Mark(line, before) for line, before in zip(marks, (None, *marks), strict=False)]
    strict = {mark: title for mark in seen if (title := find(page, mark, is_headline))}
    if len(strict) < max(MIN_VALID * len(marks), 2 if place is Place.FOOT else 1):
        return Split(place=place)
    titles = [title for _, title in sorted((_loose(page, seen, find) | strict).items())]
    titles = [title for i, title in enumerate(titles) if i == 0 or title.title[0] > titles[i - 1].title[0]]
    if len(titles) < 2:
        return Split(place=place)
    titles = _with_kickers(page, titles) if place is Place.UNDER else titles
    ends = [title.start for title in titles[1:]] + [_page_end(page, titles[-1].body)]
    spans = tuple(replace(t, end=max(t.body, end)) for t, end in zip(titles, ends, strict=True))
    return Split(spans, _score(page, spans, len(marks)), place)


def _with_kickers(page: Page, titles: list[Span]) -> list[Span]:
    """Give posts the short line over the headline that names a section, where nearly all have one."""
    has = [_is_kicker(page, title.start - 1) for title in titles]
    if sum(has[1:]) < max(2, KICKERS * len(has[1:])):
        return titles
    return [
        replace(t, start=t.start - 1, kicker=t.start - 1) if k else t
        for t, k in zip(titles, has, strict=True)
    ]


def _is_kicker(page: Page, index: int) -> bool:
    text = page.text(index) if index >= 0 else ""
    plain = index >= 0 and page.metas[index] is None and page.kinds[index] in {None, Furniture.MENU}
    short = 0 < len(text.split()) <= 3 and width(text) <= 30 and not re.search(r"[:：\d]|[.!?”\"\])]$", text)
    return plain and short and not source_line(text)


def _loose(page: Page, marks: list[Mark], find: Finder) -> dict[Mark, Span]:
    """Find headlines that look like sentences, where the page's other marks prove that there must be one.

    Only marks of the page's own form prove it: a date inside a text has another.
    """
    form = Counter(_form(page, mark) for mark in marks).most_common(1)
    own = [mark for mark in marks if form and _form(page, mark) == form[0][0]]
    return {mark: title for mark in own if (title := find(page, mark, is_short))}


def _form(page: Page, mark: Mark) -> frozenset[str]:
    meta = page.metas[mark.line]
    return meta.kinds - {"comments", "author", "label"} if meta else frozenset()


def _score(page: Page, spans: tuple[Span, ...], marks: int) -> float:
    """Sum up how well the posts look, less what the split leaves unexplained."""
    posts = sum(_quality(page, span) for span in spans)
    missed = sum(page.prose[i] for i in range(spans[0].start))  # a paragraph before the first headline
    return posts - 0.5 * (marks - len(spans)) - 0.5 * missed


def _quality(page: Page, span: Span) -> float:
    body = range(span.body, span.end)
    plain = is_headline(page, span.title[0])
    doubt = 0.0 if plain else 0.1  # it ends like a sentence
    if any(page.prose[i] for i in body):
        return 1.0 - doubt
    if any(page.sentence[i] for i in body):
        return 0.6 - doubt
    return 0.2 if plain else -SENTENCE_COST  # a sentence with no text under it ends the post above


# --- headlines ------------------------------------------------------------------------------------------


def _run_start(page: Page, mark: int) -> int:
    """Return the first of the meta lines (and buttons) that stand together with a mark."""
    while (
        mark > 0 and (page.metas[mark - 1] is not None or page.kinds[mark - 1] is Furniture.BUTTON) and mark
    ):
        mark -= 1
    return mark


def _run_end(page: Page, mark: int) -> int:
    """Return the line after the meta lines (and buttons) that stand together with a mark."""
    mark += 1
    while mark < len(page) and (page.metas[mark] is not None or page.kinds[mark] is Furniture.BUTTON):
        mark += 1
    return mark


def _title_over(page: Page, mark: Mark, fits: Fits) -> Span | None:
    """Find the headline above a mark."""
    last = _run_start(page, mark.line) - 1
    if last < 0 or not fits(page, last):
        return None
    first = last
    while first > 0 and last - first < 2 and _is_wrapped(page, first - 1):
        first -= 1
    start = first - 1 if first > 0 and fold(page.text(first - 1)) == fold(page.text(last)) else first
    return Span(start, (first, last + 1), _run_end(page, mark.line), 0)


def _title_under(page: Page, mark: Mark, fits: Fits) -> Span | None:
    """Find the headline below a mark."""
    first = _run_end(page, mark.line)
    if first >= len(page) or not fits(page, first):
        return None
    last = first
    while (
        last + 1 < len(page) and last - first < 2 and is_headline(page, last + 1) and _is_wrapped(page, last)
    ):
        last += 1
    return Span(mark.line, (first, last + 1), _run_end(page, last), 0)


def _title_of_closed(page: Page, mark: Mark, fits: Fits) -> Span | None:
    """Find the headline of a post that a mark closes: the first line after the mark before."""
    above = mark.before
    first = _first_headline(page, mark.line, fits) if above is None else _after_foot(page, above, mark.line)
    if first is None or first >= mark.line or not fits(page, first):
        return None
    start = first
    while (
        start > 0
        and (meta := page.metas[start - 1]) is not None
        and meta.is_dated
        and start - 1 != mark.before
    ):
        start -= 1
    return Span(start, (first, first + 1), _run_end(page, first), 0)


def _after_foot(page: Page, foot: int, until: int) -> int | None:
    """Return the first line after a post's foot that is the article's own."""
    return next(
        (i for i in range(foot + 1, until) if page.is_free(i) and not source_line(page.text(i))), None
    )


def _first_headline(page: Page, until: int, fits: Fits) -> int | None:
    """Return the line before the first paragraph, or what looks like a paragraph and fits."""
    body = next((i for i in range(until) if page.sentence[i]), None)
    if body is None:
        return None
    above = next((i for i in range(body - 1, -1, -1) if page.is_free(i)), None)
    return body if above is None or not fits(page, above) or breadcrumb(page.text(above)) else above


FINDERS: dict[Place, Finder] = {
    Place.UNDER: _title_over,
    Place.OVER: _title_under,
    Place.FOOT: _title_of_closed,
}


def is_headline(page: Page, index: int) -> bool:
    """Tell whether a line has a headline's form."""
    return (
        page.is_title(index)
        and not page.prose[index]
        and not source_line(page.text(index))
        and (not is_bullet(page.text(index)) or NUMBER.match(page.text(index)) is not None)
    )


def is_short(page: Page, index: int) -> bool:
    """Tell whether a line may be a headline in spite of its full stop: short, and a block of its own."""
    alone = page.lines[index].gap > 0 or not page.is_spaced
    said = page.text(index)[0] in QUOTES and ends_with_stop(page.text(index))  # somebody's words end a text
    return (
        not said
        and alone
        and page.is_free(index)
        and _is_short(page.text(index))
        and not source_line(page.text(index))
    )


def _is_short(text: str) -> bool:
    return width(text) >= 20 and len(words(text)) >= 4 and (width(text) <= SHORT or is_title(text))


def _is_wrapped(page: Page, index: int) -> bool:
    """Tell whether a headline goes on in the next line: no blank line, and it breaks inside a phrase."""
    if index + 1 >= len(page) or page.lines[index + 1].gap or not is_headline(page, index):
        return False
    here, following = page.text(index), page.text(index + 1)
    breaks = following[0].islower() or re.search(
        (
            r"(?:[,:–—-]|\b(?:of|the|a|an|to|in|on|for|and|with|by|at|from|as|his|its|der|die|das|"
            r"de|la|le|du|des|el|en|y|et|und|mit))$"
        ),
        here,
    )
    return bool(breaks)


def _page_end(page: Page, start: int) -> int:
    """Return where the last post ends: at the page's own end matter."""
    closing = {Furniture.PAGES, Furniture.COPYRIGHT, Furniture.COMMENTS, Furniture.RELATED}
    for i in range(start, len(page)):
        if is_commenter(page, i) or (
            page.kinds[i] in closing and not any(page.prose[i + 1 : i + 3]) and page.metas[i] is None
        ):
            return i
    return len(page)
