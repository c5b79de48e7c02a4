"""Markdown as plain text: its blocks, and a block without its marks."""

import re
from dataclasses import dataclass

from aggregator.core.seeds.lines import is_bullet

HEADING = re.compile(r"^ {0,3}(?P<level>#{1,6})[ \t]+(?P<text>.*?)[ \t]*#*[ \t]*$")
SETEXT = re.compile(
    r"(?:^|\A)(?P<text>[^\s#>*`|-][^\n]*)\n(?P<mark>=+)[ \t]*$"
    r"|(?:\A|(?<=\n\n))(?P<second>[^\s#>*`|-][^\n:]{2,80})\n-{3,}[ \t]*$",
    re.MULTILINE,
)
QUOTE = re.compile(r"^\s*(?:> ?)+")
RULE = re.compile(r"^\s*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
FENCE = re.compile(r"^\s*(?:```|~~~)")
TABLE_RULE = re.compile(r"^[\s|:+=-]*\|[\s|:+=-]*$|^\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)*$")
CALLOUT = re.compile(r"^\[![\w-]+\][+-]?[ \t]*")  # Obsidian, GitHub
LINK_TARGET = r"\((?:[^()\s]|\([^()\s]*\))*(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)"
# Whole lines that are for programs: definitions of links and footnotes, divs, comments, shortcodes.
_UNSEEN = (
    re.compile(r"^ {0,3}\[\^?[^\]\n]+\]:[ \t]+\S.*(?:\n(?: {4}|\t)\S.*)*$", re.MULTILINE),
    re.compile(
        r"^[ \t]*(?::{3,}.*|\{:.*\}|\[toc\]|\{\{<[^\n]{0,500}>\}\}|\{%[^\n]{0,500}%\})[ \t]*$",
        re.MULTILINE | re.IGNORECASE,
    ),
)
MARKS = re.compile(r"[\[\]<*_~=`{\\|^]")  # without one of these a text has no marks
COMMENTS = (("<!--", "-->"), ("%%", "%%"))  # of HTML, of Obsidian
_INLINE = (  # (form, what stays), in order
    (re.compile(r"!\[\[[^\[\]\n]*\]\]"), ""),
    (re.compile(rf"!\[[^\[\]]*\](?:{LINK_TARGET}|\[[^\[\]]*\])"), ""),
    (re.compile(r"\[\[(?:[^\[\]|\n]*\|)?(?P<t>[^\[\]|#\n]*)[^\[\]\n]*\]\]"), r"\g<t>"),
    (re.compile(r"\[\^[^\[\]\s]+\]"), ""),
    (re.compile(rf"\[(?P<t>[^\[\]]*)\]{LINK_TARGET}"), r"\g<t>"),
    (re.compile(r"\[(?P<t>[^\[\]]+)\]\[[^\[\]]*\]"), r"\g<t>"),
    (re.compile(r"<(?P<t>(?:https?://|mailto:)[^>\s]+)>"), r"\g<t>"),
    (re.compile(r"</?[a-zA-Z][^<>]{0,300}>"), ""),
    (re.compile(r"\{\{[<%][^\n{}]{0,300}[%>]\}\}|\{%[^\n{}]{0,300}%\}|\{[:#.][^{}\n]{0,100}\}"), ""),
    (re.compile(r"(?<![\w*])(\*\*\*|\*\*|\*|___|__)(?=\S)(?P<t>[^*_\n]+?)(?<=\S)\1(?![\w*])"), r"\g<t>"),
    (re.compile(r"(?<![\w*])\*\*(?=\S)(?P<t>[^*\n]+?)(?<=\S)\*\*"), r"\g<t>"),
    (re.compile(r"(?<!\w)_(?=\S)(?P<t>[^_\n]+?)(?<=\S)_(?!\w)"), r"\g<t>"),
    (re.compile(r"(~~|==)(?=\S)(?P<t>[^~=\n]+?)(?<=\S)\1"), r"\g<t>"),
    (re.compile(r"`+(?P<t>[^`\n]+)`+"), r"\g<t>"),
    (re.compile(r"(?<=\S) \^[\w-]+$"), ""),
    (re.compile(r"^(?P<t>[-*+] )\[[ xX]\] "), r"\g<t>"),
    (re.compile(r"\\(?P<t>[\\`*_{}\[\]()#+.!>~|-])"), r"\g<t>"),
)
# Signs that a text is Markdown: no plain text has a link's brackets, or words in pairs of stars.
SIGNS = re.compile(
    r"\[[^\[\]\n]+\]\(https?://[^\s)]+\)|(?<![\w*])\*\*\w[^*\n]{0,200}\*\*(?!\*)|^#{1,4} \S", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or heading, with its marks."""

    lines: tuple[str, ...]
    level: int = 0  # of a heading; 0: none
    quoted: bool = False

    @property
    def source(self) -> str:
        """Return the block on one line, with its marks."""
        return " ".join(line.strip() for line in self.lines)

    @property
    def text(self) -> str:
        """Return the block on one line, without its marks."""
        return plain(self.source)


def normal(text: str) -> str:
    """Return a text with `\\n` for line ends and without its byte order mark."""
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def seen(text: str) -> str:
    """Return Markdown without what is for programs only, and with one form of heading."""
    for opening, closing in COMMENTS:
        text = _without(text, opening, closing)
    for form in _UNSEEN:
        text = form.sub("", text)
    return SETEXT.sub(lambda m: f"# {m['text']}" if m["mark"] else f"## {m['second']}", text)


def _without(text: str, opening: str, closing: str) -> str:
    """Return a text without what stands between marks; an opening mark that is never closed stays."""
    kept, position = [], 0
    while (start := text.find(opening, position)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        kept.append(text[position:start])
        position = end + len(closing)
    return "".join(kept) + text[position:]


def blocks(text: str) -> list[Block]:
    """Split Markdown into paragraphs, list items and headings; code stays as it is."""
    found: list[Block] = []
    open_: list[str] = []  # the lines of the paragraph that goes on
    was_quoted = False
    for raw in text.split("\n"):
        line = QUOTE.sub("", raw).rstrip()
        quoted = line != raw.rstrip()
        heading = HEADING.match(line)
        parts = not line.strip() or FENCE.match(line) or RULE.match(line) or TABLE_RULE.match(line)
        if open_ and (heading or parts or quoted != was_quoted or is_bullet(line.strip())):
            found.append(Block(tuple(open_), 0, was_quoted))
            open_ = []
        was_quoted = quoted
        if heading:
            found.append(Block((heading["text"],), len(heading["level"]), quoted))
        elif not parts and (text_line := CALLOUT.sub("", line.strip()) if quoted else line):
            open_.append(text_line)
    return [*found, Block(tuple(open_), 0, was_quoted)] if open_ else found


def plain(text: str) -> str:
    """Return a Markdown paragraph without its marks."""
    if not MARKS.search(text):
        return text.strip()
    for form, stays in _INLINE:
        text = form.sub(stays, text)
    if text.startswith("|") and text.rstrip().endswith("|"):
        text = " | ".join(cell.strip() for cell in text.strip("| ").split("|"))
    return text.strip()


def paragraphs(text: str) -> str:
    """Return a Markdown text as plain paragraphs."""
    return "\n\n".join(shown for block in blocks(seen(normal(text))) if (shown := block.text))
