"""What makes two entries the same, and two names one publisher."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from aggregator.core.agencies import agency
from aggregator.model import Entry

ARTICLES = frozenset({"the", "a", "an", "der", "die", "das", "le", "la", "les", "el", "los", "il"})
# Words that name a part of a newsroom's output: alone, or after its name, they do not make another publisher.
SECTIONS = frozenset(
    """rss feed feeds atom news latest top stories headlines online breaking world international national
    business sport sports politics technology home homepage all articles posts""".split()
)
WORD = re.compile(r"\w+", re.UNICODE)
# What `WORD` and case-folding make of ASCII, byte by byte, several times faster.
PLAIN = bytes(c if chr(c).isalnum() or c == ord("_") else ord(" ") for c in range(128)).lower() + bytes(128)


def digest(*parts: str | bytes | None) -> str:
    """Return the SHA-256 of the parts as hexadecimal; no two different sequences of parts run together."""
    raw = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts]
    told = b"".join([b"-" if part is None else b"%d:%b" % (len(part), part) for part in raw])
    return hashlib.sha256(told).hexdigest()


def folded(text: str) -> str:
    """Return a text case-folded and without accents' variants (NFKC): every word of `words` stands in it."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, case-folded and without accents' variants (NFKC), punctuation dropped."""
    if text.isascii():
        return tuple(text.encode("ascii").translate(PLAIN).decode("ascii").split())
    return tuple(WORD.findall(folded(text)))


def entry_keys(entry: Entry, own_id: bool = True) -> tuple[str, ...]:
    """Return the keys by which an entry is found again inside its origin, the strongest first.

    A feed's entry is its id, else its link, else its content. A seed's has no lasting id: its address,
    else its normalised title, else its body.
    """
    if own_id and entry.id:
        return (digest("id", entry.id),)
    if own_id and entry.url:
        return (digest("url", entry.url),)
    if own_id:
        return (digest("content", entry.title, entry.text),)
    url = (digest("url", entry.url),) if entry.url else ()
    return (*url, digest("title", " ".join(words(entry.title))), digest("body", " ".join(words(entry.text))))


def content_digest(entry: Entry) -> str:
    """Return a digest of everything a publisher can change in an entry."""
    return digest(
        entry.title,
        entry.text,
        entry.url,
        entry.publisher,
        entry.author,
        entry.published.isoformat() if entry.published else None,
        entry.updated.isoformat() if entry.updated else None,
        "\0".join(entry.categories),
        entry.rights,
        entry.language,
        # Only where there are any: digests of entries without stay what they were.
        *(f"{file.url} {file.type} {file.length}" for file in entry.enclosures),
    )


@lru_cache(maxsize=10_000)  # the same few names come with every entry
def publisher_key(name: str | None) -> str | None:
    """Return the normal form of a publisher's name, by which it is counted; None where there is none.

    "The Guardian", "Guardian RSS" and "World news | The Guardian" are one publisher, and so are an agency's
    names ("AP", "The Associated Press").
    """
    parts = [part for part in re.split(r"\s[-–—|:»>·]\s|\s*»\s*|:\s", name or "") if words(part)]
    if not name or not parts:
        return None
    telling = next((part for part in parts if _telling(words(part))), "")
    return squeezed(agency(name) or agency(telling) or "") or _telling(words(telling)) or squeezed(name)


def squeezed(name: str) -> str:
    """Return the letters and digits of a name, case-folded."""
    return "".join(words(name))


def _telling(name: tuple[str, ...]) -> str:
    """Drop a leading article and trailing section words; empty where nothing else is left."""
    start = 1 if len(name) > 1 and name[0] in ARTICLES else 0
    end = len(name)
    while end > start and name[end - 1] in SECTIONS:
        end -= 1
    return "".join(name[start:end])


def first_words(text: str, limit: int) -> str:
    """Return at most `limit` words of a text on one line, with an ellipsis where something was left out."""
    found = text.split(None, limit)
    return " ".join(found[:limit]).rstrip(".,;:") + "…" if len(found) > limit else " ".join(found)


def topic_name(title: str) -> str:
    """Return the name that a topic's title gives it in addresses; its code points where nothing is ASCII."""
    return slug(title) or "topic-" + "-".join(f"{ord(c):x}" for c in "".join(words(title))[:8])


def slug(text: str, limit: int = 60) -> str:
    """Return whole ASCII words in lower case, joined by hyphens, at most `limit` characters; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    found: Iterable[str] = re.findall(r"[a-z0-9]+", plain)
    kept, length = [], 0
    for word in found:
        length += len(word) + 1
        if length > limit + 1:
            break
        kept.append(word)
    return "-".join(kept)
