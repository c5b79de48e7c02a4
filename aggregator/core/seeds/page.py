"""A page dump, every line judged once: what the archive reader and the article reader work on."""

from dataclasses import dataclass
from functools import cached_property

from aggregator.core.seeds import dates
from aggregator.core.seeds.furniture import Furniture, furniture
from aggregator.core.seeds.language import language_of
from aggregator.core.seeds.lines import (
    Line,
    ends_with_stop,
    is_prose,
    is_sentence,
    split_lines,
    unwrap,
    width,
    words,
)
from aggregator.core.seeds.metaline import MAX_META, Meta, read_meta

MAX_TITLE = 240  # columns; the longest headlines of the real feeds have some 200
MIN_TITLE = 8  # columns


@dataclass(frozen=True)
class Page:
    """The lines of a page, and what each of them is by its form."""

    lines: tuple[Line, ...]
    metas: tuple[Meta | None, ...]  # what a meta line says; None: it is none
    kinds: tuple[Furniture | None, ...]  # site furniture by its words; None: it is none
    order: dates.Order = None  # how the page writes numeric dates
    language: str | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, index: int) -> str:
        """Return a line's text."""
        return self.lines[index].text

    @cached_property
    def prose(self) -> tuple[bool, ...]:
        """Tell of each line whether it is a paragraph of running text."""
        return tuple(
            kind is None and meta is None and is_prose(line.text)
            for line, meta, kind in zip(self.lines, self.metas, self.kinds, strict=True)
        )

    def is_free(self, index: int) -> bool:
        """Tell whether a line is neither furniture nor a meta line."""
        return self.kinds[index] is None and self.metas[index] is None

    def is_title(self, index: int) -> bool:
        """Tell whether a line can be a headline, by its form."""
        return self.is_free(index) and is_title(self.text(index))


def is_title(text: str) -> bool:
    """Tell whether a text has a headline's form: not too long, some words, no full stop or comma at its end."""
    columns = width(text)
    if not MIN_TITLE <= columns <= MAX_TITLE or text[0] in "[(" or text.endswith((",", ";", ":", "،")):
        return False
    if not words(text) or ends_with_stop(text):
        return False
    return not (columns > 90 and is_sentence(text) and text.count(". ") > 0)


def read_page(text: str) -> Page:
    """Split, unwrap and judge the lines of a page dump."""
    lines = unwrap(split_lines(text))
    texts = [line.text for line in lines]
    language = language_of("\n".join(t for t in texts if is_prose(t))[:20_000])
    order = dates.order_of(texts, language)
    kinds = tuple(furniture(t) for t in texts)
    metas = tuple(
        _meta(t, kind, order) if width(t) <= 3 * MAX_META else None
        for t, kind in zip(texts, kinds, strict=True)
    )
    return Page(
        lines,
        metas,
        tuple(None if m and m.is_strong else k for m, k in zip(metas, kinds, strict=True)),
        order,
        language,
    )


def _meta(text: str, kind: Furniture | None, order: dates.Order) -> Meta | None:
    return None if kind is Furniture.WEATHER else read_meta(text, order)
