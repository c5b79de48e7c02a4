"""The words of the pages that depend on numbers, rules and languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.model import Topic

LANGUAGES = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese",
    "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nb": "Norwegian",
    "nl": "Dutch", "nn": "Norwegian", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
    "zh": "Chinese",
}  # fmt: skip


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: "1 story", "1,204 stories"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counted(entries: int, publishers: int) -> str:
    """Write how much a story was reported: "13 articles from 10 sources"; unknown ones are not counted."""
    if entries == 1 or publishers == 0:
        return count(entries, "article")
    return f"{count(entries, 'article')} from {count(publishers, 'source')}"


def language(tag: str | None) -> str | None:
    """Name a language (BCP 47 tag) in English; the tag itself where we have no name for it."""
    if not tag:
        return None
    return LANGUAGES.get(tag.lower().replace("_", "-").split("-")[0], tag)


def foreign(tag: str | None, ours: str) -> str | None:
    """Return a language tag where it is another language than the page's."""
    if not tag or tag.lower().split("-")[0] == ours.lower().split("-")[0]:
        return None
    return tag


def listed(names: Sequence[str], last: str = "and") -> str:
    """Write "a, b and c"."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a topic's rules in words."""

    before: str  # "that mention"
    phrases: tuple[str, ...]
    last: str  # the word before the last phrase: "or", "and"


def rule(topic: Topic) -> tuple[Clause, ...]:
    """Say what a topic's rules ask of an entry; empty: it has none."""
    rules = topic.rules
    chosen = bool(rules.any or rules.categories)
    clauses = (
        Clause("that mention", rules.any, "or"),
        Clause(("or " if rules.any else "") + "that their publishers filed under", rules.categories, "or"),
        Clause(("and " if chosen else "") + "that mention", rules.all, "and"),
        Clause("but not" if chosen or rules.all else "that do not mention", rules.none, "or"),
    )
    return tuple(clause for clause in clauses if clause.phrases)


def distinct(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return the names that are there, each once, in order."""
    return tuple(dict.fromkeys(name for name in names if name))
