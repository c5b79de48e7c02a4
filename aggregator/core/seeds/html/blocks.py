"""A page as blocks of text in reading order, each with the part of the page that it stands in."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree, html

from aggregator.core.seeds.html.tree import BLOCKS, Pieces, names, props
from aggregator.core.seeds.html.zones import BODY, Zone, zone_of
from aggregator.core.seeds.lines import ends_sentence, width

LARGE = 0.5  # share of a page's text; a part with so much is the article, whatever its name
LARGE_MARKED = 0.15  # the same for a part that holds a headline or is marked as a body
PROSE = 40  # columns of a block that counts as running text; shorter ones count if they end a sentence
SHORT_PROSE = 25
LINKED = 0.5  # share of a block's text inside links, from which it is a menu
CAPTION = 160  # columns of text beside a picture that are its caption
PICTURED = frozenset("div td table center dl span".split())
PICTURES = frozenset(("img", "picture", "amp-img"))
MARKED_TEXT = 200  # columns, from which a part that is named like a body is one; cards are named so as well
FRAMES = frozenset((Zone.FACTS, Zone.PICTURE))
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text between two breaks of the line."""

    text: str
    element: html.HtmlElement  # the innermost block it stands in
    zone: Zone | None  # None: the article's, for all that the page's marks say
    linked: float  # share of the text that is inside links
    is_caption: bool = False  # stands beside a picture and says little

    @property
    def tag(self) -> str:
        """Return the name of its element."""
        return str(self.element.tag)

    @property
    def prose(self) -> int:
        """Return its weight as running text."""
        if self.zone is not None or self.linked > LINKED or self.tag in HEADINGS:
            return 0
        columns = width(self.text)
        return columns if columns >= PROSE or (columns >= SHORT_PROSE and ends_sentence(self.text)) else 0


@dataclass(slots=True)
class Blocks:
    """The blocks of an element, and which of them lie in which element inside it."""

    root: html.HtmlElement
    all: list[Block] = field(default_factory=list)
    spans: dict[html.HtmlElement, tuple[int, int]] = field(default_factory=dict)  # first block, end
    zones: dict[html.HtmlElement, Zone] = field(default_factory=dict)  # of elements where one begins
    prose: dict[html.HtmlElement, int] = field(default_factory=dict)

    def zone(self, element: html.HtmlElement) -> Zone | None:
        """Return the zone that an element lies in."""
        current: html.HtmlElement | None = element
        while current is not None:
            if current in self.zones:
                return self.zones[current]
            current = None if current is self.root else current.getparent()
        return None


@dataclass(slots=True)
class _Weight:
    """What an element holds, whatever its marks say."""

    text: int = 0  # characters outside links
    linked: int = 0
    pictures: int = 0
    has_headline: bool = False
    has_body: bool = False  # an element that is marked as an article's text


def read_blocks(root: html.HtmlElement) -> Blocks:
    """Return the blocks of an element; without recursion, as hostile pages nest deeper than Python does."""
    weights = _weigh(root)
    return _Reader(root, weights).read()


def _weigh(root: html.HtmlElement) -> dict[html.HtmlElement, _Weight]:
    weights: dict[html.HtmlElement, _Weight] = {}
    stack: list[_Weight] = []
    links = silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        mute = not isinstance(element.tag, str) or element.tag in {"script", "style", "template", "noscript"}
        link = element.tag == "a"
        if event == "start":
            silent, links = silent + mute, links + link
            weight = _Weight(pictures=element.tag in PICTURES)
            stack.append(weight)
            _add(weight, element.text, silent, links)
            continue
        silent, links = silent - mute, links - link
        weight = weights[element] = stack.pop()
        weight.has_headline |= _is_headline(element)
        weight.has_body |= weight.text >= MARKED_TEXT and _is_body(element)
        if stack:
            stack[-1].text += weight.text
            stack[-1].linked += weight.linked
            stack[-1].pictures += weight.pictures
            stack[-1].has_headline |= weight.has_headline
            stack[-1].has_body |= weight.has_body
            _add(stack[-1], element.tail, silent, links)
    return weights


def _add(weight: _Weight, text: str | None, silent: int, links: int) -> None:
    if not text or silent:
        return
    length = width(text.strip())
    if links:
        weight.linked += length
    else:
        weight.text += length


def _is_headline(element: html.HtmlElement) -> bool:
    """Tell whether an element is the largest heading, and not the site's name."""
    if element.tag != "h1" or re.search("-(?:site|logo|brand)-", names(element)):
        return False
    links = element.xpath("./a/@href | ./*/a/@href")
    is_home = bool(links) and path_of(links[0]) in {"", "/"}
    return not is_home and not element.xpath("ancestor::header[1]//nav[1]")


