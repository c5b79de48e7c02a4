"""What stories name: runs of capitalised words, and repeated words of scripts that have no capitals."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from aggregator.core.identity import publisher_key, words
from aggregator.core.text import STOP, bare_title
from aggregator.model import Entry

MAX_ENTRIES = 40  # of one story whose titles are read
OPENING = 500  # characters of one text in which names are looked for: they stand at its beginning
OPENINGS = 1_200  # characters of all its openings: bounds time and memory on stories of many entries
FURTHER = 1_000  # characters of its texts in which names are only found again
DENSE = 3  # times fewer, where a character is a syllable or a word
TITLE_CASE = 0.6  # a line with more of its longer words capitalised may capitalise any word
TITLE_CASE_USERS = frozenset({"en", ""})  # languages; empty: not declared
LONG = 4  # letters of a word that title case capitalises for sure
LETTERS = 60  # looked at to tell a script
CASED = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN"})
UNSPACED_SCRIPTS = frozenset({"HANGUL", "CJK", "HIRAGANA", "KATAKANA"})
NOUNS_CAPITALISED = frozenset({"de", "lb"})  # there a capital tells a noun, not a name
CAPITALS = "".join(chr(c) for c in range(0x41, 0x557) if chr(c).isupper())
CAPITAL = rf"[{CAPITALS}][\w’'-]*\w"
LINKS = "of|for|the|de|del|della|di|da|do|la|van|von|van der|von der|van den|al|el|bin|ibn"
NAME = re.compile(rf"(?<!\w){CAPITAL}(?: (?:(?:{LINKS}) ){{0,2}}{CAPITAL})*")
LETTERED = re.compile(r"[^\W\d_]+")
HYPHENED = re.compile(rf".+?-(?=[{CAPITALS}])|.+")
FOLLOWING = re.compile(r" ([^\W\d_]+)")
BREAK = re.compile(r"(?<=[.!?:;…])\s+|\s*[\n\"“”„«»()\[\]—–|]+\s*")
AUTHORS = re.compile(r"\s+(?:and|und|et|y)\s+|[,;&/]", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’]s?$")


class Run(NamedTuple):
    """Capitalised words in a row."""

    words: tuple[str, ...]  # as written, without possessives; "Osse-" and "Karsund" of "Osse-Karsund"
    opens: bool  # it begins a sentence, where any word has a capital
    describes: bool  # a word follows that it may describe: "Ossean" in "Ossean officials"


@dataclass(frozen=True, slots=True)
class Reading:
    """What discovery keeps of a story; words as `identity.words` gives them, between single spaces."""

    id: UUID
    language: str  # primary subtag; empty: not declared, or several
    script: str  # "LATIN", "HANGUL", "CJK" …; empty: it has no letters
    labels: tuple[str, ...]
    writers: frozenset[str]  # keys of publishers and bylines
    headlines: tuple[str, ...]  # as written
    titles: str  # their words
    text: str  # openings, and the titles that are not in title case
    loud: str  # the other titles: their capitals tell nothing
    further: str  # how the texts go on
    runs: tuple[Run, ...]
    capitals: Counter[str]  # words inside sentences, lower-cased -> how often with a capital
    smalls: Counter[str]  # words, lower-cased -> how often without


def read(story: UUID, entries: Sequence[Entry]) -> Reading:
    """Read what a story's entries name."""
    entries = entries[:MAX_ENTRIES]
    titles = [bare_title(entry.title, entry.publisher) for entry in entries]
    language = _language(entries)
    loud = {title for title in titles if _is_loud(LETTERED.findall(title), language)}
    script = script_of("".join(titles))
    dense = DENSE if script in UNSPACED_SCRIPTS else 1
    openings = _cut((entry.text for entry in entries), 0, OPENING // dense, OPENINGS // dense)
    further = _cut((entry.text for entry in entries), OPENING // dense, FURTHER // dense, FURTHER // dense)
    plain = [*(title for title in titles if title not in loud), *openings]
    lettered = ((s, LETTERED.findall(s)) for text in plain for s in BREAK.split(text) if s)
    sentences = [(sentence, found) for sentence, found in lettered if not _is_loud(found, language)]
    capitals, smalls = _cases(found for _, found in sentences)
    return Reading(
        id=story,
        language=language,
        script=script,
        labels=tuple(dict.fromkeys(label for entry in entries for label in entry.categories)),
        writers=frozenset(_writers(entries)),
        headlines=tuple(titles),
        titles=_joined(titles),
        text=_joined(plain),
        loud=_joined(sorted(loud)),
        further=_joined(further),
        runs=tuple(run for sentence, _ in sentences for run in _runs(sentence)),
        capitals=capitals,
        smalls=smalls,
    )


def script_of(text: str) -> str:
    """Return the script of most letters of a text, as Unicode calls it; empty: it has no letters."""
    scripts = Counter(map(_script, islice(filter(str.isalpha, text), LETTERS)))
    return max(sorted(scripts), key=scripts.__getitem__, default="")


@lru_cache(maxsize=10_000)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


def _cut(texts: Iterable[str], start: int, each: int, together: int) -> Iterator[str]:
    """Cut a piece out of each text until they have so many characters together."""
    for text in texts:
        piece = text[start : start + min(each, together)]
        together -= len(piece)
        if piece:
            yield piece


def _language(entries: Sequence[Entry]) -> str:
    """Return the language of a story's entries; empty where they say none or differ."""
    found = {entry.language.lower().replace("_", "-").split("-")[0] for entry in entries if entry.language}
    return found.pop() if len(found) == 1 else ""


def _writers(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        yield publisher_key(entry.publisher) or ""
        for author in AUTHORS.split(entry.author or ""):
            yield " ".join(words(author)).removeprefix("by ")


def _joined(texts: Iterable[str]) -> str:
    return f" {' | '.join(' '.join(words(text)) for text in texts)} "


def _is_loud(line: Sequence[str], language: str) -> bool:
    """Say whether a line, given by its words, is in title case, as English headlines may be."""
    if language not in TITLE_CASE_USERS:
        return False
    longer = [word for word in line[1:] if len(word) >= LONG]
    return len(longer) > 2 and sum([word[0].isupper() for word in longer]) > TITLE_CASE * len(longer)


def _cases(sentences: Iterable[Sequence[str]]) -> tuple[Counter[str], Counter[str]]:
    """Count words with and without a capital; the first of a sentence tells only without."""
    capitals, smalls = list[str](), list[str]()
    for found in sentences:
        capitals += [word.lower() for word in found[1:] if word[0].isupper()]
        smalls += [word for word in found if word[0].islower()]
    return Counter(capitals), Counter(smalls)


def _runs(sentence: str) -> Iterator[Run]:
    for nth, match in enumerate(NAME.finditer(sentence)):
        opens = not nth and not LETTERED.search(sentence, 0, match.start())
        following = FOLLOWING.match(sentence, match.end())
        describes = following is not None and following[1] not in STOP
        parts = _parted(match.group())
        for n, part in enumerate(parts, 1):
            yield Run(part, opens and n == 1, describes and n == len(parts))


@lru_cache(maxsize=20_000)
def _parted(run: str) -> tuple[tuple[str, ...], ...]:
    """Cut a run after possessives: "Port Osse's Ada Quill" names two."""
    parts: list[tuple[str, ...]] = []
    part: list[str] = []
    for word in run.split(" "):
        bare = POSSESSIVE.sub("", word)
        part += HYPHENED.findall(bare)
        if bare != word:
            parts.append(tuple(part))
            part = []
    return (*parts, tuple(part)) if part else tuple(parts)
