"""When an article was published, as its page shows it: marked-up times, and dates beside the headline."""

import re

from lxml import html

from aggregator.core.seeds import dates
from aggregator.core.seeds.draft import When
from aggregator.core.seeds.fields import when
from aggregator.core.seeds.html.blocks import Block
from aggregator.core.seeds.html.place import LONGEST, TODAY, Place
from aggregator.core.seeds.html.tree import names, one_line, props
from aggregator.core.seeds.html.zones import Zone
from aggregator.core.seeds.lines import width

DATE = re.compile(
    r"-(?:(?:\w+-)*(?:date|dates|datum|fecha|tarih|timestamp|datetime|time|published|dateline|pubdate|"
    r"posted-on|posted|"
    r"dt-published|stand|hizuke|nichiji|regdate|wdate|data|publish)(?:-\w+)?)-"
)
PUBLISHED = re.compile(
    r"-(?:(?:\w+-)*(?:publish\w*|entry-date|pubdate|dt-published|post-date|created|posted\w*))-"
)
CHANGED = re.compile(r"-(?:(?:\w+-)*(?:updated?|modified|dt-updated|lastmod|edited|change[ds]?))-")
CHANGE_WORD = re.compile(
    r"^\W*(?:last |zuletzt )?(?:updated?|modified|edited|aktualisiert|geändert|stand|mise? à jour|modifié|"
    r"actualizad[oa]|"
    r"atualizad[oa]|aggiornat[oa]|bijgewerkt|обновлено|изменено|güncelle\w*|수정|업데이트|更新|최종수정|"
    r"تحديث|آخر تحديث|"
    r"अपडेट)",
    re.IGNORECASE,
)
CLOCK_BEFORE = re.compile(
    r"(?<![\d:.])(?P<clock>\d{1,2}[:.h]\d\d(?: ?[ap]\.?m\.?)?)(?: ?(?:uhr|h|hrs))?[\s,|·•–-]{1,4}$",
    re.IGNORECASE,
)
CLOCK_BEHIND = re.compile(
    r"^[\s,|·•/–-]{1,4}(?:um |at |à |às |a las |ore |kl\.? |в |saat |klo )?(?P<clock>\d{1,2}[:.h]\d\d(?: "
    r"?[ap]\.?m\.?)?)(?![\d.:])",
    re.IGNORECASE,
)
STAMPED = "data-date-time data-datetime data-timestamp data-time data-published data-date".split()
TIMES = ".//time | .//abbr[@title] | .//*[@datetime or {}]".format(
    " or ".join(f"@{name}" for name in STAMPED)
)
EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")  # seconds or milliseconds since 1970


def has_two_dates(text: str) -> bool:
    return len(dates.find_dates(text)) > 1


def stamped_times(place: Place) -> tuple[When | None, When | None]:
    """Return when marked-up times say that it was published and changed."""
    root = place.blocks.root
    found = root.xpath(TIMES)
    stamps = [(e, value) for e in found[:300] if place.holds(e) and (value := _stamp(e))]
    published = [v for e, v in stamps if not _is_change(e) and not TODAY.search(names(e))]
    marked = (
        v
        for e, v in stamps
        if not _is_change(e) and (e.get("pubdate") is not None or PUBLISHED.search(names(e)))
    )
    changed = next((v for e, v in stamps if _is_change(e)), None)
    return next(marked, published[0] if published else None), changed


def _stamp(element: html.HtmlElement) -> When | None:
    stated = (element.get(name) for name in ("datetime", *STAMPED, "title"))
    for raw in (*stated, one_line(element)):
        if raw and (found := when(int(raw) if EPOCH.match(raw) else raw)):
            return found
    return None


def _is_change(element: html.HtmlElement) -> bool:
    if "dateModified" in props(element) or CHANGED.search(names(element)):
        return not PUBLISHED.search(names(element).replace("updated", ""))
    before = " ".join(
        (element.getprevious().tail if element.getprevious() is not None else element.getparent().text) or ""
        for _ in "1"
    )
    return bool(CHANGE_WORD.search(before.strip()[-40:])) or bool(CHANGE_WORD.match(one_line(element)))


def shown_date(near: list[Block], order: dates.Order) -> When | None:
    """Return the date of the nearest block that is named a date, or that is nothing but one."""
    for block in near:
        text = block.text
        if CHANGE_WORD.match(text) and not has_two_dates(text):
            continue
        element = block.element
        stated = element.get("title") or next(iter(element.xpath(".//*[@title]/@title")), "")
        is_named = DATE.search(names(element)) or _names_of_only_child(element, DATE)
        if is_named and (found := when(text, order) or when(stated[:LONGEST], order)):
            return found
        found_dates = dates.find_dates(text, order)
        if block.zone is Zone.FACTS and found_dates and found_dates[0].when and width(text) < LONGEST:
            return found_dates[0].when
        if value := when(text, order) if width(text) < 60 else None:
            return value
    return None


def with_clock(day: When, near: list[Block]) -> When:
    """Return the moment of a day, where a block gives the time of day right before or behind the date."""
    for block in near:
        for found in dates.find_dates(block.text):
            if found.when == day:
                text = block.text
                match = CLOCK_BEFORE.search(text[: found.start]) or CLOCK_BEHIND.match(text[found.end :])
                if match:
                    return dates.at_clock(day, match["clock"])
    return day


def _names_of_only_child(element: html.HtmlElement, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(names(child)) for child in element.iterchildren() if isinstance(child.tag, str))
