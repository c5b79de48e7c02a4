"""What a paper says under a piece about who wrote it: "Jane Doe covers schools. Reach her at …"."""

import re

from aggregator.core.seeds.lines import fold, width

MAX_NOTE = 320  # columns; a longer paragraph tells a story
MAX_NOTES = 3  # paragraphs under a text: about each writer, and how to reach them
_NAME = r"(?-i:[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){0,3})"
ABOUT = re.compile(
    rf"^\W*(?P<name>{_NAME}),? (?:is|was|covers|has covered|writes|reports|works|contributes|"
    r"(?:can|may) be (?:reached|contacted|followed)|ist|berichtet|schreibt|arbeitet|est|couvre|écrit|"
    r"travaille|es|cubre|escribe|trabaja|é|cobre|escreve|è|scrive|schrijft|пишет|работает|является|"
    r"[—–-])(?!\w)",
    re.IGNORECASE,
)
JOB = re.compile(
    r"\b(?:reporter|correspondent|writer|editor|columnist|journalist|contributor|intern|photographer|"
    r"redakteur|korrespondent|journaliste|correspondant|chroniqueu|periodista|corresponsal|redactor|"
    r"reportera|columnista|jornalista|repórter|giornalista|корреспондент|журналист|обозреватель|редактор)",
    re.IGNORECASE,
)
# How readers reach the writer; what else has an address in a text invites to a meeting or calls witnesses.
REACH = re.compile(
    rf"(?:^|[.!?]\W+)(?:you can |please |sie )*"
    rf"(?:reach|contact|follow|e-?mail|write to|erreichen|kontaktieren|contacter|joindre|écrire à|"
    rf"contactar?|escríbale|contattare|напишите|связаться с)\s"
    rf"(?:(?P<whom>{_NAME})|(?:him|her|them|me|the (?:author|reporter|writer)|sie|ihn|lui|автору)\b)"
    rf".{{0,60}}@\S",
    re.IGNORECASE,
)
REACHED = re.compile(r"\b(?:can|may) be (?:reached|contacted|followed)\b.{0,60}@\S", re.IGNORECASE)
REPORTER = re.compile(r"^\W*[가-힣]{2,4}\s*(?:기자|특파원)\W{0,3}\s?\S+@[\w.-]+\W*$")
ADDRESS = re.compile(
    r"^\W*(?:e-?mail|twitter|contact|mail|kontakt|contacto|courriel)?\W*(?P<local>[\w.+-]*)@[\w.-]+\W*$"
)


def without_note(paragraphs: list[str], author: str | None) -> list[str]:
    """Return a text without the paragraphs under it that are about its author; a first paragraph stays."""
    end = len(paragraphs)
    while end > max(1, len(paragraphs) - MAX_NOTES) and is_note(paragraphs[end - 1], author or ""):
        end -= 1
    return paragraphs[:end]


def is_note(text: str, author: str) -> bool:
    """Tell whether a paragraph is about who wrote the piece, and not about somebody in it."""
    if width(text) > MAX_NOTE:
        return False
    if REPORTER.match(text) or _is_address_of(text, author):
        return True
    about = ABOUT.match(text)
    named = about and (_is_in(about["name"], author) or (not author and " " in about["name"]))
    if about and named and (REACHED.search(text) or (author and JOB.search(text))):
        return True
    reached = REACH.search(text)
    if reached is None:
        return False
    whom = reached["whom"]
    return _is_in(whom, author) if whom else bool(named or (author and not reached.start()))


def _is_in(name: str, author: str) -> bool:
    return all(word in fold(author).split() for word in fold(name).replace(",", " ").split())


def _is_address_of(text: str, author: str) -> bool:
    """Tell whether a line is only the author's address: the name is in it."""
    match = ADDRESS.match(text)
    names = [word for word in re.findall(r"\w+", fold(author)) if len(word) >= 3]
    return match is not None and any(name in match["local"].casefold() for name in names)
