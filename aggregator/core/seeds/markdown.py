"""Markdown, with front matter (YAML's simple forms, or TOML) or without."""

import re
import tomllib
from dataclasses import replace
from typing import Any

from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.fields import draft_of
from aggregator.core.seeds.lines import fold, is_bullet, is_sentence
from aggregator.core.seeds.metaline import read_meta
from aggregator.core.seeds.post import gather

FENCES = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
KEY = re.compile(r"^[\w\"' .-]+?\s*[:=](?:\s|$)")
HEADING = re.compile(r"^ {0,3}(?P<level>#{1,6})[ \t]+(?P<text>.*?)[ \t]*#*[ \t]*$")
SETEXT = re.compile(r"^(?P<text>[^\n#>*`-].*)\n=+[ \t]*$", re.MULTILINE)
_INLINE = (  # (form, what stays), in order
    (re.compile(r"!\[[^\]]*\]\([^()\s]*(?:\s+\"[^\"]*\")?\)"), ""),
    (re.compile(r"\[(?P<t>[^\[\]]*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)"), r"\g<t>"),
    (re.compile(r"\[(?P<t>[^\[\]]+)\]\[[^\[\]]*\]"), r"\g<t>"),
    (re.compile(r"<(?P<t>https?://[^>\s]+)>"), r"\g<t>"),
    (re.compile(r"</?[a-zA-Z][^<>]{0,300}>"), ""),
    (re.compile(r"(?<![\w*])(\*\*\*|\*\*|\*|___|__)(?=\S)(?P<t>[^*_\n]+?)(?<=\S)\1(?![\w*])"), r"\g<t>"),
    (re.compile(r"(?<!\w)_(?=\S)(?P<t>[^_\n]+?)(?<=\S)_(?!\w)"), r"\g<t>"),
    (re.compile(r"`+(?P<t>[^`\n]+)`+"), r"\g<t>"),
    (re.compile(r"\\(?P<t>[\\`*_{}\[\]()#+.!>-])"), r"\g<t>"),
)
UNTITLED = "untitled"  # stands for the headline that front matter gives to a body without one
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s+\S+.*$", re.MULTILINE)


def has_front_matter(text: str, _name: str) -> bool:
    """Tell whether a text begins with front matter."""
    text = _lines(text).lstrip()
    return text[:3] in FENCES and bool(fenced(text)) and fenced(text)[0][0] == 0


def fenced(text: str) -> list[tuple[int, str, int]]:
    """Return where each front matter begins, what it says, and where its body begins."""
    lines = [(match.start(), match.end() + 1) for match in FENCES[text[:3]].finditer(text)]
    found, i = [], 0
    while i + 1 < len(lines):
        head = text[lines[i][1] : lines[i + 1][0]]
        # A rule in a body looks like a fence: what follows it is no list of keys.
        if _is_head(head):
            found.append((lines[i][0], head, lines[i + 1][1]))
            i += 1
        i += 1
    return found


def _is_head(head: str) -> bool:
    lines = [line for line in head.split("\n") if line.strip() and line[0] not in " \t#-[]"]
    return bool(lines) and all(KEY.match(line) for line in lines)


def is_markdown(text: str, name: str) -> bool:
    """Tell whether a text is Markdown: its name says so, or it begins with a heading of it."""
    first = text.lstrip("\ufeff \t\r\n").split("\n", 1)[0]
    return name.lower().endswith((".md", ".markdown", ".mdown", ".mkd")) or bool(
        re.match(r"#{1,2} \S", first)
    )


def read_front_matter(text: str) -> tuple[Draft, ...]:
    """Return the articles of a text, each under its front matter."""
    text = _lines(text).lstrip()
    parse = parse_yaml if text.startswith("---") else parse_toml
    heads = fenced(text)
    ends = [start for start, _, _ in heads[1:]] + [len(text)]
    return tuple(
        _under(parse(head), text[body:end]) for (_, head, body), end in zip(heads, ends, strict=True)
    )


def _under(values: dict[str, Any], body: str) -> Draft:
    """Join front matter and body; a heading gives the title that the front matter lacks."""
    draft = draft_of(values)
    headed = HEADING.match(body.strip().split("\n", 1)[0])
    written = read_markdown(body if headed or not draft.title else f"# {UNTITLED}\n\n{body}")
    same = fold(written.title) in {fold(draft.title), fold(UNTITLED)}
    text = (
        written.text if same or not draft.title or not written.title else f"{written.title}\n\n{written.text}"
    )
    return replace(
        draft,
        title=draft.title or written.title,
        text=text or draft.text,
        html="",
        author=draft.author or written.author,
        published=draft.published or written.published,
    )