def _is_body(element: html.HtmlElement) -> bool:
    """Tell whether an element is marked as an article's body."""
    return element.tag in BLOCKS and ("articleBody" in props(element) or bool(BODY.search(names(element))))


def path_of(url: str) -> str:
    """Return an address's path; none where it is no address."""
    try:
        return urlsplit(url.strip()).path
    except ValueError:
        return ""


class _Reader:
    """Walk an element and cut its text into blocks."""

    def __init__(self, root: html.HtmlElement, weights: dict[html.HtmlElement, _Weight]) -> None:
        self.weights = weights
        self.total = max(1, weights[root].text)
        self.blocks = Blocks(root)
        self.inside = [root]  # open block elements
        self.open_zones: list[tuple[html.HtmlElement, Zone]] = []
        self.caption: html.HtmlElement | None = None
        self.pieces = Pieces()
        self.characters = self.linked = self.links = 0
        self.open_prose = [0]
        self.starts = [0]

    def read(self) -> Blocks:
        root = self.blocks.root
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if element is root:
                if event == "start":
                    self._text(element.text)
                continue
            if event == "start":
                self._start(element)
            else:
                self._end(element)
        self._close()
        self.blocks.spans[root] = (0, len(self.blocks.all))
        self.blocks.prose[root] = self.open_prose[0]
        return self.blocks

    def _start(self, element: html.HtmlElement) -> None:
        if element.tag in BLOCKS:
            self._close()
            self.inside.append(element)
            self.open_prose.append(0)
            self.starts.append(len(self.blocks.all))
        if (zone := self._zone(element)) and self._may_begin(zone):
            self.blocks.zones[element] = zone
            self.open_zones.append((element, zone))
        if self.caption is None and self._is_pictured(element):
            self.caption = element
        self.links += element.tag == "a"
        self.pieces.begin(element)
        self._text(element.text)

    def _may_begin(self, zone: Zone) -> bool:
        """Tell whether a zone begins here: in the frame of a headline a menu is still a menu."""
        if not self.open_zones:
            return True
        return self.open_zones[-1][1] in FRAMES and zone not in FRAMES

    def _end(self, element: html.HtmlElement) -> None:
        self.links -= element.tag == "a"
        if element.tag in BLOCKS:
            self._close()
            self.inside.pop()
            prose = self.open_prose.pop()
            self.open_prose[-1] += prose
            start = self.starts.pop()
            if len(self.blocks.all) > start:
                self.blocks.spans[element] = (start, len(self.blocks.all))
                self.blocks.prose[element] = prose
        if self.open_zones and self.open_zones[-1][0] is element:
            self.open_zones.pop()
        if self.caption is element:
            self._close()
            self.caption = None
        self.pieces.end(element)
        self._text(element.tail)

    def _zone(self, element: html.HtmlElement) -> Zone | None:
        zone = zone_of(element)
        if zone is None or zone is Zone.NOTHING:
            return zone
        if zone is Zone.FACTS and element.tag not in BLOCKS:  # a name or a date on the line of others
            return None
        weight = self.weights[element]
        share = weight.text / self.total
        if share >= LARGE and zone is not Zone.COMMENTS:
            return None
        if share >= LARGE_MARKED and (weight.has_body or (weight.has_headline and zone is not Zone.FACTS)):
            return None
        return None if weight.has_headline and element.tag == "article" else zone

    def _is_pictured(self, element: html.HtmlElement) -> bool:
        weight = self.weights[element]
        return bool(
            element.tag in PICTURED
            and weight.pictures
            and not weight.has_headline
            and 0 < weight.text + weight.linked <= CAPTION
            and (element.tag == "table" or next(element.iter(*HEADINGS, "p", "time"), None) is None)
        )

    def _text(self, text: str | None) -> None:
        if not text or (self.open_zones and self._is_mute(*self.open_zones[-1])):
            return
        self.pieces.add(text)
        length = len(text.strip())
        self.characters += length
        if self.links:
            self.linked += length

    @staticmethod
    def _is_mute(element: html.HtmlElement, zone: Zone) -> bool:
        """Tell whether a zone's text is left out: hidden, or a button in the middle of a line."""
        return zone is Zone.NOTHING or element.tag not in BLOCKS

    def _close(self) -> None:
        if not self.pieces.texts:
            return
        element = self.inside[-1]
        preformatted = "".join(self.pieces.texts).strip("\r\n") if element.tag == "pre" else ""
        if text := preformatted or self.pieces.line():
            self._add(text, element)
        self.pieces.clear()
        self.characters = self.linked = 0

    def _add(self, text: str, element: html.HtmlElement) -> None:
        block = Block(
            text,
            element,
            self.open_zones[-1][1] if self.open_zones else None,
            self.linked / self.characters if self.characters else 0.0,
            self.caption is not None,
        )
        self.blocks.all.append(block)
        self.open_prose[-1] += block.prose
