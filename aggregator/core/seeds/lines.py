"""A page dump as lines: split, unwrapped, and judged by their form alone."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

MAX_LINES = 20_000  # a page has some hundreds; a longer text is not one page
WRAP_LIMIT = 110  # columns; nobody wraps by hand beyond that, and mail wraps at 72
PROSE = 70  # columns; a shorter line is a paragraph only if it also reads like a sentence
LONG_PROSE = 160  # columns; a longer line is a paragraph whatever it ends with

BREAKS = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
TERMINAL = re.compile(r"[.!?…。！？؟۔।:][»”“’\"'’)\]›＂」』]*$")
FULL_STOP = re.compile(r"(?<!\.)[.。۔।][»”“’\"')\]›」』]*$")
ABBREVIATION_END = re.compile(r"(?:\b(?:[A-Z]\.){1,}|\b(?:Inc|Co|Corp|Ltd|Jr|Sr|No|St|vs|etc)\.)$")
BULLET = re.compile(r"^(?:[-*+•●▪◦‣·–—■►»>✓]\s+|\(?\d{1,2}[.)]\s+)")
RULE = re.compile(r"^\W*$")
# Indian vowel signs stand inside words and are no letters to `re`.
_LETTER = r"(?:[^\W\d_]|[\u0900-\u0963\u0971-\u09e5\u0a01-\u0dff])"
WORD = re.compile(rf"[^\W\d_]{_LETTER}*(?:['’\-]{_LETTER}+)*")
# A line under a headline that is written small: "by jane", "admin • 3 Jan 2019".
META_LIKE = re.compile(
    r"^(?:by|posted|published|written|updated|submitted|filed|tagged|von|par|por)\b|[|•·]|\b(?:19|20)\d\d\W*$"
)
WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its text without surrounding space, and what stood before it."""

    text: str
    gap: int = 0  # blank lines before it
    indent: int = 0  # columns it starts at; hand-wrapped paragraphs may start with an indent


def split_lines(text: str) -> tuple[Line, ...]:
    """Return the non-blank lines of a text, in order."""
    lines: list[Line] = []
    gap = 0
    for raw in BREAKS.split(text):
        bare = SPACES.sub(" ", INVISIBLE.sub("", raw)).strip()
        if not bare:
            gap += 1
            continue
        lines.append(Line(bare, gap, len(raw) - len(raw.lstrip())))
        gap = 0
    return tuple(lines)


def width(text: str) -> int:
    """Return how long a text is, in columns: a Chinese or Korean character says as much as two letters."""
    return len(text) + len(WIDE.findall(text))


def words(text: str) -> list[str]:
    """Return the words of a text, as written."""
    return WORD.findall(text)


def ends_sentence(text: str) -> bool:
    """Tell whether a line ends like a sentence or introduces one."""
    return bool(TERMINAL.search(text))


def ends_with_stop(text: str) -> bool:
    """Tell whether a line ends with a full stop that is not an abbreviation's; headlines do not.

    Headlines may end with three dots: sites cut them.
    """
    return bool(FULL_STOP.search(text)) and not ABBREVIATION_END.search(text)


def is_sentence(text: str) -> bool:
    """Tell whether a line reads like a sentence or more: long enough, ended, and mostly in lower case."""
    if width(text) < 25 or not ends_sentence(text):
        return False
    found = words(text)
    if not found or WIDE.search(text):
        return bool(found)
    # Titles and names write most words large, sentences do not; scripts without case count as small.
    small = sum(not word[0].isupper() for word in found)
    return len(found) >= 5 and small >= 0.45 * len(found)


def is_prose(text: str) -> bool:
    """Tell whether a line is a paragraph of running text, judged by its form."""
    columns = width(text)
    if columns >= LONG_PROSE:
        return len(words(text)) >= 12 or bool(WIDE.search(text))
    return columns >= PROSE and is_sentence(text)


def is_capitals(text: str) -> bool:
    """Tell whether a line is written in capitals."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 4 and sum(c.isupper() for c in letters) >= 0.85 * len(letters)


def title_case_share(text: str) -> float:
    """Return the share of words that start with a capital (0 for scripts without case)."""
    found = words(text)
    return sum(word[0].isupper() for word in found) / len(found) if found else 0.0


def is_bullet(text: str) -> bool:
    """Tell whether a line starts like a list item."""
    return bool(BULLET.match(text))


def fold(text: str) -> str:
    """Return a text as it is compared: no case, plain apostrophes and spaces, no punctuation around it."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‘", "'")
    return SPACES.sub(" ", plain).strip(" .,:;!?…|•·»«›‹→←↑↓▶►▼▲✕×*-–—_+#=/\\()[]<>\"'")


def unwrap(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Join lines that were wrapped by hand or by a mail program into paragraphs.

    Wrapping is greedy: a line was wrapped if the next line's first word would not have fitted into it.
    """
    margin = _margin(lines)
    joined: list[list[str]] = []
    heads: list[Line] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if before is not None and _continues(before, line, margin):
            joined[-1].append(line.text)
        else:
            joined.append([line.text])
            heads.append(line)
    return tuple(replace(head, text=" ".join(texts)) for head, texts in zip(heads, joined, strict=True))


def _margin(lines: Sequence[Line]) -> int | None:
    """Return the column at which the page was wrapped; None where it was not."""
    columns = sorted(line.indent + len(line.text) for line in lines if len(line.text) >= 30)
    if len(columns) < 5:
        return None
    margin = columns[int(0.97 * (len(columns) - 1))]
    pairs = [(a, b) for a, b in pairwise(lines) if not b.gap and len(a.text) >= 30]
    full = [a for a, b in pairs if _is_full(a, b, margin) and not ends_with_stop(a.text)]
    # A page of paragraphs has long lines; a menu's short lines do not break inside a sentence.
    return margin if margin <= WRAP_LIMIT and len(full) >= 4 and len(full) >= 0.4 * len(pairs) else None


def _is_full(line: Line, following: Line, margin: int) -> bool:
    first_word = following.text.split(" ", 1)[0]
    return line.indent + len(line.text) + 1 + len(first_word) > margin


def _continues(line: Line, following: Line, margin: int | None) -> bool:
    if following.gap or is_bullet(following.text):
        return False
    if margin is not None and len(line.text) >= 30 and _is_full(line, following, margin):
        return following.indent <= line.indent or not ends_sentence(line.text)
    # Without a margin: a link inside a paragraph was put on a line of its own.
    return len(line.text) >= 40 and not ends_sentence(line.text) and _resumes(following.text)


def _resumes(text: str) -> bool:
    """Tell whether a line can only be inside a sentence: it starts small, and is longer than a button."""
    return (
        text[0].islower()
        and not META_LIKE.search(text)
        and (len(text) >= 30 or ends_sentence(text))
        and "http" not in text[:8]
    )
