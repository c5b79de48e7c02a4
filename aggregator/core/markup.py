"""HTML as found in the wild, read the way browsers do and in linear time, for its text."""

import re
from collections.abc import Iterator
from html import unescape

# One token of markup (HTML Standard, 13.2.5): a quote counts only after an equals sign, and a comment or
# tag that is never closed goes on to the end. No alternative is tried twice over the same text.
_TOKEN = re.compile(
    r"""<!--.*?(?:--!?>|\Z)
      | <(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)
        (?P<attributes>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)(?:>|\Z)
      | <[!?/][^>]*+(?:>|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_GROUPS = 3  # of a token
_BIG_REFERENCE = re.compile(r"&#(?:\d{9,}|[xX][0-9a-fA-F]{9,});?")  # int() refuses some thousand digits

# What these hold is not text of the document.
_DROPPED = frozenset(
    """script style template iframe noscript noembed noframes object applet svg math audio video canvas
    select textarea title""".split()
)
_ENDLESS = frozenset(("script", "style"))  # left open, they swallow the rest
_PRE = "pre"  # in which line ends count
_STATEFUL = re.compile(rf"<(?:{'|'.join(sorted(_DROPPED | {_PRE}))})\b", re.IGNORECASE)

_BLOCKS = """p div h1 h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd table caption thead tbody tfoot tr figure
    figcaption pre hr address article section header footer main aside nav center form fieldset details
    summary hgroup body""".split()
_INLINE = """a b strong i em u s del ins sub sup small mark abbr q cite code kbd samp var wbr ruby rt rp
    strike tt acronym""".split()
# What a tag that has a meaning is in plain text.
_BREAKS = dict.fromkeys(_INLINE, "") | dict.fromkeys(_BLOCKS, "\n\n") | {"br": "\n", "td": " ", "th": " "}


def text_of(raw: str) -> str:
    """Return the text, character references decoded, with line ends where browsers break.

    Comments, unknown tags and what is no text are left out. Where there is no tag that has a meaning, the
    text is plain and keeps its own line ends.
    """
    if "<" not in raw:
        return _decoded(raw)
    if _STATEFUL.search(raw):
        return _decoded(_slowly(raw))
    # Split once: texts, and between them the groups of a token, of which the name is the second.
    parts = _TOKEN.split(_on_one_line(raw))
    breaks = [_BREAKS.get(name.lower()) if name else None for name in parts[2 :: _GROUPS + 1]]
    if not any(kind is not None for kind in breaks):
        return _decoded("".join(_TOKEN.split(raw)[:: _GROUPS + 1]))
    pieces = [""] * (2 * len(breaks) + 1)
    pieces[::2] = parts[:: _GROUPS + 1]
    pieces[1::2] = [kind or "" for kind in breaks]
    return _decoded("".join(pieces))


def _slowly(raw: str) -> str:
    """Return what `text_of` returns, not decoded, where it matters which elements are open."""
    tokens = list(_tokens(raw))
    if all(name is None for _, name, _ in tokens):
        return "".join(text for text, _, _ in tokens)
    pieces: list[str] = []
    preformatted = 0
    for text, name, closes in tokens:
        pieces.append(text if preformatted else _on_one_line(text))
        if name == _PRE:
            preformatted = max(0, preformatted + (-1 if closes else 1))
        pieces.append(_BREAKS[name] if name else "")
    return "".join(pieces)


def _tokens(raw: str) -> Iterator[tuple[str, str | None, bool]]:
    """Yield (text, the tag behind it if it has a meaning, whether that closes)."""
    position, closers = 0, _Closers(raw)
    while match := _TOKEN.search(raw, position):
        text = raw[position : match.start()]
        position = match.end()
        close, name, attributes = match.groups()
        name = (name or "").lower()
        yield text, name if name in _BREAKS else None, bool(close)
        if name in _DROPPED and not close and not attributes.endswith("/"):
            position = closers.after(name, position)
    yield raw[position:], None, False


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


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ").replace("\f", " ")


def _decoded(text: str) -> str:
    if "&" not in text:
        return text
    return unescape(_BIG_REFERENCE.sub("\ufffd", text) if "&#" in text else text)
