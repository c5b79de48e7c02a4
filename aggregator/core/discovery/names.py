"""Names in texts whose script has capitals: which runs of capitalised words name one thing, and how."""

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from aggregator.core.discovery.labels import CALENDAR, PLAIN, TITLES
from aggregator.core.discovery.mentions import CASED, NOUNS_CAPITALISED, Reading, Run
from aggregator.core.identity import words
from aggregator.core.text import STOP
from aggregator.core.topics import spread

Phrase = tuple[str, ...]  # words as the rules of topics compare them

MAX_WORDS = 4  # of a name
NEVER_NAMES = (STOP | CALENDAR) - {"new"}  # words at neither end of a name; "New" begins many
NEVER_SMALL = 0.9  # of the places where a name stands it has its capitals; "special counsel" has not
COMMON_WORD = 0.5  # capitalised less often, a word that begins a sentence is no part of the name
ALONE = 0.2  # of the places of "Ada Quill" no "Harbour Judge" stands before it: then it is no part of it;
# so many of the places of "Quill" have no other capitals beside it, too: then it can be a name
LAST = 0.5  # of the places of a name of one word it ends what is capitalised; "Ada" and "Port" do not
DESCRIBING = 0.75  # of the places of "Ossean" a word follows which it describes, so that it is no name
FRAGMENT = 0.8  # of the stories of "of Almery" say "Strait of Almery": the longer is the name
FRAGMENT_WORD = 0.5  # so too for one word: "Port" of "Port Osse"
AT_ALL = 2  # stories say a name in full that more use in its short form
SEVERAL = 0.2  # of the stories of "Quill" have another name before it: it may mean several people
ONE_PERSON = 0.8  # of those have "Ada" before it: it means one
SHORT_FORM = 0.3  # of the stories of "Quill" have that one: then the shorter means the same
MIN_LETTERS = 4  # of a name of one word; acronyms have less
MIN_CAPITALS = 3  # of an acronym
GERMAN = ("der", "und", "das", "ist", "für")  # function words that no other language writes so
GERMAN_SHARE = 0.015  # of its words; in texts about 0.06
STEM = 4  # letters that "Osse" and "Ossean" share at least
ENDING = 3  # letters in which they differ at most
KIN = 0.4  # of the stories of the rarer one say the other too


@dataclass(frozen=True, slots=True)
class Name:
    """What stories call something, and where they do."""

    title: str  # as most write it
    phrases: tuple[Phrase, ...]  # the full form, then those that mean the same
    stories: frozenset[int]  # places of readings that say one of them
    headlined: frozenset[int]  # those that say it in a headline


@dataclass(slots=True)
class _Tally:
    """How a phrase is written with capitals."""

    spellings: Counter[str] = field(default_factory=Counter)
    stories: set[int] = field(default_factory=set)
    alone: int = 0  # times that no capitalised word stands before it
    whole: int = 0  # times that none stands before or after it
    last: int = 0  # times that none stands after it
    describing: int = 0  # times that a word follows which it may describe

    @property
    def times(self) -> int:
        return sum(self.spellings.values())


@dataclass(slots=True)
class Found:
    """Where a phrase stands, with capitals or without: what a topic's rule would gather."""

    stories: set[int] = field(default_factory=set)
    headlined: set[int] = field(default_factory=set)
    places: int = 0  # outside headlines in title case


def names(readings: Sequence[Reading], tongues: Sequence[str], least: float) -> list[Name]:
    """Return what at least so many stories name, each thing once, in order of title.

    tongues: the language of each reading; the name of its script where that is not known.
    """
    share = _capital_shares(readings)
    tallies = _tallied(readings, tongues, share)
    often = dict(_often(tallies, least))
    found = gathered(readings, often)
    named = {phrase for phrase, tally in often.items() if _is_name(phrase, tally, found[phrase])}
    plain = {phrase for phrase in named if not _has_title(phrase, often, share)}
    surnames = _surnames(plain, tallies, share)
    short = {word: full for word, full in surnames.items() if full}
    fragments = {*_fragments(plain, found), *surnames, *_heads(named - plain, found)}
    forms = _forms(plain - fragments | short.keys() | set(short.values()), short, found, often)
    nouns = (group for group in forms if len(group[0]) > 1 or _is_noun(often[group[0]]))
    told = (_name(group, often, found) for group in nouns)
    return sorted((name for name in told if len(name.stories) >= least), key=lambda name: name.title)


