"""A page dump, every line judged once: what the archive reader and the article reader work on."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from aggregator.core.seeds import dates
from aggregator.core.seeds.credit import ending, source_line
from aggregator.core.seeds.dump.heading import heading_label
from aggregator.core.seeds.dump.metaline import MAX_META, Meta, read_meta, split_labels
from aggregator.core.seeds.furniture import furniture, without_link
from aggregator.core.seeds.language import language_of
from aggregator.core.seeds.lines import (
    Line,
    ends_with_stop,
    fold,
    is_prose,
    is_sentence,
    unwrap,
    width,
    words,
)
from aggregator.core.seeds.names import is_lone_person, is_names, person
from aggregator.core.seeds.vocabulary import Furniture

MAX_TITLE = 240  # columns; the longest headlines of the real feeds have some 200
SPACED = 0.3  # share of the lines with a blank line before them
MIN_TITLE = 8  # columns
REPEATED = 3  # times; a short line that a page says so often is a button of its posts
BY_IN = re.compile(  # "By Jane Doe in Ferries", as many blogs close their posts
    r"^(?:by|von|par|por|di|door|av|af)\s+(?P<name>[^\W\d_][^\d,.:]{2,40}?)\s+(?:in|dans|en|em|i)\s+"
    r"(?P<where>[^\W\d_][^.:,;]{1,30})$",
    re.IGNORECASE,
)
MAX_BYLINE = 70  # columns
MAX_BUTTON = 24  # columns; longer repeated lines are headlines that the site links to


SPEAKER = re.compile(r"(?<=[.!?…][”\"»])\s*[—–-]\s*\S.{2,50}$")  # “…” — Jane Doe
LONE_LABEL = re.compile(
    r"^(?P<head>Tags?|Categor(?:y|ies)|Labels?|Topics?|Filed|"
    r"Posted in) (?P<label>\w[\w'’-]*(?: [\w'’-]+){0,3})$"
)
HEADING_WITHIN = 60  # lines; an archive page's heading stands over its posts
_MONTHS = "|".join(sorted(map(re.escape, dates.MONTHS), key=len, reverse=True))
DATE_PART = re.compile(rf"(?:{_MONTHS})\.?|[0-3]?\d|(?:19|20)\d\d", re.IGNORECASE)
CALENDAR = re.compile(
    rf"(?:(?:{_MONTHS})\.? [0-3]?\d|[0-3]?\d (?:{_MONTHS})\.?)(?: (?:19|20)\d\d)?", re.IGNORECASE
)
BRACKETED = re.compile(r"^(?:\[[^\]]*\]?|\([^)]*\)?)\W*$")


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
        return tuple(self.is_free(i) and is_prose(unsigned(line.text)) for i, line in enumerate(self.lines))

    @cached_property
    def sentence(self) -> tuple[bool, ...]:
        """Tell of each line whether it reads like a sentence or more of running text."""
        return tuple(
            self.prose[i] or (self.is_free(i) and is_sentence(unsigned(line.text)))
            for i, line in enumerate(self.lines)
        )

    @cached_property
    def is_spaced(self) -> bool:
        """Tell whether the page sets its blocks apart by blank lines."""
        return sum(line.gap > 0 for line in self.lines) >= SPACED * len(self.lines)

    def is_free(self, index: int) -> bool:
        """Tell whether a line is neither furniture nor a meta line."""
        return self.kinds[index] is None and self.metas[index] is None

    def is_title(self, index: int) -> bool:
        """Tell whether a line can be a headline, by its form."""
        return self.is_free(index) and is_title(self.text(index))


def unsigned(text: str) -> str:
    """Return a line without a link or an agency's signature at its end, which hide the full stop."""
    text = without_link(text)
    credit = ending(text)
    return credit.rest if credit else SPEAKER.sub("", text)


def is_title(text: str) -> bool:
    """Tell whether a text has a headline's form: some words, not many, no full stop or comma at its end."""
    columns = width(text)
    if not MIN_TITLE <= columns <= MAX_TITLE or BRACKETED.match(text) or text.endswith((",", ";", ":", "،")):
        return False
    if not words(text) or ends_with_stop(text):
        return False
    return not (columns > 90 and is_sentence(text) and text.count(". ") > 0)


def read_page(raw: Sequence[Line]) -> Page:
    """Unwrap and judge the lines of a page dump."""
    lines = unwrap(join_dates(split_dated(raw)))
    texts = [line.text for line in lines]
    language = language_of("\n".join(t for t in texts if is_prose(t))[:20_000])
    order = dates.order_of(texts, language)
    buttons = _repeated(texts)
    kinds = [furniture(t) or (Furniture.BUTTON if fold(t) in buttons else None) for t in texts]
    metas = [_meta(t, kind, order) for t, kind in zip(texts, kinds, strict=True)]
    _settle_heading(texts, kinds, metas)
    _settle_labels(texts, metas)
    _settle_bylines(texts, kinds, metas)
    _settle_sources(texts, kinds, metas, order)
    kinds = [None if m and m.is_strong else k for m, k in zip(metas, kinds, strict=True)]
    return Page(lines, tuple(metas), tuple(kinds), order, language)


