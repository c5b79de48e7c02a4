"""A small vote on the language of a text: by script, then by its commonest words."""

import re
from collections import Counter

SAMPLE = 4_000  # characters; more words do not change the vote
SHARE = 0.5  # of the letters must be of one script

SCRIPTS = {  # BCP 47 tag: letters that only texts in it use in bulk
    "ko": re.compile(r"[가-힣]"),
    "ja": re.compile(r"[぀-ヿ]"),
    "zh": re.compile(r"[一-鿿]"),
    "ar": re.compile(r"[ء-ي]"),
    "he": re.compile(r"[א-ת]"),
    "el": re.compile(r"[α-ωά-ώ]"),
    "th": re.compile(r"[ก-๛]"),
    "hi": re.compile(r"[ऄ-ह]"),
    "cyrillic": re.compile(r"[а-яёіїєґў]"),
}
# Function words that the other languages of the table do not share (or share rarely).
STOP_WORDS = {
    "en": "the and of to that is was with for on has have said by from are be which it as at were",
    "de": "der die und das ist nicht den mit von sich dem auf eine für ein wird auch im zu hat nach",
    "fr": "de la un à le les des et est une dans du pour que qui par sur pas plus avec au ont cette été ce",
    "es": "de la un este el los las del y una por con para que en se es su al lo como más ha fue sus",
    "pt": "de a o um os das dos não uma para com do em é ao pela pelo mais são foi às também seu na",
    "it": "la un il di che è gli della per una non del con le sono nel alla dei più ha anche si",
    "nl": "het een van en dat op te niet zijn met voor wordt aan ook door bij naar heeft uit",
    "pl": "się na nie jest że do oraz przez jak był ze po został dla od które czy być są",
    "tr": "bir ve bu için ile olarak olan daha çok da de gibi kadar sonra ise ancak göre",
}
VOTES = {
    word: [tag for tag, words in STOP_WORDS.items() if word in words.split()]
    for w in STOP_WORDS.values()
    for word in w.split()
}
WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str | None:
    """Return the BCP 47 tag of a text's language; None where neither script nor words make it clear."""
    sample = text[:SAMPLE].casefold()
    return _by_script(sample) or _by_words(sample)


def _by_script(sample: str) -> str | None:
    total = sum(character.isalpha() for character in sample)
    if total < 20:  # a few letters decide nothing
        return None
    counts = {tag: len(letters.findall(sample)) for tag, letters in SCRIPTS.items()}
    if counts["ja"] > 0.1 * total and counts["ja"] + counts["zh"] > SHARE * total:
        return "ja"  # kanji are Chinese characters: the kana among them tell
    tag, count = max(counts.items(), key=lambda pair: pair[1])
    if count <= SHARE * total:
        return None
    return _cyrillic(sample) if tag == "cyrillic" else tag


def _cyrillic(sample: str) -> str | None:
    if re.search(r"[іїєґ]", sample):
        return "uk"
    return "ru" if re.search(r"[ыэ]|\b(?:что|это|его|как|из|был[аио]?|они|или|также)\b", sample) else None


def _by_words(sample: str) -> str | None:
    words = WORD.findall(sample)
    votes = Counter(tag for word in words for tag in VOTES.get(word, ()))
    ranked = [*votes.most_common(2), ("", 0), ("", 0)]
    (tag, first), (_, second) = ranked[:2]
    # Running text consists of such words by a third or more; a name list or a table does not.
    return tag if first >= 5 and first >= 0.12 * len(words) and first >= 1.3 * second else None
