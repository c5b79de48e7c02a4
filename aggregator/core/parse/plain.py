"""Entries that consist of nothing but the usual elements, read without a parser: nearly all there are.

Whatever is unusual in an entry, or in what stands around it, is left to feedparser, which is also the
measure: the values are those that it gives (tested on every feed there is). It takes many times as long, as
it has to be ready for everything.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from feedparser.api import StrictFeedParser

from aggregator.core.parse.kind import prologue

Node = dict[str, Any]  # as feedparser would make it, as far as it is looked at

_ATOM = "http://www.w3.org/2005/Atom"
_SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
_ROOT = re.compile(r"(<(rss|feed)\b[^>]*>)")
_CHANNEL = re.compile(r"\s*<channel>\s*")
_DECLARED = re.compile(r"""\sxmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
_SETTING = re.compile(r"""(?<![\w-])(?:base|lang)\s*=""", re.IGNORECASE)  # with a prefix or without
_LANGUAGE = re.compile(r"""\sxml:lang\s*=\s*["']([\w-]*)["']""")

# Nothing in these can be read in two ways, so that time stays linear without possessive quantifiers, which
# Python up to 3.11.4 gets wrong (its issue 106052).
_TEXT = r"[^<]*(?:<!\[CDATA\[[^\]]*(?:\](?!\]>)[^\]]*)*\]\]>[^<]*)*"
_ELEMENT = re.compile(
    rf"\s*<(?P<name>\w+(?::\w+)?)(?P<attributes>[^<>]*?)(?:/>|>(?P<text>{_TEXT})</(?P=name)\s*>)"
)
_PERSON = re.compile(r"\s*<author>(?P<inside>(?:[^<]|<(?!/author|!))*)</author\s*>")
_GROUP = re.compile(r"\s*<(?P<name>image|textInput|author)>(?P<inside>.*?)</(?P=name)\s*>", re.DOTALL)
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"""\s+(?P<name>[A-Za-z]+)\s*=\s*(?:"(?P<value>[^"\t\n\r]*)"|'(?P<other>[^'\t\n\r]*)')"""
)
_SECTION = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_CHARACTERS = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_MAPPED = re.compile("[\x80-\x9f]")  # feedparser takes these for Windows-1252
_ADDRESS = re.compile(r"https?://[^/\s]\S*", re.IGNORECASE)
_QUERY_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_TYPES = {"text": "text/plain", "html": "text/html", "text/plain": "text/plain", "text/html": "text/html"}
_PAGES = frozenset(("text/html", "application/xhtml+xml"))


class _UnusualError(Exception):
    """There is something that only feedparser can read."""


class Plain:
    """Reads the entries of one document."""

    def __init__(self, head: str) -> None:
        """head: the well-formed document up to its first entry."""
        root = _ROOT.match(head, prologue(head)[0])
        self.version = _VERSIONS[root[2]] if root and _is_usual(root, head) else ""
        self._readers = _READERS.get(self.version, {})
        declared = dict(_DECLARED.findall(root[1])) if root else {}
        self._unknown = {prefix for prefix, uri in _SPACES.items() if declared.get(prefix) != uri}
        self._language = _LANGUAGE.search(root[1]) if root else None

    def read(self, block: str) -> Node | None:
        """Return what an entry says; None where feedparser has to read it."""
        try:
            return self._node(block)
        except (_UnusualError, ValueError):  # or a reference to no character
            return None

    def _node(self, block: str) -> Node:
        start, end = _TAGS.get(self.version, ("<>", ""))
        if not block.startswith(start) or not block.endswith(end):
            raise _UnusualError
        node: Node = {"language": self._language[1]} if self._language else {}
        read: set[str] = set()
        inside = block[len(start) : -len(end)].replace("\r\n", "\n").replace("\r", "\n")
        for name, attributes, text in _elements(inside):
            field, allowed, reader = self._readers.get(name, _LEFT)
            if field in read or name.rpartition(":")[0] in self._unknown:
                raise _UnusualError
            read.update((field,) if field else ())
            reader(node, Element(_attributes(attributes, allowed), text))
        return node


def _is_usual(root: re.Match[str], head: str) -> bool:
    """Tell whether what stands before the entries changes nothing in them but their language."""
    settings = len(_SETTING.findall(head)) - len(_LANGUAGE.findall(root[1]))
    space = dict(_DECLARED.findall(root[1])).get("", "")
    start = _CHANNEL.match(head, root.end())
    if settings or space != ("" if start else _ATOM) or not (start or root[2] == "feed"):
        return False
    return _is_flat(head, (start or root).end())