def split_dated(lines: Sequence[Line]) -> list[Line]:
    """Set the dates before headlines ("2016-08-21 Title") on lines of their own, if a page has several."""
    heads = {i: cut for i, line in enumerate(lines) if (cut := _dated_headline(line.text))}
    parted = sum(lines[i].gap > 0 for i in heads)
    if parted < 2 and (len(heads) < 3 or any(is_prose(line.text) for line in lines)):
        return list(lines)
    split: list[Line] = []
    for i, line in enumerate(lines):
        day, title = heads.get(i, ("", line.text))
        split += [replace(line, text=day), Line(title, 0, line.indent)] if day else [line]
    return split


def _dated_headline(text: str) -> tuple[str, str] | None:
    """Return the date and the headline of a line that is both; None where it is not."""
    found = dates.find_dates(text) if width(text) <= MAX_TITLE else ()
    if not found or text[: found[0].start].strip(" [(") or found[0].end == len(text):
        return None
    title = text[found[0].end :].strip(" \t:|–—-])•·")
    is_date_alone = not is_title(title) or not title[0].isupper() or is_sentence(title)
    return None if is_date_alone or read_meta(text) else (text[: found[0].end].strip(" [("), title)


def join_dates(lines: Sequence[Line]) -> list[Line]:
    """Join a date that stands on two or three lines ("Jan", "11", "2019"), as on a calendar's sheet."""
    joined: list[Line] = []
    i = 0
    while i < len(lines):
        parts = [line.text for line in lines[i : i + 3]] if DATE_PART.fullmatch(lines[i].text) else []
        size = next((n for n in (3, 2) if len(parts) >= n and CALENDAR.fullmatch(" ".join(parts[:n]))), 1)
        joined.append(Line(" ".join(parts[:size]), lines[i].gap) if size > 1 else lines[i])
        i += size
    return joined


def _settle_heading(texts: list[str], kinds: list[Furniture | None], metas: list[Meta | None]) -> None:
    """Mark an archive page's heading: it looks like a post's label line, but no post has begun."""
    for i, text in enumerate(texts[:HEADING_WITHIN]):
        if is_prose(text) or (metas[i] is not None and metas[i].is_strong):  # type: ignore[union-attr]
            return
        if heading_label(text):
            kinds[i], metas[i] = Furniture.HEADING, None
            return


def _settle_labels(texts: list[str], metas: list[Meta | None]) -> None:
    """Read a single label without a colon ("Tags ferries") where it stands beside other meta lines."""
    for i, text in enumerate(texts):
        beside = (i > 0 and metas[i - 1]) or (i + 1 < len(metas) and metas[i + 1])
        if metas[i] is None and beside and (match := LONE_LABEL.match(text)):
            metas[i] = Meta(
                frozenset({"label"}), match["head"].casefold(), categories=split_labels(match["label"])
            )


def _settle_bylines(texts: list[str], kinds: list[Furniture | None], metas: list[Meta | None]) -> None:
    """Read names without a "by" that stand between headline and date on a page of several posts."""
    told = {i: match for i, text in enumerate(texts) if metas[i] is None and (match := BY_IN.match(text))}
    for i, match in told.items() if len(told) >= 2 else ():
        if name := person(match["name"]):
            metas[i] = Meta(
                frozenset({"by", "author", "label"}), "by", author=name, categories=(match["where"],)
            )
    named: dict[int, str] = {}
    for i, text in enumerate(texts):
        name = text.split(" in ")[0] if width(text) <= MAX_BYLINE else ""
        if kinds[i] is None and metas[i] is None and is_lone_person(name):
            below = next((j for j in range(i + 1, len(texts)) if metas[j] is None and kinds[j] is None), i)
            dated = any(meta and meta.is_dated for meta in metas[i + 1 : min(below, i + 3)])
            over = dated and _is_heading(texts[below])
            under = (
                dated
                and i > 0
                and kinds[i - 1] is None
                and metas[i - 1] is None
                and _is_heading(texts[i - 1])
            )
            if over or under:
                named[i] = name
    for i, name in named.items() if len(named) >= 2 else ():
        metas[i] = Meta(frozenset({"by", "author"}), "by", author=name)


def _settle_sources(
    texts: list[str], kinds: list[Furniture | None], metas: list[Meta | None], order: dates.Order
) -> None:
    """Read "Valley Radio, 7 March 2011" on a page that says so several times: paper and day of a clipping."""
    found: dict[int, Meta] = {}
    for i, text in enumerate(texts):
        if kinds[i] is not None or metas[i] is not None or width(text) > MAX_BYLINE:
            continue
        day = next((d for d in dates.find_dates(text, order) if d.end == len(text.rstrip(" ).]"))), None)
        name = text[: day.start].rstrip(" (,[–—-|") if day else ""
        if (
            day
            and day.when
            and name != text[: day.start].strip()
            and is_names(name)
            and len(name.split()) <= 6
        ):
            found[i] = Meta(frozenset({"verb", "date"}), "source", published=day.when, publisher=name)
    for i, meta in found.items() if len(found) >= 2 else ():
        metas[i] = meta


def _is_heading(text: str) -> bool:
    return is_title(text) and not is_prose(text) and not is_sentence(text) and len(text.split()) >= 3


def _repeated(texts: list[str]) -> frozenset[str]:
    """Return the short lines that a page repeats: what every post carries, whatever the site calls it."""
    counts = Counter(fold(text) for text in texts if width(text) <= MAX_BUTTON and not source_line(text))
    return frozenset(text for text, count in counts.items() if count >= REPEATED)


def _meta(text: str, kind: Furniture | None, order: dates.Order) -> Meta | None:
    return None if kind is Furniture.WEATHER or width(text) > 3 * MAX_META else read_meta(text, order)
