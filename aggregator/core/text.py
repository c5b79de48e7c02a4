"""Entries as words: what the grouping compares, and how people read it again.

A text becomes *stems*: lower-cased words without stop words, accents and endings ("denuclearised" and
"denuclearizing" are one stem). Scripts without spaces become pairs of characters.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from aggregator.model import Entry

TITLE_CHARACTERS = (
    1_000  # longest title that is read; the door allows as many bytes, callers may come past it
)
BODY_CHARACTERS = 8_000  # where the first BODY_WORDS are looked for
BODY_WORDS = 200  # with weights learnt among neighbours, 60 words separate one-subject stories less well
KNOWN_WORDS = 100_000  # whose stems are remembered, per language; about 15 MB
LONGEST_KNOWN = 40  # characters of a word that is remembered; longer ones seldom come again

# Words that say nothing about the event: function words, reporting words, calendar words (dates are a field).
STOP = frozenset(
    """
    a about above after again against all almost also although am amid among an and any are as at away
    back be became because been before being below between both but by came can cannot come could did do
    does doing done down during each either else even ever every few for from further get gets getting go
    goes going got had has have having he her here hers herself him himself his how however i if in into
    is it its itself just like made make makes making many may me might more most much must my myself near
    never new no nor not now of off often on once one only onto or other others our ours out over own per
    put rather really same see she should since so some still such take than that the their theirs them
    themselves then there these they thing things this those though through to too two under until up upon
    us use very via was way we well were what when where whether which while who whom whose why will with
    within without would yet you your yours say saying said says tell tells told according amp mr mrs ms
    dr day days first last month months people time today tomorrow tonight week weeks year years yesterday
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december
    """.split()
)

STEMMERS = {  # primary language subtag (BCP 47) -> Snowball algorithm
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

UNSPACED = "぀-ヿㇰ-ㇿ㐀-䶿一-鿿豈-﫿가-힯ᄀ-ᇿ"  # kana, Han, Hangul: words are not told apart by spaces alone
UNSPACED_RUN = re.compile(rf"[{UNSPACED}]+")
WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)*")
NAME = re.compile(r"[\w.'’&/-]+(?: [\w.'’&/-]+)*")
OPENING_MARKS = "\"'“”‘’«»„([{"  # before a word
NOT_WORD = re.compile(r"^[\W_]+|[\W_]+$")
POSSESSIVE = re.compile(r"['’]s?$|['’]")
BRITISH = re.compile(r"(?<=[a-z]{4})is(e|ed|es|ing|ation|ations)$")  # Snowball keeps -ise and -ize apart

SEPARATOR = re.compile("[-–—|»·•:]")  # quicker to look for than what SEPARATED matches
SEPARATED = re.compile(r"\s+(?:[-–—|»·•]|::)\s+")
OUTLET_WORDS = re.compile(
    r"\b(news|times|post|herald|tribune|guardian|journal|daily|telegraph|gazette|chronicle|observer|reuters"
    r"|magazine|press|tv|radio|bbc|cnn|afp|ap|upi|npr|nbc|cbs|abc)\b|\.(com|org|net|co\.\w\w|info)$",
    re.IGNORECASE,
)
SECTION = re.compile(r"\|\s")  # only a site's own furniture is set off by a bar
LEADING_LABEL = re.compile(
    r"^\W*(?:(?:update|wrapup|correct(?:ed|ion)|refile|breaking(?: news)?|exclusive|video|watch|photos?|live"
    r"|reuters|ap|afp|upi)\W*\d*\s*(?:[:|]|\s[-–—])\s*|(?:update|wrapup|refile)\s+\d+\s*[-–—]\s*)+",
    re.IGNORECASE,
)
TRAILING_AGENCY = re.compile(
    r"\s*[(\[](?:reuters|ap|afp|upi|dpa|efe|xinhua|yonhap|video|\+?videos?|photos?)[)\]]\s*$", re.IGNORECASE
)
MAX_NAME = 4  # words; longer runs of capitals are headlines in title case
MAX_OUTLET_WORDS = 5  # "The Christian Science Monitor World"


class Excerpt(NamedTuple):
    """As much of an entry as explaining needs."""

    title: str  # without its outlet and labels
    opening: str  # the first BODY_WORDS words of the body
    stemmer: str  # Snowball algorithm


def excerpt(entry: Entry) -> Excerpt:
    """Return the words of an entry that count."""
    title, stemmer = bare_title(entry.title, entry.publisher), stemmer_for(entry.language)
    return Excerpt(title, " ".join(opening_words(entry.text)), stemmer)


def opening_words(text: str) -> list[str]:
    """Return what stands between blanks at the beginning of a body, as far as it is read."""
    return text[:BODY_CHARACTERS].split(None, BODY_WORDS)[:BODY_WORDS]


def stemmer_for(language: str | None) -> str:
    """Return the Snowball algorithm for a language tag; English where it is unknown or has none."""
    return STEMMERS.get((language or "en").lower().replace("_", "-").partition("-")[0], "english")


def stems(text: str, stemmer: str = "english") -> list[str]:
    """Return the stems of a text in order, without stop words."""
    return " ".join(map(_known(stemmer).__getitem__, text.split())).split()


class _Known(dict[str, str]):
    """What stands between blanks -> its stems, with blanks; worked out once, for news repeats its words."""

    def __init__(self, stemmer: str) -> None:
        super().__init__()
        self._stemmer = stemmer

    def __missing__(self, token: str) -> str:
        found = " ".join(stem for word in WORD.findall(token) for stem in _stems_of(word, self._stemmer))
        if len(token) <= LONGEST_KNOWN:
            if len(self) >= KNOWN_WORDS:
                self.clear()
            self[token] = found
        return found


@lru_cache(maxsize=len(STEMMERS))
def _known(stemmer: str) -> _Known:
    return _Known(stemmer)


def _stems_of(word: str, stemmer: str) -> tuple[str, ...]:
    """Return the stems of what WORD matched: none for a stop word, several where it holds unspaced script."""
    if not word.isascii() and (run := UNSPACED_RUN.search(word)):
        before, after = word[: run.start()], word[run.end() :]
        return _stems_of(before, stemmer) + _pairs(run.group()) + _stems_of(after, stemmer)
    if not word or (word[0].isdigit() and not word.isalnum()):
        return (
            (re.sub(r"[.,](?=\d{3}\b)", "", word),) if word else ()
        )  # 25,000 and 25.000 are 25000; 3.5 stays
    plain = POSSESSIVE.sub("", word.lower())
    if plain in STOP or (len(plain) < 2 and plain.isascii() and not plain.isdigit()):
        return ()
    if stemmer == "english":
        plain = fold_accents(plain)  # other languages' stemmers need the accents
    stem = fold_accents(stem_word(plain, stemmer))
    return () if stem in STOP else (stem,)


def _pairs(run: str) -> tuple[str, ...]:
    """Return the overlapping pairs of characters of a run of unspaced script."""
    return tuple(run[i : i + 2] for i in range(len(run) - 1)) or (run,)


def stem_word(word: str, stemmer: str) -> str:
    """Return the stem of a lower-case word, British spellings in -ise folded into the American ones."""
    if len(word) <= 3 or (stemmer == "english" and not word.isascii()):
        return word
    spelled = BRITISH.sub(r"iz\1", word) if stemmer == "english" else word
    return str(_algorithm(stemmer).stemWord(spelled))


@lru_cache(maxsize=len(STEMMERS))
def _algorithm(stemmer: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(stemmer, 0)  # without its own cache: `_Known` is one


def fold_accents(word: str) -> str:
    """Return the word without combining marks: newsrooms differ in "Beyoncé" and "Beyonce"."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def bare_title(title: str, publisher: str | None) -> str:
    """Return a title without its publisher's name, agency marks, labels such as "UPDATE 2-"; never empty."""
    whole = " ".join(title[:TITLE_CHARACTERS].split())
    bare = _without_outlet(whole, publisher)
    label = LEADING_LABEL.match(bare)
    bare = bare[label.end() :] if label else bare
    if bare.endswith((")", "]")):
        bare = TRAILING_AGENCY.sub("", bare)
    return bare.strip() or whole


