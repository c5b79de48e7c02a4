"""One post of an archive page: its lines become an entry."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.core.seeds import dates
from aggregator.core.seeds.author_note import without_note
from aggregator.core.seeds.credit import Credit, dateline, ending, is_staff_credit, source_line
from aggregator.core.seeds.draft import Draft, When
from aggregator.core.seeds.dump.metaline import Meta, is_label_list, split_labels
from aggregator.core.seeds.dump.page import Page
from aggregator.core.seeds.furniture import without_link
from aggregator.core.seeds.line_forms import CONTACTS
from aggregator.core.seeds.lines import ends_sentence, fold, width
from aggregator.core.seeds.vocabulary import Furniture

URL_ALONE = re.compile(r"^<?(?P<url>https?://[^\s<>]+/[^\s<>]{3,})>?$")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a post stands on its page; line numbers, ends exclusive."""

    start: int  # its first line: a date over the headline, or the headline
    title: tuple[int, int]
    body: int
    end: int
    kicker: int | None = None  # the line that names the post's section


@dataclass(frozen=True, slots=True)
class Facts:
    """What the meta lines of a post say, taken together."""

    published: When | None = None
    updated: When | None = None
    author: str | None = None
    publisher: str | None = None
    categories: tuple[str, ...] = ()


def gather(metas: list[Meta]) -> Facts:
    """Take the first answer to each question; labels add up."""
    return Facts(
        _published(metas),
        next((m.updated for m in metas if m.updated), None),
        next((m.author for m in metas if m.author), None),
        next((m.publisher for m in metas if m.publisher), None),
        tuple(label for m in metas for label in m.categories),
    )


def _published(metas: list[Meta]) -> When | None:
    """Take the first date; where it is a day, and another line has the same day's time, that."""
    found = [m.published for m in metas if m.published]
    exact = (when for when in found if found[0][1] and not when[1] and when[0].date() == found[0][0].date())
    return next(exact, at_clock(found[0], metas)) if found else None


def at_clock(day: When, metas: Iterable[Meta | None]) -> When:
    """Add the time that a line without a day gives: Blogger prints the day above and the time below."""
    clocks = (m.clock for m in metas if m and m.clock and m.kinds & {"verb", "by"})
    clock = next(clocks, None)
    return dates.at_clock(day, clock) if clock and day[1] else day


def read_post(page: Page, span: Span, categories: tuple[str, ...], author: str | None) -> Draft:
    """Make a post's lines an entry; `categories` and `author` are what the whole page says."""
    facts = gather([m for i in range(span.start, span.end) if (m := page.metas[i]) and not page.prose[i]])
    paragraphs, credit = body_of(page, span, facts.author or author)
    return Draft(
        title=" ".join(page.text(i) for i in range(*span.title)),
        text="\n\n".join(paragraphs),
        url=credit.url,
        publisher=credit.publisher or facts.publisher,
        author=facts.author or credit.author or author,
        published=_own_date(page, span, credit.published) or facts.published or facts.updated,
        updated=facts.updated if facts.published else None,
        categories=(
            *categories,
            *([] if span.kicker is None else [page.text(span.kicker)]),
            *facts.categories,
            *labels_below(page, range(span.body, span.end)),
        ),
        language=page.language,
    )


def _own_date(page: Page, span: Span, credited: When | None) -> When | None:
    """Return the day in a post's source line, unless the post has a date of its own under its headline."""
    under = any(meta.is_dated for i in range(span.title[1], span.end) if (meta := page.metas[i]))
    return None if under else credited


def body_of(page: Page, span: Span, author: str | None = None) -> tuple[list[str], Credit]:
    """Return a post's paragraphs without what belongs to the site, and where the post says it is from."""
    credits_, kept = [], []
    end = _contacts(page, span)
    labels = label_lines(page, range(span.body, end))
    for i in range(span.body, end):
        if i in labels:
            continue
        if address := URL_ALONE.match(page.text(i)):
            credits_.append(Credit(url=address["url"]))
        elif credit := source_line(page.text(i), page.order):
            credits_.append(credit)
        elif _is_body(page, i, span):
            kept.append(without_link(page.text(i)))
    kept = without_note(kept, author)
    if kept and (credit := ending(kept[-1])):
        credits_.append(credit)
        kept[-1] = credit.rest
    if kept and (credit := dateline(kept[0], page.order)):
        credits_.append(credit)
    return [text for text in kept if text], merge(credits_)


def _contacts(page: Page, span: Span) -> int:
    """Return where a post's text ends: before a press office's addresses, if no paragraph follows them."""
    headings = (i for i in range(span.body + 1, span.end) if CONTACTS.match(page.text(i)))
    start = next(headings, span.end)
    return span.end if any(page.prose[start : span.end]) else start


LABEL_HEADS = frozenset(
    (
        "tags|topics|keywords|labels|categories|related topics|filed under|tagged|"
        "schlagwörter|themen|schlagworte|kategorien|mots-clés|thèmes|étiquettes|etiquetas|"
        "temas|categorías|palabras clave|"
        "الكلمات الدلالية|كلمات دلالية|الكلمات المفتاحية|العلامات|"
        "теги|метки|рубрики|태그|키워드|الوسوم|كلمات مفتاحية|标签|タグ"
    ).split("|")
)
MAX_LABELS = 12  # lines


def label_lines(page: Page, lines: range) -> range:
    """Return the lines of labels that stand one a line under a heading like "Tags:"."""
    start = next((i for i in lines if fold(page.text(i)) in LABEL_HEADS), None)
    if start is None:
        return range(0)
    stop = start + 1
    gap = (
        page.lines[stop].gap if stop < len(page) else 0
    )  # labels stand as close together as to their heading
    while stop < min(start + 1 + MAX_LABELS, len(page)) and _is_label(page, stop, min(gap, 1)):
        stop += 1
    return range(start + 1, stop)


def labels_below(page: Page, lines: range) -> tuple[str, ...]:
    """Return those labels."""
    return tuple(label for i in label_lines(page, lines) for label in split_labels(page.text(i)))


def _is_label(page: Page, index: int, gap: int) -> bool:
    text = page.text(index)
    plain = (
        page.kinds[index] in {None, Furniture.MENU}
        and page.metas[index] is None
        and page.lines[index].gap <= gap
    )
    return (
        plain
        and is_label_list(text)
        and not ends_sentence(text)
        and width(text) <= 120
        and (len(text.split()) <= 4 or "," in text)
    )


def merge(found: list[Credit]) -> Credit:
    """Take the first answer to each question."""
    return Credit(
        next((c.publisher for c in found if c.publisher), None),
        next((c.author for c in found if c.author), None),
        next((c.published for c in found if c.published), None),
        next((c.url for c in found if c.url), None),
    )


def _is_body(page: Page, index: int, span: Span) -> bool:
    if page.metas[index] is not None or is_staff_credit(page.text(index)):
        return False
    if page.kinds[index] is Furniture.MENU:
        return is_subheading(page, index, span.end)
    return page.kinds[index] is None


def is_subheading(page: Page, index: int, end: int) -> bool:
    """Tell whether a short line stands between two paragraphs."""
    return 0 < index < end - 1 and _reads_on(page, index - 1) and _reads_on(page, index + 1)


def _reads_on(page: Page, index: int) -> bool:
    return page.sentence[index]
