"""What a site puts around an article: recognised by set phrases in several languages and by form.

The phrases are what the common content systems and news sites print; none of them decides about a paragraph
of running text, except the few calls to sign up, pay or accept cookies that are sentences themselves.
"""

import re

from aggregator.core.seeds.line_forms import (
    CALL_LIMIT,
    CALLS,
    PATTERNS,
    QUOTES,
    READ_ON,
    READ_ON_TITLE,
    SHORT,
    TAIL,
)
from aggregator.core.seeds.lines import RULE, fold, is_bullet, width, words
from aggregator.core.seeds.vocabulary import PHRASES, Furniture


def _phrases(kind: Furniture) -> list[str]:
    return [phrase for phrase in PHRASES[kind].replace("\n", "").split("|") if phrase]


KIND_OF = {phrase: kind for kind in reversed(PHRASES) for phrase in _phrases(kind)}  # the first kind counts
LISTS = frozenset(_phrases(Furniture.RELATED))
COMMENT_HEADINGS = frozenset(_phrases(Furniture.COMMENTS))


def without_link(text: str) -> str:
    """Return a paragraph without the link to the whole piece at its end."""
    tail = text[-TAIL:]
    match = READ_ON.search(tail) or READ_ON_TITLE.search(tail)
    return text[: len(text) - len(match[0])] if match else text


def furniture(text: str) -> Furniture | None:
    """Tell what site furniture a line is by its words; None where it may be the article's."""
    text = without_link(text)
    folded = fold(text)
    if not folded or RULE.match(text):
        return Furniture.BUTTON
    if folded in KIND_OF:
        return KIND_OF[folded]
    if width(text) <= CALL_LIMIT and text[0] not in QUOTES and CALLS.match(folded):
        return Furniture.SIGN_UP
    if width(text) > 2 * SHORT:
        return None
    return next((kind for kind, pattern in PATTERNS if pattern.match(text)), None) or _menu(text, folded)


def _menu(text: str, folded: str) -> Furniture | None:
    """Recognise a menu on one line: known entries between separators, or a row of them."""
    parts = [fold(part) for part in re.split(r"\s*[|•·/»›>,]\s*|\s{2,}", text) if part.strip()]
    if len(parts) >= 3 and all(len(part.split()) <= 3 for part in parts) and not is_bullet(text):
        known = sum(part in KIND_OF for part in parts)
        return Furniture.BUTTON if known >= max(2, 0.4 * len(parts)) else None
    row = folded.split()
    known = sum(word in KIND_OF for word in row)
    return Furniture.BUTTON if len(row) >= 3 and known >= 0.75 * len(row) else None


def opens_list(text: str) -> bool:
    """Tell whether a line is a heading over links to other pieces ("Most read", "Related:")."""
    folded = fold(text)
    if folded in LISTS or re.fullmatch(r"most \w{4,12}(?: (?:today|now|this week))?", folded):
        return True
    return bool(
        len(words(text)) <= 7
        and re.match(
            r"^(?:more|latest|other|all|recent|related|top|popular|weitere|mehr|plus|más|otras|"
            r"autres?)\b.{0,20}\b(?:from|on|in|news|stories|articles|headlines|posts|about|"
            r"aus|zu|von|sur|de|noticias|articles|artikel|meldungen|by)\b(?!.*[.!?]$)",
            folded,
        )
    )


def opens_comments(text: str) -> bool:
    """Tell whether a line can be the heading over readers' comments."""
    return fold(text) in COMMENT_HEADINGS or any(
        kind is Furniture.COMMENTS and pattern.match(text) for kind, pattern in PATTERNS
    )