def _often(tallies: Mapping[Phrase, _Tally], least: float) -> Iterator[tuple[Phrase, _Tally]]:
    """Choose what enough stories say; full names of what enough stories call by its last word, too."""
    for phrase, tally in tallies.items():
        last = tallies.get(phrase[-1:])
        if len(tally.stories) >= (AT_ALL if last and len(last.stories) >= least else least):
            yield phrase, tally


def gathered(readings: Sequence[Reading], phrases: Collection[Phrase]) -> dict[Phrase, Found]:
    """Find phrases wherever they stand, as the rules of topics do."""
    lengths = _lengths(phrases)
    found = {phrase: Found() for phrase in phrases}
    for place, reading in enumerate(readings):
        for phrase, times in Counter(_standing(reading.text, lengths, found)).items():
            found[phrase].stories.add(place)
            found[phrase].places += times
        for phrase in _standing(reading.loud + reading.further, lengths, found):
            found[phrase].stories.add(place)
        for phrase in _standing(reading.titles, lengths, found):
            found[phrase].headlined.add(place)
    return found


def _lengths(phrases: Iterable[Phrase]) -> dict[str, tuple[int, ...]]:
    """Return by their first word how many words the phrases have that begin with it."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        lengths[phrase[0]].add(len(phrase))
    return {word: tuple(sorted(found)) for word, found in lengths.items()}


def _standing(
    text: str, lengths: Mapping[str, Sequence[int]], phrases: Container[Phrase]
) -> Iterator[Phrase]:
    """Yield each phrase of a text, each time that it stands there."""
    found = spread(text).split()
    for at, word in enumerate(found):
        if word in lengths:
            for length in lengths[word]:
                phrase = tuple(found[at : at + length])
                if phrase in phrases:
                    yield phrase


def _capital_shares(readings: Sequence[Reading]) -> dict[str, float]:
    """Return in how many of its places inside sentences a word has a capital; absent: never."""
    capitals, smalls = Counter[str](), Counter[str]()
    for reading in readings:
        capitals.update(reading.capitals)
        smalls.update(reading.smalls)
    return {word: n / (n + smalls[word]) for word, n in capitals.items()}


def _tallied(
    readings: Sequence[Reading], tongues: Sequence[str], share: Mapping[str, float]
) -> dict[Phrase, _Tally]:
    tallies: dict[Phrase, _Tally] = defaultdict(_Tally)
    nouns_too = _with_capital_nouns(readings, tongues)
    pairs = {run.words[:2] for reading in readings for run in reading.runs if not run.opens}
    for place, (reading, tongue) in enumerate(zip(readings, tongues, strict=True)):
        shortest = 2 if tongue in nouns_too else 1
        for run in reading.runs if reading.script in CASED else ():
            _tally(tallies, _trimmed(run, share, pairs), run, place, shortest)
    return tallies


def _with_capital_nouns(readings: Sequence[Reading], tongues: Sequence[str]) -> frozenset[str]:
    """Return the languages where any noun has a capital: German, also where nobody says that it is."""
    smalls: dict[str, Counter[str]] = defaultdict(Counter)
    for reading, tongue in zip(readings, tongues, strict=True):
        if tongue == reading.script:
            smalls[tongue].update(reading.smalls)
    german = (
        tongue
        for tongue, counts in smalls.items()
        if sum(counts[word] for word in GERMAN) > GERMAN_SHARE * counts.total()
    )
    return NOUNS_CAPITALISED.union(german)


def _trimmed(run: Run, share: Mapping[str, float], pairs: Container[Phrase]) -> tuple[str, ...]:
    """Drop leading words that have their capital from standing first, or name nothing.

    pairs: first words of names inside sentences, where a capital tells.
    """
    found = run.words
    if run.opens and found[0].lower() not in share and len(found) == 1:
        return ()
    if run.opens and found[:2] not in pairs and _is_plain(found[0].lower(), share):
        found = found[1:]
    while found and found[0].lower() in NEVER_NAMES:
        found = found[1:]
    return found


def _is_plain(word: str, share: Mapping[str, float]) -> bool:
    """Say whether a word has no capital where it does not stand first."""
    return share[word] < COMMON_WORD if word in share else word in PLAIN


def _tally(
    tallies: dict[Phrase, _Tally], words: tuple[str, ...], run: Run, place: int, shortest: int
) -> None:
    for gram in _grams(words, shortest):
        tally = tallies[gram.phrase]
        tally.spellings[gram.spelling] += 1
        tally.stories.add(place)
        tally.alone += gram.first
        tally.whole += gram.first and gram.last
        tally.last += gram.last
        tally.describing += run.describes or not gram.last


class _Gram(NamedTuple):
    """A part of a run that may be a name."""

    phrase: Phrase
    spelling: str
    first: bool  # it begins the run
    last: bool  # it ends it


@lru_cache(maxsize=20_000)
def _grams(run: tuple[str, ...], shortest: int) -> tuple[_Gram, ...]:
    return tuple(
        _Gram(words(spelling), spelling, start == 0, end == len(run))
        for start in range(len(run))
        for end in range(start + shortest, min(start + MAX_WORDS, len(run)) + 1)
        if _may_end(run[start]) and _may_end(run[end - 1])
        for spelling in ("".join(w if w.endswith("-") else f"{w} " for w in run[start:end]).strip("- "),)
    )


def _may_end(word: str) -> bool:
    """Say whether a name may begin or end with a word."""
    plain = word.strip("-").lower()
    return not word.islower() and plain not in NEVER_NAMES


def _is_name(phrase: Phrase, tally: _Tally, found: Found) -> bool:
    """Say whether a phrase is written with capitals wherever it stands."""
    if tally.times < NEVER_SMALL * found.places:
        return False
    if len(phrase) > 1:
        return True
    spelling = _spelling(tally)
    is_long = len(spelling) >= MIN_LETTERS or sum(c.isupper() for c in spelling) >= MIN_CAPITALS
    return is_long and tally.whole >= ALONE * tally.times and tally.last >= LAST * tally.times


def _is_noun(tally: _Tally) -> bool:
    return tally.describing <= DESCRIBING * tally.times


def _has_title(phrase: Phrase, tallies: Mapping[Phrase, _Tally], share: Mapping[str, float]) -> bool:
    """Say whether a title stands in a phrase: "President Ada Quill", "Quill President"."""
    if len(phrase) == 1:
        return False
    if any(word in TITLES for word in phrase[1:]):
        return True
    rest = tallies.get(phrase[1:])
    if rest is None or (len(phrase) > 2 and phrase[0] in TITLES):
        return rest is not None
    may_be = phrase[0] in TITLES or (len(phrase) > 2 and share.get(phrase[0], 0.0) < NEVER_SMALL)
    return may_be and rest.alone >= ALONE * rest.times


def _fragments(phrases: Collection[Phrase], found: Mapping[Phrase, Found]) -> Iterator[Phrase]:
    for longer in phrases:
        for part in _parts(longer):
            enough = FRAGMENT if len(part) > 1 else FRAGMENT_WORD
            if part in phrases and len(found[longer].stories) >= enough * len(found[part].stories):
                yield part


def _heads(titled: Iterable[Phrase], found: Mapping[Phrase, Found]) -> Iterator[Phrase]:
    """Find what is left of names with titles when their ends are cut off: "President Ada"."""
    for phrase in titled:
        for end in range(1, len(phrase)):
            part = found.get(phrase[:end])
            if part and len(found[phrase].stories) >= FRAGMENT * len(part.stories):
                yield phrase[:end]


def _parts(phrase: Phrase) -> Iterator[Phrase]:
    size = len(phrase)
    for start in range(size):
        for end in range(start + 1, size + 1):
            if end - start < size:
                yield phrase[start:end]


def _forms(
    phrases: Collection[Phrase],
    short: Mapping[Phrase, Phrase],
    found: Mapping[Phrase, Found],
    tallies: Mapping[Phrase, _Tally],
) -> list[tuple[Phrase, ...]]:
    """Put the phrases together that name one thing; the first of each is its full form."""
    full = dict(short)
    for kin in _kin(phrases - full.keys()):
        most = max(len(found[p].stories) for p in kin)
        usual = [p for p in kin if len(found[p].stories) >= most / 2]
        noun = min(usual, key=lambda p: (tallies[p].describing / tallies[p].times, len(p[-1]), p))
        full |= {other: noun for other in kin if other != noun and _overlap(found[other], found[noun]) >= KIN}
    forms: dict[Phrase, list[Phrase]] = {phrase: [] for phrase in sorted(phrases) if phrase not in full}
    for phrase in sorted(full):
        forms[full[phrase] if full[phrase] in forms else full[full[phrase]]].append(phrase)
    return [(first, *others) for first, others in forms.items()]


def _surnames(
    phrases: Collection[Phrase], tallies: Mapping[Phrase, _Tally], share: Mapping[str, float]
) -> dict[Phrase, Phrase | None]:
    """Return words that also end longer names, with the one they mean here; None: they mean several."""
    longer: dict[Phrase, set[int]] = defaultdict(set)
    for phrase, tally in tallies.items():
        if len(phrase) == 2 and phrase[1:] in phrases and _may_be_first_name(phrase[0], share):
            longer[phrase[1:]] |= tally.stories
    surnames = {}
    for short, named in longer.items():
        tally = tallies[short]
        if len(named) >= SEVERAL * len(tally.stories) and tally.whole >= ALONE * tally.times:
            full = _meant(short, phrases, tallies, ONE_PERSON * len(named))
            if full is None or len(named) >= SHORT_FORM * len(tally.stories):
                surnames[short] = full
    return surnames


def _may_be_first_name(word: str, share: Mapping[str, float]) -> bool:
    return word not in TITLES and share.get(word, 0.0) >= NEVER_SMALL  # not "West" or "New"


def _meant(
    short: Phrase, phrases: Collection[Phrase], tallies: Mapping[Phrase, _Tally], enough: float
) -> Phrase | None:
    """Return the longest name that so many stories say and that ends in a word; None: there is none."""
    full = (p for p in phrases if p[-1:] == short != p and len(tallies[p].stories) >= enough)
    return max(full, key=lambda p: (len(p), len(tallies[p].stories), p), default=None)


def _kin(phrases: Iterable[Phrase]) -> Iterator[list[Phrase]]:
    """Find phrases that differ in the ending of their last word only: "Port Osse", "Port Ossean"."""
    alike: dict[Phrase, list[Phrase]] = defaultdict(list)
    for phrase in sorted(phrases):
        if len(phrase[-1]) >= STEM:
            alike[(*phrase[:-1], phrase[-1][:STEM])].append(phrase)
    for kin in alike.values():
        near = [p for p in kin if _same_stem(p[-1], kin[0][-1])]
        if len(near) > 1:
            yield near


def _same_stem(a: str, b: str) -> bool:
    common = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return common >= STEM and max(len(a), len(b)) - common <= ENDING


def _overlap(a: Found, b: Found) -> float:
    """Return how much of the rarer one is in the other."""
    return len(a.stories & b.stories) / (min(len(a.stories), len(b.stories)) or 1)


def _name(forms: tuple[Phrase, ...], tallies: Mapping[Phrase, _Tally], found: Mapping[Phrase, Found]) -> Name:
    return Name(
        title=_spelling(tallies[forms[0]]),
        phrases=forms,
        stories=frozenset[int]().union(*(found[form].stories for form in forms)),
        headlined=frozenset[int]().union(*(found[form].headlined for form in forms)),
    )


def _spelling(tally: _Tally) -> str:
    return max(sorted(tally.spellings), key=tally.spellings.__getitem__)
