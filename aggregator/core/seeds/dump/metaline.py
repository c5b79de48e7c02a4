"""Read the line under (or over) a headline: when, by whom, filed where, how many comments.

A line is a meta line when nothing is left of it once dates, names after "by", labels, counts and separators
are taken away: what it says is recognised by its form, whatever the order.
"""

import re
from dataclasses import dataclass, field

from aggregator.core.agencies import is_agency
from aggregator.core.seeds import dates
from aggregator.core.seeds.draft import When
from aggregator.core.seeds.dump.meta_words import (
    BY,
    COMMENTS,
    IN,
    LABELS,
    PREPOSITION,
    PUBLISHED,
    SOURCE,
    UPDATED,
)
from aggregator.core.seeds.lines import WIDE, fold, is_prose, width
from aggregator.core.seeds.names import is_lone_person, is_names, is_nobody, is_paper, person

MAX_META = 220  # columns; longer lines are prose
DATE, TIME, VAGUE = "\x01", "\x02", "\x03"  # what stands for a date, a time, half a date in a marked line

_VERBS = f"(?:{UPDATED}|{PUBLISHED})"
_MARK = f"[{DATE}{TIME}{VAGUE}]"
_MARKS = rf"{_MARK}(?:[\s,.()–-]*(?:{PREPOSITION})?\s*{_MARK})*"
SEGMENT = re.compile(
    rf"(?:(?P<verb>{_VERBS})(?!\w)\s*[:：]?\s*)?(?:{PREPOSITION}(?!\w)\s*)?(?P<marks>{_MARKS})?[\s,.:]*"
    rf"(?:(?P<by>{BY})(?=[\s:：]|$)\s*[:：]?\s*(?P<author>[^{DATE}{TIME}{VAGUE}]*?))?"
    rf"[\s,]*(?:(?<!\w){PREPOSITION}(?!\w)\s*)?(?P<later>{_MARKS})?[\s,.]*(?:(?<!\w){IN}\s+"
    rf"(?P<where>[^{DATE}{TIME}{VAGUE}]+?))?[\s,.]*",
    re.IGNORECASE,
)
LABEL_LINE = re.compile(rf"^\W*(?P<label>{LABELS})(?:\s*[:：]\s*|\s+(?=\S))(?P<labels>.+)$", re.IGNORECASE)
COLON_LABEL = re.compile(rf"^\W*(?P<label>{LABELS})\s*[:：]\s*(?P<labels>.+)$", re.IGNORECASE)
# Labels that need no colon to be one: no sentence starts with them and goes on in capitals.
BARE_LABEL = re.compile(
    (
        r"^\W*(?:posted in|published in|filed (?:in|under)|(?-i:Categories|Category|Tags|"
        r"Topics|Labels|Keywords|Schlagwörter|Kategorien|Étiquettes|Catégories|Etiquetas|"
        r"Categorías|Метки|Рубрики)(?= (?-i:[^\W\d_a-z]|\w+,))|tagged|abgelegt unter|"
        r"veröffentlicht in|etiquetad[oa]|marcad[oa] (?:como|com)|étiqueté|tagué|"
        r"pubblicato in|contrassegnato|geplaatst in|getagd|opublikowano w|otagowano|publicerat i|taggat|"
        r"verschlagwortet|classé dans|publié dans|archivado en|publicado en|"
        r"рубрика|метки)\b"
    ),
    re.IGNORECASE,
)
SOURCE_SEGMENT = re.compile(rf"^(?:{SOURCE})\s*[:：]\s*(?P<name>\S.*)$", re.IGNORECASE)
# "2023-07-08 09:15 来源：… 作者：…": a label with its colon begins a segment of its own.
BEFORE_LABEL = re.compile(rf"\s+(?=(?:{SOURCE}|{BY}|{LABELS})\s*[:：]\s*\S)", re.IGNORECASE)
BEFORE_COUNT = re.compile(rf"(?<=\S)\s+(?=(?:{COMMENTS})\W*$)", re.IGNORECASE)
AFTER_MARK = re.compile(rf"({_MARK})[\s,.()]*(?=(?:{_VERBS})(?!\w)|{COMMENTS}\W*$)", re.IGNORECASE)
# What newspapers put under a piece on the web: the paper, and the day it was printed.
PRINTED_IN = re.compile(
    r"^\W*(?i:first )?(?i:published|appeared|"
    r"printed) in (?P<paper>[A-Z][\w&.' -]{2,40}?),? (?:on )?(?P<when>(?:[A-Z]\w+ \d|"
    r"\d).{6,40})$"
)
# WordPress prints the day of the last change right after the day of publication.
GLUED = re.compile(
    r"(?:19|20)\d\d(?=[^\W\d_]{3,12}\.? \d{1,2}, (?:19|20)\d\d|"
    r"\d{1,2}\.? [^\W\d_]{3,12}\.? (?:19|20)\d\d)"
)
# Copied from a browser, WordPress's footer loses the space between its parts: "Posted in WallsTagged fog".
GLUED_FOOT = re.compile(
    r"(?<=[^\W_])(?=(?-i:Tagged |Leave a [Cc]omment|\d+ Comments?\b|Schlagwörter |Schreibe einen Kommentar|"
    r"Etiquetado |Deja un comentario|Étiqueté |Laisser un commentaire|Метки |Оставить комментарий))"
)
HASHTAGS = re.compile(rf"^(?:(?:{LABELS})\s*[:：]?\s*)?(?:#\w[\w-]*[\s,]*)+$", re.IGNORECASE)
ENTRY_WAS = re.compile(
    (
        r"^(?:this (?:entry|post|article|item|story|news item) (?:was|is) (?:posted|published|"
        r"written|filed|tagged|added|submitted)|dieser (?:beitrag|eintrag|artikel) wurde|"
        r"(?:ce billet|cet article|cette entrée) (?:a été|est)|esta entrada (?:fue|se)|"
        r"эта запись была)\b"
    ),
    re.IGNORECASE,
)
# "Publié le 12/03/2019 …": whatever follows, no headline and no paragraph begins so.
STAMP = re.compile(
    rf"^\W*(?:{_VERBS})\s*[:：]?\s*(?:{PREPOSITION}\s+)?(?:{dates.WEEKDAY}\.?,?\s+)?(?=\d|\w+\.? \d)",
    re.IGNORECASE,
)
UPDATED_BEFORE = re.compile(rf"(?<!\w)(?:{UPDATED})\s*[:：]?\s*$", re.IGNORECASE)
MAX_REST = 8  # words of a stamped line that are neither dates nor verbs
SEPARATOR = re.compile(
    r"\s*[|•·●｜¦]\s*|\s+[–—/-]+\s+|\s*[;]\s*|(?<=\S)\s*//\s*|\s+::\s+"
    rf"|(?<=\w\w)\.\s+(?=(?:{_VERBS}|{BY})\b)",
    re.IGNORECASE,
)
CONTINUE = re.compile(
    (
        r"^\W*(?:continue reading|read (?:the )?(?:more|rest|full|on|whole)|(?:keep|"
        r"more) reading|read (?:article|post|story)|more\b.{0,3}$|full (?:story|article)|"
        r"weiterlesen|mehr lesen|lire la suite|en savoir plus|leer más|seguir leyendo|"
        r"continuar leyendo|continua a leggere|leia mais|lees verder|читать (?:далее|"
        r"полностью|дальше|ещё|еще)|далее|더\s?보기|더\s?읽기|계속\s?읽기|[اإ]قرأ المزيد|"
        r"المزيد|阅读全文|続きを読む)(?:\W.*)?$"
    ),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a meta line says."""

    kinds: frozenset[str]  # of: verb, date, time, vague, by, author, comments, label, more
    lead: str = ""  # its first word or mark: the same on every line of one form
    published: When | None = None
    updated: When | None = None
    author: str | None = None
    publisher: str | None = None
    categories: tuple[str, ...] = ()
    clock: str | None = None  # its time of day, where it names no day

    @property
    def is_dated(self) -> bool:
        """Tell whether the line says when, if only by half."""
        return bool(self.kinds & {"date", "vague"})

    @property
    def is_strong(self) -> bool:
        """Tell whether the line announces a post: it has a verb, a date or a byline, not only labels."""
        return bool(self.kinds & {"verb", "date", "by", "vague"})


@dataclass(slots=True)
class _Reading:
    """What has been read of a line so far."""

    kinds: set[str] = field(default_factory=set)
    published: When | None = None
    updated: When | None = None
    author: str | None = None
    publisher: str | None = None
    categories: tuple[str, ...] = ()
    spare: list[str] = field(default_factory=list)  # segments that fit no form


def read_meta(text: str, order: dates.Order = None) -> Meta | None:
    """Return what a meta line says; None where the line is something else.

    `order` is how the page writes its numeric dates, where that is known.
    """
    if width(text) > MAX_META:
        return _entry_was(text) if width(text) < 3 * MAX_META and ENTRY_WAS.match(text) else None
    if ENTRY_WAS.match(text):
        return _entry_was(text)
    if HASHTAGS.match(text):
        return Meta(frozenset({"label"}), "#", categories=tuple(re.findall(r"#(\w[\w-]*)", text)))
    if is_prose(text) and not re.search(r"[|•·]", text) and not STAMP.match(text):
        return None
    if CONTINUE.match(text) and width(text) < 120:
        return Meta(frozenset({"more"}), "more")
    if printed := PRINTED_IN.match(text):
        when = dates.first_date(printed["when"], order)
        return (
            Meta(frozenset({"verb", "date"}), "published in", when, publisher=printed["paper"])
            if when
            else None
        )
    marked, found = _mark(text, order)
    reading = _Reading()
    for segment in SEPARATOR.split(_cut_at_verbs(marked)):
        _read_segment(segment.strip(" ,.[]()"), found, reading)
    if not reading.kinds or not _settle_spare(reading):
        return _stamped(text, marked, order)
    return Meta(
        frozenset(reading.kinds),
        _lead(marked, reading),
        reading.published,
        reading.updated,
        reading.author,
        reading.publisher,
        reading.categories,
        None if DATE in marked else _clock(text),
    )


def _stamped(text: str, marked: str, order: dates.Order) -> Meta | None:
    """Read the dates of a line that begins like a meta line and goes on with something else."""
    found = [f for f in dates.find_dates(text, order) if f.when] if STAMP.match(text) else []
    if not found or len(re.findall(r"[^\W\d_]+", marked)) > MAX_REST:
        return None
    changed = next((f for f in found if UPDATED_BEFORE.search(text[: f.start])), None)
    published = next((f.when for f in found if f is not changed), None)
    return Meta(frozenset({"verb", "date"}), "stamp", published, changed.when if changed else None)


def _clock(text: str) -> str | None:
    """Return the time of day that a line names, unless it is that of a change."""
    if re.search(rf"(?<!\w)(?:{UPDATED})(?!\w)", text, re.IGNORECASE):
        return None
    match = dates.TIME.search(dates.western(text))
    return match[0] if match else None


def _mark(text: str, order: dates.Order) -> tuple[str, list[When | None]]:
    """Replace dates and times by marks; the dates' values are returned in the order of their marks."""
    text = GLUED_FOOT.sub(" | ", GLUED.sub(r"\g<0> | ", text))
    plain = dates.HIJRI.sub(" ", dates.western(text)) if dates.HIJRI.search(text) else text
    pieces, values, position = [], [], 0
    for found in dates.find_dates(plain, order):
        pieces += [plain[position : found.start], DATE]
        values.append(found.when)
        position = found.end
    marked = "".join(pieces) + plain[position:]
    marked = dates.VAGUE.sub(VAGUE, marked)
    return dates.TIME.sub(TIME, marked), values


def _cut_at_verbs(marked: str) -> str:
    """Put a separator between "Published: <date>" and "Updated: <date>" where the page has none."""
    marked = re.sub(r"(?<=[가-힣] 기자)\s+", " | ", marked)
    marked = re.sub(rf"(?<=\w),\s+(?=(?:{UPDATED})(?!\w))", " | ", marked, flags=re.IGNORECASE)
    if re.search("[:：]", marked):
        marked = BEFORE_LABEL.sub(" | ", marked)
    return AFTER_MARK.sub(r"\1 | ", marked)


def _lead(marked: str, reading: _Reading) -> str:
    """Return what the line's form begins with; names differ from post to post and say nothing."""
    first = re.match(rf"\W*?({_MARK}|[^\W\d_]+)", marked)
    if first is None or any(marked.startswith(text) for text in reading.spare):
        return ""
    return first[1].casefold()


def _read_segment(segment: str, found: list[When | None], reading: _Reading) -> None:
    if not segment:
        return
    if re.fullmatch(COMMENTS, fold(segment), re.IGNORECASE):
        reading.kinds.add("comments")
    elif labels := _labels(segment):
        reading.kinds.add("label")
        reading.categories += labels
    elif (match := SEGMENT.fullmatch(segment)) and _is_plausible(match):
        _take(match, found, reading)
    elif match := re.fullmatch(
        r"([가-힣]{2,4}(?:[,·\s]+[가-힣]{2,4})*)\s*(?:기자|특파원|논설위원|선임기자)(?:\s*\S+@\S+)?", segment
    ):
        reading.kinds |= {"by", "author"}
        reading.author = match[1]
    elif len(parts := BEFORE_COUNT.split(segment, maxsplit=1)) == 2:
        for part in parts:
            _read_segment(part, found, reading)
    else:
        reading.spare.append(segment)


def _is_plausible(match: re.Match[str]) -> bool:
    """Tell whether a segment says something, and its names are names."""
    verb, marks, later, by, author, where = (
        match[key] for key in ("verb", "marks", "later", "by", "author", "where")
    )
    if where and not (verb or marks or later):
        return False
    if where and (len(where) > 80 or not is_label_list(where)):
        return False
    if author and not (person(author) or is_agency(author) or is_nobody(author)):
        return False
    # A lone verb or "by" is a word like any other, unless the two stand together ("Posted on by").
    return bool(
        marks
        or later
        or (by and author)
        or (verb and by)
        or (verb and where)
        or (verb and re.search(r"\s|:$", verb))
    )


def _take(match: re.Match[str], found: list[When | None], reading: _Reading) -> None:
    verb = match["verb"] or ""
    marks = (match["marks"] or "") + (match["later"] or "")
    reading.kinds |= {
        kind for kind, mark in (("date", DATE), ("time", TIME), ("vague", VAGUE)) if mark in marks
    }
    if verb:
        reading.kinds.add("verb")
    values = [found.pop(0) for mark in marks if mark == DATE and found]
    if values and re.fullmatch(UPDATED, verb, re.IGNORECASE):
        reading.updated = reading.updated or values[0]
    elif values:
        reading.published = reading.published or values[0]
    if match["by"]:
        reading.kinds.add("by")
        _take_author(match["author"] or "", reading)
    if match["where"]:
        reading.kinds.add("label")
        if by := re.search(rf"\s(?:{BY})\s+(?P<name>\S.*)$", match["where"], re.IGNORECASE):
            _take_author(by["name"], reading)
        reading.categories += split_labels(match["where"])


def _take_author(raw: str, reading: _Reading) -> None:
    if not raw.strip():
        return
    reading.kinds.add("author")
    if is_agency(raw):
        reading.publisher = reading.publisher or raw.strip()
        return
    reading.author = reading.author or person(raw)
    agency = re.search(r"[,|(]\s*([^,|()]+)\)?\s*$", raw)
    if (agency and is_agency(agency[1])) or (agency and reading.author and is_paper(agency[1])):
        reading.publisher = reading.publisher or agency[1].strip()


def _settle_spare(reading: _Reading) -> bool:
    """Give a meaning to what fits no form; False where the line is no meta line because of it."""
    if not reading.spare:
        return True
    if not reading.kinds & {"date", "vague", "verb", "by"} or len(reading.spare) > 2:
        return False
    for text in reading.spare:
        if "date" in reading.kinds and len(text.split()) <= 3 and width(text) <= 30 and not is_names(text):
            continue  # "11 January 2019 | Press release"
        if source := SOURCE_SEGMENT.match(text):
            reading.publisher = reading.publisher or source["name"].strip()
        elif is_agency(text):
            reading.publisher = reading.publisher or text
        elif len(text.split()) > 5 or width(text) > 45 or not is_names(text.replace("&", "and")):
            return False
        elif reading.author is None and "by" not in reading.kinds and is_lone_person(text):
            reading.author = person(text)
        elif reading.author and is_paper(text):
            reading.publisher = reading.publisher or text
        # Else a place, a section or a job: not said which.
    return True


def _labels(segment: str) -> tuple[str, ...]:
    match = COLON_LABEL.match(segment) or (LABEL_LINE.match(segment) if BARE_LABEL.match(segment) else None)
    return split_labels(match["labels"]) if match and is_label_list(match["labels"]) else ()


def is_label_list(text: str) -> bool:
    """Tell whether a text is a list of labels and not a sentence: short parts, no full stop inside."""
    parts = split_labels(text)
    return (
        bool(parts)
        and all(len(part.split()) <= 7 and len(part) <= 60 for part in parts)
        and not re.search(r"[.!?]\s+\w+\s+\w+", text)
    )


def split_labels(text: str) -> tuple[str, ...]:
    """Split a line of labels; commas separate, else bars, dots, slashes or hashes."""
    text = re.sub(r"\s*(?:bookmark the permalink|permalink)\b.*$", "", text, flags=re.IGNORECASE)
    text = re.sub(
        (
            r"\s+(?:and |und |et |y )?(?:tagged|tags|verschlagwortet mit|étiqueté|"
            r"etiquetada)(?: as| with)?(?:\s*:)?\s+"
        ),
        ", ",
        text,
        flags=re.IGNORECASE,
    )
    text = re.split(rf"\s*[{DATE}{TIME}{VAGUE}]|\s+by\s+(?=\w+\W*$)", text)[0]
    if WIDE.search(text) and not re.search(r"[,;|•·،、，#/]", text):
        return tuple(part for part in text.split() if part)
    parts = re.split(r"\s*[,;|•·،、，；]\s*|\s*#(?=\w)|\s+/\s+|\s{2,}", text)
    return tuple(part.strip(" .#") for part in parts if part.strip(" .#"))


def _entry_was(text: str) -> Meta:
    """Read WordPress's closing sentence: "This entry was posted in X and tagged Y by Z on …"."""
    where = re.search(
        (
            r"\b(?:posted|published|filed|written)?\s*(?:in|under|unter|dans|en|"
            r"в)\s+(?!the\b)([^.]+?)(?=\s+(?:and tagged|by|on|at|and is)\b|\.|$)"
        ),
        text,
    )
    tagged = re.search(r"\btagged\s+(?:as |with )?([^.]+?)(?=\s+(?:by|on)\s|\.|$)", text)
    by = re.search(r"\bby\s+([^.]+?)(?=\s+(?:on|at|in|and)\b|\.|$)", text)
    when = dates.first_date(text)
    categories = tuple(
        part
        for match in (where, tagged)
        if match and not dates.find_dates(match[1])
        for part in split_labels(match[1])
    )
    kinds = {"label", "verb"} | ({"date"} if when else set()) | ({"by", "author"} if by else set())
    return Meta(frozenset(kinds), "this entry", when, None, person(by[1]) if by else None, None, categories)
