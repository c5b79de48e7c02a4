"""Lines "Key: value": read from the head of a record, from under its text, and from Markdown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from aggregator.core.seeds import dates
from aggregator.core.seeds.credit import copyright_owner
from aggregator.core.seeds.furniture import furniture
from aggregator.core.seeds.keys import field_of, is_aside
from aggregator.core.seeds.lines import INVISIBLE, ends_sentence, is_prose, width
from aggregator.core.seeds.site import is_name
from aggregator.core.seeds.vocabulary import Furniture

MAX_HEAD = 60  # lines; a head is shorter
PREFACE = 8  # lines that may stand over a head: whose archive it is, the number of the document
TAIL = 16  # lines under a text that may name its source
MAX_WORDS = 3  # of a key that is none of ours: "Word count", "Date de saisie"
MAX_VALUE = 240  # columns; a longer value of a key that is none of ours is a sentence
_MARKS = r"[*_#>•·@%|–\- \t]{0,12}"  # of a list, a quotation, Markdown
LINE = re.compile(
    rf"^{_MARKS}(?P<key>[^\W\d_][^:：=\t\n]{{0,38}}?)[ \t*]{{0,5}}[:：][ \t*]{{0,20}}"
    r"(?P<value>(?:(?<=[ \t*：])|$|(?!//)).*)$"
)
EQUALS = re.compile(r"^(?P<key>[^\W\d_][\w .-]{0,28}?)[ \t]*(?:=[ \t]*|\t+)(?P<value>\S.*)$")
BRACKETED = re.compile(
    r"^[\[【〔<](?P<key>[^\W\d_][^\[\]【】〔〕<>:]{0,28})[\]】〕>][ \t]*[:：]?[ \t]*(?P<value>.*)$"
)
TAGGED = re.compile(r"^(?P<key>[A-Z][A-Z\d])  ?- (?P<value>.*)$")  # RIS, Medline
SIGN = re.compile(r"[:：=\t\]】〕>-]")  # what every form has after its key
REACH = 60  # columns in which it stands
BULLET = re.compile(r"^[-*•+][ \t]+")


@dataclass(slots=True)
class Head:
    """What the lines of a head say, in order, and the text under it."""

    values: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def add(self, key: str, value: str) -> None:
        """Keep a value; names and labels that come on several lines add up."""
        if key in self.values and value and field_of(key) in {"author", "categories"}:
            self.values[key] = f"{self.values[key]}; {value}" if self.values[key] else value
        else:
            self.values.setdefault(key, value)

    def fields(self) -> list[str]:
        """Return the fields that the head names."""
        return [found for key in self.values if (found := field_of(key))]


def key_line(line: str) -> tuple[str, str] | None:
    """Return key and value of a line that has both; None where it is none."""
    bare = line.strip()
    if not SIGN.search(bare[:REACH]):
        return None
    for form in (TAGGED, BRACKETED, LINE, EQUALS):
        match = form.match(bare[:4_000])
        if match and (form in {LINE, TAGGED} or is_key(match["key"])):
            value = match["value"] + bare[4_000:]
            return match["key"].strip(" *_"), value.strip().removesuffix(
                "**"
            ).strip() if "**" in bare else value.strip()
    return None


def is_key(key: str) -> bool:
    """Tell whether a key is known, as a field of ours or as one to be passed over."""
    return field_of(key) is not None or is_aside(key)


def known_line(line: str) -> tuple[str, str] | None:
    """Return key and value of a line whose key is known."""
    found = key_line(line)
    return found if found and is_key(found[0]) else None


def read_head(part: str) -> Head:
    """Split a record into its head and its body."""
    lines = INVISIBLE.sub("", part).strip("\r\n \t").splitlines()
    start = _head_start(lines)
    head = Head()
    if start is None:
        return head
    end = _read_lines(lines, start, head)
    _read_preface(lines[:start], head)
    head.body = "\n".join([head.body, *lines[end:]] if head.body else lines[end:]).strip("\r\n")
    return head


def _head_start(lines: Sequence[str]) -> int | None:
    """Return the line of the first key; a few short lines may stand over it."""
    told = 0
    for i, line in enumerate(lines[: 4 * PREFACE]):
        if not line.strip():
            continue
        if known_line(line):
            return i
        told += 1
        if told > PREFACE or is_prose(line.strip()) or key_line(line):
            return None
    return None


def _read_lines(lines: Sequence[str], start: int, head: Head) -> int:
    """Read the lines of a head; return where the body begins."""
    last, i = "", start
    while i < min(len(lines), start + MAX_HEAD):
        line = lines[i]
        found = known_line(line) or _foreign(lines, i)
        if not line.strip():
            following = next((j for j in range(i + 1, len(lines)) if lines[j].strip()), len(lines))
            if following == len(lines) or not _goes_on(lines[following], head):
                return i
            i = following
        elif found and not (line[0] in " \t" and last and not known_line(line)):
            last = found[0]
            if field_of(last) == "text":
                head.body = found[1]
                return i + 1
            head.add(*found)
            i += 1
        elif last and _is_value(line, head.values[last]):
            _append(head, last, line.strip())
            i += 1
        else:
            return i
    return i


def _foreign(lines: Sequence[str], index: int) -> tuple[str, str] | None:
    """Return a line with a key that is none of ours but stands among those that are."""
    found = key_line(lines[index])
    if not found or len(found[0].split()) > MAX_WORDS or width(found[1]) > MAX_VALUE:
        return None
    over = index > 0 and known_line(lines[index - 1])
    under = index + 1 < len(lines) and known_line(lines[index + 1])
    # A text may begin with "Note: the port's rules …" right under the head.
    return found if under or (over and not ends_sentence(found[1])) else None


def _goes_on(line: str, head: Head) -> bool:
    """Tell whether a head goes on after a blank line: with a key that it has not named yet, or a value."""
    found = known_line(line)
    if found is None:
        return False
    told = {field_of(key) for key in head.values}
    name = field_of(found[0])
    return found[0] not in head.values and (name is None or name not in told or name in {"text", "html"})


def _is_value(line: str, so_far: str) -> bool:
    """Tell whether a line goes on with the value of the key above it: indented, or the key's first."""
    if line[0] in " \t":
        return True
    return not so_far and (bool(BULLET.match(line)) or not is_prose(line.strip()))


