"""Text with "Key: value" heads: one article, or several separated by a rule, a form feed or their heads."""

import re
from itertools import takewhile

from aggregator.core.seeds import dates
from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.fields import draft_of
from aggregator.core.seeds.heads import Head, known_line, read_head, take_tail
from aggregator.core.seeds.keys import field_of
from aggregator.core.seeds.language import language_of
from aggregator.core.seeds.lines import Line, fold, split_lines, unwrap
from aggregator.core.seeds.marked import HEADING

_BAR = (
    "(?:"
    + "|".join(rf"(?:{mark}[ \t]?){{3,}}" for mark in (r"-", "=", r"\*", "_", "#", "~", "[─━═—–]"))
    + ")"
)
RULE = re.compile(
    rf"\f|^[ \t]*{_BAR}(?:[ \t]*[^\W_][^\n]{{0,40}}?[ \t]*{_BAR})?[ \t]*\r?$"
    r"|^[ \t]*(?:document[ \t]+)?\d+[ \t]+(?:of|von|de|из)[ \t]+\d+(?:[ \t]+documents?)?[ \t]*\r?$"
    r"|^ER[ ]{1,2}-[ \t]*\r?$"  # RIS
    r"|^[ \t]*(?:end of document|ende des dokuments)[ \t]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
LOOKED_AT = 4_000  # characters; a head is shorter
MAX_HEAD = 12  # lines of a record among which its keys are counted
WHO_OR_WHERE = frozenset({"author", "publisher", "url", "published"})
END_MARKS = frozenset({"ends", "end", "30", "ende", "fin", "конец", "끝", "完", "(끝)"})


def is_records(text: str, _name: str) -> bool:
    """Tell whether a text begins with a head that names a title and something else, or a body."""
    first = next((part for part in RULE.split(text[:LOOKED_AT]) if part.strip()), "")
    if HEADING.match(first.strip().split("\n", 1)[0]):
        return False
    return _is_record(first, read_head(first))


def _is_record(part: str, head: Head) -> bool:
    fields = head.fields()
    if "title" not in fields:
        return False
    lines = [line for line in part.splitlines() if line.strip()][:MAX_HEAD]
    if any(field_of(found[0]) == "title" for line in lines if (found := known_line(line))):
        return len(fields) >= 2 or bool(head.body)
    return bool(head.body) and _is_headline_over_keys(lines)


def _is_headline_over_keys(lines: list[str]) -> bool:
    """Tell a headline without a key, and keys under it, from a page: a page has one or two such lines."""
    keys = takewhile(bool, (known_line(line) for line in lines[1:]))
    fields = {field_of(found[0]) for found in keys if found} - {None}
    return len(fields) >= 3 and len(WHO_OR_WHERE & fields) >= 2


def read_records(text: str) -> tuple[Draft, ...]:
    """Return the articles of a text with heads, in order."""
    parts: list[str] = []
    for part in RULE.split(text):
        if not part.strip():
            continue
        if parts and not _is_record(part[:LOOKED_AT], read_head(part[:LOOKED_AT])):
            parts[-1] += "\n\n" + part  # a rule inside a body
        else:
            parts.append(part)
    records = [record for part in parts for record in _by_heads(part)]
    dated = (line for part in records for line in part.splitlines()[:MAX_HEAD])
    order = dates.order_of(dated, language_of(text[:LOOKED_AT]))
    return tuple(_draft(part, order) for part in records)


def _by_heads(part: str) -> list[str]:
    """Split records that follow one another without a rule: where a head with a title begins."""
    lines = part.splitlines(keepends=True)
    starts = [0]
    for i in range(1, len(lines)):
        found = known_line(lines[i]) if _may_begin(lines, i) else None
        if found and _begins_record(lines, i, found[0], lines[starts[-1]]):
            starts.append(i)
    return ["".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _may_begin(lines: list[str], index: int) -> bool:
    """Tell whether a record may begin at a line: a key stands there, and none over it."""
    return lines[index][:1] not in " \t\r\n" and known_line(lines[index - 1]) is None


def _begins_record(lines: list[str], index: int, key: str, first: str) -> bool:
    """Tell whether a head begins at a line: keys without a blank line, one of them the title's."""
    block: list[str] = []
    for line in lines[index : index + MAX_HEAD]:
        if not line.strip():
            break
        block.append(line)
    fields = [field_of(found[0]) for line in block if (found := known_line(line))]
    same = fold(first).startswith(fold(key))
    parted = not lines[index - 1].strip()
    return "title" in fields and len(fields) >= (1 if same and parted else 2 if parted else 3)


def _draft(part: str, order: dates.Order) -> Draft:
    head = read_head(part)
    take_tail(head)
    paragraphs = [line.text for line in unwrap(_unmarked(split_lines(head.body)))]
    return draft_of({**head.values, "text": "\n\n".join(paragraphs)}, order)


def _unmarked(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Leave out the mark that says that the text ends."""
    end = len(lines)
    while end and (
        fold(lines[end - 1].text) in END_MARKS or not any(c.isalnum() for c in lines[end - 1].text)
    ):
        end -= 1
    return lines[:end]
