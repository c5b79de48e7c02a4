"""What stands around an article's text for readers, taken together."""

import re
from dataclasses import dataclass

from aggregator.core.seeds import dates
from aggregator.core.seeds.credit import Credit, source_line
from aggregator.core.seeds.draft import When
from aggregator.core.seeds.dump.metaline import Meta, read_meta
from aggregator.core.seeds.html.blocks import Block
from aggregator.core.seeds.html.facts import unique
from aggregator.core.seeds.html.labels import linked_labels, spoken_labels
from aggregator.core.seeds.html.place import LONGEST, Place
from aggregator.core.seeds.html.tree import names, one_line
from aggregator.core.seeds.html.when import CHANGE_WORD, has_two_dates, shown_date, stamped_times, with_clock
from aggregator.core.seeds.html.who import BY, shown_author
from aggregator.core.seeds.lines import width
from aggregator.core.seeds.site import is_name

SOURCE = re.compile(r"-(?:(?:\w+-)*(?:source|media-?name|laiyuan|quelle|fuente))-(?: |$)")


@dataclass(frozen=True, slots=True)
class Around:
    """What readers are told about an article."""

    published: When | None = None
    updated: When | None = None
    author: str | None = None
    publisher: str | None = None
    categories: tuple[str, ...] = ()


def read_around(place: Place) -> Around:
    """Return what stands around an article."""
    near = place.near()
    metas = [meta for block in near if (meta := _meta(block, place.order))]
    sources = [credit for block in near if (credit := _source(block))]
    stamped, changed = stamped_times(place)
    published = (
        stamped or next((m.published for m in metas if m.published), None) or shown_date(near, place.order)
    )
    finer = (m.published for m in metas if m.published and not m.published[1])
    if published and published[1]:
        same_day = (w for w in finer if w[0].date() == published[0].date())
        published = next(same_day, None) or with_clock(published, near)
    linked = list(linked_labels(place))
    spoken = (label for m in metas for label in m.categories)
    labels = linked or [*(label for block in near for label in spoken_labels(block)), *spoken]
    author = shown_author(place, near) or next((m.author for m in metas if m.author), None)
    return Around(
        published,
        changed or next((m.updated for m in metas if m.updated), None),
        author,
        next((c.publisher for c in sources if c.publisher), None)
        or next((m.publisher for m in metas if m.publisher), None),
        tuple(unique(labels)),
    )


def _meta(block: Block, order: dates.Order) -> Meta | None:
    text = block.text
    if block.prose >= LONGEST or (
        CHANGE_WORD.match(text) and len(text) < LONGEST and not has_two_dates(text)
    ):
        return None
    return read_meta(text, order)


def _source(block: Block) -> Credit | None:
    for element in (block.element, *list(block.element.iterchildren("a", "span"))[:10]):
        name = one_line(element) if SOURCE.search(names(element)) else ""
        if 2 < width(name) <= 40 and is_name(name) and not BY.match(name):
            return Credit(name)
    for part in re.split(r"\s*[|•·]\s*", block.text):
        if len(part) < LONGEST and (credit := source_line(part)) and credit.publisher:
            return credit
    return None
