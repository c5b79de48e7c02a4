"""A feed document without the entries that it held before: their blocks are recognised byte by byte.

A document is cut only where the rest surely reads as it would beside them: whatever is unusual is left whole.
"""

import hashlib
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from aggregator import __version__
from aggregator.core.parse.fields import MAX_ENTRIES

SMALL = 4_000  # characters; parsing less takes no time
SIZE = 8  # bytes of a digest: a feed that makes two of its own collide hides one of its own entries

Record = bytes  # the context's digest, then (digest of a block, key of its entry) for each
Span = tuple[int, int]

# A comment, section or instruction that never ends reaches to the end: so the search stays linear.
_TOKEN = re.compile(
    r"""<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|<\?(?:.*?\?>|.*)
    |<(?P<close>/?)(?P<prefix>[\w.-]+:)?(?:item|entry)(?=[\s/>])(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ENDS = {"<!--": "-->", "<![C": "]]>"}
_DECLARED = re.compile(r"""xmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
# Namespaces that an entry may declare for itself. feedparser remembers them for what follows, and these
# change nothing there: it knows them by the same prefix, or they are no feed's.
_HARMLESS = {
    ("", "http://www.w3.org/1999/xhtml"),
    ("", "http://www.w3.org/2000/svg"),
    ("", "http://www.w3.org/1998/Math/MathML"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("georss", "http://www.georss.org/georss"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("slash", "http://purl.org/rss/1.0/modules/slash/"),
    ("thr", "http://purl.org/syndication/thread/1.0"),
    ("wfw", "http://wellformedweb.org/CommentAPI/"),
}
_COMMENT = re.compile(r"(<!\[CDATA\[.*?\]\]>)|<!--.*?-->", re.DOTALL)
# What a feed says of itself anew each time, and no entry takes from it.
_DATE = re.compile(
    r"(<(?P<name>(?:[\w.-]+:)?(?:lastBuildDate|pubDate|updated|modified|date|totalResults))\b[^<>]*>)"
    r"[^<>]*(?=</(?P=name)\s*>)"
)


@dataclass(frozen=True, slots=True)
class Blocks:
    """The entries of a document as they stand in it, one after the other."""

    document: str
    spans: tuple[Span, ...]
    digests: tuple[bytes, ...]  # of the blocks, in order, no two alike
    context: bytes  # digest of all that is around them, but for its dates

    def seen_in(self, record: Record | None) -> dict[bytes, bytes]:
        """Return digest -> key of the entries that a record has; none where its context was another."""
        if not record or record[:SIZE] != self.context or len(self.document) < SMALL:
            return {}
        known = dict(_pairs(record))
        return {digest: known[digest] for digest in self.digests if digest in known}

    @property
    def head(self) -> str:
        """Return what stands before the first entry."""
        return self.document[: self.spans[0][0]]

    def entries(self) -> Iterator[tuple[bytes, str]]:
        """Yield (digest, block), in order."""
        for (start, stop), digest in zip(self.spans, self.digests, strict=True):
            yield digest, self.document[start:stop]

    def without(self, seen: Container[bytes]) -> str:
        """Return the document without the blocks of these digests."""
        parts, end = [], 0
        for (start, stop), digest in zip(self.spans, self.digests, strict=True):
            if digest in seen:
                parts.append(self.document[end:start])
                end = stop
        return "".join((*parts, self.document[end:]))

    def record(self, entries: Iterable[tuple[bytes, bytes]]) -> Record:
        """Return what to keep of (digest, key of the entry) for the next time."""
        return self.context + b"".join(digest + key for digest, key in entries)


def find_blocks(document: str, about: Iterable[str | None]) -> Blocks | None:
    """Find the blocks of a well-formed document; None where it is not certain that they are its entries.

    about: what else its entries are read with, which has to be the same the next time.
    """
    spans = _spans(document)
    if not spans or not all(document[a:b].isspace() or a == b for (_, a), (b, _) in pairwise(spans)):
        return None
    head, tail = document[: spans[0][0]], document[spans[-1][1] :]
    if "<!DOCTYPE" in head or "<!ENTITY" in head or not _plain_spaces(document, spans):
        return None
    digests = tuple(_digest(document[start:stop]) for start, stop in spans)
    if len(set(digests)) < len(digests):
        return None
    context = _digest(
        __version__,
        _lasting(head),
        _lasting(tail),
        str("xml:base" in document),
        *("-" if part is None else f"+{part}" for part in about),
    )
    return Blocks(document, tuple(spans), digests, context)


def _spans(document: str) -> list[Span]:
    """Return where entries start and stop; none where they are nested, prefixed, empty or too many."""
    spans: list[Span] = []
    start: int | None = None
    for token in _TOKEN.finditer(document):
        if token["close"] is None:
            text = token[0]
            if not text.endswith(_ENDS.get(text[:4], "?>")):
                return []
        elif token["prefix"] or document[token.end() - 2] == "/" or (start is None) == bool(token["close"]):
            return []
        elif start is None:
            start = token.start()
        else:
            spans.append((start, token.end()))
            start = None
        if len(spans) > MAX_ENTRIES:
            return []
    return spans if start is None else []


def _plain_spaces(document: str, spans: list[Span]) -> bool:
    """Tell whether no entry declares a namespace that could change how another one is read."""
    first, last = spans[0][0], spans[-1][1]
    inside = set(_DECLARED.findall(document, first, last))
    uris: dict[str, str] = {}
    prefixed = ((p, uri) for p, uri in _DECLARED.findall(document) if p)
    return inside <= _HARMLESS and all(uris.setdefault(p, uri) == uri for p, uri in prefixed)


def _lasting(outside: str) -> str:
    """Return the text around entries without comments, and without what changes at every publication."""
    return _DATE.sub(r"\1", _COMMENT.sub(r"\1", outside)).strip()


def _digest(*parts: str) -> bytes:
    total = hashlib.blake2b(digest_size=SIZE)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        total.update(b"%d:" % len(raw) + raw)
    return total.digest()


def _pairs(record: Record) -> Iterator[tuple[bytes, bytes]]:
    for at in range(SIZE, len(record) - 2 * SIZE + 1, 2 * SIZE):
        yield record[at : at + SIZE], record[at + SIZE : at + 2 * SIZE]
