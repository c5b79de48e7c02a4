"""HTML as found in the wild, read the way browsers do and in linear time: for its text, or to be rebuilt.

What comes out of here is well-nested and shallow, not yet harmless: `clean` decides that.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import NamedTuple

MAX_DEPTH = 64  # open elements; the time of sanitisers grows with the square of the nesting
MAX_TAG = 16_384  # characters; a parser's check for duplicate attributes is quadratic in one tag

# One token of markup (HTML Standard, 13.2.5): a quote counts only after an equals sign, and a comment or
# tag that is never closed goes on to the end. No alternative is tried twice over the same text.
_TOKEN = re.compile(
    r"""<!--.*?(?:--!?>|\Z)
      | <(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)
        (?P<attributes>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)(?:>|\Z)
      | <[!?/][^>]*+(?:>|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_HREF = re.compile(r"""(?<![^\s/"'])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_BIG_REFERENCE = re.compile(r"&#(?:\d{9,}|[xX][0-9a-fA-F]{9,});?")  # int() refuses some thousand digits
PRE_LINE_END = re.compile("<pre>\n+")  # a browser eats one at each reading

# What these hold is not text of the document.
_DROPPED = frozenset(
    """script style template iframe noscript noembed noframes object applet svg math audio video canvas
    select textarea title""".split()
)
_ENDLESS = frozenset(("script", "style"))  # left open, they swallow the rest

_VOID = frozenset(("br", "hr", "wbr"))
_BLOCKS = frozenset(
    """p div h1 h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd table caption thead tbody tfoot tr
    figure figcaption pre hr address""".split()
)
_INLINE = frozenset(
    """a b strong i em u s del ins sub sup small mark abbr q cite code kbd samp var br wbr ruby rt rp
    td th""".split()
)
ALLOWED = _BLOCKS | _INLINE
_BREAKS = dict.fromkeys(_BLOCKS, "\n\n") | {"br": "\n", "td": " ", "th": " "}  # what a tag is in plain text
_KNOWN = (  # the element that stands for a tag
    {name: name for name in ALLOWED}
    | dict.fromkeys(
        """article section header footer main aside nav center form fieldset details summary hgroup body
        """.split(),
        "div",
    )
    | {"strike": "s", "tt": "code", "acronym": "abbr"}
)

_TABLE_FRAME = frozenset(("table", "thead", "tbody", "tfoot", "tr"))
_TABLE_PARTS = _TABLE_FRAME - {"table"} | {"td", "th", "caption"}

# An element that ends those before it by opening: (what it ends, what shields what lies outside).
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "a": (frozenset(("a",)), frozenset()),
    "li": (frozenset(("li",)), frozenset(("ul", "ol"))),
    **dict.fromkeys(("dt", "dd"), (frozenset(("dt", "dd")), frozenset(("dl",)))),
    **dict.fromkeys(("td", "th"), (frozenset(("td", "th")), frozenset(("tr", "table")))),
    **{part: (frozenset((part,)), frozenset(("table",))) for part in ("tr", "caption")},
    **dict.fromkeys(
        ("thead", "tbody", "tfoot"), (frozenset(("thead", "tbody", "tfoot", "tr")), frozenset(("table",)))
    ),
}


class Tag(NamedTuple):
    """A tag of an element that has a meaning here."""

    name: str  # one of ALLOWED
    closes: bool
    attributes: str


Token = str | Tag  # a text with its character references as they are, or a tag


def tokens(raw: str) -> list[Token]:
    """Return texts and tags in order; comments, unknown tags and what is no text are left out."""
    found: list[Token] = []
    position, closers = 0, _Closers(raw)
    while match := _TOKEN.search(raw, position):
        if match.start() > position:
            found.append(raw[position : match.start()])
        position = match.end()
        close, name, attributes = match.groups()
        name = (name or "").lower()
        if known := _KNOWN.get(name):
            if position - match.start() <= MAX_TAG:
                found.append(Tag(known, bool(close), attributes))
        elif name in _DROPPED and not close and not attributes.endswith("/"):
            position = closers.after(name, position)
    if position < len(raw):
        found.append(raw[position:])
    return found


class _Closers:
    """Find where an element ends; a name that is not found is not looked for again."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.missing: set[str] = set()

    def after(self, name: str, position: int) -> int:
        """Return the position behind the closing tag, or `position` itself where there is none."""
        if name not in self.missing:
            found = re.compile(rf"</{name}\b[^>]*+(?:>|\Z)", re.IGNORECASE).search(self.raw, position)
            if found:
                return found.end()
            self.missing.add(name)
        return len(self.raw) if name in _ENDLESS else position


def text_of(fragment: list[Token]) -> str:
    """Return the text, character references decoded, with line ends where browsers break.

    Where there is no tag that has a meaning, the text is plain and keeps its own line ends.
    """
    if all(isinstance(token, str) for token in fragment):
        return _decoded("".join(fragment))  # type: ignore[arg-type]
    pieces: list[str] = []
    preformatted = 0
    for token in fragment:
        if isinstance(token, str):
            pieces.append(token if preformatted else _on_one_line(token))
            continue
        pieces.append(_BREAKS.get(token.name, ""))
        if token.name == "pre":
            preformatted = max(0, preformatted + (-1 if token.closes else 1))
    return _decoded("".join(pieces))


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ").replace("\f", " ")


def _decoded(text: str) -> str:
    return unescape(_bounded(text)) if "&" in text else text


def _bounded(text: str) -> str:
    return _BIG_REFERENCE.sub("\ufffd", text) if "&#" in text else text


def rebuilt(fragment: list[Token], link: Callable[[str], str | None]) -> str:
    """Return the markup with every element closed, at most MAX_DEPTH deep, and no attribute but `href`.

    link: makes an address what may stay in a link; None: the link stays without it.
    """
    out: list[str] = []
    open_: list[str] = []
    for token in fragment:
        if isinstance(token, str):
            if open_ and open_[-1] in _TABLE_FRAME and not token.isspace():
                _shelter("", open_, out)
            out.append(_bounded(token).replace("<", "&lt;"))
        elif token.closes:
            _close(token.name, open_, out)
        else:
            _open(token, open_, out, link)
    return "".join(out)


def _close(name: str, open_: list[str], out: list[str]) -> None:
    if name not in open_:
        return
    while True:
        last = open_.pop()
        out.append(f"</{last}>")
        if last == name:
            return


def _shelter(name: str, open_: list[str], out: list[str]) -> None:
    """Open a cell for what stands between cells: a parser moves it before the table, in quadratic time."""
    if open_ and open_[-1] in _TABLE_FRAME and name not in _TABLE_PARTS:
        open_.append("td")
        out.append("<td>")


def _open(tag: Tag, open_: list[str], out: list[str], link: Callable[[str], str | None]) -> None:
    _shelter(tag.name, open_, out)
    if tag.name in _BLOCKS:
        _close("p", open_, out)
    if tag.name in _ENDS:
        ended, shield = _ENDS[tag.name]
        inner = next((name for name in reversed(open_) if name in ended or name in shield), "")
        if inner in ended:
            _close(inner, open_, out)
    if tag.name in _VOID:
        out.append(f"<{tag.name}>")
    elif len(open_) < MAX_DEPTH or tag.name in _TABLE_PARTS:
        open_.append(tag.name)
        out.append(f"<{tag.name}{_href(tag, link)}>")


def _href(tag: Tag, link: Callable[[str], str | None]) -> str:
    """Return the one attribute that stays."""
    if tag.name != "a" or not (match := _HREF.search(tag.attributes)):
        return ""
    url = link(_decoded(match[1] or match[2] or match[3] or ""))
    return f' href="{escape(url)}"' if url else ""
