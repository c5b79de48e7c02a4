"""Where an article stands on its page, and which blocks around it may say something about it."""

import re
from dataclasses import dataclass

from lxml import html

from aggregator.core.seeds import dates
from aggregator.core.seeds.html.blocks import Block, Blocks
from aggregator.core.seeds.html.tree import names
from aggregator.core.seeds.html.zones import Zone
from aggregator.core.seeds.lines import width

BELOW = 14  # blocks under the text that may say something about it
ABOVE = 5  # blocks over the headline that may
LONGEST = 200  # columns of a byline or a date
TODAY = re.compile(
    r"-(?:\w+-)*(?:today|current-?date|now|heute|du-jour|hoy|oggi|hoje|bugun|clock|weather|masthead)-"
    r"|(?:^| )-(?:(?:page-|site-|top-|main-)?header|top|top-?bar|(?:header|head|top)-?date)-(?: |$)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands among the blocks of its page."""

    blocks: Blocks
    head: int  # the headline's block, or the text's first
    first: int  # of the text
    end: int
    order: dates.Order = None  # how the page writes 10/11/2019
    texts: frozenset[str] = frozenset()  # the article's paragraphs

    def near(self) -> list[Block]:
        """Return the blocks that may say something about the article, the likeliest first."""
        blocks = self.blocks.all
        between = blocks[self.head : self.first][:40]
        inside = [b for b in blocks[self.first : self.end] if b.zone is Zone.FACTS][:40]
        over = list(reversed(blocks[max(0, self.head - ABOVE) : self.head]))
        return [
            b for b in (*between, *inside, *self._below(), *over) if _is_near(b) and b.text not in self.texts
        ]

    def _below(self) -> list[Block]:
        found = []
        for block in self.blocks.all[self.end : self.end + BELOW]:
            if block.zone is Zone.COMMENTS:
                break
            found.append(block)
        return found

    def links(self) -> list[html.HtmlElement]:
        """Return the links around the article that are no part of a sentence."""
        near = {b.element: None for b in (*self.blocks.all[self.first : self.end], *self.near())}
        quiet = (
            e for e in near if self.blocks.prose.get(e, 0) == 0 and self.blocks.zone(e) in {None, Zone.FACTS}
        )
        return [link for element in list(quiet)[:200] for link in list(element.iter("a"))[:50]]

    def holds(self, element: html.HtmlElement) -> bool:
        """Tell whether an element stands in the article or close to it, and in no foreign part."""
        span = self.blocks.spans.get(element) or self.blocks.spans.get(_block_of(element, self.blocks))
        if span is None or self.blocks.zone(element) not in {None, Zone.FACTS}:
            return False
        return self.head - ABOVE - 1 <= span[0] <= self.end + BELOW


def _block_of(element: html.HtmlElement, blocks: Blocks) -> html.HtmlElement | None:
    current: html.HtmlElement | None = element
    while current is not None and current not in blocks.spans:
        current = current.getparent()
    return current


def _is_near(block: Block) -> bool:
    return (
        block.zone in {None, Zone.FACTS}
        and width(block.text) <= 2 * LONGEST
        and not TODAY.search(names(block.element))
        and block.prose < LONGEST
    )
