"""Named values, as heads, front matter and JSON give them, -> a draft."""

import html as html_module
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aggregator.core import clean
from aggregator.core.seeds import dates, marked
from aggregator.core.seeds.draft import Draft, When
from aggregator.core.seeds.dump.metaline import split_labels
from aggregator.core.seeds.keys import field_of, rank_of
from aggregator.core.seeds.lines import fold
from aggregator.core.seeds.names import is_nobody, person

__all__ = ["draft_of", "field_of", "publisher_name", "text_of", "when", "without_site"]

EPOCH = (1e8, 4e9)  # seconds since 1970 that a date may be given as: 1973 to 2096
SCALES = (1, 1_000, 1_000_000, 1_000_000_000)  # seconds, milliseconds, microseconds, nanoseconds
BASIC_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")  # 20240115
LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
TAG = re.compile(r"<(?:p|br|div|a|span|em|strong|b|i|h[1-6]|ul|ol|li|blockquote|img)\b[^>]*>", re.IGNORECASE)
ESCAPED = re.compile(r"&lt;(?:p|br|div|a|span|em|strong|h[1-6]|ul|blockquote|img)\b", re.IGNORECASE)
REFERENCE = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[\da-fA-F]{2,6});")
URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'\[\]]+", re.IGNORECASE)
CUT = re.compile(r"\s*(?:\[\+\d+ chars\]|\(truncated\)…?)\s*$")  # NewsAPI counts what it leaves out
BY = re.compile(
    r"^(?:(?:written |reported |posted |words |story |text )?by|von|text von|par|por|di|da|door|"
    r"av|af|oleh|от|"
    r"автор|بقلم|كتب|文|作者|记者|記者)(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
MAIL = re.compile(r"\s*<[^<>@\s]+@[^<>\s]+>|\s*\([^()@\s]+@[^()\s]+\)|(?<!\w)[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NO_NAME = frozenset("null none unknown n/a na nil undefined anonymous admin - -- ? false true".split())
PAGE = re.compile(r"^(?:p{1,2}|pg|pgs|page|pages|s|seite|стр|f)\.? ?[a-z]?\d[\d,-]*[a-z]?$", re.IGNORECASE)
# Labels that a reader's program puts on what it saves; no publisher said them.
OF_READERS = frozenset(
    (
        "clippings|clipping|web clips|web clip|webclip|readwise|pocket|instapaper|omnivore|to read|"
        "read later|inbox"
    ).split("|")
)
# What objects keep their own name, value or text under, the most telling first.
INNER = (
    "name displayName display_name full_name fullName title label term webTitle rendered main headline value "
    "@value #text _ $t $date text plain_text original content html url @id"
).split()
FIRST_LAST = (
    ("first_name", "last_name"),
    ("firstName", "lastName"),
    ("firstname", "lastname"),
    ("given", "family"),
)
BODY_PARTS = (
    "text",
    "content",
    "value",
    "rendered",
    "html",
    "body",
    "data",
    "children",
    "blocks",
    "paragraphs",
)
SUFFIX = re.compile(r"^(?P<title>.{8,}\S)\s+(?:\||-|–|—|»|::|•|·)\s+(?P<site>[^|»«•·]{2,50})$")
MIN_SITE = 6  # letters; a shorter name is in many addresses by chance
MAX_ITEMS = 1_000  # of a list that are looked at
MAX_DEPTH = 12  # objects in one another, in a body made of blocks


def draft_of(values: Mapping[str, Any], order: dates.Order = None) -> Draft:
    """Make a draft of named values, whatever kind of document names them.

    Of several names for one field the most telling counts, then the first; labels add up.
    """
    known = _by_field(values)
    url, publisher = _address(known), _publisher(known)
    return without_site(
        Draft(
            title=_title(known),
            text=_body(known) or _readable(_first(known, "summary", _prose) or ""),
            id=_first(known, "id", text_of),
            url=url,
            publisher=publisher,
            author=_first(known, "author", authors),
            published=_published(known, order),
            updated=_first(known, "updated", lambda value: when(value, order)),
            categories=tuple(label for value in known.get("categories", ()) for label in _labels(value)),
            language=_first(known, "language", _language),
            rights=_first(known, "rights", text_of),
        )
    )


def without_site(draft: Draft) -> Draft:
    """Split "Headline - Site" where the publisher or the address says that the end is the site's name."""
    match = SUFFIX.match(draft.title)
    if match is None:
        return draft
    site = _squeezed(match["site"])
    host = _squeezed(
        URL.sub(lambda found: found[0].split("/")[2] if "//" in found[0] else "", draft.url or "")
    )
    same = site in {_squeezed(draft.publisher or ""), _squeezed(f"the {draft.publisher or ''}")}
    if not same and (draft.publisher or len(site) < MIN_SITE or site.removeprefix("the") not in host):
        return draft
    return replace(draft, title=match["title"], publisher=draft.publisher or match["site"].strip())


def _squeezed(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", fold(text)))


Known = dict[str, list[Any]]


def _by_field(values: Mapping[str, Any]) -> Known:
    """Return the values of each field, the best named first."""
    ranked: dict[str, list[tuple[int, int, Any]]] = {}
    for place, (key, value) in enumerate(values.items()):
        found = rank_of(str(key))
        if found and value not in (None, "", [], {}):
            # Labels come in the order of the document, whatever they are called.
            rank = 0 if found[0] == "categories" else found[1]
            ranked.setdefault(found[0], []).append((rank, place, value))
            if found[0] == "title" and fold(str(key)) in {"subject", "dc:subject"}:
                ranked.setdefault("subject", []).append((rank, place, value))
    known = {
        field: [value for _, _, value in sorted(found, key=lambda f: f[:2])]
        for field, found in ranked.items()
    }
    if len(known.get("title", ())) > 1 and "subject" in known:  # Dublin Core's subject is a label
        known["title"] = [value for value in known["title"] if value not in known["subject"]] or known[
            "title"
        ]
        known.setdefault("categories", []).extend(known["subject"])
    return known


def _first(known: Known, field: str, read: Any) -> Any:
    """Return what the first value of a field that can be read says."""
    return next((found for value in known.get(field, ()) if (found := read(value))), None)


def _title(known: Known) -> str:
    title = _plain(_first(known, "title", text_of) or "")
    return marked.plain(title) if "[[" in title or "](" in title or title.startswith("**") else title


def _body(known: Known) -> str:
    """Return the text of a body, be it HTML or not."""
    html = _first(known, "html", _prose) or ""
    body = CUT.sub("", _first(known, "text", _prose) or "")
    if ESCAPED.search(body) and not TAG.search(body):
        body = html_module.unescape(body)
    html = html or (body if TAG.search(body) else "")
    return clean.html_to_text(html) if html else _readable(body)


def _readable(text: str) -> str:
    """Return a text without HTML's or Markdown's marks, if it has any."""
    if TAG.search(text) or REFERENCE.search(text):
        text = clean.html_to_text(text)
    return marked.paragraphs(text) if marked.SIGNS.search(text) else text


# --- where and who --------------------------------------------------------------------------------------


def _address(known: Known) -> str | None:
    """Return the address: a link, else a source or an identifier that is one."""
    found = (_link(value) for field in ("url", "publisher", "id") for value in known.get(field, ()))
    return next((url for url in found if url), None)


def _link(value: Any) -> str | None:
    """Return the address in a value: `https://…`, `<https://…>`, `[Name](https://…)`, `{"href": …}`."""
    if isinstance(value, Mapping):
        value = next(
            (value[key] for key in ("href", "url", "canonical", "@id", "value", "#text") if key in value),
            None,
        )
    if isinstance(value, list | tuple):
        return next((link for item in value[:20] if (link := _link(item))), None)
    match = URL.search(value) if isinstance(value, str) else None
    if match is None:
        return None
    link = match[0].rstrip(",;") if match[0].count("(") else match[0].rstrip("),;")
    return link if link.lower().startswith("http") else f"https://{link}"


def _publisher(known: Known) -> str | None:
    found: str | None = _first(known, "publisher", publisher_name)
    return found


def publisher_name(value: Any) -> str | None:
    """Return a publisher's name; None where the value is an address or names nobody."""
    if isinstance(value, Mapping):
        value = {key: inner for key, inner in value.items() if key not in {"url", "@id", "id"}}
    name = marked.plain((_names(value) or "").replace("; ", ", "))
    name = URL.sub("", name).strip(" ()<>-–—|,;")
    return name if name and fold(name) and fold(name) not in NO_NAME and not name.isdigit() else None


def authors(value: Any) -> str | None:
    """Return the names of authors, separated by commas; None where the value names nobody."""
    if isinstance(value, int | float):
        return None
    raw = _names(value) or ""
    names = (_author(part) for part in re.split(r"\s*;\s*|\s*\n+\s*", raw))
    return ", ".join(dict.fromkeys(name for name in names if name)) or None


def _author(raw: str) -> str | None:
    """Return a name without "By", address, job and link."""
    if match := re.match(r"^\S+@\S+\s+\((?P<name>[^()]+)\)$", raw.strip()):  # RSS 2.0: address (name)
        raw = match["name"]
    name = URL.sub("", MAIL.sub("", marked.plain(raw))).strip(' ,;()<>|–—-"')
    if fold(name) in NO_NAME or fold(name) == "" or is_nobody(name) or name.isdigit():
        return None
    bare = BY.sub("", name)
    if bare != name or re.search(r"\s*(?:기자|특파원)$", bare):
        return person(bare) or bare
    return name


# --- when -----------------------------------------------------------------------------------------------


def _published(known: Known, order: dates.Order) -> When | None:
    """Return the day of publication; a clipping's day of creation is the clipping's."""
    found: When | None = _first(known, "published", lambda value: when(value, order))
    if found or any(_link(value) for value in known.get("publisher", ())):
        return found
    return _first(known, "created", lambda value: when(value, order))  # type: ignore[no-any-return]


def when(value: Any, order: dates.Order = None) -> When | None:
    """Read a date: text, a number of seconds (or parts of them) since 1970, or what databases give."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _basic_day(str(value)) or _epoch(float(value))
    if isinstance(value, Mapping):
        return _from_object(value, order)
    if isinstance(value, list | tuple):
        return _from_list(value, order)
    text = (value.isoformat() if hasattr(value, "isoformat") else str(value)).strip().strip("\"'[]")
    if re.fullmatch(r"\d{8}|\d{9,19}(?:\.\d+)?", text):
        return _basic_day(text) or _epoch(float(text))
    return clean.parse_date(text) or dates.first_date(text, order)


def _basic_day(text: str) -> When | None:
    return clean.parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}") if BASIC_DAY.fullmatch(text) else None


def _epoch(number: float) -> When | None:
    for scale in SCALES:
        if EPOCH[0] < number / scale < EPOCH[1]:
            return datetime.fromtimestamp(number / scale, UTC), False
    return None


def _from_object(value: Mapping[str, Any], order: dates.Order) -> When | None:
    """Read MongoDB's, Firestore's, PHP's and others' objects for a time."""
    parts = [value.get(key) for key in ("year", "month", "day")]
    if all(isinstance(part, int | str) for part in parts):
        return clean.parse_date("-".join(str(part).zfill(2) for part in parts))
    keys = (
        "$date",
        "$numberLong",
        "_seconds",
        "seconds",
        "date",
        "datetime",
        "iso",
        "iso8601",
        "value",
        "#text",
        "start",
    )
    return next((found for key in keys if key in value and (found := when(value[key], order))), None)


def _from_list(value: list[Any] | tuple[Any, ...], order: dates.Order) -> When | None:
    if len(value) >= 3 and all(isinstance(part, int) and not isinstance(part, bool) for part in value[:6]):
        try:
            day = datetime(*value[:6]).replace(tzinfo=UTC)  # noqa: DTZ001 - a parser's time tuple, replaced at once
        except (ValueError, TypeError, OverflowError):
            return None
        return day, len(value) == 3
    return next((found for item in value[:3] if (found := when(item, order))), None)


# --- values ---------------------------------------------------------------------------------------------


def text_of(value: Any) -> str | None:
    """Return a value as text; of a list the parts, of an object its name."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _inner(value)
    if isinstance(value, list | tuple):
        return "\n\n".join(part for item in value[:MAX_ITEMS] if (part := text_of(item))) or None
    return None if value is None or isinstance(value, bool) else str(value)


def _inner(value: Mapping[str, Any]) -> str | None:
    """Return the name, value or text that an object is there for."""
    for pair in FIRST_LAST:
        if any(isinstance(value.get(key), str) for key in pair):
            return " ".join(str(value[key]) for key in pair if value.get(key))
    found = (value.get(key) for key in INNER)
    text = next((inner for inner in found if isinstance(inner, str) and inner.strip()), None)
    if text is None:
        deeper = (value[key] for key in ("name", "title", "attributes", "data", "person") if key in value)
        text = next(
            (_inner(inner) for inner in deeper if isinstance(inner, Mapping) and inner is not value), None
        )
    return text


def _prose(value: Any, depth: int = 0) -> str | None:
    """Return a body's text: a string, a list of paragraphs, or an editor's blocks."""
    if isinstance(value, str):
        return value
    if depth > MAX_DEPTH or isinstance(value, bool | int | float) or value is None:
        return None
    if isinstance(value, Mapping):
        parts = (_prose(value[key], depth + 1) for key in BODY_PARTS if key in value)
        return next((part for part in parts if part), None)
    if isinstance(value, list | tuple):
        found = [part for item in value[:MAX_ITEMS] if (part := _prose(item, depth + 1))]
        inline = any(isinstance(item, Mapping) and item.get("type") == "text" for item in value[:3])
        return ("" if inline else "\n\n").join(found) or None
    return None


def _names(value: Any) -> str | None:
    """Return one name or several, separated by semicolons."""
    if isinstance(value, list | tuple):
        names = (_names(item) for item in value[:20] if not isinstance(item, int | float))
        return "; ".join(name for name in names if name) or None
    if isinstance(value, Mapping) and isinstance(value.get("person"), list):
        return _names(value["person"])
    return text_of(value)


def _labels(value: Any) -> list[str]:
    if isinstance(value, str):
        value = re.sub(r"\]\]\s*\[\[", "]], [[", value)
        return [label for part in split_labels(value) if (label := _label(part))]
    if isinstance(value, Mapping) and not any(key in value for key in INNER):
        value = (
            list(value)
            if all(isinstance(inner, Mapping) for inner in value.values())
            else list(value.values())
        )
    items: Iterable[Any] = value if isinstance(value, list | tuple) else (value,)
    # Numbers are keys of a table that the document does not hold.
    texts = (_label_text(item) for item in list(items)[:200] if not isinstance(item, int | float))
    return [label for text in texts if text and (label := _label(text))]


def _label_text(item: Any) -> str | None:
    if isinstance(item, Mapping) and isinstance(item.get("value"), str):  # {"name": "persons", "value": …}
        return str(item["value"])
    return text_of(item)


def _label(raw: str) -> str:
    """Return a label without a wiki's or Markdown's marks; empty where it counts pages."""
    label = marked.plain(raw).strip(" \"'")
    return "" if PAGE.match(label) or URL.match(label) or fold(label) in OF_READERS else label


def _language(value: Any) -> str | None:
    text = text_of(value) or ""
    return text.replace("_", "-") if LANGUAGE.match(text) else None


def _plain(text: str) -> str:
    return clean.html_to_text(text) if TAG.search(text) or "&" in text else text