def _is_flat(text: str, at: int = 0) -> bool:
    """Tell whether no element stands in another one, from which feedparser does not always find out again."""
    while match := _ELEMENT.match(text, at) or _COMMENT.match(text, at) or _GROUP.match(text, at):
        if match.re is _GROUP and not _is_flat(match["inside"]):
            return False
        at = match.end()
    return not text[at:].strip()


def _elements(inside: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield (name, attributes, text): of a person, called "author/", all that is inside; empty: None."""
    at = 0
    while match := _ELEMENT.match(inside, at) or _PERSON.match(inside, at):
        if match.re is _PERSON:
            yield "author/", "", match["inside"]
        else:
            yield match["name"], match["attributes"], match["text"]
        at = match.end()
    if inside[at:].strip():
        raise _UnusualError


def _attributes(raw: str, allowed: frozenset[str]) -> dict[str, str]:
    """Return attributes as feedparser gives them: names in lower case, and some values."""
    found: dict[str, str] = {}
    at = 0
    while at < len(raw.rstrip()):
        match = _ATTRIBUTE.match(raw, at)
        if not match or match["name"] not in allowed or match["name"].lower() in found:
            raise _UnusualError
        value = _decoded(match["value"] if match["value"] is not None else match["other"])
        name = match["name"].lower()
        found[name] = value.lower() if name in {"rel", "type"} else value
        at = match.end()
    return found


def _decoded(raw: str) -> str:
    """Return a text with its references replaced."""
    if "&" not in raw:
        return raw
    if "&#" not in raw:
        return _named(raw)
    decoded, number = _REFERENCE.subn(_character, raw)
    if number != raw.count("&"):
        raise _UnusualError
    return decoded


def _named(raw: str) -> str:
    """Replace references by name; the ampersand's comes last, as what follows it is text already."""
    number = raw.count("&")
    for name, character in _CHARACTERS.items():
        number -= raw.count(f"&{name};")
        raw = raw.replace(f"&{name};", character)
    if number:
        raise _UnusualError
    return raw


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return _CHARACTERS[match[1]]
    return chr(int(match[2] or match[3], 10 if match[2] else 16))


def _value(text: str | None) -> str:
    """Return what an element says: its sections and references replaced, no white space around it."""
    value = _raw(text or "").strip()
    if not value.isascii() and (_MAPPED.search(value) or _is_read_twice(value)):
        raise _UnusualError
    return value


def _is_read_twice(value: str) -> bool:
    """Tell whether a text may be UTF-8 that was read as ISO-8859-1, which feedparser undoes."""
    try:
        return bool(value.encode("iso-8859-1").decode("utf-8"))
    except UnicodeError:
        return False


def _raw(text: str) -> str:
    if "<" not in text:
        if "]]>" in text:
            raise _UnusualError
        return _decoded(text)
    # Outside and inside of sections in turn.
    parts = _SECTION.split(text)
    if any("]]>" in part for part in parts[::2]):
        raise _UnusualError
    return "".join(part if n % 2 else _decoded(part) for n, part in enumerate(parts))


# --- what the elements mean -----------------------------------------------------------------------------


class Element(NamedTuple):
    """What an element says."""

    attributes: dict[str, str]
    text: str | None  # None: it is empty


Reader = Callable[[Node, Element], None]


def _left(_node: Node, _element: Element) -> None:
    raise _UnusualError


def _skipped(_node: Node, element: Element) -> None:
    _value(element.text)


def _empty(element: Element) -> None:
    if element.text and not element.text.isspace():
        raise _UnusualError


def _kept(key: str) -> Reader:
    def read(node: Node, element: Element) -> None:
        node[key] = _value(element.text)

    return read


def _content_type(element: Element) -> str:
    kind = _TYPES.get(element.attributes.get("type", "text"))
    if kind is None:
        raise _UnusualError
    return kind


def _atom_title(node: Node, element: Element) -> None:
    node["title"], node["title_detail"] = _value(element.text), {"type": _content_type(element)}


def _rss_title(node: Node, element: Element) -> None:
    title = _value(element.text)
    is_html = ("<" in title or "&" in title) and StrictFeedParser.looks_like_html(title)
    node["title"], node["title_detail"] = title, {"type": "text/html" if is_html else "text/plain"}


def _atom_summary(node: Node, element: Element) -> None:
    node["summary_detail"] = {"type": _content_type(element), "value": _value(element.text)}


def _atom_content(node: Node, element: Element) -> None:
    node["content"] = [{"type": _content_type(element), "value": _value(element.text)}]


def _rss_summary(node: Node, element: Element) -> None:
    node["summary_detail"] = {"type": "text/html", "value": _value(element.text)}


def _rss_content(node: Node, element: Element) -> None:
    node["content"] = [{"type": "text/html", "value": _value(element.text)}]


def _rss_link(node: Node, element: Element) -> None:
    link = _value(element.text)
    if not _ADDRESS.fullmatch(link):
        raise _UnusualError
    node["link"] = _QUERY_REFERENCE.sub(r"&\1", link.replace("&amp;", "&"))


def _atom_link(node: Node, element: Element) -> None:
    _empty(element)
    link = {"rel": "alternate", "type": "text/html", **element.attributes}
    if not _ADDRESS.fullmatch(link.get("href", "")):
        raise _UnusualError
    if link["rel"] == "alternate" and link["type"] in _PAGES:
        node["link"] = link["href"]
    node.setdefault("links", []).append(link)


def _identity(node: Node, element: Element) -> None:
    """Read an id, which is the address too where it does not say that it is none, and there is no other."""
    node["id"] = _value(element.text)
    if element.attributes.get("ispermalink", "true") == "true":
        if ":///" in node["id"]:
            raise _UnusualError
        node.setdefault("link", node["id"])


def _rss_author(node: Node, element: Element) -> None:
    node["author"], node["authors"] = _value(element.text), [{}]


def _atom_author(node: Node, element: Element) -> None:
    person: dict[str, str] = {}
    for name, given, value in _elements(element.text or ""):
        if name not in {"name", "uri", "email"} or name in person or given:
            raise _UnusualError
        person[name] = _value(value)
    name, email = person.get("name", ""), person.get("email", "")
    node["author"], node["authors"] = f"{name} ({email})" if name and email else name or email, [{}]


def _rss_category(node: Node, element: Element) -> None:
    node.setdefault("tags", []).append({"term": _value(element.text)})


def _atom_category(node: Node, element: Element) -> None:
    _empty(element)
    node.setdefault("tags", []).append(
        {"term": element.attributes.get("term"), "label": element.attributes.get("label")}
    )


def _enclosure(node: Node, element: Element) -> None:
    _empty(element)
    link = {"rel": "enclosure", "href": element.attributes.get("url")}
    node.setdefault("links", []).append({**element.attributes, **link})


def _media(node: Node, element: Element) -> None:
    _empty(element)
    node.setdefault("media_content", []).append(element.attributes)


_LEFT: tuple[str, frozenset[str], Reader] = ("", frozenset(), _left)
_NONE = frozenset[str]()
_TYPE = frozenset(("type",))
_SIZES = frozenset("url type medium width height fileSize duration bitrate isDefault expression".split())
_VERSIONS = {"rss": "rss20", "feed": "atom10"}
_TAGS = {"rss20": ("<item>", "</item>"), "atom10": ("<entry>", "</entry>")}

# Name of an element -> what it fills, if that comes only once; the attributes it may have; who reads it.
_ANYWHERE: dict[str, tuple[str, frozenset[str], Reader]] = {
    "dc:creator": ("author", _NONE, _rss_author),
    "feedburner:origLink": ("origin", _NONE, _kept("feedburner_origlink")),
    "media:content": ("", _SIZES, _media),
    "media:thumbnail": ("", _SIZES, _skipped),
    "slash:comments": ("", _NONE, _skipped),
    "wfw:commentRss": ("", _NONE, _skipped),
}
_READERS = {
    "rss20": {
        **_ANYWHERE,
        "title": ("title", _NONE, _rss_title),
        "link": ("link", _NONE, _rss_link),
        "guid": ("id", frozenset(("isPermaLink",)), _identity),
        "pubDate": ("published", _NONE, _kept("published")),
        "author": ("author", _NONE, _rss_author),
        "category": ("", frozenset(("domain",)), _rss_category),
        "dc:subject": ("", _NONE, _rss_category),
        "description": ("summary", _NONE, _rss_summary),
        "content:encoded": ("content", _NONE, _rss_content),
        "comments": ("", _NONE, _skipped),
        "enclosure": ("", frozenset(("url", "length", "type")), _enclosure),
    },
    "atom10": {
        **_ANYWHERE,
        "title": ("title", _TYPE, _atom_title),
        "link": ("", frozenset(("href", "rel", "type", "hreflang", "title", "length")), _atom_link),
        "id": ("id", _NONE, _identity),
        "published": ("published", _NONE, _kept("published")),
        "updated": ("updated", _NONE, _kept("updated")),
        "author/": ("author", _NONE, _atom_author),
        "category": ("", frozenset(("term", "scheme", "label")), _atom_category),
        "summary": ("summary", _TYPE, _atom_summary),
        "content": ("content", _TYPE, _atom_content),
        "rights": ("rights", _TYPE, _kept("rights")),
    },
}
