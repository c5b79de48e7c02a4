"""Feed documents as they are -> XML as a parser wants it. What is sound stays byte for byte."""

import re
from html import unescape
from html.entities import html5

ENTITIES = 100  # declared entities that are looked at

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2
_CONTROLS = bytes((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20)))
_XML_REFERENCES = ("&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#")
_BEFORE_ROOT = re.compile(r"<(?:\?xml|rss\b|feed\b|rdf:RDF\b)")
_JUNK = 4_096  # characters before the document that a broken server may send (warnings, blank lines)
_DECLARATION = re.compile(r"<\?xml\b[^>]*>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[(?P<subset>.*?)\]\s*)?>", re.DOTALL)
# Only short values: long ones, and those made of other entities, exist to fill memory.
_ENTITY = re.compile(r"""<!ENTITY\s+(\w{1,32})\s+["']((?:[^"'&%<>]|&#x?\w{1,6};){1,8})["']\s*>""")
_NAMED_REFERENCE = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)([A-Za-z]\w{1,31});")
_NUMERIC_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")


def well_formed(text: str) -> str:
    """Return the document without what XML forbids or what expands: the declaration says UTF-8.

    Control characters and impossible character references become U+FFFD; named references become the
    characters that HTML or the document's own DTD gives them; the DTD itself goes.
    """
    text = _from_root(_ILLEGAL.sub("\ufffd", text) if _is_illegal(text) else text)
    text, entities = _without_doctype(_DECLARATION.sub("", text, count=1))
    if text.count("&") > sum(text.count(reference) for reference in _XML_REFERENCES):
        text = _NAMED_REFERENCE.sub(lambda match: _character(match, entities), text)
    if "&#" in text:
        text = _NUMERIC_REFERENCE.sub(_possible, text)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'


def _is_illegal(text: str) -> bool:
    """Tell quickly whether a text holds what XML forbids: a few passes over bytes instead of a slow one."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a surrogate
        return True
    return len(raw.translate(None, _CONTROLS)) < len(raw) or b"\xef\xbf\xbe" in raw or b"\xef\xbf\xbf" in raw


def _from_root(text: str) -> str:
    start = _BEFORE_ROOT.search(text, 0, _JUNK)
    return text[start.start() :] if start else text.lstrip()


def _without_doctype(text: str) -> tuple[str, dict[str, str]]:
    start = text.find("<!DOCTYPE", 0, _JUNK)
    match = _DOCTYPE.match(text, start) if start >= 0 else None
    if not match:
        return text, {}
    found = _ENTITY.findall(match["subset"] or "")[:ENTITIES]
    return text[: match.start()] + text[match.end() :], {name: unescape(value) for name, value in found}


def _character(match: re.Match[str], entities: dict[str, str]) -> str:
    value = entities.get(match[1]) or html5.get(f"{match[1]};")
    return match[0] if value is None or set(value) & set("<>&\"'") else value


def _possible(match: re.Match[str]) -> str:
    digits = (match[1] or match[2]).lstrip("0")
    if len(digits) > 7:
        return "\ufffd"
    number = int(digits or "0", 16 if match[1] else 10)
    legal = number in {9, 10, 13} or 0x20 <= number <= 0x10FFFF
    return (
        match[0] if legal and not 0xD800 <= number <= 0xDFFF and number not in {0xFFFE, 0xFFFF} else "\ufffd"
    )