def read_markdown(text: str) -> Draft:
    """Return the one article of a Markdown text: its first heading and what follows."""
    text = SETEXT.sub(r"# \g<text>", _DEFINITION.sub("", _lines(text)))
    title, blocks = "", _blocks(text)
    paragraphs: list[str] = []
    for block in blocks:
        heading = HEADING.match(block)
        if heading and not title:
            title, paragraphs = plain(heading["text"]), [p for p in paragraphs if is_sentence(p)]
        else:
            paragraphs.append(plain(heading["text"] if heading else block))
    metas = [meta for paragraph in paragraphs[:3] if (meta := read_meta(paragraph)) and meta.is_strong]
    facts = gather(metas)
    kept = [
        p for i, p in enumerate(paragraphs) if p and not (i < 3 and (meta := read_meta(p)) and meta.is_strong)
    ]
    return Draft(
        title,
        "\n\n".join(kept),
        author=facts.author,
        publisher=facts.publisher,
        published=facts.published,
        categories=facts.categories,
    )


def _blocks(text: str) -> list[str]:
    """Split Markdown into paragraphs, list items and headings; code stays as it is."""
    blocks: list[str] = []
    open_ = False
    for line in text.split("\n"):
        bare = re.sub(r"^\s*(?:> ?)+", "", line).rstrip()
        if re.match(r"^\s*(?:```|~~~)", bare) or not bare.strip() or re.match(r"^\s*(?:[-*_]\s*){3,}$", bare):
            open_ = False
        elif HEADING.match(bare) or is_bullet(bare.strip()) or not open_:
            blocks.append(bare.strip() if not HEADING.match(bare) else bare)
            open_ = not HEADING.match(bare)
        else:
            blocks[-1] += " " + bare.strip()
    return blocks


def plain(text: str) -> str:
    """Return a Markdown paragraph without its marks."""
    for form, stays in _INLINE:
        text = form.sub(stays, text)
    return text.strip()


def _lines(text: str) -> str:
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def parse_toml(head: str) -> dict[str, Any]:
    """Return TOML's top-level keys and those of its tables (Hugo's `[taxonomies]`)."""
    try:
        values = tomllib.loads(head)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return parse_yaml(re.sub(r"(?m)^([\w-]+)\s*=\s*", r"\1: ", head))
    inner = {
        key: value for table in values.values() if isinstance(table, dict) for key, value in table.items()
    }
    return {**inner, **{key: value for key, value in values.items() if not isinstance(value, dict)}}


def parse_yaml(head: str) -> dict[str, Any]:
    """Return the keys of YAML's simple forms: scalars, quoted scalars, both kinds of list, folded text."""
    values: dict[str, Any] = {}
    key = ""
    for line in head.split("\n"):
        match = re.match(r"^(?P<key>[\w\"' .-]+?)\s*:(?:\s+(?P<value>.*))?$", line)
        item = re.match(r"^\s*-\s+(?P<item>.*)$", line)
        if match and line[0] not in " \t-":
            key = match["key"].strip("\"' ")
            values[key] = _scalar(match["value"] or "")
        elif item and key:
            kept = values[key] if isinstance(values[key], list) else []
            values[key] = [*kept, _unquoted(item["item"].removeprefix("name:"))]
        elif key and line.strip() and line[0] in " \t" and isinstance(values[key], str):
            values[key] = f"{values[key]} {_unquoted(line)}".strip()
    return values


def _scalar(raw: str) -> Any:
    raw = re.sub(r"\s+#.*$", "", raw.strip()) if not raw.strip().startswith(("'", '"')) else raw.strip()
    if raw in {">", "|", ">-", "|-", ">+", "|+", "~", "null"}:
        return ""
    if raw.startswith("[") and raw.endswith("]"):
        return [
            _unquoted(part) for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^,]+", raw[1:-1]) if part.strip()
        ]
    return _unquoted(raw)


def _unquoted(raw: str) -> str:
    raw = raw.strip()
    if len(raw) >= 2 and raw[0] == raw[-1] and raw[0] in "\"'":
        inner = raw[1:-1]
        return inner.replace('\\"', '"') if raw[0] == '"' else inner.replace("''", "'")
    return raw
