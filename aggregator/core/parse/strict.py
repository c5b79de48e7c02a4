"""feedparser's own reading of well-formed XML, with expat calling its handlers directly.

The handlers are the library's, and so is what they make of a document. What is left out is the way to them:
Python's SAX layer passes every line of a text on by itself and builds objects for attributes that most
elements do not have. It takes two fifths of feedparser's time; the results are equal (tested over every feed
there is, and over damaged ones).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.parsers import expat

import feedparser.mixin
from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict

_EMBEDDED = ("http://www.w3.org/1998/Math/MathML math ", "http://www.w3.org/2000/svg svg ")
BUFFER = 65_536  # characters of a text that come in one piece

# feedparser looks every character of every text up in this table of Windows-1252's own ones. A miss costs an
# exception, and most texts consist of misses: with these each finds itself.
if hasattr(feedparser.mixin, "_cp1252"):
    feedparser.mixin._cp1252 = {code: code for code in range(128)} | feedparser.mixin._cp1252


def read(document: bytes) -> dict[str, Any] | None:
    """Return what feedparser says of a well-formed UTF-8 document without a DTD; None where it is not one.

    As `feedparser.parse` gives it, without its sanitiser and with addresses left relative: `feed`, `entries`,
    `version` and `bozo`.
    """
    handlers = _Handlers()
    try:
        handlers.parse(document)
    except expat.ExpatError:
        return None
    return {
        "feed": handlers.feeddata,
        "entries": handlers.entries,
        "version": handlers.version,
        "bozo": False,
    }


class _Params(FeedParserDict):  # type: ignore[misc]
    """What is known of the content that is being read; its keys have no synonyms, its values no parts."""

    get = dict.get

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Params":
        return _Params(self)


class _Handlers(StrictFeedParser):  # type: ignore[misc]
    resolve_relative_uris = False
    sanitize_html = False

    def __init__(self) -> None:
        super().__init__("", None, "utf-8")
        self.contentparams = _Params()
        self._elements: dict[str, str] = {}  # name as expat gives it -> as feedparser knows it
        self._attributes: dict[str, Sequence[str]] = {}

    def parse(self, document: bytes) -> None:
        parser = expat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = True
        parser.buffer_text, parser.buffer_size = True, BUFFER
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self.handle_data
        parser.StartNamespaceDeclHandler = self._declare
        parser.Parse(document, True)

    def push_content(self, tag: str, attrs_d: Any, default_content_type: str, expecting_text: int) -> None:
        super().push_content(tag, attrs_d, default_content_type, expecting_text)
        self.contentparams = _Params(self.contentparams)

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._elements.clear()  # what follows may have other names
        self.startPrefixMapping(prefix, uri)

    def _start(self, name: str, given: Mapping[str, str]) -> None:
        element = self._elements.get(name) or self._element(name)
        attributes: dict[str, str] = self.decls
        self.decls: dict[str, str] = {}
        if f"{name} ".startswith(_EMBEDDED):
            attributes["xmlns"] = name.split(" ")[0]
        if given:
            named = [(self._attributes.get(key) or self._attribute(key), given[key]) for key in given]
            attributes |= {names[0]: value for names, value in named}
            attributes |= {names[-1]: value for names, value in named}
        self.unknown_starttag(element, list(attributes.items()))

    def _end(self, name: str) -> None:
        self.unknown_endtag(self._elements.get(name) or self._element(name))

    def _element(self, name: str) -> str:
        """Return feedparser's name of an element: the prefix that it gives the namespace, and the name."""
        uri, local = name.split(" ")[:2] if " " in name else ("", name)
        prefix = self._matchnamespaces.get(uri.lower())
        if not prefix and uri:
            declared = self.namespaces_in_use.items()
            prefix = next((prefix for prefix, used in declared if prefix and used == uri), None)
        self._elements[name] = element = (f"{prefix}:{local}" if prefix else local).lower()
        return element

    def _attribute(self, name: str) -> Sequence[str]:
        """Return the names of an attribute: with feedparser's prefix for its namespace, and with its own."""
        uri, local, own = [*name.split(" "), ""][:3] if " " in name else ("", name, "")
        known = self._matchnamespaces.get(uri.lower(), "")
        prefixed = (f"{prefix}:{local}" if prefix else local for prefix in (known, own))
        self._attributes[name] = names = tuple(each.lower() for each in prefixed)
        return names
