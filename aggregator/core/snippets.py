"""What is shown of a text in which words were found."""

from collections.abc import Sequence

from aggregator.core.search import Term
from aggregator.core.tokens import Token, matches, tokens_of

# Around a match; private characters, which cleaned text may hold but never means.
MARK, UNMARK = "\ue000", "\ue001"
WORDS = 24  # in a snippet

Span = tuple[int, int]  # of tokens: the first, and the one after the last


def highlight(text: str, terms: Sequence[Term]) -> str:
    """Return a text with its matches between MARK and UNMARK."""
    tokens = tuple(tokens_of(text))
    return _marked(text, 0, len(text), tokens, _joined(matches(tokens, terms)))


def snippet(text: str, terms: Sequence[Term]) -> str:
    """Return the part of a text that holds the most terms, its matches between MARK and UNMARK."""
    tokens = tuple(tokens_of(text))
    if len(tokens) <= WORDS:
        return highlight(text, terms)
    found = matches(tokens, terms)
    first = max(_starts(found, len(tokens)), key=lambda at: (_terms_in(found, at), -at))
    last = first + WORDS
    start = tokens[first].start if first else 0
    end = tokens[last - 1].end if last < len(tokens) else len(text)
    inside = [span for span in _joined(found) if first <= span[0] and span[1] <= last]
    return "…" * (start > 0) + _marked(text, start, end, tokens, inside) + "…" * (end < len(text))


def _starts(found: Sequence[tuple[int, int, int]], size: int) -> list[int]:
    """Return where a snippet may begin: so that a match stands in its middle."""
    middles = (first - (WORDS - (last - first)) // 2 for first, last, _ in found)
    return [0, *(min(max(middle, 0), size - WORDS) for middle in middles)]


def _terms_in(found: Sequence[tuple[int, int, int]], start: int) -> int:
    return len({term for first, last, term in found if start <= first and last <= start + WORDS})


def _joined(found: Sequence[tuple[int, int, int]]) -> list[Span]:
    """Return the spans of matches, those that overlap as one."""
    spans: list[Span] = []
    for first, last, _ in found:
        if spans and first < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return spans


def _marked(text: str, start: int, end: int, tokens: Sequence[Token], spans: Sequence[Span]) -> str:
    parts, at = [], start
    for first, last in spans:
        opens, closes = tokens[first].start, tokens[last - 1].end
        parts += [text[at:opens], MARK, text[opens:closes], UNMARK]
        at = closes
    return "".join((*parts, text[at:end]))
