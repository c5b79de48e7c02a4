"""What stories name in scripts that have no capitals: words that stand free, and that headlines repeat.

Nothing marks a name there, so that more is asked of them (`discovery.TERM_AFFAIR`): better no topic than a
silly one.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from aggregator.core.discovery.mentions import CASED, Reading
from aggregator.core.discovery.names import Found, Name, Phrase, gathered
from aggregator.core.topics import compared

MIN_OF_TONGUE = 12  # stories; among fewer nothing tells a name from a common word
USUAL_STORIES = 4
MIN_SHARE = 0.004
MAX_TERMS = 300  # looked at in one language, those of most headlines: bounds the work
FRAGMENT = 0.8  # of the stories of a term say a longer one with it: the longer is the name
NEIGHBOURS = 3  # different characters beside a piece of a run show that it is a word
MIN_LETTERS = 3  # of a word between spaces
SPACED = re.compile(r"[^\s\d_.,:;!?،؛؟\"'’“”„«»()\[\]/–—|-]+")
SYLLABLES = re.compile(r"[가-힣]{2,}")
CHARACTERS = re.compile(r"[㐀-䶿一-鿿豈-﫿]{2,}|[゠-ヿ]{3,}")
PIECES = {"HANGUL": SYLLABLES, "CJK": CHARACTERS, "HIRAGANA": CHARACTERS, "KATAKANA": CHARACTERS}
LONGEST = {"HANGUL": 4, "CJK": 6, "HIRAGANA": 8, "KATAKANA": 10}  # characters of a piece


def terms(readings: Sequence[Reading], tongues: Sequence[str]) -> list[Name]:
    """Return what the headlines of several stories of one language repeat, in order of title."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, (reading, tongue) in enumerate(zip(readings, tongues, strict=True)):
        if reading.script and reading.script not in CASED:
            places[tongue].append(place)
    found = [
        term
        for held in places.values()
        if len(held) >= MIN_OF_TONGUE
        for term in _of_tongue([readings[place] for place in held], held)
    ]
    return sorted(found, key=lambda term: term.title)


def _of_tongue(readings: Sequence[Reading], places: Sequence[int]) -> Iterator[Name]:
    least = max(USUAL_STORIES, MIN_SHARE * len(readings))
    written = _free(readings, least)
    found = gathered(readings, written)
    enough = {phrase: held for phrase, held in found.items() if len(held.stories) >= least}
    for phrase in enough.keys() - set(_fragments(enough)):
        yield Name(
            title=written[phrase],
            phrases=(phrase,),
            stories=frozenset(places[n] for n in found[phrase].stories),
            headlined=frozenset(places[n] for n in found[phrase].headlined),
        )


def _free(readings: Sequence[Reading], least: float) -> dict[Phrase, str]:
    """Return the words that enough headlines have, most headlines first, with how they are written."""
    stories: dict[str, set[int]] = defaultdict(set)
    before: dict[str, set[str]] = defaultdict(set)
    behind: dict[str, set[str]] = defaultdict(set)
    for place, reading in enumerate(readings):
        for left, term, right in _in_headlines(reading):
            stories[term].add(place)
            before[term].add(left)
            behind[term].add(right)
    often = (
        t
        for t, held in stories.items()
        if len(held) >= least / 2 and _is_free(before[t]) and _is_free(behind[t])
    )
    ranked = sorted(often, key=lambda term: (-len(stories[term]), term))
    return {tuple(compared(term).split()): term for term in ranked[:MAX_TERMS]}


def _is_free(neighbours: set[str]) -> bool:
    return "" in neighbours or len(neighbours) >= NEIGHBOURS


def _in_headlines(reading: Reading) -> Iterator[tuple[str, str, str]]:
    """Return what may be words in headlines, with the characters beside them; empty: an end of a run."""
    pieces = PIECES.get(reading.script)
    for title in dict.fromkeys(reading.headlines):
        if pieces is None:
            yield from _spaced(SPACED.findall(title))
            continue
        if reading.script == "HANGUL":
            yield from _paired(SYLLABLES.findall(title))
        for run in pieces.findall(title):
            yield from _cut(run, LONGEST[reading.script], from_start=reading.script == "HANGUL")


def _spaced(found: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Take words between spaces, alone and in pairs; of scripts that write marks rules see broken words."""
    whole = [word if len(word) >= MIN_LETTERS and word.isalpha() else "" for word in found]
    yield from (("", word, "") for word in whole if word)
    yield from (("", f"{a} {b}", "") for a, b in pairwise(whole) if a and b)


def _cut(run: str, longest: int, from_start: bool) -> Iterator[tuple[str, str, str]]:
    """Cut a run into pieces; Korean words bear endings, so that only beginnings name something."""
    for start in range(1 if from_start else len(run) - 1):
        for end in range(start + 2, min(start + longest, len(run)) + 1):
            yield run[start - 1 : start] if start else "", run[start:end], run[end : end + 1]


def _paired(runs: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Pair each word with the beginnings of the next."""
    for a, b in pairwise(runs):
        for _, piece, behind in _cut(b, LONGEST["HANGUL"], from_start=True):
            yield "", f"{a} {piece}", behind


def _fragments(found: dict[Phrase, Found]) -> Iterator[Phrase]:
    for longer in found:
        size = len(longer)
        for start in range(size):
            for end in range(start + 1, size + (start > 0)):
                part = longer[start:end]
                if part in found and len(found[longer].stories) >= FRAGMENT * len(found[part].stories):
                    yield part