def _without_outlet(title: str, publisher: str | None) -> str:
    """Return a title without a last part ("… - Reuters", "… | BBC News") that names an outlet."""
    marks = list(SEPARATED.finditer(title)) if SEPARATOR.search(title) else []
    if not marks:
        return title
    head, tail = title[: marks[-1].start()], title[marks[-1].end() :]
    if len(tail.split()) > MAX_OUTLET_WORDS or len(head.split()) < len(tail.split()):
        return title
    is_furniture = (
        SECTION.search(marks[-1].group()) or OUTLET_WORDS.search(tail) or same_name(tail, publisher)
    )
    return head if is_furniture else title


def same_name(name: str, publisher: str | None) -> bool:
    """Say whether one of two names contains the other, letters and digits alone compared."""
    a, b = (re.sub(r"[\W_]+|^the\b", "", part.casefold()) for part in (name, publisher or ""))
    return bool(a and b) and (a in b or b in a)


def readable(excerpt: Excerpt, wanted: Sequence[str]) -> dict[str, str]:
    """Return how each wanted stem is written in an entry; names of adjacent capitalised words are kept whole.

    The keys keep the order of `wanted`; what the entry lacks is left out. Stems of one name map to the name.
    """
    missing, found = set(wanted), dict[str, str]()
    known = _known(excerpt.stemmer)
    for text in (excerpt.title, excerpt.opening):
        tokens = text.split() if missing else []
        for at, stem in _places(tokens, missing, known):
            found[stem] = _as_written(tokens, at, stem, known, wanted)
    return {stem: found[stem] for stem in wanted if stem in found}


