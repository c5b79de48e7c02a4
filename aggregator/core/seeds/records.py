"""Text with "Key: value" heads: one article, or several separated by a rule or a form feed."""

import re

from aggregator.core.seeds import dates
from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.fields import draft_of, field_of
from aggregator.core.seeds.language import language_of
from aggregator.core.seeds.lines import INVISIBLE, split_lines, unwrap

RULE = re.compile(r"\f|^[ \t]*(?:-{3,}|={3,}|\*{3,}|_{3,}|#{3,}|~{3,})[ \t]*$", re.MULTILINE)
HEAD = re.compile(r"^(?P<key>[^\W\d_][^:：\n]{0,28}?)[ \t]*[:：](?:[ \t]+|$)(?P<value>.*)$")
LOOKED_AT = 2_000  # characters; a head is shorter


def is_records(text: str, _name: str) -> bool:
    """Tell whether a text begins with a head that names a title and something else, or a body."""
    first = next((part for part in RULE.split(text[:LOOKED_AT]) if part.strip()), "")
    head, body = _head(first)
    fields = [field for field in map(field_of, head) if field]
    return "title" in fields and (len(fields) >= 2 or bool(body))


def read_records(text: str) -> tuple[Draft, ...]:
    """Return the articles of a text with heads, in order."""
    parts: list[str] = []
    for part in RULE.split(text):
        if not part.strip():
            continue
        if parts and not _has_title(part):
            parts[-1] += "\n\n" + part  # a rule inside a body
        else:
            parts += _by_heads(part)
    order = dates.order_of(
        (line for part in parts for line in part.splitlines()[:12]), language_of(text[:LOOKED_AT])
    )
    return tuple(_draft(part, order) for part in parts)


def _has_title(part: str) -> bool:
    return "title" in map(field_of, _head(part)[0])


def _by_heads(part: str) -> list[str]:
    """Split records that follow one another without a rule: each begins with the first one's first key."""
    first = next((match["key"] for line in part.splitlines() if (match := HEAD.match(line.strip()))), None)
    if first is None or field_of(first) is None:
        return [part]
    starts = [
        m.start()
        for m in re.finditer(rf"(?m)(?:\A|(?<=\n\n)|(?<=\n\r\n))[ \t]*{re.escape(first)}[ \t]*[:：]", part)
    ]
    starts = [
        start for i, start in enumerate(starts) if i == 0 or _has_title(part[start : start + LOOKED_AT])
    ]
    if len(starts) < 2:
        return [part]
    return [part[a:b] for a, b in zip([0, *starts[1:]], [*starts[1:], len(part)], strict=True)]


def _head(part: str) -> tuple[dict[str, str], str]:
    """Split a record into its head and its body."""
    head: dict[str, str] = {}
    lines = INVISIBLE.sub("", part).lstrip("\r\n \t").splitlines()
    last = ""
    for number, line in enumerate(lines):
        match = HEAD.match(line.strip())
        if not line.strip():
            if head:
                return head, "\n".join(lines[number:]).strip()
        elif match and (field_of(match["key"]) or head) and not (line[0] in " \t" and last):
            last = match["key"]
            if field_of(last) == "text":
                rest = [match["value"], *lines[number + 1 :]]
                return head, "\n".join(rest).strip()
            head.setdefault(last, match["value"])
        elif last and line[0] in " \t":
            head[last] += (
                ", " if line.strip().startswith("- ") and head[last] else " "
            ) + line.strip().removeprefix("- ")
        else:
            return head, "\n".join(lines[number:]).strip()
    return head, ""


def _draft(part: str, order: dates.Order) -> Draft:
    head, body = _head(part)
    paragraphs = [line.text for line in unwrap(split_lines(body))]
    return draft_of({**head, "text": "\n\n".join(paragraphs)}, order)