def _append(head: Head, key: str, text: str) -> None:
    so_far = head.values[key]
    item = BULLET.match(text)
    head.values[key] = (
        (so_far + (", " if item else " ") + BULLET.sub("", text)) if so_far else BULLET.sub("", text)
    )


def _read_preface(lines: Sequence[str], head: Head) -> None:
    """Read what stands over a head without a key: headline or paper, day, copyright."""
    told = [line.strip() for line in lines if line.strip()]
    fields = set(head.fields())
    if told and "title" not in fields:
        head.values["title"] = told.pop()
        head.values = {"title": head.values.pop("title"), **head.values}
    for text in told:
        if "published" not in fields and (found := dates.find_dates(text)) and found[0].start < 12:
            head.add("published", text)
        elif "publisher" not in fields and (owner := copyright_owner(text)):
            head.add("copyright", text)
            head.add("source", owner)
        elif "publisher" not in fields and is_name(text) and not dates.find_dates(text):
            head.add("source", text)


def take_tail(head: Head) -> None:
    """Move the lines "Source: …" from under a text into its head."""
    lines = head.body.rstrip().splitlines()
    end = len(lines)
    while end > max(1, len(lines) - TAIL):
        line = lines[end - 1]
        told = (known_line(line) or _foreign(lines, end - 1)) and width(line) <= MAX_VALUE
        if line.strip() and not told and furniture(line.strip()) is not Furniture.COPYRIGHT:
            break
        end -= 1
    for line in lines[end:]:
        if found := known_line(line):
            head.add(*found)
    head.body = "\n".join(lines[:end])