def _places(tokens: Sequence[str], missing: set[str], known: _Known) -> Iterator[tuple[int, str]]:
    """Yield where each missing stem first is, and the stem, which then is missing no more."""
    said = list(map(known.__getitem__, tokens))
    first = dict(zip(reversed(said), range(len(said) - 1, -1, -1), strict=True))
    for stem in [stem for stem in missing if stem in first]:
        missing.remove(stem)
        yield first[stem], stem
    if missing:  # perhaps one of several in a token
        for at, several in enumerate(said):
            if " " in several and (hits := missing.intersection(several.split())):
                missing -= hits
                yield from ((at, stem) for stem in hits)


def _as_written(tokens: Sequence[str], at: int, stem: str, known: _Known, wanted: Collection[str]) -> str:
    """Return a word as it stands between blanks, or the name around it where more of that is wanted."""
    token = tokens[at]
    if token.isalnum() and token.islower():
        return token
    first = last = at
    while first > 0 and _are_one_name(tokens[first - 1], tokens[first]):
        first -= 1
    while last + 1 < len(tokens) and _are_one_name(tokens[last], tokens[last + 1]):
        last += 1
    if first == last and token.isalnum():
        return token
    name = NOT_WORD.sub("", " ".join(tokens[first : last + 1]))
    words = WORD.findall(name)
    if 1 < len(words) <= MAX_NAME and NAME.fullmatch(name) and all(word[0].isupper() for word in words):
        hits = sum(one in wanted for word in words for one in known[word].split())
        if hits > 1:
            return name
    return next(POSSESSIVE.sub("", word) for word in WORD.findall(token) if stem in known[word].split())


def _are_one_name(word: str, following: str) -> bool:
    """Say whether two words stand as parts of a name do: capitalised, nothing but a blank between."""
    return following[0].isupper() and word[-1].isalnum() and word.lstrip(OPENING_MARKS)[0].isupper()
