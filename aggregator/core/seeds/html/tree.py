"""A saved page as a tree, and what the names on its elements say."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from lxml import etree, html

BLOCKS = frozenset(
    (
        "p h1 h2 h3 h4 h5 h6 li blockquote pre td th dt dd figcaption caption div section art"
        "icle main header footer aside nav ul ol dl table tr tbody thead form figure address "
        "center body html br hr details summary fieldset noframes"
    ).split()
)
MAX_ELEMENTS = 15_000  # of a page; those of news sites have 1,000 to 8,000
LABELS = frozenset(("span", "a", "time", "label", "abbr", "small"))
NAMING = ("class", "id", "data-hook", "data-testid", "data-component", "data-type", "data-block")
MAX_NAMES = 300  # characters of an attribute; generators of style sheets write longer ones
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BEM_BLOCK = re.compile(r"(?<!\S)\S*__(?=[A-Za-z])")
_NOT_LETTER = re.compile(r"[^a-z]+")


def parse(text: str) -> html.HtmlElement | None:
    """Return a page's tree; None where it has no element."""
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return _bounded(html.document_fromstring(text.encode("utf-8", "replace"), parser=parser))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _bounded(tree: html.HtmlElement) -> html.HtmlElement:
    """Cut what comes after as many elements as a page may have."""
    last = next(islice(tree.iter(), MAX_ELEMENTS, None), None)
    for element in list(above(last)) if last is not None else ():
        parent = element.getparent()
        if parent is not None:
            del parent[parent.index(element) + 1 :]
    return tree


def one_line(element: html.HtmlElement) -> str:
    """Return all text of an element on one line, with spaces where a browser breaks or sets apart."""
    pieces = Pieces()
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if inner.tag in BLOCKS:
            pieces.add(" ")
        if event == "start":
            pieces.begin(inner)
            pieces.add(inner.text)
        else:
            pieces.end(inner)
            pieces.add(inner.tail if inner is not element else None)
    return pieces.line()


class Pieces:
    """Pieces of text that become one; words of neighbouring labels are kept apart, as styles do it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.between = False  # right behind the end of a label
        self.apart = False  # and at the beginning of another
        self.begun = False  # at the beginning of a label

    def begin(self, element: html.HtmlElement) -> None:
        """Take note of a start tag."""
        self.begun = element.tag in LABELS
        self.apart = self.between and self.begun
        self.between = False

    def end(self, element: html.HtmlElement) -> None:
        """Take note of an end tag."""
        self.between = element.tag in LABELS

    def add(self, text: str | None) -> None:
        """Add text as it stands in the document."""
        if not text:
            return
        before = self.texts[-1][-1:] if self.texts else ""
        glued = text[0].isalnum() and before.isalnum()
        if glued and (self.apart or (self.begun and before.isalpha() and text[0].isdigit())):
            self.texts.append(" ")
        self.texts.append(text)
        self.apart = self.between = self.begun = False

    def clear(self) -> None:
        """Begin anew."""
        self.texts.clear()
        self.apart = self.between = self.begun = False

    def line(self) -> str:
        """Return the text on one line."""
        return " ".join("".join(self.texts).split())


def names(element: html.HtmlElement) -> str:
    """Return the words of an element's class and id: "-article-body- -lead-"."""
    return _words(" ".join(filter(None, (element.get(key, "")[:MAX_NAMES] for key in NAMING))))


def roles(element: html.HtmlElement) -> str:
    """Return the same without the block's name in "block__element" (BEM): it says where, not what."""
    raw = " ".join(filter(None, (element.get(key, "")[:MAX_NAMES] for key in NAMING)))
    return _words(_BEM_BLOCK.sub("", raw) if "__" in raw else raw)


@lru_cache(maxsize=4_096)
def _words(raw: str) -> str:
    parts = (_NOT_LETTER.sub("-", _CAMEL.sub("-", part).lower()).strip("-") for part in raw.split())
    return " ".join(f"-{part}-" for part in parts if part)


def props(element: html.HtmlElement) -> frozenset[str]:
    """Return the properties of microdata and RDFa that an element holds, without prefix."""
    raw = f"{element.get('itemprop', '')} {element.get('property', '')}"
    return frozenset(name.rsplit(":", 1)[-1].rsplit("/", 1)[-1] for name in raw.split())


def above(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """Yield an element and those around it, innermost first."""
    current: html.HtmlElement | None = element
    while current is not None:
        yield current
        current = current.getparent()
